package import HaltAdvisory

/// What a state directory's journal holds, for commands that look back: a daemon need not run.
package struct JournalEntries: Sendable {
    /// Every line that can be read, oldest first, but for those that only restate another.
    package let lines: [JournalLine]
    /// What does not fit, in words with the place; `nil` where all is proven. A last line that a
    /// running daemon has not written to its end is no damage.
    package let damage: String?

    /// Reads the journal of `stateDirectory`. **Errors:** in words, with the path.
    package init(stateDirectory: String) throws(JournalReadFailure) {
        let directory = stateDirectory + "/journal"
        var lines: [JournalLine] = []
        do throws(FileError) {
            // What a segment restates at its beginning was told before.
            try AdvisoryJournal.readBack(directory: directory, after: 0, segmentsMax: .max) {
                if !$0.isCarried { lines.append($0) }
            }
            let contents = try readJournal(
                path: directory + "/" + AdvisoryJournal.fileName, first: nil)
            lines += (contents.lines + contents.unproven).filter { !$0.isCarried }
            self.lines = lines
            damage = contents.damage.flatMap { $0.kind == .tornTail ? nil : "\($0)" }
        } catch {
            throw JournalReadFailure(reason: "\(error)")
        }
    }
}

extension JournalEntries {
    /// What was told, oldest first, with its number.
    package var entries: [(number: UInt64, entry: Announcement)] {
        lines.map { ($0.record.number, $0.record.entry) }
    }
}

/// Why a journal cannot be read.
package struct JournalReadFailure: Error, Equatable {
    /// In words, with the path.
    package var reason: String
}
