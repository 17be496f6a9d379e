internal import Dispatch
internal import GasModel
internal import HaltAdvisory
internal import SensorIngest
internal import Synchronization

// MARK: When the site changes

extension AdvisoryDesk {
    /// What stands open of each of `sensors`: pairs of code and identifiers, only where there are
    /// any. Waits for the desk.
    func open(of sensors: [String]) -> [(sensor: String, advisories: [String])] {
        let standing = queue.sync { Dictionary(grouping: state.book.open, by: \.sensor) }
        return sensors.compactMap { sensor in
            standing[sensor].map { (sensor, $0.compactMap { $0.advisory?.id }) }
        }
    }

    /// The halts that stand open of each of `codes`, which are sensors or places as `subject` says:
    /// pairs of code and identifiers, only where there are any. Waits for the desk.
    func halts(
        _ subject: KeyPath<Announcement, String?>, of codes: [String]
    ) -> [(code: String, advisories: [String])] {
        let halts = queue.sync { state.book.open.filter { $0.severity == .halt } }
        let standing = Dictionary(grouping: halts) { $0[keyPath: subject] }
        return codes.compactMap { code in
            standing[code].map { (code, $0.compactMap { $0.advisory?.id }) }
        }
    }

    /// A worker has gone over to another site at the record at `position`; `isDone` is called when
    /// all have.
    ///
    /// With the first of them the new site holds for whatever is told, but for findings of
    /// records before `position`: those carry the site that they were judged by. With the last
    /// none of those can come any more, so what stands of sensors that are gone is settled then.
    func siteChanged(
        _ change: SiteChange, position: UInt64, isDone: @escaping @Sendable () -> Void
    ) {
        queue.async { [self] in
            let left = (state.changing?.left ?? Rule.Detector.allCases.count) - 1
            if state.changing == nil {
                let standing = site.standingHalt
                state.book.change(to: change.roster, from: position)
                spoken.store(Self.index(of: site.language), ordering: .relaxed)
                changeOutlets()
                tell(.notice, .reloaded, why: [Self.summary(of: change)])
                if site.standingHalt != standing { tellStanding() }
                publishStatus(force: true)
            }
            state.changing = left > 0 ? (change, left) : nil
            guard left == 0 else { return }
            release { $0.position < position }
            state.book.forgetOldSites()
            settledSite.store(UInt64(nameHash: site.fingerprint), ordering: .relaxed)
            settleAbsent(leaving: change.sensors)
            isDone()
        }
    }

    /// Tells of the halt that the mine stands under for what it is. Not an advisory: nothing but
    /// another licence ends it, and every start says it again.
    func tellStanding() {
        guard let halt = Announcement.standingHalt(of: site, at: HostClock.now()) else { return }
        state.undelivered.append(halt)
        deliver()
    }

    /// Settles what stands of sensors that are not in the site: it is closed, but for halts, where
    /// the site names who took them out; it stays open and that is said where it does not.
    /// `leaving`: what a reload changed; at a start, when it is `nil`, all that are absent count.
    func settleAbsent(leaving changes: [SensorChange]? = nil) {
        let entries = Dictionary(
            site.decommissioned.map { ($0.sensor, $0) }, uniquingKeysWith: { first, _ in first })
        let gone = changes?.filter { $0.after == nil }.compactMap { $0.before?.id } ?? []
        let absent = state.book.absentSensors
        for sensor in Set(gone).union(absent).sorted() {
            if let entry = entries[sensor] {
                state.undelivered += state.book.decommission(entry, at: HostClock.now())
            } else if absent.contains(sensor), changes == nil || gone.contains(sensor) {
                let ids = state.book.open(of: sensor).compactMap { $0.advisory?.id }
                tell(
                    .notice, .absent, sensor: sensor,
                    why: [Phrase("absent", Phrase.list(ids))], action: [Phrase("do-put-back")])
            }
        }
        deliver()
    }

    private static func summary(of change: SiteChange) -> Phrase {
        let removed = change.sensors.count { $0.after == nil && $0.before != nil }
        let others = change.others.map { kind, count in
            let key = "changed-\(kind.rawValue)"
            return kind.isSingle ? Phrase(key) : Phrase(key, count)
        }
        return Phrase(
            "reloaded", change.count(.added), removed, change.count(.limits),
            change.count(.renewed), change.count(.tuned),
            Phrase.joined(others.isEmpty ? [] : [Phrase("also-changed", Phrase.list(others))]),
            change.roster.site.fingerprint)
    }
}
