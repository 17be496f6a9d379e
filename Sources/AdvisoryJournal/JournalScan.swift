internal import Foundation
internal import GasModel
internal import Glibc
internal import HaltAdvisory

/// What stands in a journal's directory when it is opened, repaired where a crash left it torn.
struct JournalScan {
    /// Why a segment must be begun before anything can be appended.
    enum Breach: Equatable {
        /// The growing one is broken; it is to be set aside under this name.
        case damaged(aside: String)
        /// There is none, although there are closed ones.
        case missing
    }

    /// What is known of the segment that grows.
    struct Segment {
        /// Number of its first line; `nil` while it has none.
        var first: UInt64?
        /// When it began.
        var beganAt: Timestamp?
        /// Its bytes.
        var bytes = 0
        /// Bytes of what it restates at its beginning.
        var openingBytes = 0
        /// Whether all of its lines so far are restatements.
        var isOpening = true
        /// Which line told of each advisory that stands last.
        var origins: [String: JournalRecord.Origin] = [:]

        /// Takes note of a line of it.
        mutating func note(_ line: JournalLine) {
            let (record, entry) = (line.record, line.record.entry)
            if first == nil { (first, beganAt) = (record.number, entry.decidedAt) }
            bytes += line.bytes.count + 1
            isOpening = isOpening && line.isCarried
            if isOpening { openingBytes = bytes }
            guard let advisory = entry.advisory else { return }
            let own = JournalRecord.Origin(
                number: record.number, previous: record.previous, transition: entry.transition)
            origins[advisory.id] = advisory.state == .closed ? nil : record.carried ?? own
        }
    }

    /// What was repaired, or is to be.
    private(set) var repairs: [[Phrase]] = []
    private(set) var lastNumber: UInt64 = 0
    private(set) var lastHash = sha256([])
    private(set) var key: JournalKey?
    private(set) var segment = Segment()
    private(set) var breach: Breach?
    /// Where a torn tail begins that could not be cut off.
    private(set) var tornFrom: Int?
    private let head: HeadMark.Word?
    /// Hash of the line that the head mark names, where it was met.
    private var hashAtHead: String?

    init(head: HeadMark.Word?) { self.head = head }

    /// Looks at the journal in `directory` and hands the lines of its newest segment to `take`.
    mutating func run(
        directory: String, now: Timestamp, take: (JournalLine) -> Void
    ) throws(FileError) {
        var files = try JournalFiles(directory: directory)
        unsafe unlink(files.path(JournalFiles.draft))
        if let newest = files.closed.last, files.hasGrowing,
            FileIdentity(path: files.path(newest.name)) == FileIdentity(path: files.growingPath)
        {
            // Killed between giving the segment its name and beginning the next: it goes on.
            unsafe unlink(files.path(newest.name))
            files.dropNewestClosed()
        }
        if files.hasGrowing, Self.size(files.growingPath) > 0 || files.closed.isEmpty {
            try readGrowing(files, now: now, take: take)
        } else if let newest = files.closed.last {
            try readClosed(files.path(newest.name), take: take)
            breach = .missing
            repairs.append([Phrase("segment-gone", files.growingPath, newest.name)])
        } else {
            lastHash = try files.anchor()
        }
        compareWithHead(files)
    }

    private mutating func readGrowing(
        _ files: JournalFiles, now: Timestamp, take: (JournalLine) -> Void
    ) throws(FileError) {
        let path = files.growingPath
        let before = try place(before: files)
        var walk = try SegmentWalk(path: path, chain: ChainWalk(from: before))
        guard let (damage, proven) = try read(&walk, take: take) else { return }
        if damage.kind == .tornTail {
            let aside = "\(path).torn-\(now.compactUTC)"
            do throws(FileError) {
                try Self.cutTail(path: path, at: proven, keeping: aside)
                repairs.append([damage.phrase, Phrase("torn-moved", aside)])
            } catch {
                // Read-only: it is cut off before anything is written behind it.
                tornFrom = proven
                repairs.append([damage.phrase, Phrase("torn-stays", "\(error)")])
            }
            return
        }
        let aside = "\(path).damaged-\(now.compactUTC)"
        breach = .damaged(aside: aside)
        let (hash, lines) = try fileHash(path)
        let first = before?.number ?? segment.first ?? 1
        // Numbers go on behind all that the broken file may have told.
        (lastNumber, lastHash) = (max(lastNumber, first &+ UInt64(lines) &- 1), hash)
        repairs.append([damage.phrase, Phrase("kept-whole", aside)])
    }

