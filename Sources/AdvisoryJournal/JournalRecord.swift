internal import Crypto
internal import Foundation
package import HaltAdvisory

/// One line of the journal: an announcement, its number, and the hash of the line before.
package struct JournalRecord: Codable, Sendable, Equatable {
    /// 1 for the first line of a journal, one more with each.
    package var number: UInt64
    /// SHA-256, in hexadecimal, of the bytes of the line before without its line feed; of the empty
    /// string for the first line of all.
    package var previous: String
    /// What was told.
    package var entry: Announcement

    /// A record of `entry` in its place.
    package init(number: UInt64, previous: String, entry: Announcement) {
        self.number = number
        self.previous = previous
        self.entry = entry
    }

    enum CodingKeys: String, CodingKey {
        case number = "n"
        case previous = "prev"
        case entry
    }
}

/// A line and the record in it.
package struct JournalLine: Sendable, Equatable {
    /// The record.
    package var record: JournalRecord
    /// The bytes as they stand in the file, without the line feed.
    package var bytes: [UInt8]

    /// Lays a record out as a line. Keys are sorted, so equal records give equal bytes.
    package init(_ record: JournalRecord) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.record = record
        bytes = Array(try encoder.encode(record))
    }

    /// Reads a line; throws what is wrong with it.
    package init(bytes: [UInt8]) throws {
        record = try JSONDecoder().decode(JournalRecord.self, from: Data(bytes))
        self.bytes = bytes
    }

    /// What the next line carries as `prev`.
    package var hash: String { sha256(bytes) }
}

/// SHA-256 in hexadecimal.
package func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }.joined()
}
