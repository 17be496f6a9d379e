package import GasModel

// MARK: Is gas control proven?

extension AdvisoryBook {
    /// Takes note of who was heard at the newest tick: what was not heard proves nothing.
    package mutating func hear(_ hearing: Hearing) {
        if self.hearing != hearing { self.hearing = hearing }
    }

    /// How the mine stands now: by what stands open, what the mine is, and who was heard.
    ///
    /// `doubts`: what makes the whole mine doubtful that no record tells of, such as a journal that
    /// cannot be written; `unknown`: why nobody knows what stands besides, where nobody does: then
    /// nothing is proven. Pure: equal books give equal assessments. **Cost:** a look at all that
    /// stands and at every place; who asks often compares `assessmentCount` first.
    package func assess(doubts: [Phrase] = [], unknown: Phrase? = nil) -> Assessment {
        var sheet = Sheet(site, map)
        if let halt = site.standingHalt {
            sheet.add(
                .init(.notProven, ground: "licensed-output", [halt.why], in: site.language),
                .mine(from: nil))
        }
        if let unknown {
            sheet.add(.init(.notProven, [unknown], in: site.language), .mine(from: nil))
        }
        for item in items() { sheet.add(item.evidence, item.reach) }
        for doubt in doubts { sheet.add(doubt: doubt) }
        addUnguarded(to: &sheet)
        addUnheard(to: &sheet)
        return sheet.assessment
    }

    /// One thing that stands, and how far it reaches.
    private struct Item {
        var evidence: Assessment.Evidence
        var reach: Sheet.Reach
        var onset: Int64
        var rank: Int

        func isBefore(_ other: Item) -> Bool {
            if rank != other.rank { return rank < other.rank }
            if onset != other.onset { return onset < other.onset }
            let (own, others) = (evidence.advisory ?? "", other.evidence.advisory ?? "")
            if own != others { return own < others }
            return (evidence.ground ?? "") < (other.evidence.ground ?? "")
        }
    }

    /// What stands and counts, the worst first, then the oldest.
    private func items() -> [Item] {
        var items: [Item] = []
        let days = CumulativeDays(self)
        // A site is copied each time that it is asked for.
        let site = site
        for announcement in standing.values {
            guard let advisory = announcement.advisory else { continue }
            let isHalt = announcement.severity == .halt
            guard isHalt || isDoubt(announcement, advisory) else { continue }
            let reach = reach(of: announcement, advisory, in: site)
            let evidence = Assessment.Evidence(
                isHalt ? .notProven : .doubtful, advisory: advisory.id,
                ground: advisory.ground ?? (isHalt ? nil : advanceGround(advisory)),
                told: announcement)
            let onset = advisory.onsetNanoseconds
            items.append(
                Item(evidence: evidence, reach: reach, onset: onset, rank: isHalt ? 0 : 1))
            guard isHalt, let left = days.left(advisory, at: steady.present) else { continue }
            items.append(
                Item(
                    evidence: .init(
                        .notProven, advisory: advisory.id, ground: "cumulative", [left],
                        in: site.language),
                    reach: reach.withoutDownstream, onset: onset, rank: 0))
        }
        return items.indices.sorted { items[$0].isBefore(items[$1]) }.map { items[$0] }
    }

    private func isDoubt(_ announcement: Announcement, _ advisory: AdvisoryReference) -> Bool {
        guard let rule = Rule(rawValue: advisory.rule), rule.leavesDoubt else { return false }
        return announcement.sensor.map { !map.bystanders.contains($0) } ?? true
    }

    private func advanceGround(_ advisory: AdvisoryReference) -> String? {
        guard advisory.rule == Rule.withdrawal.rawValue else { return nil }
        return site.grounds.first { $0.rules.contains(.withdrawal) }?.id
    }

    func reach(
        of announcement: Announcement, _ advisory: AdvisoryReference, in site: Site
    ) -> Sheet.Reach {
        if let gateway = announcement.gateway {
            return .places(map.placesOfGateway[gateway] ?? [], from: nil, downstreamOf: nil)
        }
        guard let code = announcement.place else { return .mine(from: nil) }
        // A place that the site does not have any more: the mine still answers for it.
        guard let place = map.number[code] else { return .noPlace(from: code) }
        if advisory.rule == Rule.drainageStopped.rawValue, place == map.station {
            return .mine(from: code)
        }
        let ground = advisory.ground.flatMap { site.ground($0) }
        switch ground?.scope(in: site.places[place].kind) ?? .place {
        case .mine: return .mine(from: code)
        case .district where map.district[place] < 0: return .mine(from: code)
        case .district:
            return .places(
                map.members[map.district[place]], from: code,
                downstreamOf: isFlowing(ground, advisory) ? place : nil)
        case .place, .machine:
            let own = announcement.sensor.flatMap { map.placesOfPump[$0] } ?? []
            return .places(
                [place] + own.filter { $0 != place }, from: code,
                downstreamOf: isFlowing(ground, advisory) ? place : nil)
        }
    }

    /// Whether gas goes on to other places: not when it is below re-power again.
    private func isFlowing(_ ground: HaltGround?, _ advisory: AdvisoryReference) -> Bool {
        ground?.reachesDownstream == true && advisory.state == .active
    }
}

// MARK: Who was not heard

extension AdvisoryBook {
    private func addUnguarded(to sheet: inout Sheet) {
        let bare = map.guardCounts.indices.filter { map.guardCounts[$0] == 0 }
        for place in bare { sheet.add(doubt: Phrase("unwatched"), toPlace: place) }
        sheet.addToAreas(of: bare) { Phrase("unwatched-places", $0) }
    }

    private func addUnheard(to sheet: inout Sheet) {
        let places = map.guardCounts.indices
        guard let hearing, hearing.isLinked else {
            return sheet.add(doubt: hearing == nil ? Phrase("unheard-all") : Phrase("unlinked"))
        }
        if hearing.awaited.isEmpty { return }
        var missing: [Int: [UInt32]] = [:]
        for sensor in hearing.awaited where Int(sensor) < map.placeOfSensor.count {
            let place = Int(map.placeOfSensor[Int(sensor)])
            if place >= 0 { missing[place, default: []].append(sensor) }
        }
        let sensors = rosters[rosters.count - 1].roster.sensors
        for place in places {
            guard let unheard = missing[place] else { continue }
            let names = unheard.prefix(3).compactMap { sensors[Int($0)]?.id }
            let shown = Phrase.list(unheard.count > 3 ? names + ["..."] : names)
            let doubt = Phrase("unheard", unheard.count, map.guardCounts[place], shown)
            sheet.add(doubt: doubt, toPlace: place)
        }
        sheet.addToAreas(of: missing.keys.sorted()) { Phrase("unheard-places", $0) }
    }
}

extension Rule {
    /// Whether gas control is in doubt while it stands, though it is no halt.
    var leavesDoubt: Bool {
        switch self {
        case .alarm, .chatter, .calibrationDue, .withdrawal, .powerOn, .fanStopped, .airShort,
            .work, .drainageStopped:
            true
        case .trend, .slowRise, .drill: false
        default: isDoubt
        }
    }
}
