/// Which sensors the law asks for in the places of a site, and which of them are missing.
///
/// **Cost:** places times requirements.
package struct Coverage: Sendable, Equatable {
    /// A sensor that the law asks for and that is not there.
    package struct Gap: Sendable, Equatable {
        /// What is asked for.
        package var requirement: SensorRequirement
        /// Where it is missing.
        package var place: Place
        /// Whether somebody has taken it upon himself.
        package var standing: Standing
    }

    /// What has been said of a gap.
    package enum Standing: Sendable, Equatable {
        /// Nothing.
        case open
        /// Somebody has accepted it, and that still holds.
        case accepted(AcceptedGap)
        /// Somebody had accepted it, and that holds no more.
        case expired(AcceptedGap)
    }

    /// How many sensors the law asks for in all places together; `nil` where the site has no limit
    /// table, or one that does not know which sensors its law asks for.
    package var askedCount: Int?
    /// What is missing, by place in the order of the file, then in the order of the table.
    package var gaps: [Gap] = []
    /// What was accepted although it is no gap.
    package var needless: [AcceptedGap]

    /// The gaps that nobody has accepted, or that somebody had accepted until a day that is past.
    package var unaccepted: [Gap] {
        gaps.filter {
            if case .accepted = $0.standing { return false }
            return true
        }
    }

    /// The coverage of `site` on the day `today`, as in `2026-12-01`: the last day of an acceptance
    /// still counts.
    package init(of site: Site, today: String) {
        let layout = Layout(site)
        let acceptances = Dictionary(grouping: site.acceptedGaps) { [$0.requirement, $0.place] }
        var asked = 0
        var missing: Set<[String]> = []
        for place in site.places {
            let sensors = layout.sensors[place.id, default: []]
            for requirement in site.table?.requirements ?? []
            where requirement.asks(for: place, of: site.gasClass, isInSeries: layout.inSeries) {
                asked += 1
                guard !sensors.contains(where: requirement.isMet) else { continue }
                let key = [requirement.id, place.id]
                missing.insert(key)
                gaps.append(
                    Gap(
                        requirement: requirement, place: place,
                        standing: Standing(acceptances[key, default: []], today: today)))
            }
        }
        askedCount = site.table?.requirements.isEmpty == false ? asked : nil
        needless = site.acceptedGaps.filter { !missing.contains([$0.requirement, $0.place]) }
    }
}

extension Coverage.Standing {
    /// Of several acceptances of one gap, the one that holds longest.
    fileprivate init(_ acceptances: [AcceptedGap], today: String) {
        guard let longest = acceptances.max(by: { $0.until < $1.until }) else {
            self = .open
            return
        }
        self = longest.until >= today ? .accepted(longest) : .expired(longest)
    }
}

extension SensorRequirement {
    /// Whether a place of a mine of that class needs it.
    fileprivate func asks(
        for place: Place, of gasClass: GasClass?, isInSeries: (Place) -> Bool
    ) -> Bool {
        places.contains(place.kind)
            && (gasClasses.isEmpty || gasClass.map(gasClasses.contains) == true)
            && (!onlyInSeries || isInSeries(place))
    }

    /// Whether `sensor`, where it stands, is what is asked for.
    package func isMet(by sensor: Sensor) -> Bool {
        sensor.quantity == quantity && (role == nil || sensor.role == role)
    }
}

/// What stands where, and whose air goes where.
private struct Layout {
    /// The sensors of each `Place.id`.
    let sensors: [String: [Sensor]]
    private let places: [String: Place]
    /// The places whose air comes into each `Place.id`.
    private let upstream: [String: [String]]

    init(_ site: Site) {
        sensors = Dictionary(grouping: site.sensors, by: \.place)
        places = Dictionary(site.places.map { ($0.id, $0) }) { first, _ in first }
        upstream = Dictionary(
            grouping: site.places.flatMap { place in
                place.ventilates.map { (from: place.id, to: $0) }
            }, by: \.to
        ).mapValues { $0.map(\.from) }
    }

    /// Whether the air of another place comes into `place`, directly or through intakes. What an
    /// intake itself adds does not count: that is how fresh air comes.
    func inSeries(_ place: Place) -> Bool {
        var waiting = upstream[place.id, default: []]
        var seen: Set<String> = [place.id]
        while let id = waiting.popLast() {
            guard seen.insert(id).inserted else { continue }
            guard places[id]?.kind == .intake else { return true }
            waiting += upstream[id, default: []]
        }
        return false
    }
}
