internal import Foundation
internal import HaltAdvisory
internal import MQTTSession

/// What stands retained at `firedamp/v1/<mine>/status`: whether anybody looks. When the daemon is
/// gone without a word the broker says `blind` in its place (Last Will).
struct StatusMessage: Codable {
    /// `guarding`, `degraded`, `stopped` or `blind`.
    var state: String
    var mine: String
    /// RFC 3339 in UTC; empty in the Last Will, which is written before anybody knows when.
    var at: String
    var openHalts: Int
    var openAdvisories: Int
    /// Number of the newest line of the journal.
    var journal: UInt64
    /// Hash of that line: whoever keeps it can tell later that nothing before it was changed.
    var head: String
    var journalFault: String?
    /// What else delivers nothing at the moment, by name; absent while everything does.
    var failing: [String]?
    /// SHA-256 of the site file.
    var site: String
    /// How the mine as a whole is assessed; absent while nobody knows.
    var verdict: Verdict?
    /// How many of its places stand how.
    var places: VerdictCounts

    var message: MQTTMessage {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and whole numbers always encode.
        let payload = (try? encoder.encode(self)).map { Array($0) } ?? []
        return MQTTMessage(
            topic: "firedamp/v1/\(mine)/status", payload: payload, retain: true)
    }

    /// The Last Will.
    static func blind(mine: String, site: String) -> MQTTMessage {
        StatusMessage(
            state: "blind", mine: mine, at: "", openHalts: 0, openAdvisories: 0, journal: 0,
            head: "", journalFault: nil, failing: nil, site: site, verdict: nil,
            places: VerdictCounts(nil)
        ).message
    }
}

/// How many places stand how.
struct VerdictCounts: Codable, Equatable {
    var proven = 0
    var doubtful = 0
    var notProven = 0

    /// The counts of `assessment`; none of nothing.
    init(_ assessment: Assessment?) {
        for place in assessment?.places ?? [] {
            switch place.verdict {
            case .proven: proven += 1
            case .doubtful: doubtful += 1
            case .notProven: notProven += 1
            }
        }
    }
}
