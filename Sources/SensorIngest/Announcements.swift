internal import Foundation
internal import GasModel

/// What a person announces on `firedamp/v1/<mine>/calibration/<sensor>`: that the sensor is being
/// calibrated, for how long, and who answers for it.
///
/// **Shape:** `{"ts": <epoch ms>, "by": "<name>", "minutes": <0 to 60>}`. The time runs from `ts`,
/// so that a message that comes late, or once more, cannot stretch it; 0 minutes end it. Other keys
/// are passed over.
package struct CalibrationNotice: Codable, Sendable, Equatable {
    /// The longest calibration that can be announced, in minutes.
    package static let minutesMax = 60.0
    /// So far the sender's clock may run ahead, in seconds. A time that is still to come would not
    /// run out, and a retained message would begin a calibration with every connection.
    static let aheadSecondsMax = 300.0

    /// When it was announced, in milliseconds since 1970.
    package var ts: Int64
    /// Full name of the person, as the site file has it.
    package var by: String
    /// How long it may take; 0 ends it.
    package var minutes: Double

    /// A notice of `by`, made at `ts`.
    package init(ts: Int64, by: String, minutes: Double) {
        self.ts = ts
        self.by = by
        self.minutes = minutes
    }

    /// The topic for the sensor `code` of `mine`.
    package static func topic(mine: String, sensor code: String) -> String {
        "firedamp/v1/\(mine)/calibration/\(code)"
    }

    /// The notice in `payload`; `nil` for anything else.
    init?(payload: [UInt8]) {
        guard let notice = try? JSONDecoder().decode(Self.self, from: Data(payload)),
            (0...Self.minutesMax).contains(notice.minutes), notice.ts > 0,
            notice.ts < Int64.max / 1_000_000
        else { return nil }
        self = notice
    }

    /// Why it does not count at `now`, in a site that names `people`; `nil` when it does.
    func refusal(at now: Timestamp, people: Set<String>) -> Refusal? {
        if !people.contains(by) { return .unknownPerson }
        if minutes == 0 { return nil }
        let ahead = Timestamp(milliseconds: ts).seconds(since: now)
        if ahead > Self.aheadSecondsMax { return .futureCalibration }
        return minutesLeft(at: now) > 0 ? nil : .pastCalibration
    }

    /// Minutes that are left of it at `now`; not above what was announced, and 0 or below when it
    /// is over.
    func minutesLeft(at now: Timestamp) -> Double {
        minutes - max(0, now.seconds(since: Timestamp(milliseconds: ts))) / 60
    }
}

/// What a gateway says of itself on `firedamp/v1/<mine>/gateway/<code>`, best retained, and its
/// Last Will for it: `online` or `offline`, bare or as `{"state": "..."}`.
enum GatewayNotice: String {
    case online
    case offline

    private struct Document: Decodable {
        var state: String
    }

    init?(payload: [UInt8]) {
        let word = String(decoding: payload, as: UTF8.self)
        if let bare = Self(rawValue: word.trimmingCharacters(in: .whitespacesAndNewlines)) {
            self = bare
            return
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(payload)),
            let notice = Self(rawValue: document.state)
        else { return nil }
        self = notice
    }
}

/// The names that a site knows besides its sensors' codes.
struct SiteNames: Sendable {
    let gateways: Set<String>
    let people: Set<String>

    init(_ roster: SensorRoster) {
        gateways = Set(roster.sensors.compactMap { $0?.gateway })
        people = Set(roster.site.people.map(\.name))
    }
}
