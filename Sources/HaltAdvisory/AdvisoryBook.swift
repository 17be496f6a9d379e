package import GasModel

/// All advisories that stand, and the rules by which findings open, change and close them.
///
/// Pure: the same findings in the same order give the same announcements. Nothing is decided here
/// by a clock; `now` only says when the decision is told.
///
/// | rule | severity | at the end of the condition |
/// |---|---|---|
/// | cut | HALT | GONE, stays open and latched; BACK if it returns |
/// | alarm | ALARM | GONE and closed |
/// | trend | WARNING | GONE and closed |
/// | fault, silence, link | FAULT | GONE and closed |
///
/// **Thread:** a value; its owner's queue.
package struct AdvisoryBook: Sendable {
    struct Key: Hashable {
        var sensor: String?
        var rule: String
    }

    /// The newest announcement of every advisory that stands, by sensor and rule.
    private var standing: [Key: Announcement] = [:]
    /// The identifier that each sensor and rule closed last: a repeat of the readings that raised
    /// it, after a crash that also took the ring, is recognised by it.
    private var closedLast: [Key: String] = [:]
    /// The sites that findings may have been judged by, each with the position in the ring from
    /// which on it holds; the newest last, never empty.
    var rosters: [(from: UInt64, roster: SensorRoster)]
    /// Sensors that are not in the site and of which it is told that they were taken out.
    var decommissioned: Set<String> = []
    private let ring: UInt64

    /// An empty book for `site`, whose sensors stand at their registry index in `sensors`. `ring`
    /// is the identity of the ring that findings come from.
    package init(site: Site, sensors: [Sensor?], ring: UInt64) {
        rosters = [(0, SensorRoster(site: site, sensors: sensors))]
        self.ring = ring
    }

    /// The site that holds now.
    package var site: Site { rosters[rosters.count - 1].roster.site }

    /// What stands, oldest onset first; ties by identifier.
    package var open: [Announcement] {
        standing.values.sorted {
            let (a, b) = ($0.advisory, $1.advisory)
            return (a?.onsetNanoseconds ?? 0, a?.id ?? "") < (b?.onsetNanoseconds ?? 0, b?.id ?? "")
        }
    }

    /// How many halts stand, active or gone but latched.
    package var openHaltCount: Int { standing.values.count { $0.severity == .halt } }

    /// Takes up one announcement of the journal, in the journal's order.
    package mutating func restore(_ announcement: Announcement) {
        if announcement.transition == .decommissioned, let sensor = announcement.sensor {
            note(decommissioned: sensor)
        }
        guard let advisory = announcement.advisory else { return }
        // It was back since, or else it had nothing to say.
        if advisory.state != .closed { announcement.sensor.map { _ = decommissioned.remove($0) } }
        let key = Key(sensor: announcement.sensor, rule: advisory.rule)
        if advisory.state == .closed {
            standing[key] = nil
            closedLast[key] = advisory.id
        } else {
            standing[key] = announcement
        }
    }

    /// Decides what a finding means. `nil` when it changes nothing: it repeats what is known.
    package mutating func take(_ finding: Finding, at now: Timestamp) -> Announcement? {
        let roster = roster(at: finding.position)
        let sensor = finding.sensor.flatMap {
            Int($0) < roster.sensors.count ? roster.sensors[Int($0)] : nil
        }
        guard finding.sensor == nil || sensor != nil else { return nil }
        let key = Key(sensor: sensor?.id, rule: finding.rule.rawValue)
        let known = standing[key]
        guard var reference = next(known?.advisory, finding, key: key) else { return nil }
        if !finding.value.isNaN, finding.change != .ended {
            reference.peak = max(reference.peak ?? -.infinity, finding.value)
        }
        let announcement = announce(
            finding, sensor: sensor, site: roster.site, reference: reference, now: now)
        standing[key] = reference.state == .closed ? nil : announcement
        if reference.state == .closed { closedLast[key] = reference.id }
        return announcement
    }

    /// Returns whether that is news.
    @discardableResult mutating func note(decommissioned sensor: String) -> Bool {
        decommissioned.insert(sensor).inserted
    }

    /// The site that the record at `position` was judged by.
    private func roster(at position: UInt64) -> SensorRoster {
        (rosters.last { $0.from <= position } ?? rosters[0]).roster
    }

    /// The reference after `finding`, or `nil` if the finding changes nothing.
    private func next(
        _ known: AdvisoryReference?, _ finding: Finding, key: Key
    ) -> AdvisoryReference? {
        switch (finding.change, known) {
        case (.began, nil):
            let id = Self.identifier(mine: site.mine, key: key, onset: finding.since)
            guard closedLast[key] != id else { return nil }
            return AdvisoryReference(
                id: id, revision: 1, state: .active, rule: key.rule,
                onsetNanoseconds: finding.since.nanoseconds, peak: nil)
        case (.began, var known?):
            guard known.state == .gone else { return nil }
            known.state = .active
            known.revision += 1
            return known
        case (.worsened, var known?):
            known.state = .active
            known.revision += 1
            return known
        case (.ended, var known?):
            guard known.state == .active else { return nil }
            known.state = finding.rule == .cut ? .gone : .closed
            known.revision += 1
            return known
        case (.worsened, nil), (.ended, nil):
            return nil
        }
    }

    /// `demo.H101-T1.cut.20261123T180211.123Z`: readable, safe in a topic, the same for the same
    /// cause.
    private static func identifier(mine: String, key: Key, onset: Timestamp) -> String {
        "\(mine).\(key.sensor ?? "broker").\(key.rule).\(onset.compactUTC)"
    }

    private func announce(
        _ finding: Finding, sensor: Sensor?, site: Site, reference: AdvisoryReference,
        now: Timestamp
    ) -> Announcement {
        let words = AdvisoryWords(finding: finding, sensor: sensor, reference: reference)
        return Announcement(
            severity: words.severity, transition: words.transition, at: now.rfc3339(),
            mine: site.mine, place: sensor?.place, sensor: sensor?.id, advisory: reference,
            cause: Cause(
                value: finding.value.isNaN ? nil : finding.value,
                unit: sensor?.quantity.definition.unit ?? "", quality: finding.quality.word,
                resolution: sensor?.resolution, measuredAt: finding.eventTime.rfc3339(),
                measuredNanoseconds: finding.eventTime.nanoseconds,
                arrivedNanoseconds: finding.arrivalTime.nanoseconds, position: finding.position,
                ring: ring, minutesToCut: finding.minutesToCut),
            limit: words.limit,
            basis: words.limit == nil ? nil : Basis(sensor, of: site), why: words.why,
            action: words.action, site: site.fingerprint,
            atNanoseconds: now.nanoseconds)
    }
}