    /// What the first line of the growing segment must carry; `nil`: it is believed, because what
    /// was before it is no longer there.
    private func place(before files: JournalFiles) throws(FileError) -> ChainWalk.Place? {
        if let newest = files.closed.last {
            let bytes = try lastLine(of: files.path(newest.name)) ?? []
            guard let line = try? JournalLine(bytes: bytes) else { return nil }
            let expected = ChainWalk.Place(number: line.record.number &+ 1, previous: line.hash)
            // What was set aside in between has lines that no closed segment has.
            return try startsFromSetAside(files) ? nil : expected
        }
        let anchor = try files.anchor()
        guard let first = try firstRecord(files.growingPath), first.memory != nil else {
            return .beginning(anchor)
        }
        return nil
    }

    private func startsFromSetAside(_ files: JournalFiles) throws(FileError) -> Bool {
        guard !files.setAside.isEmpty, let first = try firstRecord(files.growingPath),
            first.memory != nil
        else { return false }
        for name in files.setAside where try fileHash(files.path(name)).hash == first.previous {
            return true
        }
        return false
    }

    private func firstRecord(_ path: String) throws(FileError) -> JournalRecord? {
        var reader = try LineReader(path: path)
        guard let line = try reader.next(), line.isEnded else { return nil }
        return (try? JournalLine(bytes: line.bytes))?.record
    }

    private mutating func readClosed(
        _ path: String, take: (JournalLine) -> Void
    ) throws(FileError) {
        var walk = try SegmentWalk(path: path, chain: ChainWalk(from: nil))
        if let (damage, _) = try read(&walk, take: take) { repairs.append([damage.phrase]) }
    }

    /// Reads a segment to its end. Returns the first damage, if there is any, and how many bytes
    /// before it are proven.
    private mutating func read(
        _ walk: inout SegmentWalk, take: (JournalLine) -> Void
    ) throws(FileError) -> (JournalDamage, Int)? {
        var damage: JournalDamage?
        var proven = 0
        while let step = try walk.next() {
            if damage == nil { damage = step.damage }
            guard let line = step.line else { continue }
            if damage == nil {
                proven = step.end
                (lastNumber, lastHash) = (line.record.number, line.hash)
                if line.record.number == head?.number { hashAtHead = line.hash }
            }
            segment.note(line)
            take(line)
        }
        key = walk.chain.key
        // A segment that has no line yet goes on from the one before.
        if let place = walk.chain.place, segment.first == nil {
            (lastNumber, lastHash) = (place.number &- 1, place.previous)
        }
        return damage.map { ($0, proven) }
    }

    private mutating func compareWithHead(_ files: JournalFiles) {
        guard let head else { return }
        if head.number > lastNumber {
            repairs.append([
                Phrase(
                    "end-cut-off", files.growingPath, "\(lastNumber)", JournalFiles.head,
                    "\(head.number)", head.hash)
            ])
        } else if let hashAtHead, hashAtHead != head.hash {
            repairs.append([
                Phrase(
                    "head-replaced", files.growingPath, "\(head.number)", JournalFiles.head,
                    head.hash)
            ])
        }
    }

    static func size(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func cutTail(
        path: String, at length: Int, keeping aside: String
    ) throws(FileError) {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            try handle.seek(toOffset: UInt64(length))
            try (handle.readToEnd() ?? Data()).write(to: URL(fileURLWithPath: aside))
        } catch {
            throw FileError("keep the torn tail of", path)
        }
        var file = try AppendFile(path: path)
        try file.truncate(to: length)
        try file.sync()
    }
}
