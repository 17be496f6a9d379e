internal import Foundation
package import HaltAdvisory

extension AdvisoryDocument {
    /// The document as JSON, keys sorted, so that equal documents give equal bytes. On one line
    /// without a line feed; `isPretty`: a line for each member, for people.
    package func json(isPretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return Array(try encoder.encode(self))
    }
}

extension DocumentSources.Told {
    /// An announcement as it stands in the journal, with its number and its hashes.
    package init(_ line: JournalLine) {
        self.init(
            line.record.entry, number: line.record.number, hash: line.hash,
            previous: line.record.previous)
    }
}
