internal import GasModel

/// The words of one announcement: what a person reads, from what the machine found.
struct AdvisoryWords {
    let severity: Severity
    let transition: Transition
    let limit: String?
    let why: String
    let action: String

    init(finding: Finding, sensor: Sensor?, reference: AdvisoryReference) {
        severity = Self.severity(of: finding.rule)
        transition = Self.transition(of: finding.change, revision: reference.revision)
        limit = Self.limit(finding, sensor)
        why =
            Self.why(finding, sensor) + Self.length(finding, reference) + Self.lateness(finding)
            + Self.ground(finding)
        action = Self.action(finding)
    }

    private static func severity(of rule: Finding.Rule) -> Severity {
        switch rule {
        case .cut: .halt
        case .alarm: .alarm
        case .trend: .warning
        case .fault, .silence, .link: .fault
        }
    }

    private static func transition(of change: Finding.Change, revision: Int) -> Transition {
        switch change {
        case .began: revision == 1 ? .raised : .back
        case .worsened: .worse
        case .ended: .gone
        }
    }

    private static func limit(_ finding: Finding, _ sensor: Sensor?) -> String? {
        guard let limits = sensor?.limits else { return nil }
        switch (finding.rule, finding.change) {
        case (.cut, .ended): return "<\(hundredths(limits.repower))"
        case (.alarm, .ended): return "<\(hundredths(min(limits.alarm.value, limits.repower)))"
        case (.cut, _), (.trend, _): return text(of: limits.cut ?? limits.alarm)
        case (.alarm, _): return text(of: limits.alarm)
        case (.fault, _), (.silence, _), (.link, _): return nil
        }
    }

    private static func text(of limit: Limit) -> String {
        limit.comparison + hundredths(limit.value)
    }

    private static func why(_ finding: Finding, _ sensor: Sensor?) -> String {
        let watched = sensor.map { "\($0.role.rawValue) of \($0.place)" } ?? ""
        switch (finding.rule, finding.change) {
        case (.cut, .began) where finding.quality == .aboveRange:
            return "\(watched) is above its measuring range: no number, but it may be gas"
        case (.cut, .began): return "\(watched) reached the cut limit"
        case (.cut, .worsened): return "\(watched) is one step graver over the cut limit"
        case (.cut, .ended):
            return "\(watched) is below re-power; the halt stays latched until a named release"
        case (.alarm, .began), (.alarm, .worsened): return "\(watched) reached the alarm limit"
        case (.alarm, .ended): return "\(watched) is below the alarm limit again"
        case (.trend, .began), (.trend, .worsened):
            return "\(watched) is rising, \(minutes(finding.minutesToCut)) to the cut limit"
        case (.trend, .ended) where finding.value >= sensor?.limits?.cut?.reachedAt ?? .infinity:
            return "\(watched) has reached the cut limit"
        case (.trend, .ended): return "\(watched) no longer rises towards the cut limit"
        case (.fault, .ended): return "\(watched) sends usable values again"
        case (.fault, _): return "\(watched) \(text(of: finding.quality)): not a concentration"
        case (.silence, .ended): return "\(watched) is heard again"
        case (.silence, _):
            return "\(watched) has sent nothing for longer than three of its intervals"
        case (.link, .ended): return "the broker is reached again"
        case (.link, _): return "the broker is out of reach: no sensor of the mine can be heard"
        }
    }

    /// How long a condition lasted, once it is over: what a shift report asks for first.
    private static func length(_ finding: Finding, _ reference: AdvisoryReference) -> String {
        guard finding.change == .ended else { return "" }
        let onset = Timestamp(nanoseconds: reference.onsetNanoseconds)
        return ", after \(Int(max(0, finding.since.seconds(since: onset)).rounded())) s"
    }

    /// A reading that came late is told as late, never as if it were "now".
    private static func lateness(_ finding: Finding) -> String {
        let age = finding.arrivalTime.seconds(since: finding.eventTime)
        guard age > Reading.freshSecondsMax, finding.changedAt == nil else { return "" }
        return "; LATE: the reading was \(Int(age)) s old when it arrived"
    }

    /// That a limit has moved and not the gas is said, with how old the value was then.
    private static func ground(_ finding: Finding) -> String {
        guard let changedAt = finding.changedAt else { return "" }
        let age = Int(changedAt.seconds(since: finding.eventTime).rounded())
        return "; by a change of the site, the last value was \(max(0, age)) s old"
    }

    private static func action(_ finding: Finding) -> String {
        switch (finding.rule, finding.change) {
        case (.cut, .began), (.cut, .worsened):
            return "stop work, cut power, withdraw people, report to the dispatcher"
        case (.cut, .ended): return "do not re-power before the release"
        case (.alarm, .began), (.alarm, .worsened):
            return "find the cause, ventilate, make ready to stop"
        case (.trend, .began), (.trend, .worsened): return "slow down, check ventilation"
        case (.fault, .began), (.fault, .worsened):
            return "inspect the sensor; watch the place with a portable meanwhile"
        case (.silence, .began), (.silence, .worsened):
            return "check sensor, line and gateway; no data is not all clear"
        case (.link, .began), (.link, .worsened): return "check the broker and the network"
        case (.alarm, .ended), (.trend, .ended), (.fault, .ended), (.silence, .ended),
            (.link, .ended):
            return "none"
        }
    }

    private static func text(of quality: Reading.Quality) -> String {
        switch quality {
        case .null: "sent null"
        case .nonFinite: "sent no finite number"
        case .sentinel: "sent the sentinel -999999"
        case .belowRange: "sent a value below its measuring range"
        case .aboveRange: "sent a value above its measuring range"
        case .impossible: "sent an impossible value"
        default: "sent an unusable value"
        }
    }

    private static func minutes(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "not predictable" }
        if value < 1 { return "under 1 minute" }
        let minutes = Int(value.rounded())
        return "\(minutes) minute\(minutes == 1 ? "" : "s")"
    }
}

/// A concentration as instruments show it: two decimals, a third only where it says something, so
/// that 0.996 never reads as the 1.00 that it is below.
package func hundredths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return String(value) }
    let thousandths = Int64((abs(value) * 1000).rounded())
    let sign = value < 0 && thousandths > 0 ? "-" : ""
    let fraction = String(thousandths % 1000 + 1000).dropFirst()
    let shown = fraction.hasSuffix("0") ? fraction.dropLast() : fraction
    return "\(sign)\(thousandths / 1000).\(shown)"
}
