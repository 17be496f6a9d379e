internal import AdvisoryJournal
internal import Foundation
package import HaltAdvisory

/// Why an evidence file is not what its line in the journal says.
package enum EvidenceFlaw: Error, Equatable, Sendable, CustomStringConvertible {
    /// It has another length.
    case bytes(found: Int, sealed: Int)
    /// It has other bytes: something was changed.
    case hash(found: String, sealed: String)
    /// It has no head of this version.
    case head
    /// It is of other advisories.
    case advisories(found: [EvidenceSeal.Subject])
    /// It holds another number of readings.
    case readings(found: Int, sealed: Int)

    /// What is wrong, for a person.
    package var description: String {
        switch self {
        case .bytes(let found, let sealed): "has \(found) bytes, not \(sealed)"
        case .hash(let found, let sealed): "has the SHA-256 \(found), not \(sealed)"
        case .head: "has no head of this version in its first line"
        case .advisories(let found):
            "is of \(found.map { "\($0.id).\($0.revision)" }.joined(separator: ", "))"
        case .readings(let found, let sealed): "holds \(found) readings, not \(sealed)"
        }
    }
}

extension EvidenceSeal {
    /// The first thing in which `file`, the bytes of an evidence file, is not what was sealed;
    /// `nil` where it is. Pure.
    package func flaw(in file: [UInt8]) -> EvidenceFlaw? {
        guard file.count == bytes else { return .bytes(found: file.count, sealed: bytes) }
        let found = digest(file)
        guard found == sha256 else { return .hash(found: found, sealed: sha256) }
        let lines = file.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first,
            let head = try? JSONDecoder().decode(EvidenceHead.self, from: Data(first)),
            head.evidence == 1
        else { return .head }
        guard head.advisories == advisories else { return .advisories(found: head.advisories) }
        let count = lines.dropFirst().count { line in
            let text = String(decoding: line, as: UTF8.self)
            return text.contains("\"kind\":\"measurement\"") || text.contains("\"kind\":\"fault\"")
        }
        return count == readings ? nil : .readings(found: count, sealed: readings)
    }
}

/// Outside of the seal, whose property has the name of the function.
private func digest(_ bytes: [UInt8]) -> String { sha256(bytes) }
