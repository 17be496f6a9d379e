internal import Foundation
internal import GasModel
package import HaltAdvisory

/// Where the journal's next lines are kept while the journal itself cannot be written: in a file
/// elsewhere, whose room was taken beforehand.
///
/// Without it only the ring would know what was decided meanwhile. It would have to hold every
/// reading since, would be full after minutes, and then nobody would judge what comes.
///
/// The lines are laid out as the journal will have them: numbered, chained and signed behind its
/// newest. **Ordering:** they are on the disk when `append` returns. **Crash:** a line that is not
/// whole was not told to anybody and is not there; what the journal has taken is known by its
/// number. **Thread:** confined to its owner's queue.
package struct JournalStandIn: ~Copyable {
    /// Bytes that are taken beforehand: some five thousand lines.
    package static let bytesMax = 16 << 20

    /// The lines that a killed daemon left and the journal has not taken; see `read`.
    package private(set) var found: [JournalLine] = []
    /// Why one of them does not fit behind the journal, if one does not.
    package private(set) var flaw: Phrase?
    /// Why it keeps nothing, if it does not.
    package private(set) var fault: FileError?
    private let path: String
    private let descriptor: Int32
    /// Bytes of what stands in it.
    private var end = 0
    /// The newest line in it; `nil` while it is empty.
    package private(set) var last: JournalLine?

    /// Opens the stand-in at `path`, made where it is missing. One that cannot be opened keeps
    /// nothing, and `append` says so.
    package init(path: String) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        fault = FileError("open", path)
        keepRoom()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Takes the room for it, once there is some. Cheap when it has it.
    package mutating func keepRoom() {
        guard fault != nil, descriptor >= 0 else { return }
        errno = posix_fallocate(descriptor, 0, off_t(Self.bytesMax))
        fault = errno == 0 ? nil : FileError("take room for", path)
    }

    /// Looks what of the lines in it `journal`, just opened, has not taken. What does not fit
    /// behind it is `found` all the same: what may be a halt is not left out.
    package mutating func read(behind journal: borrowing AdvisoryJournal) {
        let url = URL(fileURLWithPath: path)
        guard let data = try? Data(contentsOf: url, options: .alwaysMapped) else { return }
        var walk = ChainWalk(from: journal.nextPlace, key: journal.keyBefore)
        // Behind the last line is a zero, and then whatever stood there before.
        while end < data.count, data[end] != 0,
            let lineEnd = data[end...].firstIndex(of: UInt8(ascii: "\n"))
        {
            let bytes = Array(data[end..<lineEnd])
            guard let line = try? JournalLine(bytes: bytes) else { break }
            end = lineEnd + 1
            last = line
            if line.record.number <= journal.lastNumber { continue }
            if let fault = walk.take(bytes).fault, flaw == nil {
                flaw = Phrase("stand-in-flaw", path, "\(line.record.number)", fault.phrase)
            }
            found.append(line)
        }
        if found.isEmpty { clear() }
    }

    /// Keeps lines that the journal has laid out behind `last`. **Errors:** none of them is kept.
    package mutating func append(_ lines: [JournalLine]) throws(FileError) {
        let bytes = AdvisoryJournal.bytes(of: lines) + [0]
        if let fault { throw fault }
        guard end + bytes.count <= Self.bytesMax else {
            errno = ENOSPC
            throw FileError("find room in", path)
        }
        guard unsafe pwrite(descriptor, bytes, bytes.count, off_t(end)) == bytes.count else {
            throw FileError("write", path)
        }
        guard fdatasync(descriptor) == 0 else { throw FileError("sync", path) }
        end += bytes.count - 1
        last = lines.last
    }

    /// Forgets what the journal has taken: all of it.
    package mutating func clear() {
        guard end > 0 else { return }
        // Not synced: what comes back after a power cut is known by its number.
        _ = unsafe pwrite(descriptor, [0], 1, 0)
        (end, last, found) = (0, nil, [])
    }
}
