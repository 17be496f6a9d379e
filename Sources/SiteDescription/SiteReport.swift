package import GasModel

/// Everything that `firedamp check` says of a site that is in order.
package struct SiteReport: Sendable {
    /// The site.
    package let site: Site
    /// The day as of which it is judged, in UTC as in the daemon.
    let today: String
    /// What the law asks for there, and what of that is missing.
    package let coverage: Coverage
    /// What should be seen to.
    package let attention: [Attention]
    /// The sensors of each place, by place in the order of the file.
    let sensorsByPlace: [(place: Place, sensors: [Sensor])]

    /// The report on `site` as of the day `today` in UTC, as in `2026-12-01`.
    package init(_ site: Site, today: String) {
        self.site = site
        self.today = today
        coverage = Coverage(of: site, today: today)
        attention = Attention.list(for: site, today: today)
        let sensors = Dictionary(grouping: site.sensors, by: \.place)
        sensorsByPlace = site.places.map { ($0, sensors[$0.id, default: []]) }
    }

    /// The whole in one line: `3 places, 12 sensors; 4 of 14 sensors that the law asks for are
    /// missing, 1 of them accepted; 2 concerns need attention`.
    package var summary: String {
        let size =
            "\(counted(site.places.count, "place")), \(counted(site.sensors.count, "sensor"))"
        let halt = site.standingHalt == nil ? "" : "STANDING HALT; "
        let concerns =
            switch attention.count {
            case 0: "nothing needs attention"
            case 1: "1 concern needs attention"
            default: "\(attention.count) concerns need attention"
            }
        return "\(halt)\(size); \(coverageSummary); \(concerns)"
    }

    /// How far what the law asks for is there.
    var coverageSummary: String {
        guard let asked = coverage.askedCount else { return "coverage not judged" }
        guard asked > 0 else { return "the law asks for no sensor here" }
        guard !coverage.gaps.isEmpty else {
            return "all of the \(counted(asked, "sensor")) that the law asks for are there"
        }
        let missing = coverage.gaps.count
        let accepted = missing - coverage.unaccepted.count
        return "\(missing) of \(counted(asked, "sensor")) that the law asks for "
            + (missing == 1 ? "is" : "are") + " missing"
            + (accepted == 0 ? "" : ", \(accepted) of them accepted")
    }
}

/// A fact of each of the three limits.
struct LimitFacts: Equatable {
    var alarm = false
    var cut = false
    var repower = false

    /// Whether it is one of any.
    var isAny: Bool { alarm || cut || repower }
}

extension Sensor {
    /// Which of its limits are stricter than those of its row.
    var stricter: LimitFacts {
        guard let limits, let law = try? row?.limits() else { return LimitFacts() }
        let cut = limits.cut?.reachedAt ?? .infinity
        return LimitFacts(
            alarm: limits.alarm.reachedAt < law.alarm.reachedAt,
            cut: cut < law.cut?.reachedAt ?? .infinity,
            repower: limits.repower < law.repower)
    }

    /// Which of its limits neither law nor site names, so that they follow from the others.
    var derived: LimitFacts {
        guard let row, limits != nil else { return LimitFacts() }
        let stricter = stricter
        return LimitFacts(
            alarm: row.alarm == nil && !stricter.alarm,
            repower: row.repower == nil && !stricter.repower)
    }
}
