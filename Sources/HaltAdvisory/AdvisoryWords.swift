internal import GasModel

/// The words of one announcement: what a person reads, from what the machine found.
struct AdvisoryWords {
    let severity: Severity
    let transition: Transition
    let limit: String?
    let why: [Phrase]
    let action: [Phrase]

    init(_ finding: Finding, _ about: About, reference: AdvisoryReference, site: Site) {
        severity = reference.isLatched ? .halt : Self.severity(finding, reference)
        transition = Self.transition(of: finding.change, revision: reference.revision)
        limit = Self.limit(finding, about.sensor)
        let further = [
            Self.places(about, of: site), Self.evidence(finding), Self.person(finding, of: site),
            Self.length(finding, reference), Self.lateness(finding), Self.ground(finding),
            Self.heldBack(finding),
            Self.latch(finding, reference),
        ]
        why = [Self.why(finding, about)] + further.compactMap { $0 }
        action = [Self.action(finding, about, isLatched: reference.isLatched)]
    }

    /// What falls silent just while the gas is high or rises is no mere fault, to its end.
    private static func severity(_ finding: Finding, _ reference: AdvisoryReference) -> Severity {
        reference.wasRising == true ? .alarm : finding.rule.severity
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

    private static func why(_ finding: Finding, _ about: About) -> Phrase {
        let watched: any PhrasePart =
            about.sensor.map { Phrase("of", $0.role.rawValue, $0.place) } ?? about.code
        switch (finding.rule, finding.change) {
        case (.cut, _), (.alarm, _): return limit(finding, watched)
        case (.trend, .began), (.trend, .worsened):
            return Phrase("trend-began", watched, ahead(finding.projection?.toCut))
        case (.trend, .ended) where reachedCut(finding, about.sensor),
            (.withdrawal, .ended) where reachedCut(finding, about.sensor):
            return Phrase("trend-reached", watched)
        case (.trend, .ended): return Phrase("trend-ended", watched)
        case (.withdrawal, .ended): return Phrase("withdrawal-ended", watched)
        case (.withdrawal, _):
            let earliest = (finding.projection?.toCut?.earliest).map(minutes)
            return Phrase("withdrawal-began", watched, earliest ?? Phrase("not-predictable"))
        case (.slowRise, .began), (.slowRise, .worsened):
            return Phrase("slow-rise-began", watched, ahead(finding.projection?.toCut))
        case (.fault, .ended): return Phrase("fault-ended", watched)
        case (.fault, _) where finding.isLossInGas:
            return Phrase("fault-high", watched, sent(finding))
        case (.fault, _): return Phrase("fault-began", watched, sent(finding))
        case (.silence, .ended), (.gateway, .ended): return Phrase("heard-again", watched)
        case (.silence, _) where finding.isLossInGas: return Phrase("silence-high", watched)
        case (.silence, _) where !finding.evidence.isEmpty: return Phrase("silence-old", watched)
        case (.silence, _): return Phrase("silence-began", watched)
        case (.link, .ended): return Phrase("link-ended")
        case (.link, _): return Phrase("link-began")
        case (.calibrating, .ended): return Phrase("calibrating-ended", watched)
        case (.chatter, .ended): return Phrase("chatter-ended", watched)
        case (.flapping, .ended): return Phrase("flapping-ended", watched)
        case (.fanStopped, .ended): return Phrase("fan-ended", watched)
        case (.drainageStopped, .ended): return Phrase("drainage-ended", watched)
        case (.uncovered, .ended): return Phrase("uncovered-ended", watched)
        case (let rule, .ended): return Phrase("over", watched, rule.matter)
        case (let rule, _): return Phrase("it-is", watched, rule.matter)
        }
    }

    /// Whether a rise ended with the cut limit, and not before it.
    private static func reachedCut(_ finding: Finding, _ sensor: Sensor?) -> Bool {
        finding.value >= sensor?.limits?.cut?.reachedAt ?? .infinity
    }

    private static func limit(_ finding: Finding, _ watched: any PhrasePart) -> Phrase {
        switch (finding.rule, finding.change) {
        case (.cut, .began) where finding.quality == .aboveRange,
            (.alarm, .began) where finding.quality == .aboveRange:
            Phrase("cut-above-range", watched)
        case (.cut, .began): Phrase("cut-began", watched)
        case (.cut, .worsened): Phrase("cut-worse", watched)
        case (.cut, .ended): Phrase("cut-ended", watched)
        case (_, .ended): Phrase("alarm-ended", watched)
        default: Phrase("alarm-began", watched)
        }
    }

    /// The places that a gateway makes blind: a halt for it says where.
    private static func places(_ about: About, of site: Site) -> Phrase? {
        guard let gateway = about.gateway else { return nil }
        let blind = Set(site.sensors.filter { $0.gateway == gateway }.map(\.place))
        let names = site.places.map(\.id).filter(blind.contains)
        guard !names.isEmpty else { return nil }
        return Phrase(
            "in-places", Phrase.list(names.count > 6 ? names.prefix(5) + ["..."] : names))
    }

    private static func evidence(_ finding: Finding) -> Phrase? {
        if finding.evidence.isEmpty { return nil }
        return Phrase(
            "figures",
            Phrase.list(
                finding.evidence.map { figure in
                    let shown = Self.shown(figure.value, figure.unit)
                    return Phrase("figure", Phrase.term(figure.name), shown)
                }))
    }

    /// A figure with its unit: a count or a time without the decimals that it does not have.
    static func shown(_ value: Double, _ unit: String) -> String {
        let isCount = unit.isEmpty || unit == "s"
        let whole = isCount ? Int(exactly: value) : nil
        return (whole.map { String($0) } ?? hundredths(value)) + (unit.isEmpty ? "" : " ") + unit
    }

    /// The person behind it; one whom the site does not name (any more) is told as such.
    private static func person(_ finding: Finding, of site: Site) -> Phrase? {
        if finding.person == 0 { return nil }
        let known = site.people.first { UInt64(nameHash: $0.name) == finding.person }
        return known.map { Phrase("by-person", $0.name) }
            ?? Phrase("by-person", Phrase("unknown-person"))
    }

    /// How long a condition lasted, once it is over: what a shift report asks for first.
    private static func length(_ finding: Finding, _ reference: AdvisoryReference) -> Phrase? {
        guard finding.change == .ended else { return nil }
        let onset = Timestamp(nanoseconds: reference.onsetNanoseconds)
        // What a late reading ends was so until it came: a sensor is silent until it is heard.
        let end = isLate(finding) ? finding.arrivalTime : finding.since
        return Phrase("lasted", Int(max(0, end.seconds(since: onset)).rounded()))
    }

    /// A reading that came late is told as late, never as if it were "now".
    private static func lateness(_ finding: Finding) -> Phrase? {
        guard isLate(finding) else { return nil }
        return Phrase("late", Int(finding.arrivalTime.seconds(since: finding.eventTime)))
    }

    private static func isLate(_ finding: Finding) -> Bool {
        finding.changedAt == nil
            && finding.arrivalTime.seconds(since: finding.eventTime) > Reading.freshSecondsMax
    }

    /// That a limit has moved and not the gas is said, with how old the value was then.
    private static func ground(_ finding: Finding) -> Phrase? {
        guard let changedAt = finding.changedAt else { return nil }
        let age = Int(changedAt.seconds(since: finding.eventTime).rounded())
        return Phrase("by-change", max(0, age))
    }

    /// What is told later than it began, since its subject comes and goes.
    private static func heldBack(_ finding: Finding) -> Phrase? {
        let seconds = finding.heldNanoseconds / 1_000_000_000
        return seconds > 0 ? Phrase("held-back", Int(seconds)) : nil
    }

    private static func latch(_ finding: Finding, _ reference: AdvisoryReference) -> Phrase? {
        guard finding.change == .ended, reference.isLatched else { return nil }
        return Phrase("stays-latched")
    }

    private static func action(_ finding: Finding, _ about: About, isLatched: Bool) -> Phrase {
        switch (finding.rule, finding.change) {
        case (.trend, .ended) where reachedCut(finding, about.sensor),
            (.withdrawal, .ended) where reachedCut(finding, about.sensor):
            Phrase("do-answer-its-halt")
        case (.fault, .began)
        where finding.quality == .aboveRange && about.sensor?.foldsBack == true:
            Phrase("do-calibrate-driven")
        case _ where finding.isLossInGas:
            about.gateway == nil
                ? Phrase("do-treat-as-over") : Phrase("do-treat-places-as-over")
        case (.silence, .began) where !finding.evidence.isEmpty: Phrase("do-check-clock")
        case (_, .ended): isLatched ? Phrase("do-not-repower") : Phrase("do-nothing")
        case (let rule, _): rule.action
        }
    }

    private static func sent(_ finding: Finding) -> Phrase {
        switch finding.quality {
        case .null: Phrase("sent-null")
        case .nonFinite: Phrase("sent-non-finite")
        case .sentinel: Phrase("sent-sentinel")
        case .belowRange: Phrase("sent-below-range")
        // Where there is a number it is the last one of its scale.
        case .aboveRange:
            finding.value.isNaN ? Phrase("sent-above-range") : Phrase("sent-end-of-range")
        case .impossible: Phrase("sent-impossible")
        default: Phrase("sent-unusable")
        }
    }

    /// A time ahead with its band: what is not known is not told as if it were.
    private static func ahead(_ band: Projection.Band?) -> Phrase {
        guard let band else { return Phrase("not-predictable") }
        let likely = minutes(band.likely)
        let from = minutes(band.earliest)
        // Never "2 minutes or more" where it may as well be one.
        guard let latest = band.latest else { return Phrase("open-span", likely, from) }
        let to = minutes(latest)
        return from == to ? likely : Phrase("span", likely, from, to)
    }

    private static func minutes(_ value: Double) -> Phrase {
        if value < 1 { return Phrase("under-a-minute") }
        if value >= 6000 { return Phrase("days") }
        if value >= 120 { return Phrase("hours", Int((value / 60).rounded())) }
        let minutes = Int(value.rounded())
        return minutes == 1 ? Phrase("minute", minutes) : Phrase("minutes", minutes)
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
