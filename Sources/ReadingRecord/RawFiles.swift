internal import AdvisoryJournal
internal import Foundation
package import GasModel

/// How much of the raw record is kept.
package struct RawRetention: Sendable, Equatable {
    /// Days; what is older goes.
    package var days = 92
    /// Bytes of all segments together; the oldest go first.
    package var bytesMax = 64 << 30
    /// Bytes of one segment.
    package var segmentBytesMax = 64 << 20
    /// Seconds of one segment.
    package var segmentSecondsMax = 3600.0

    /// What is kept where nobody says otherwise.
    package init() {}
}

/// The room on a disk that is left to the journal, which comes first.
enum DiskRoom {
    /// Throws "no space left" where the disk of `directory` has no more room than is left free.
    static func check(_ directory: String) throws(FileError) {
        var status = statvfs()
        guard unsafe statvfs(directory, &status) == 0 else {
            throw FileError("look at", directory)
        }
        let unit = Int(status.f_frsize)
        let diskBytes = Int(status.f_blocks) * unit
        let least = AdvisoryJournal.reserveBytes + min(512 << 20, diskBytes / 10)
        guard Int(status.f_bavail) * unit < least else { return }
        errno = ENOSPC
        throw FileError("keep room for the journal on", directory)
    }
}

/// What the operator has to hear of the record.
package enum RecordNews: Sendable, Equatable {
    /// From here on readings are not recorded, and why: a term of the catalogue, or as the system
    /// says it.
    case lost(since: Timestamp, reason: String)
    /// They are again; so many records of that time are missing.
    case mended(from: Timestamp, to: Timestamp, records: UInt64)
    /// Segments were given up for room before their time: all up to an instant. `reason`: a term
    /// of the catalogue.
    case dropped(through: Timestamp, reason: String)
    /// A segment had a torn end, of which so many bytes were cut off; `nil`: it was left as it is.
    case repaired(path: String, RawFlaw, cutBytes: Int?)
    /// The gap ledger cannot be written; its entries wait.
    case ledgerFailed(reason: String)
}

/// The segments on the disk: written block by block, begun anew every hour, given up when they are
/// old or their room is needed.
///
/// Nothing is synced: a killed process loses nothing that was written, a power cut what the kernel
/// had not written back. **Thread:** confined to its owner's queue. **Errors:** none are thrown:
/// what cannot be written is counted and told once, and tried again with every block.
struct RawFiles: ~Copyable {
    private let directory: String
    private let retention: RawRetention
    private var file: AppendFile?
    private var segments: [RawSegment] = []
    /// Since when nothing can be written, and how many records that was.
    private var lost: (since: Timestamp, records: UInt64)?
    private var hasToldDrop = false
    /// Position after the newest record on the disk, and the ring that it is of.
    private(set) var newest: (ring: UInt64, end: UInt64)?
    /// What is to be told.
    var news: [RecordNews] = []

    /// The segments in `directory`, made where it is missing, with a torn end cut off.
    init(directory: String, retention: RawRetention) {
        (self.directory, self.retention) = (directory, retention)
        _ = unsafe mkdir(directory, 0o750)
        segments = RawSegment.list(in: directory)
        for segment in segments.reversed() where newest == nil { repair(segment) }
    }

    private mutating func repair(_ segment: RawSegment) {
        guard var reader = try? RawBlockReader(path: segment.path) else { return }
        do throws(RawFlaw) {
            try reader.checkHead()
            while let head = try reader.next() { newest = (head.ring, head.end) }
        } catch {
            // Without a head it is a file of another version, or one that a crash left empty. What
            // the disk does not give may be there all the same.
            guard error.offset > 0 || reader.bytes < RawFormat.headBytes,
                error.reason != RawFlaw.unreadable
            else { return news.append(.repaired(path: segment.path, error, cutBytes: nil)) }
            let cut = reader.bytes - error.offset
            guard unsafe truncate(segment.path, off_t(error.offset)) == 0 else { return }
            news.append(.repaired(path: segment.path, error, cutBytes: cut))
        }
    }

