internal import AdvisoryJournal
package import Foundation
package import GasModel

/// A file of the raw record: an hour of readings, or as many as fit.
package struct RawSegment: Sendable, Equatable {
    /// Where it is.
    package var path: String
    /// 1 for the first, one more with each: they follow each other in this order, whatever was done
    /// to the clock.
    package var number: Int
    /// Arrival of its first reading.
    package var start: Timestamp
    /// Its size.
    package var bytes: Int

    /// The name of a segment.
    static func name(number: Int, start: Timestamp) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
        return "\(zeros)\(digits)-\(start.compactUTC).raw"
    }

    /// The segments in `directory`, in order. Empty where there are none, or no directory.
    package static func list(in directory: String) -> [RawSegment] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name -> RawSegment? in
            let parts = name.split(separator: "-", maxSplits: 1)
            guard parts.count == 2, name.hasSuffix(".raw"), let number = Int(parts[0]),
                let start = Timestamp(compactUTC: parts[1].dropLast(4))
            else { return nil }
            let path = directory + "/" + name
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return nil }
            return RawSegment(
                path: path, number: number, start: start, bytes: Int(status.st_size))
        }.sorted { $0.number < $1.number }
    }
}

/// The first line of a segment: what its records mean.
package struct RawSegmentHead: Codable, Sendable, Equatable {
    /// Version of the layout, `RawFormat.version`.
    package var raw: Int
    /// The mine's code.
    package var mine: String
    /// Fingerprint of the site that held when the segment was begun.
    package var site: String
    /// How many codes the sensor registry had; an index is its place in `ring.sensors`.
    package var sensors: Int
    /// SHA-256 of those codes, a line each: which registry the indexes are of.
    package var registry: String
    /// Arrival of the first record, RFC 3339 in UTC.
    package var at: String

    /// The head's bytes, filled up with blanks and ended by a line feed.
    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes = Array(try encoder.encode(self))
        precondition(bytes.count < RawFormat.headBytes, "codes are short")
        bytes += [UInt8](
            repeating: UInt8(ascii: " "), count: RawFormat.headBytes - 1 - bytes.count)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// The head of the segment whose bytes are `bytes`; `nil` where it has none of this version.
    package init?(_ bytes: Data) {
        guard bytes.count >= RawFormat.headBytes,
            let head = try? JSONDecoder().decode(
                RawSegmentHead.self, from: bytes.prefix(RawFormat.headBytes)),
            head.raw == RawFormat.version
        else { return nil }
        self = head
    }

    /// The head of a new segment.
    init(mine: String, site: String, names: [String], at start: Timestamp) {
        raw = RawFormat.version
        (self.mine, self.site) = (mine, site)
        sensors = names.count
        registry = sha256(names.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] })
        at = start.rfc3339()
    }
}

extension Timestamp {
    /// Reads what `compactUTC` writes.
    init?(compactUTC text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 20, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "."),
            bytes[19] == UInt8(ascii: "Z")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            Int(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            let milli = number(16..<19), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(milli))
    }
}
