package import AdvisoryJournal
internal import Foundation

/// The journal's files as an outlet reads them again: from a number on.
///
/// The one place that knows how the journal lies on the disk. **Thread:** any, while the journal is
/// written: a line that is not whole yet is not there yet.
package struct JournalTail: Sendable {
    private let directory: String

    /// The journal in `directory`.
    package init(directory: String) { self.directory = directory }

    /// Hands over the lines from `first` to `last`, in order, until `take` returns false. Returns
    /// false when a file could not be read, or ended before `last`: try again later. A line that
    /// cannot be read is passed over; `firedamp` has said so when it opened the journal.
    ///
    /// `wanted`: of these numbers only; a line costs fifty times as much taken apart as passed by.
    @discardableResult
    package func read(
        from first: UInt64, through last: UInt64, only wanted: Set<UInt64>? = nil,
        _ take: (JournalLine) -> Bool
    ) -> Bool {
        guard first <= last else { return true }
        var newest: UInt64 = 0
        for path in files(from: first) {
            guard let file = LineReader(path: path) else { return false }
            while let bytes = file.next() {
                guard let number = Self.number(of: bytes), number >= first else { continue }
                guard number <= last else { return true }
                newest = number
                guard wanted?.contains(number) ?? true else { continue }
                // What a segment restates at its beginning was told before.
                guard let line = try? JournalLine(bytes: Array(bytes)), !line.isCarried else {
                    continue
                }
                if !take(line) { return true }
            }
        }
        return newest == last
    }

    /// The files that hold lines from `first` on: closed segments are named after their first line.
    private func files(from first: UInt64) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let (head, tail) = ("advisories-", ".jsonl")
        let closed = names.compactMap { name -> (first: UInt64, name: String)? in
            guard name.hasPrefix(head), name.hasSuffix(tail) else { return nil }
            return UInt64(name.dropFirst(head.count).dropLast(tail.count)).map { ($0, name) }
        }.sorted { $0.first < $1.first }
        let start = closed.lastIndex { $0.first <= first } ?? 0
        return (closed[start...].map(\.name) + [AdvisoryJournal.fileName])
            .map { directory + "/" + $0 }
    }

    /// The number of a line, found without taking the rest of it apart: keys are sorted, so it
    /// stands behind the entry, and what follows it, hash and signature, is of a known length.
    static func number(of line: ArraySlice<UInt8>) -> UInt64? {
        let key = Array("\"n\":".utf8)
        let tail = line.suffix(256)
        var index = tail.endIndex - key.count
        while index >= tail.startIndex {
            if tail[index] == key[0], tail[index..<index + key.count].elementsEqual(key) {
                let digits = tail[(index + key.count)...].prefix { (48...57).contains($0) }
                return UInt64(String(decoding: digits, as: UTF8.self))
            }
            index -= 1
        }
        return nil
    }
}

/// A file, line by line, 64 KiB at a time.
// Not Sendable: one reading, one thread.
private final class LineReader {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init?(path: String) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// The next whole line without its line feed; `nil` at the end.
    func next() -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            guard !isAtEnd else { return nil }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            fill()
        }
    }

    private func fill() {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(descriptor, &piece, piece.count)
        guard count > 0 else {
            isAtEnd = true
            return
        }
        buffer += piece[..<count]
    }
}
