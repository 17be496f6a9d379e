internal import Foundation
package import GasModel
package import HaltAdvisory
package import MQTTSession

/// What stands retained of one place, district or the mine: whether work may go on, why, and until
/// when that may be believed. Every key is described in `Sources/HaltAdvisory/ASSESSMENT.md`.
package struct PermitMessage: Codable, Sendable, Equatable {
    /// The form of the message.
    package static let format = "firedamp-permit/1"
    /// So long a permit may be believed. Seconds; it is renewed three times in that.
    package static let validSeconds = 90.0
    /// Most reasons that are given; `reasonCount` says how many there are.
    package static let reasonsMax = 20

    /// `firedamp-permit/1`.
    package var format: String
    /// The mine's code.
    package var mine: String
    /// `place`, `district` or `mine`.
    package var level: Assessment.Level
    /// The code of what it is about.
    package var code: String
    /// Whether work may go on.
    package var permit: Permit
    /// What it rests on, the worst first.
    package var reasons: [Assessment.Evidence]
    /// How many reasons there are.
    package var reasonCount: Int
    /// Since when it is so, RFC 3339 in UTC.
    package var since: String
    /// When the message was made, RFC 3339 in UTC.
    package var at: String
    /// Until when it may be believed, RFC 3339 in UTC.
    package var expires: String
    /// Number of the newest line of the journal that it rests on.
    package var journal: UInt64
    /// SHA-256 of the site file.
    package var site: String

    /// What `entry` says at `now`, in the language of `site`.
    package init(
        _ entry: PermitBoard.Entry, of site: Site, at now: Timestamp, journal: UInt64
    ) {
        format = Self.format
        mine = site.mine
        (level, code) = (entry.area.level, entry.area.code)
        permit = entry.permit
        var reasons = entry.area.evidence
        if entry.isHeldBack {
            let words = [Phrase("better-for-less", Int(PermitBoard.calmSeconds))]
            reasons.insert(.init(.doubtful, words, in: site.language), at: 0)
        }
        reasonCount = reasons.count
        self.reasons = reasons.prefix(Self.reasonsMax).map { $0.said(in: site.language) }
        since = Timestamp(nanoseconds: entry.sinceNanoseconds).rfc3339()
        at = now.rfc3339()
        expires = now.advanced(byNanoseconds: Int64(Self.validSeconds * 1e9)).rfc3339()
        self.journal = journal
        self.site = site.fingerprint
    }

    /// The same from a daemon that ends: nobody looks any more. Said in `language`.
    package func ending(at now: Timestamp, in language: Language) -> PermitMessage {
        var last = self
        if last.permit == .permitted {
            last.permit = .doubtful
            last.since = now.rfc3339()
        }
        last.reasons.insert(.init(.doubtful, [Phrase("nobody-looks")], in: language), at: 0)
        last.reasonCount += 1
        last.at = now.rfc3339()
        last.expires = last.at
        return last
    }

    /// Where it goes to.
    package static func topic(mine: String, _ key: PermitBoard.Key) -> String {
        switch key.level {
        case .mine: "firedamp/v1/\(mine)/permit"
        case .district: "firedamp/v1/\(mine)/district/\(key.code)/permit"
        case .place: "firedamp/v1/\(mine)/place/\(key.code)/permit"
        }
    }

    /// The message for the broker, retained.
    package var message: MQTTMessage {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and whole numbers always encode.
        let payload = (try? encoder.encode(self)).map { Array($0) } ?? []
        return MQTTMessage(
            topic: Self.topic(mine: mine, PermitBoard.Key(level: level, code: code)),
            payload: payload, retain: true)
    }
}
