internal import GasModel

/// The words of one announcement: what a person reads, from what the machine found.
struct AdvisoryWords {
    let severity: Severity
    let transition: Transition
    let limit: String?
    let why: String
    let action: String

    init(_ finding: Finding, _ about: About, reference: AdvisoryReference, site: Site) {
        severity = reference.isLatched ? .halt : Self.severity(finding)
        transition = Self.transition(of: finding.change, revision: reference.revision)
        limit = Self.limit(finding, about.sensor)
        why =
            Self.why(finding, about) + Self.evidence(finding) + Self.person(finding, of: site)
            + Self.length(finding, reference) + Self.lateness(finding) + Self.ground(finding)
            + Self.latch(finding, reference)
        action = Self.action(finding, isLatched: reference.isLatched)
    }

    /// A sensor that falls silent just while its value is high or rises is no mere fault.
    private static func severity(_ finding: Finding) -> Severity {
        finding.rule == .silence && !finding.evidence.isEmpty ? .alarm : finding.rule.severity
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
        case (.cut, _), (.trend, _), (.slowRise, _), (.withdrawal, _):
            return text(of: limits.cut ?? limits.alarm)
        case (.alarm, _), (.chatter, _): return text(of: limits.alarm)
        default: return nil
        }
    }

    private static func text(of limit: Limit) -> String {
        limit.comparison + hundredths(limit.value)
    }

    private static func why(_ finding: Finding, _ about: About) -> String {
        let watched = about.sensor.map { "\($0.role.rawValue) of \($0.place)" } ?? about.code
        switch (finding.rule, finding.change) {
        case (.cut, .began) where finding.quality == .aboveRange:
            return "\(watched) is above its measuring range: no number, but it may be gas"
        case (.cut, .began): return "\(watched) reached the cut limit"
        case (.cut, .worsened): return "\(watched) is one step graver over the cut limit"
        case (.cut, .ended):
            return "\(watched) is below re-power"
        case (.alarm, .began), (.alarm, .worsened): return "\(watched) reached the alarm limit"
        case (.alarm, .ended): return "\(watched) is below the alarm limit again"
        case (.trend, .began), (.trend, .worsened):
            return "\(watched) is rising, \(ahead(finding.projection?.toCut)) to the cut limit"
        case (.trend, .ended)
        where finding.value >= about.sensor?.limits?.cut?.reachedAt ?? .infinity:
            return "\(watched) has reached the cut limit"
        case (.trend, .ended): return "\(watched) no longer rises towards the cut limit"
        case (.withdrawal, .ended): return "\(watched) no longer presses for time"
        case (.withdrawal, _):
            return "\(watched) may reach the cut limit sooner than everybody can be withdrawn, "
                + "earliest in \(finding.projection?.toCut.map { minutes($0.earliest) } ?? "?")"
        case (.slowRise, .began), (.slowRise, .worsened):
            return "\(watched) \(finding.rule.matter), \(ahead(finding.projection?.toCut)) to "
                + "the cut limit"
        case (.fault, .ended): return "\(watched) sends usable values again"
        case (.fault, _): return "\(watched) \(text(of: finding.quality)): not a concentration"
        case (.silence, .ended): return "\(watched) is heard again"
        case (.silence, _) where !finding.evidence.isEmpty:
            return "\(watched) fell silent while its value was high or rising"
        case (.silence, _):
            return "\(watched) has sent nothing for longer than three of its intervals"
        case (.link, .ended): return "the broker is reached again"
        case (.link, _): return "the broker is out of reach: no sensor of the mine can be heard"
        case (.gateway, .ended): return "\(watched) is heard again"
        case (.calibrating, .ended):
            return "\(watched) is no longer calibrated; its next value is judged again"
        case (.chatter, .ended): return "\(watched) no longer goes to and fro over its limit"
        case (.fanStopped, .ended): return "a fan of \(watched) runs again"
        case (.drainageStopped, .ended): return "a drainage pump of \(watched) runs again"
        case (.uncovered, .ended): return "\(watched) has what the law asks for, or it is accepted"
        case (let rule, .ended): return "over: \(watched) \(rule.matter)"
        case (let rule, _): return "\(watched) \(rule.matter)"
        }
    }

    private static func evidence(_ finding: Finding) -> String {
        if finding.evidence.isEmpty { return "" }
        let figures = finding.evidence.map { figure in
            "\(figure.name) \(text(of: figure))\(figure.unit.isEmpty ? "" : " ")" + figure.unit
        }
        return ": " + figures.joined(separator: ", ")
    }

    /// A count or a time without the decimals that it does not have.
    private static func text(of figure: Finding.Evidence) -> String {
        let isCount = figure.unit.isEmpty || figure.unit == "s"
        guard isCount, let whole = Int(exactly: figure.value) else {
            return hundredths(figure.value)
        }
        return String(whole)
    }

    /// The person behind it; one whom the site does not name (any more) is told as such.
    private static func person(_ finding: Finding, of site: Site) -> String {
        if finding.person == 0 { return "" }
        let known = site.people.first { UInt64(nameHash: $0.name) == finding.person }
        return ", by \(known?.name ?? "a person whom the site does not name")"
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

    private static func latch(_ finding: Finding, _ reference: AdvisoryReference) -> String {
        guard finding.change == .ended, reference.isLatched else { return "" }
        return "; the halt stays latched until a named release"
    }

    private static func action(_ finding: Finding, isLatched: Bool) -> String {
        switch (finding.rule, finding.change) {
        case (.silence, .began) where !finding.evidence.isEmpty:
            "treat it as over the limit: stop work, look with a portable"
        case (_, .ended): isLatched ? "do not re-power before the release" : "none"
        case (let rule, _): rule.action
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

    /// A time ahead with its band: what is not known is not told as if it were.
    private static func ahead(_ band: Projection.Band?) -> String {
        guard let band else { return "not predictable how soon" }
        let likely = minutes(band.likely)
        guard let latest = band.latest else { return "\(likely) or more" }
        let (from, to) = (minutes(band.earliest), minutes(latest))
        return from == to ? likely : "\(likely) (\(from) to \(to))"
    }

    private static func minutes(_ value: Double) -> String {
        if value < 1 { return "under 1 minute" }
        if value >= 6000 { return "days" }
        if value >= 120 { return "\(Int((value / 60).rounded())) hours" }
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