    /// Appends `block`. `head`: makes the head of a new segment.
    mutating func write(_ block: RawBlock, head: (Timestamp) -> RawSegmentHead) {
        let start = Timestamp(nanoseconds: block.head.firstArrival)
        let count = UInt64(block.head.count)
        do throws(FileError) {
            try makeRoom(at: start)
            try rollIfDue(start, head)
            try append(block)
            newest = (block.head.ring, block.head.end)
            if let lost {
                news.append(.mended(from: lost.since, to: start, records: lost.records))
                self.lost = nil
            }
        } catch {
            if lost == nil { news.append(.lost(since: start, reason: "\(error)")) }
            lost = (lost?.since ?? start, (lost?.records ?? 0) + count)
        }
    }

    /// Records that were dropped before they came here, since the disk did not keep up.
    mutating func note(lost records: UInt64, since start: Timestamp) {
        if lost == nil {
            news.append(.lost(since: start, reason: "the disk does not keep up"))
        }
        lost = (lost?.since ?? start, (lost?.records ?? 0) + records)
    }

    /// The next block begins a new segment: the site is another.
    mutating func roll() { file = nil }

    private mutating func append(_ block: RawBlock) throws(FileError) {
        guard file != nil else { return }
        let before = file?.size ?? 0
        do throws(FileError) {
            try block.seal { bytes throws(FileError) in try file?.append(bytes) }
        } catch {
            // What may stand behind a half block nobody would find: a new segment then.
            do { try file?.truncate(to: before) } catch { file = nil }
            throw error
        }
        segments[segments.count - 1].bytes = file?.size ?? 0
    }

    private mutating func rollIfDue(
        _ start: Timestamp, _ head: (Timestamp) -> RawSegmentHead
    ) throws(FileError) {
        if let size = file?.size, let current = segments.last {
            let age = start.seconds(since: current.start)
            guard size >= retention.segmentBytesMax || abs(age) >= retention.segmentSecondsMax
            else { return }
        }
        let number = (segments.last?.number ?? 0) + 1
        let path = directory + "/" + RawSegment.name(number: number, start: start)
        _ = unsafe mkdir(directory, 0o750)
        var fresh = try AppendFile(path: path)
        // Encoding three short texts cannot fail.
        let bytes = (try? head(start).bytes()) ?? []
        do throws(FileError) {
            try fresh.append(bytes)
        } catch {
            unsafe unlink(path)
            throw error
        }
        file = consume fresh
        segments.append(RawSegment(path: path, number: number, start: start, bytes: bytes.count))
        dropOld(at: start)
    }

    /// Gives up what is older than is asked for. A clock that leaps by a month was set, and gives
    /// up nothing before another segment agrees with it.
    private mutating func dropOld(at now: Timestamp) {
        guard segments.count > 2 else { return }
        let before = segments[segments.count - 2].start
        guard abs(now.seconds(since: before)) < 30 * 86_400 else { return }
        let bound = now.advanced(byNanoseconds: -Int64(retention.days) * 86_400_000_000_000)
        while segments.count > 2, segments[0].start < bound, segments[1].start < bound {
            unsafe unlink(segments.removeFirst().path)
        }
    }

    /// Gives up the oldest segments until there is room. **Errors:** the disk is full all the same.
    private mutating func makeRoom(at now: Timestamp) throws(FileError) {
        var bytes = segments.reduce(0) { $0 + $1.bytes }
        while bytes > retention.bytesMax, let gone = dropOldest(for: "its share of the disk") {
            bytes -= gone
        }
        while true {
            do throws(FileError) {
                return try DiskRoom.check(directory)
            } catch {
                if !error.isFull || dropOldest(for: "the journal's room") == nil { throw error }
            }
        }
    }

    /// Never the newest, which is written to. Returns the bytes that it had.
    private mutating func dropOldest(for reason: String) -> Int? {
        guard segments.count > 1 else { return nil }
        let gone = segments.removeFirst()
        guard unsafe unlink(gone.path) == 0 else { return nil }
        news.append(.dropped(through: segments[0].start, reason: reason))
        return gone.bytes
    }

    /// Everything that was written is on the disk when this returns, as far as it can be.
    mutating func sync() { try? file?.sync() }
}
