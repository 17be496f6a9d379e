internal import AdvisoryJournal
internal import Foundation
internal import GasModel

/// The gap ledger on the disk: lines of JSON in files that follow each other.
///
/// A group of lines is one `write`; after a kill the ledger reads records again and finds the same,
/// which is recognised by the position in the ring. Not synced: a power cut takes what the kernel
/// had not written back. **Thread:** confined to its owner's queue.
struct GapFile: ~Copyable {
    /// Bytes after which a new file is begun.
    private static let fileBytesMax = 4 << 20
    /// The most lines that wait for room on a full disk; what is beyond is counted.
    private static let waitingMax = 10_000

    private let directory: String
    private let days: Int
    private var file: AppendFile?
    private var waiting: [GapEntry] = []
    private var overflow = 0
    private let seen: MarkFile
    /// The newest position that was told, and its ring.
    private var told: (ring: UInt64, position: UInt64)?
    /// When anybody looked last, as of the run before.
    let lastSeen: Timestamp?
    /// Why nothing can be written; `nil` when it can.
    private(set) var fault: String?

    /// The ledger in `directory`, made where it is missing. `days`: how long its files are kept;
    /// `published`: how many records `ring` has: what was told of further ones was of another copy.
    init(directory: String, days: Int, ring current: UInt64, until published: UInt64) {
        (self.directory, self.days) = (directory, days)
        _ = unsafe mkdir(directory, 0o750)
        seen = MarkFile(path: directory + "/seen")
        lastSeen = Int64(seen.found).map { Timestamp(nanoseconds: $0) }
        for entry in Self.newestEntries(in: directory) {
            guard let ring = entry.ring, let position = entry.position,
                ring != current || position < published
            else { continue }
            told = (ring, position)
        }
    }

    /// Somebody looks at `time`.
    func note(seen time: Timestamp) { seen.write(String(time.nanoseconds)) }

    /// Puts `entries` behind the others, but for those that were told before.
    mutating func append(_ entries: [GapEntry]) {
        let known = told
        for entry in entries {
            if let known, entry.ring == known.ring, let position = entry.position,
                position <= known.position
            {
                continue
            }
            if let ring = entry.ring, let position = entry.position { told = (ring, position) }
            if waiting.count < Self.waitingMax { waiting.append(entry) } else { overflow += 1 }
        }
        flush()
    }

    /// Tries once more to write what waits.
    mutating func flush() {
        guard let newest = waiting.last else { return }
        do {
            if overflow > 0 {
                var entry = GapEntry(.unrecorded, from: newest.start, to: newest.end)
                entry.why = "\(overflow) entries of this ledger found no room"
                waiting.append(entry)
                overflow = 0
            }
            let bytes = try waiting.flatMap { try Self.line($0) }
            try open(at: newest.end)
            try append(bytes)
            waiting.removeAll(keepingCapacity: true)
            fault = nil
        } catch {
            fault = "\(error)"
        }
    }

    private mutating func append(_ bytes: [UInt8]) throws(FileError) {
        let before = file?.size ?? 0
        do throws(FileError) {
            try file?.append(bytes)
        } catch {
            do { try file?.truncate(to: before) } catch { file = nil }
            throw error
        }
    }

    private mutating func open(at now: Timestamp) throws(FileError) {
        if let size = file?.size, size < Self.fileBytesMax { return }
        try sync()
        let files = Self.files(in: directory)
        // A file whose last line a power cut has torn is not gone on with.
        if file == nil, let last = files.last, Self.isWhole(last.path) {
            let old = try AppendFile(path: last.path)
            if old.size < Self.fileBytesMax {
                file = consume old
                return
            }
        }
        let number = (files.last?.number ?? 0) + 1
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        file = try AppendFile(path: "\(directory)/\(zeros)\(digits)-\(now.compactUTC).jsonl")
        let bound = now.advanced(byNanoseconds: -Int64(days) * 86_400_000_000_000)
        // The start of the file behind it is when its last line was written.
        for (old, next) in zip(files, files.dropFirst()) where next.start < bound {
            unsafe unlink(old.path)
        }
    }

    /// Returns when all that was written is on the disk.
    mutating func sync() throws(FileError) { try file?.sync() }

    private static func line(_ entry: GapEntry) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(entry)) + [UInt8(ascii: "\n")]
    }
}

// MARK: Reading

extension GapFile {
    /// The files in `directory`, in order.
    private static func files(
        in directory: String
    ) -> [(path: String, number: Int, start: Timestamp)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name in
            let parts = name.split(separator: "-", maxSplits: 1)
            guard parts.count == 2, name.hasSuffix(".jsonl"), let number = Int(parts[0]),
                let start = Timestamp(compactUTC: parts[1].dropLast(6))
            else { return nil }
            return (directory + "/" + name, number, start)
        }.sorted { $0.number < $1.number }
    }

    private static func isWhole(_ path: String) -> Bool {
        let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        return data?.last == UInt8(ascii: "\n")
    }

    /// The newest, enough to find the newest position among them: a start must not wait for more.
    private static func newestEntries(in directory: String) -> [GapEntry] {
        files(in: directory).suffix(2).flatMap { entries(of: $0.path, bytesMax: 256 << 10) }
    }

    private static func entries(of path: String, bytesMax: Int = .max) -> [GapEntry] {
        guard
            let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
                .suffix(bytesMax)
        else { return [] }
        let decoder = JSONDecoder()
        // A line that cannot be read is the torn end of a power cut, or of another version.
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(GapEntry.self, from: $0)
        }
    }

    /// All entries of the ledger in `directory` that end at or after `since`, in order, with the
    /// newest `start` before them; `nil` where there is no ledger.
    static func read(
        directory: String, since: Timestamp
    ) -> (entries: [GapEntry], seen: Timestamp?)? {
        let files = files(in: directory)
        guard !files.isEmpty else { return nil }
        let seen = MarkFile.text(of: directory + "/seen").flatMap { Int64($0) }
        // From the newest file that begins before `since` on: it holds what stood then.
        let first = files.lastIndex { $0.start <= since } ?? 0
        let entries = files[max(0, first - 1)...].flatMap { Self.entries(of: $0.path) }
        return (entries, seen.map { Timestamp(nanoseconds: $0) })
    }
}

extension MarkFile {
    /// What the mark at `path` says, without opening it for writing.
    fileprivate static func text(of path: String) -> String? {
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
