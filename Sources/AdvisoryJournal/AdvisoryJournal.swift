internal import Foundation
package import GasModel
internal import Glibc
package import HaltAdvisory

/// The append-only record of what was decided, each line chained to the one before by its hash.
///
/// **Ordering:** a group of announcements is on the disk when `append` returns; nobody is told
/// before. **Full disk:** a reserve is kept beside the journal and given up when the disk is full,
/// so that the halts of a bad night still find room. **Damage:** a torn tail is cut off and kept
/// aside; a journal whose chain is broken is set aside whole, and a fresh one begins that names it.
/// **Thread:** confined to its owner's queue.
package struct AdvisoryJournal: ~Copyable {
    /// Bytes kept in reserve: room for some thousands of announcements.
    package static let reserveBytes = 4 << 20
    /// Name of the journal within its directory.
    package static let fileName = "advisories.jsonl"

    /// What was found when the journal was opened: every announcement in order, proven or not.
    package private(set) var found: [JournalLine]
    /// What had to be repaired when it was opened, in words, with the place.
    package private(set) var repairs: [String]
    /// Number of the newest line; 0 while there is none.
    package private(set) var lastNumber: UInt64
    /// Whether the reserve had to be given up: the disk is full.
    package private(set) var isOnReserve = false
    private var lastHash: String
    private var file: AppendFile
    private let directory: String

    /// Opens the journal in `directory`, made where it is missing, and repairs what a crash left.
    package static func open(
        directory: String, now: Timestamp
    ) throws(FileError) -> AdvisoryJournal {
        if unsafe mkdir(directory, 0o750) != 0, errno != EEXIST {
            throw FileError("make", directory)
        }
        let path = directory + "/" + fileName
        var contents = try readJournal(path: path, previous: anchor(in: directory))
        var repairs: [String] = []
        if let damage = contents.damage {
            let aside = "\(path).damaged-\(now.compactUTC)"
            if damage.kind == .tornTail {
                try cutTail(path: path, at: contents.provenBytes, keeping: aside)
                repairs.append("\(damage); the torn part was moved to \(aside)")
            } else {
                let found = contents.lines + contents.unproven
                contents.lines = try replace(
                    path, keeping: aside, with: standing(in: found), directory: directory)
                repairs.append(
                    "\(damage); the whole file was kept as \(aside) and a new journal begun that "
                        + "starts from its hash and takes up what it says stands open")
            }
        }
        let file = try AppendFile(path: path)
        try syncDirectory(directory)
        let start = try anchor(in: directory)
        var journal = AdvisoryJournal(
            found: contents.lines, repairs: repairs,
            lastNumber: contents.lines.last?.record.number ?? 0,
            lastHash: contents.lines.last?.hash ?? start, file: file,
            directory: directory)
        journal.keepReserve()
        return journal
    }

    private init(
        found: [JournalLine], repairs: [String], lastNumber: UInt64, lastHash: String,
        file: consuming AppendFile, directory: String
    ) {
        self.found = found
        self.repairs = repairs
        self.lastNumber = lastNumber
        self.lastHash = lastHash
        self.file = file
        self.directory = directory
    }

    /// Appends a group and returns its lines once all of them are on the disk.
    package mutating func append(
        _ announcements: [Announcement]
    ) throws -> [JournalLine] {
        var lines: [JournalLine] = []
        var bytes: [UInt8] = []
        var (number, hash) = (lastNumber, lastHash)
        for announcement in announcements {
            number += 1
            let line = try JournalLine(
                JournalRecord(number: number, previous: hash, entry: announcement))
            hash = line.hash
            bytes += line.bytes
            bytes.append(UInt8(ascii: "\n"))
            lines.append(line)
        }
        try appendOrGiveUpReserve(bytes)
        (lastNumber, lastHash) = (number, hash)
        return lines
    }

    /// Hands over what was found at the start, and forgets it.
    package mutating func takeFound() -> [JournalLine] {
        defer { found = [] }
        return found
    }

    /// Builds the reserve again, once there is room. Cheap when it stands.
    package mutating func keepReserve() {
        let path = directory + "/reserve"
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if posix_fallocate(descriptor, 0, off_t(Self.reserveBytes)) == 0 {
            isOnReserve = false
        } else {
            unsafe unlink(path)
            isOnReserve = true
        }
    }

    private mutating func appendOrGiveUpReserve(_ bytes: [UInt8]) throws(FileError) {
        let before = file.size
        do {
            try file.append(bytes)
            try file.sync()
        } catch {
            // Half a group on the disk would be a group that nobody was told of: take it back.
            try? file.truncate(to: before)
            guard error.isFull, !isOnReserve else { throw error }
            unsafe unlink(directory + "/reserve")
            isOnReserve = true
            try file.append(bytes)
            try file.sync()
        }
    }

    /// What the first line of the journal must carry: the hash of the file that was set aside last,
    /// so that the chain goes on across the break; of the empty string when there never was one.
    private static func anchor(in directory: String) throws(FileError) -> String {
        let path = directory + "/anchor"
        guard unsafe access(path, F_OK) == 0 else { return sha256([]) }
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw FileError("read", path)
        }
    }

    private static func cutTail(
        path: String, at length: Int, keeping aside: String
    ) throws(FileError) {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            try data.dropFirst(length).write(to: URL(fileURLWithPath: aside))
        } catch {
            throw FileError("keep the torn tail of", path)
        }
        var file = try AppendFile(path: path)
        try file.truncate(to: length)
        try file.sync()
    }

    /// The newest announcement of each advisory that is not closed, in the order of the journal.
    private static func standing(in lines: [JournalLine]) -> [Announcement] {
        var newest: [String: Int] = [:]
        for (index, line) in lines.enumerated() {
            guard let advisory = line.record.entry.advisory else { continue }
            newest[advisory.id] = advisory.state == .closed ? nil : index
        }
        return newest.values.sorted().map { lines[$0].record.entry }
    }

    /// Puts a new journal in the place of a damaged one, in an order that a crash at any step
    /// survives: the old file keeps a name of its own before the new one, whole and synced, takes
    /// its place.
    private static func replace(
        _ path: String, keeping aside: String, with entries: [Announcement], directory: String
    ) throws(FileError) -> [JournalLine] {
        let fresh = path + ".new"
        unsafe unlink(fresh)
        var lines: [JournalLine] = []
        do {
            var hash = sha256(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
            try (hash + "\n").write(
                toFile: directory + "/anchor", atomically: true, encoding: .utf8)
            for (index, entry) in entries.enumerated() {
                let line = try JournalLine(
                    JournalRecord(number: UInt64(index + 1), previous: hash, entry: entry))
                hash = line.hash
                lines.append(line)
            }
        } catch {
            throw FileError("start anew", path)
        }
        var file = try AppendFile(path: fresh)
        try file.append(lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] })
        try file.sync()
        guard unsafe link(path, aside) == 0 else { throw FileError("keep", path) }
        guard unsafe rename(fresh, path) == 0 else { throw FileError("replace", path) }
        return lines
    }
}
