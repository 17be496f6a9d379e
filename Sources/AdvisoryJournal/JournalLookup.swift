internal import Foundation
package import HaltAdvisory

/// Finds single lines of a journal that somebody else writes, by their numbers.
///
/// It proves nothing: it is for showing a line in other words, where a line that is not found is
/// shown as it stands. **Cost:** the files are read from their ends in blocks, the newest first,
/// and no further than the oldest number that is asked for. **Thread:** any.
package struct JournalLookup: Sendable {
    private static let blockBytes = 1 << 16
    /// More than this is not searched for one answer.
    private static let bytesMax = 64 << 20

    private let directory: String

    /// Looks into the journal in `directory`, whether it is there yet or not.
    package init(directory: String) { self.directory = directory }

    /// The entries with `numbers`; those that are not found, or cannot be read, are left out.
    package func entries(_ numbers: Set<UInt64>) -> [UInt64: Announcement] {
        var found: [UInt64: Announcement] = [:]
        guard let oldest = numbers.min() else { return found }
        var budget = Self.bytesMax
        for path in files() where found.count < numbers.count && budget > 0 {
            guard let handle = FileHandle(forReadingAtPath: path) else { continue }
            defer { try? handle.close() }
            var end = (try? handle.seekToEnd()) ?? 0
            // The beginning of a line whose end was read with the block behind.
            var rest: [UInt8] = []
            var isPast = false
            while end > 0, !isPast, found.count < numbers.count, budget > 0 {
                let start = end > UInt64(Self.blockBytes) ? end - UInt64(Self.blockBytes) : 0
                guard (try? handle.seek(toOffset: start)) != nil,
                    let block = try? handle.read(upToCount: Int(end - start)), !block.isEmpty
                else { break }
                budget -= block.count
                var lines = (Array(block) + rest).split(
                    separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                rest = start > 0 ? Array(lines.removeFirst()) : []
                for line in lines.reversed() {
                    guard let number = JournalLine.number(of: line) else { continue }
                    if numbers.contains(number), found[number] == nil {
                        found[number] = try? JournalLine(bytes: Array(line)).record.entry
                    }
                    if number <= oldest { isPast = true }
                }
                end = start
            }
        }
        return found
    }

    /// The journal's files, the newest first.
    private func files() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let known = names.filter { $0.hasSuffix(".jsonl") }.map { name in
            let path = directory + "/" + name
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (path, attributes?[.modificationDate] as? Date ?? .distantPast)
        }
        return known.sorted { ($0.1, $0.0) > ($1.1, $1.0) }.map(\.0)
    }
}
