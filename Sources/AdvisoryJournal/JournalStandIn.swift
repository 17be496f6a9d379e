internal import Foundation
internal import GasModel
package import HaltAdvisory

/// Where the journal's next lines are kept while the journal itself cannot be written: in a file
/// elsewhere, whose room was taken beforehand, and where that cannot be written either in one on
/// another disk.
///
/// Without it only the ring would know what was decided meanwhile. It would have to hold every
/// reading since, would be full after minutes, and then nobody would judge what comes.
///
/// The lines are laid out as the journal will have them: numbered, chained and signed behind its
/// newest. **Ordering:** they are on the disk when `append` returns. **Crash:** a line that is not
/// whole was not told to anybody and is not there; what the journal has taken is known by its
/// number. **Thread:** confined to its owner's queue.
package struct JournalStandIn: ~Copyable {
    /// The most bytes of a file: some five thousand lines.
    package static let bytesMax = 16 << 20

    /// The lines that a killed daemon left and the journal has not taken; see `read`.
    package private(set) var found: [JournalLine] = []
    /// Why one of them is no line, or does not fit behind the journal, if one does not.
    package private(set) var flaw: Phrase?
    /// The newest line in it; `nil` while it is empty.
    package private(set) var last: JournalLine?
    private let files: [StandInFile]
    /// Which of the files takes the next line. Never one before it, or lines would lose their
    /// order.
    private var active = 0

    /// Opens the stand-in at `paths`, made where they are missing: the first, with its room, and
    /// those that take over from it. One that cannot be opened keeps nothing, and says so.
    package init(paths: [String]) {
        files = paths.enumerated().map { StandInFile(path: $1, takesRoom: $0 == 0) }
    }

    /// Why the first file keeps nothing, if it does not.
    package var fault: FileError? { files.first?.fault }

    /// Whether any of them keeps something.
    package var keepsAnything: Bool { files.contains { $0.fault == nil } }

    /// Takes the room that it needs, once there is some. Cheap when it has it.
    package mutating func keepRoom() { files.first?.keepRoom() }

    /// Looks what of the lines in it `journal`, just opened, has not taken. What does not fit
    /// behind it is `found` all the same: what may be a halt is not left out.
    package mutating func read(behind journal: borrowing AdvisoryJournal) {
        // Behind what nobody can read the first line is believed.
        var walk = ChainWalk(
            from: journal.readFault == nil ? journal.nextPlace : nil, key: journal.keyBefore)
        var newest = journal.lastNumber
        for (index, file) in files.enumerated() {
            for bytes in file.read() {
                file.advance(beyond: bytes)
                active = index
                let line = try? JournalLine(bytes: bytes)
                last = line ?? last
                // A file that failed in the midst may have what the next one has.
                if let line, line.record.number <= newest { continue }
                newest = line?.record.number ?? newest + 1
                if let fault = walk.take(bytes).fault, flaw == nil {
                    flaw = Phrase("stand-in-flaw", file.path, "\(newest)", fault.phrase)
                }
                if let line { found.append(line) }
            }
        }
        if found.isEmpty, flaw == nil { clear() }
    }

    /// Keeps lines that the journal has laid out behind `last`. **Errors:** none of them is kept.
    package mutating func append(_ lines: [JournalLine]) throws(FileError) {
        let bytes = AdvisoryJournal.bytes(of: lines)
        for index in active..<files.count {
            do throws(FileError) {
                try files[index].append(bytes)
                (last, active) = (lines.last, index)
                return
            } catch {
                if index + 1 == files.count { throw error }
            }
        }
    }

    /// Forgets what the journal has taken: all of it.
    package mutating func clear() {
        for file in files { file.clear() }
        (last, active, found) = (nil, 0, [])
    }
}

extension JournalReport {
    /// Looks also at the stand-in at `path`, if there is one: what the journal has not taken of it
    /// is remarked upon, and must fit behind the journal. `trusted`: as for the journal.
    ///
    /// **Errors:** it is there, and cannot be read.
    package mutating func look(
        atStandIn path: String, trusted: [JournalKey] = []
    ) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return }
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var chain = ChainWalk(
            from: .init(number: lastNumber + 1, previous: lastHash), key: keyInForce,
            trusted: trusted)
        var (offset, waiting) = (0, 0)
        for (place, bytes) in StandInFile.lines(in: descriptor).enumerated() {
            defer { offset += bytes.count + 1 }
            if let line = try? JournalLine(bytes: bytes), line.record.number <= lastNumber {
                continue
            }
            waiting += 1
            guard let fault = chain.take(bytes).fault else { continue }
            note(JournalDamage(path: path, line: place + 1, offset: offset, kind: fault))
        }
        guard waiting > 0 else { return }
        remarks.append(
            "the journal could not be written: \(waiting) lines behind its last stand in \(path)")
    }
}

/// One file of it: lines, behind the last a zero, and then whatever stood there before.
private final class StandInFile {
    let path: String
    /// Why it keeps nothing, if it does not.
    private(set) var fault: FileError?
    private let takesRoom: Bool
    private let descriptor: Int32
    private let isReadOnly: Bool
    /// Bytes of what stands in it.
    private var end = 0

    init(path: String, takesRoom: Bool) {
        (self.path, self.takesRoom) = (path, takesRoom)
        let writable = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        fault = FileError("open", path)
        isReadOnly = writable < 0
        // A disk that has died since may still give what was kept on it.
        descriptor = isReadOnly ? unsafe open(path, O_RDONLY | O_CLOEXEC) : writable
        keepRoom()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func keepRoom() {
        guard fault != nil, !isReadOnly else { return }
        errno = takesRoom ? posix_fallocate(descriptor, 0, off_t(JournalStandIn.bytesMax)) : 0
        fault = errno == 0 ? nil : FileError("take room for", path)
    }

    /// The whole lines that stand in it, each without its end.
    func read() -> [[UInt8]] { Self.lines(in: descriptor) }

    /// The same of a file that is open for reading.
    static func lines(in descriptor: Int32) -> [[UInt8]] {
        let lineEnd = UInt8(ascii: "\n")
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = unsafe pread(descriptor, &piece, piece.count, off_t(text.count)),
            count > 0
        {
            let new = piece[..<count].prefix { $0 != 0 }
            text += new
            if new.count < count { break }
        }
        let whole = text.prefix((text.lastIndex(of: lineEnd) ?? -1) + 1)
        return whole.split(separator: lineEnd).map { Array($0) }
    }

    /// What comes next stands behind `line`, which `read` has returned.
    func advance(beyond line: [UInt8]) { end += line.count + 1 }

    /// Writes `bytes` behind what stands there, synced. **Errors:** they are not there.
    func append(_ bytes: [UInt8]) throws(FileError) {
        if let fault { throw fault }
        guard end + bytes.count < JournalStandIn.bytesMax else {
            errno = ENOSPC
            throw FileError("find room in", path)
        }
        let ended = bytes + [0]
        let count = unsafe pwrite(descriptor, ended, ended.count, off_t(end))
        guard count == ended.count, fdatasync(descriptor) == 0 else {
            // Less than all of it is a disk that is full.
            if count >= 0, count < ended.count { errno = ENOSPC }
            let error = FileError("write", path)
            _ = unsafe pwrite(descriptor, [0], 1, off_t(end))
            throw error
        }
        end += bytes.count
    }

    func clear() {
        guard end > 0 else { return }
        // Not synced: what comes back after a power cut is known by its number.
        _ = unsafe pwrite(descriptor, [0], 1, 0)
        end = 0
    }
}
