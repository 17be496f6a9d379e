/// The journal's files as an outlet reads them again: from a number on.
///
/// **Thread:** any, while the journal is written: a line that is not whole yet is not there yet.
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
        do {
            let files = try JournalFiles(directory: directory)
            let start = files.closed.lastIndex { $0.first <= first } ?? 0
            for name in files.closed[start...].map(\.name) + [JournalFiles.growing] {
                var file = try LineReader(path: files.path(name))
                while let line = try file.next() {
                    guard line.isEnded, let number = JournalLine.number(of: line.bytes),
                        number >= first
                    else { continue }
                    guard number <= last else { return true }
                    newest = number
                    guard wanted?.contains(number) ?? true else { continue }
                    // What a segment restates at its beginning was told before.
                    guard let line = try? JournalLine(bytes: line.bytes), !line.isCarried else {
                        continue
                    }
                    if !take(line) { return true }
                }
            }
        } catch {
            return false
        }
        return newest == last
    }
}
