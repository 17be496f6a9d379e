package import AdvisoryJournal
internal import GasModel
package import HaltAdvisory

/// One thing that an outlet delivers: a line of the journal, or what could not be written there.
package struct OutletDocument: Sendable {
    /// Its number in the journal; 0 when it is not in it.
    package let number: UInt64
    /// What is told.
    package let entry: Announcement
    /// The line as it stands in the journal, without the line feed; laid out in the same way when
    /// it is not in it, with the number 0 and without the hash of a line before.
    package let bytes: [UInt8]
    /// The number that it has in the journal, or will have there; 0 when it will not be in it.
    let keyNumber: UInt64

    /// A line of the journal.
    package init(_ line: JournalLine) {
        self.init(line, keyNumber: line.record.number)
    }

    private init(_ line: JournalLine, keyNumber: UInt64) {
        number = line.record.number
        entry = line.record.entry
        bytes = line.bytes
        self.keyNumber = keyNumber
    }

    /// What the journal does not have; `nil` when it cannot be laid out. `number`: the one that it
    /// will have there, where it is only told before: both then have one key.
    package init?(unnumbered entry: Announcement, awaiting number: UInt64 = 0) {
        guard
            let line = try? JournalLine(JournalRecord(number: 0, previous: "", entry: entry))
        else { return nil }
        self.init(line, keyNumber: number)
    }

    /// SHA-256 of the line, which the next one carries; `nil` for what is not in the journal.
    package var hash: String? { number == 0 ? nil : sha256(bytes) }

    /// The same for every attempt at the same document and no other: advisory and revision. What
    /// belongs to no advisory is a message of its own.
    package var key: String {
        if let advisory = entry.advisory { return "\(advisory.id)/\(advisory.revision)" }
        return "\(entry.mine).journal-\(keyNumber).\(entry.decidedAt.compactUTC)/1"
    }

    /// `key` where a slash cannot stand: in a file name, in an identifier of CAP.
    package var identifier: String {
        let revision = entry.advisory?.revision ?? 1
        return key.prefix { $0 != "/" } + ".\(revision)"
    }
}

extension Announcement {
    /// Whether it belongs to a drill: nothing is wrong.
    package var isDrill: Bool { advisory?.rule == Rule.drill.rawValue }
}
