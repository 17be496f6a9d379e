internal import AdvisoryJournal
internal import Dispatch
internal import Foundation
internal import GasModel
internal import GasPipeline
internal import Logging

/// The snapshots of the detectors in the state directory: a file for each, replaced as a whole.
///
/// A snapshot belongs to one ring and to the journal as it was: with another ring its position
/// means nothing, and with a journal that is shorter than then, what it calls told is not. Such a
/// snapshot, or a damaged one, is not used: the detector then starts from the journal and the tail
/// of the ring, and the log says why.
///
/// **Thread:** `write` from any thread, it returns at once; files are written on a queue of low
/// priority that nobody waits for.
// @unchecked: immutable but for `failed`, which only `queue` touches.
final class SnapshotStore: @unchecked Sendable {
    /// Raised with every change of what any detector writes.
    private static let version: UInt64 = 8
    private static let magic = UInt64(nameHash: "firedamp detector snapshot")

    /// The words before the state.
    private enum Head: Int, CaseIterable {
        case magic, version, ring, site, journal, position, count, checksum
    }

    private let directory: String
    private let ring: UInt64
    private let site: @Sendable () -> UInt64
    private let journal: @Sendable () -> UInt64
    private let log: Logger
    private let queue = DispatchQueue(label: "firedamp.snapshots", qos: .utility)
    /// Whether the last one could not be written: said once.
    private var hasFailed = false

    /// The store in `directory` for `ring`. `journal`: number of the newest line of the journal;
    /// `site`: a number that stands for the site that holds.
    init(
        directory: String, ring: UInt64, log: Logger, site: @escaping @Sendable () -> UInt64,
        journal: @escaping @Sendable () -> UInt64
    ) {
        self.directory = directory
        self.ring = ring
        self.site = site
        self.log = log
        self.journal = journal
    }

    /// The newest snapshot of `detector`, as of a line of the journal within `lines`; `nil` where
    /// there is none that can be used. `isOfSite`: whether it was taken under the site that holds.
    func read(
        _ detector: Rule.Detector, within lines: ClosedRange<UInt64>
    ) -> (snapshot: DetectorSnapshot, isOfSite: Bool)? {
        read(reader: detector.rawValue, within: lines)
    }

    /// The same by the name of a reader of the ring that is no detector.
    func read(
        reader: String, within lines: ClosedRange<UInt64>
    ) -> (snapshot: DetectorSnapshot, isOfSite: Bool)? {
        let path = path(reader)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try parse(data, within: lines)
        } catch {
            log.warning("\(path): \(error.reason); it is not used")
            return nil
        }
    }

    /// Writes `snapshot` in the background and calls `done`, also where that fails: the one before
    /// stays, and is recognised as too old once the ring has gone on.
    func write(
        _ snapshot: DetectorSnapshot, of detector: Rule.Detector,
        done: @escaping @Sendable () -> Void
    ) {
        write(snapshot, reader: detector.rawValue, done: done)
    }

    /// The same by the name of a reader of the ring that is no detector.
    func write(
        _ snapshot: DetectorSnapshot, reader: String, done: @escaping @Sendable () -> Void
    ) {
        queue.async { [self] in
            save(snapshot, of: reader)
            done()
        }
    }

    /// Writes `snapshot` and returns when it is there, or cannot be.
    func writeNow(_ snapshot: DetectorSnapshot, of detector: Rule.Detector) {
        queue.sync { save(snapshot, of: detector.rawValue) }
    }

    private func save(_ snapshot: DetectorSnapshot, of reader: String) {
        var head = [UInt64](repeating: 0, count: Head.allCases.count)
        head[Head.magic.rawValue] = Self.magic
        head[Head.version.rawValue] = Self.version
        head[Head.ring.rawValue] = ring
        head[Head.site.rawValue] = site()
        head[Head.journal.rawValue] = journal()
        head[Head.position.rawValue] = snapshot.position
        head[Head.count.rawValue] = UInt64(snapshot.words.count)
        head[Head.checksum.rawValue] = UInt64(checksumOf: snapshot.words.span)
        replace(path(reader), with: [head, snapshot.words])
    }

    /// Returns when everything that came in before is written.
    func sync() { queue.sync {} }

    /// The name of the file of `reader`.
    static func fileName(_ reader: String) -> String { "ring.\(reader).state" }

    private func path(_ reader: String) -> String { directory + "/" + Self.fileName(reader) }

    /// In full and at once, or not at all: a kill in between leaves the one before. Not synced:
    /// after a power cut a torn one is found by its checksum.
    private func replace(_ path: String, with parts: [[UInt64]]) {
        let draft = path + ".new"
        do {
            let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
            guard file >= 0 else { throw FileError("make", draft) }
            defer { close(file) }
            for part in parts { try Self.write(part, to: file, draft) }
            guard unsafe rename(draft, path) == 0 else { throw FileError("replace", path) }
            hasFailed = false
        } catch {
            if !hasFailed { log.error("\(error); a restart would begin from journal and ring") }
            hasFailed = true
        }
    }

    private static func write(_ words: [UInt64], to file: Int32, _ path: String) throws {
        try unsafe words.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = unsafe Foundation.write(file, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw FileError("write", path) }
                done += count
            }
        }
    }

    private func parse(
        _ data: Data, within lines: ClosedRange<UInt64>
    ) throws(StateError) -> (snapshot: DetectorSnapshot, isOfSite: Bool) {
        let count = data.count / 8
        let headCount = Head.allCases.count
        var words = [UInt64](repeating: 0, count: count)
        unsafe words.withUnsafeMutableBytes { _ = unsafe data.copyBytes(to: $0) }
        func expect(_ condition: Bool, _ word: Head, _ reason: String) throws(StateError) {
            if !condition { throw StateError(offset: word.rawValue, reason: reason) }
        }
        try expect(count >= headCount && data.count % 8 == 0, .magic, "cut off")
        func head(_ word: Head) -> UInt64 { words[word.rawValue] }
        try expect(head(.magic) == Self.magic, .magic, "no snapshot of a detector")
        try expect(head(.version) == Self.version, .version, "of another version")
        try expect(head(.ring) == ring, .ring, "of another ring")
        try expect(
            head(.journal) <= lines.upperBound, .journal,
            "the journal is shorter than it was then")
        try expect(
            head(.journal) >= lines.lowerBound, .journal,
            "the journal tells of another ring since then")
        let state = Array(words[headCount...])
        try expect(head(.count) == UInt64(state.count), .count, "cut off")
        try expect(head(.checksum) == UInt64(checksumOf: state.span), .checksum, "damaged")
        return (
            DetectorSnapshot(position: head(.position), words: state),
            head(.site) == site()
        )
    }
}
