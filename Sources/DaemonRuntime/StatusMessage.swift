internal import Foundation
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
    var journalFault: String?
    /// What else delivers nothing at the moment, by name; absent while everything does.
    var failing: [String]?
    /// SHA-256 of the site file.
    var site: String

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
            journalFault: nil, failing: nil, site: site
        ).message
    }
}
