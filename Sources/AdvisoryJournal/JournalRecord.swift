internal import Crypto
internal import Foundation
package import HaltAdvisory

/// One line of the journal: an announcement, its number, and the hash of the line before.
///
/// `JOURNAL.md` has the format.
package struct JournalRecord: Codable, Sendable, Equatable {
    /// The line that a carried one restates.
    package struct Origin: Codable, Sendable, Equatable {
        /// Its number.
        package var number: UInt64
        /// The hash that it carries of the line before it.
        package var previous: String
        /// Its transition; in the carried line `CARRIED` stands in its place.
        package var transition: Transition

        enum CodingKeys: String, CodingKey {
            case number = "n"
            case previous = "prev"
            case transition
        }
    }

    /// 1 for the first line of a journal, one more with each.
    package var number: UInt64
    /// SHA-256, in hexadecimal, of the bytes of the line before without its line feed; of the empty
    /// string for the first line of all.
    package var previous: String
    /// What was told.
    package var entry: Announcement
    /// Of which line this is a restatement; absent for everything that is news.
    package var carried: Origin?
    /// What else the daemon must know of the past: in the first line of every segment but the
    /// journal's first.
    package var memory: BookMemory?
    /// The segments that this line announces the end of.
    package var retired: [RetiredSegment]?
    /// The public key, in base64, that lines are signed with from this one on; empty: they are no
    /// longer signed.
    package var key: String?
    /// Signature of the line without this member, in base64. Never encoded: it is put behind.
    package private(set) var signature: String?

    /// A record of `entry` in its place.
    package init(number: UInt64, previous: String, entry: Announcement) {
        self.number = number
        self.previous = previous
        self.entry = entry
    }

    enum CodingKeys: String, CodingKey {
        case number = "n"
        case previous = "prev"
        case entry, carried, memory, retired, key
        case signature = "sig"
    }

    /// The same without its signature.
    var unsigned: JournalRecord {
        var record = self
        record.signature = nil
        return record
    }

    /// The same with a signature.
    func signed(_ signature: String) -> JournalRecord {
        var record = self
        record.signature = signature
        return record
    }
}

/// A closed segment that is deleted because it is older than the site keeps it.
package struct RetiredSegment: Codable, Sendable, Equatable {
    /// Its file name.
    package var file: String
    /// Number of its first line.
    package var first: UInt64
    /// Number of its last line.
    package var last: UInt64
    /// Hash of its last line: what the next segment begins from.
    package var hash: String
    /// The newest time in it that is known, RFC 3339 in UTC.
    package var until: String
}

/// A line and the record in it.
package struct JournalLine: Sendable, Equatable {
    /// The record.
    package var record: JournalRecord
    /// The bytes as they stand in the file, without the line feed.
    package var bytes: [UInt8]

    /// What a signature stands in: the last member of the line, of one length always.
    private static let signatureStart = Array(",\"sig\":\"".utf8)
    private static let signatureEnd = Array("\"}".utf8)
    private static let signatureCharacters = 88
    private static let numberKey = Array(",\"n\":".utf8)

    /// Lays a record out as a line. Keys are sorted, so equal records give equal bytes.
    package init(_ record: JournalRecord, signer: JournalSigner? = nil) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.record = record.unsigned
        bytes = Array(try encoder.encode(self.record))
        guard let signer else { return }
        let signature = try signer.sign(bytes)
        self.record = record.signed(signature)
        bytes.removeLast()
        bytes += Self.signatureStart + Array(signature.utf8) + Self.signatureEnd
    }

    /// Reads a line; throws what is wrong with it.
    package init(bytes: [UInt8]) throws {
        record = try JSONDecoder().decode(JournalRecord.self, from: Data(bytes))
        self.bytes = bytes
    }

    /// The number of a line, found without taking it apart: keys are sorted, so it stands behind
    /// the entry, and what follows it, hash and signature, is of a known length and has no such
    /// key.
    static func number(of bytes: some BidirectionalCollection<UInt8>) -> UInt64? {
        let tail = Array(bytes.suffix(256))
        let starts = tail.indices.dropLast(numberKey.count)
        let isKey = { tail[$0..<$0 + numberKey.count].elementsEqual(numberKey) }
        guard let start = starts.last(where: isKey) else { return nil }
        let digits = tail[(start + numberKey.count)...].prefix { (48...57).contains($0) }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    /// What the next line carries as `prev`.
    package var hash: String { sha256(bytes) }

    /// Whether the line restates an older one, or begins a segment: no news.
    package var isCarried: Bool { record.entry.transition == .carried }

    /// The line as it was told: of a carried one the line that it restates, laid out anew.
    package var asTold: JournalLine {
        guard let origin = record.carried else { return self }
        var entry = record.entry
        entry.transition = origin.transition
        let told = JournalRecord(number: origin.number, previous: origin.previous, entry: entry)
        return (try? JournalLine(told)) ?? self
    }

    /// The bytes that the signature is of; `nil` when it does not stand where it has to.
    var signedBytes: [UInt8]? {
        let (start, end) = (Self.signatureStart, Self.signatureEnd)
        let length = start.count + Self.signatureCharacters + end.count
        guard let signature = record.signature, bytes.count > length,
            bytes.suffix(length) == (start + Array(signature.utf8) + end)[...]
        else { return nil }
        return Array(bytes.dropLast(length)) + [UInt8(ascii: "}")]
    }
}

/// SHA-256 in hexadecimal.
package func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

/// Bytes as hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
