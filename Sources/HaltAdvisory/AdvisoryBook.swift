package import GasModel

/// All advisories that stand, and the rules by which findings open, change and close them.
///
/// Pure: the same findings in the same order give the same announcements, to the last byte. No
/// clock is read: a decision is dated with the arrival of the record that led to it.
///
/// What a `HaltGround` of the site names is a HALT, at once or when it has stood too long: when it
/// ends it is GONE, stays open and latched, is BACK if it returns, and only a named release closes
/// it. Everything else is GONE and closed at its end; `Rule.severity` says how urgent each is.
/// `LifeCycle` has the whole table.
///
/// **Thread:** a value; its owner's queue.
package struct AdvisoryBook: Sendable {
    struct Key: Hashable {
        /// Code of sensor, place or gateway; `broker` for the link.
        var subject: String
        var rule: String
    }

    /// What one detector found of one subject, wherever that was told.
    struct Teller: Hashable {
        var subject: String
        var detector: Rule.Detector
    }

    /// The newest announcement of every advisory that stands, by subject and rule.
    var standing: [Key: Announcement] = [:] {
        didSet { assessmentCount &+= 1 }
    }
    /// Rises whenever an assessment may have become another: who asks often compares it first.
    package internal(set) var assessmentCount: UInt64 = 0
    /// Who was heard at the newest tick; `nil` before the first of this run.
    var hearing: Hearing? {
        didSet { assessmentCount &+= 1 }
    }
    /// What the newest of `rosters` says of places.
    var map: SiteMap
    /// When the first of the days of cumulative halts that still run is over, by the steady clock,
    /// and the assessment that it was looked up for.
    var daysEnd: (at: Int64, count: UInt64) = (.max, .max)
    /// Nothing comes due before `until`, by the steady clock, as long as `assessmentCount` stands.
    var quiet: (count: UInt64, until: Int64) = (.max, .min)
    /// The identifier that each subject and rule closed last: a repeat of the readings that raised
    /// it, after a crash that also took the ring, is recognised by it.
    var closedLast: [Key: String] = [:]
    /// Position of the newest record of this ring that was told of: a restarted detector finds the
    /// same once more in what it reads again, and that is no news.
    var toldThrough: [Teller: UInt64] = [:]
    /// The same with what this run told: what the next one starts with. Not held against findings
    /// of this run, which need not come in the order of their positions.
    var newestTold: [Teller: UInt64] = [:]
    /// The sites that findings may have been judged by, each with the position in the ring from
    /// which on it holds; the newest last, never empty.
    var rosters: [(from: UInt64, roster: SensorRoster)]
    /// What stood when another advisory of the same subject and rule was raised, by a run that did
    /// not know of it; see `closeSuperseded`.
    var superseded: [Announcement] = []
    /// Sensors that are not in the site and of which it is told that they were taken out.
    var decommissioned: Set<String> = []
    /// What passes while nobody answers, place by place.
    var watches: [String: PlaceWatch] = [:]
    /// Time as it passes, whatever is done to the civil clock.
    var steady = SteadyClock()
    /// The cut halts that were raised, for the cumulative halts of the province, in that order.
    var overLimits = OverLimits()
    /// The orders that were carried out last.
    var requests = RequestMemory()
    /// When nobody looked before this run; `nil` where there was no run before.
    var down: Downtime?
    /// When the newest restored line was told.
    var lastTold: Timestamp?
    private(set) var ring: UInt64

    /// An empty book for `site`, whose sensors stand at their registry index in `sensors`. `ring`
    /// is the identity of the ring that findings come from.
    package init(site: Site, sensors: [Sensor?], ring: UInt64) {
        let roster = SensorRoster(site: site, sensors: sensors)
        rosters = [(0, roster)]
        map = SiteMap(roster)
        self.ring = ring
    }

    /// The site that holds now.
    package var site: Site { rosters[rosters.count - 1].roster.site }

    /// What stands, oldest onset first; ties by identifier.
    package var open: [Announcement] {
        let all = Array(standing.values)
        // Sorted apart from the announcements, which are large: each comparison would copy two.
        let order = all.indices.map { index in
            (all[index].advisory?.onsetNanoseconds ?? 0, all[index].advisory?.id ?? "", index)
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        return order.map { all[$0.2] }
    }

    /// How many stand.
    package var openCount: Int { standing.count }
    /// How many halts stand, active or gone but latched.
    package private(set) var openHaltCount = 0

    /// How many halts stand in each place, see `haltedPlaces`.
    var haltCounts = HaltCounts()
    /// Which of them are over the cut limit, see `OverLimit`.
    var cutHalts = CutHalts()

    /// Puts `announcement` where it belongs; `nil`: it is closed.
    private mutating func put(_ announcement: Announcement?, at key: Key) {
        if let known = standing[key], known.severity == .halt {
            openHaltCount -= 1
            countHalt(known, by: -1)
            cutHalts.remove(known)
        }
        if let announcement, announcement.severity == .halt {
            openHaltCount += 1
            countHalt(announcement, by: 1)
            cutHalts.add(announcement)
        }
        standing[key] = announcement
    }

    /// Nothing stands.
    mutating func clear() {
        (standing, superseded) = ([:], [])
        openHaltCount = 0
        haltCounts.clear()
        cutHalts.clear()
    }

    /// Takes up one announcement of the journal, in the journal's order.
    package mutating func restore(_ announcement: Announcement) {
        if announcement.transition == .decommissioned, let sensor = announcement.sensor {
            note(decommissioned: sensor)
        }
        restoreWatch(announcement)
        requests.note(announcement)
        lastTold = max(lastTold ?? announcement.decidedAt, announcement.decidedAt)
        guard let advisory = announcement.advisory else { return }
        note(overLimit: announcement, advisory)
        // It was back since, or else it had nothing to say.
        if advisory.state != .closed { announcement.sensor.map { _ = decommissioned.remove($0) } }
        stand(announcement, advisory)
    }

    /// Puts what stands where it belongs, as the journal says it.
    mutating func stand(_ announcement: Announcement, _ advisory: AdvisoryReference) {
        let key = Key(subject: announcement.subject, rule: advisory.rule)
        if let teller = note(told: announcement, key) { toldThrough[teller] = newestTold[teller] }
        superseded.removeAll { $0.advisory?.id == advisory.id }
        let known = standing[key]
        let isOther = known.map { $0.advisory?.id != advisory.id } ?? false
        if advisory.state == .closed {
            // The end of what was superseded is no end of what stands since.
            if !isOther { put(nil, at: key) }
            closedLast[key] = advisory.id
        } else {
            if isOther { superseded += [known].compactMap { $0 } }
            var announcement = announcement
            // A journal of a version that knew no grounds.
            if announcement.severity == .halt, advisory.ground == nil {
                announcement.advisory?.ground = ground(for: advisory.rule)?.id
            }
            put(announcement, at: key)
        }
    }

    /// Position of the newest record of this ring that anything was told of.
    package var newestToldPosition: UInt64? { newestTold.values.max() }

    /// Findings come from another ring from now on, of which nothing was told yet.
    package mutating func follow(ring: UInt64) {
        self.ring = ring
        (toldThrough, newestTold) = ([:], [:])
    }

    /// Decides what a finding means. `nil` when it changes nothing: it repeats what is known.
    package mutating func take(_ finding: Finding) -> Announcement? {
        let finding = finding.withFiguresOnly
        let roster = roster(at: finding.position)
        guard let about = About(finding.subject, in: roster) else { return nil }
        let key = Key(subject: about.code, rule: finding.rule.rawValue)
        // At the very position it is judged once more: a crash may have cut off the second of two
        // things that one record caused, and the first is recognised by the state it left.
        let teller = Teller(subject: about.code, detector: finding.rule.detector)
        if let told = toldThrough[teller], finding.position < told { return nil }
        let now = steady.now(at: finding.arrivalTime)
        guard var reference = next(standing[key], finding, about, key: key, at: now) else {
            return nil
        }
        if !finding.value.isNaN, finding.change != .ended {
            reference.peak = max(reference.peak ?? -.infinity, finding.value)
        }
        var announcement = announce(finding, about, site: roster.site, reference: reference)
        let more = [daysPhrase(announcement), downWords(finding)].compactMap { $0 }
        if !more.isEmpty {
            announcement.say((announcement.words?.why ?? []) + more, in: site.language)
        }
        keep(announcement, key)
        return announcement
    }

    /// Takes note of how far a detector's findings on a subject were told; returns whose.
    @discardableResult private mutating func note(
        told announcement: Announcement, _ key: Key
    ) -> Teller? {
        guard let cause = announcement.cause, cause.ring == ring,
            let detector = Rule(rawValue: key.rule)?.detector
        else { return nil }
        let teller = Teller(subject: key.subject, detector: detector)
        newestTold[teller] = max(newestTold[teller] ?? 0, cause.position)
        return teller
    }

    /// Takes note of how an advisory stands after `announcement`.
    mutating func keep(_ announcement: Announcement, _ key: Key) {
        guard let reference = announcement.advisory else { return }
        note(told: announcement, key)
        put(reference.state == .closed ? nil : announcement, at: key)
        if reference.state == .closed { closedLast[key] = reference.id }
        note(overLimit: announcement, reference)
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
        _ known: Announcement?, _ finding: Finding, _ about: About, key: Key, at now: Int64
    ) -> AdvisoryReference? {
        guard var reference = known?.advisory else {
            return finding.change == .began ? raise(finding, about, key: key, at: now) : nil
        }
        let event: LifeCycle.Event? =
            switch (finding.change, reference.state) {
            case (.ended, _): .ended
            case (_, .gone): .back
            case (.began, _): nil
            case (.worsened, _): .worsened
            }
        guard let event, reference.happen(event, at: now) else { return nil }
        // What comes and goes does so in gas by now.
        if event == .worsened, finding.isLossInGas { reference.wasRising = true }
        return reference
    }

    private func raise(
        _ finding: Finding, _ about: About, key: Key, at now: Int64
    ) -> AdvisoryReference? {
        let id = Self.identifier(mine: site.mine, key: key, onset: finding.since)
        guard closedLast[key] != id else { return nil }
        let ground = ground(for: key.rule)
        let isRising = finding.isLossInGas
        let held = Double(finding.heldNanoseconds) / 1e9
        return AdvisoryReference(
            id: id, revision: 1, state: .active, rule: key.rule,
            onsetNanoseconds: finding.since.nanoseconds, peak: nil, answer: nil,
            ground: ground?.isDue(after: held, isRising: isRising) == true
                && isGuard(about, ground)
                ? ground?.id : nil,
            raisedNanoseconds: now - finding.heldNanoseconds, goneNanoseconds: nil,
            wasRising: isRising ? true : nil,
            answers: nil, shelved: nil)
    }

    /// What makes a condition of `rule` a halt, if anything does.
    func ground(for rule: String) -> HaltGround? {
        site.grounds.first { $0.kind == .halt && $0.rules.contains { $0.rawValue == rule } }
    }

    /// Whether `ground` counts for it: some are only about what guards a limit.
    func isGuard(_ about: About, _ ground: HaltGround?) -> Bool {
        guard ground?.isForGuardsOnly == true else { return true }
        if let sensor = about.sensor { return sensor.isGuard }
        if let gateway = about.gateway {
            return site.sensors.contains { $0.gateway == gateway && $0.isGuard }
        }
        return site.sensors.contains { $0.isGuard }
    }

    /// `demo.H101-T1.cut.20261123T180211.123Z`: readable, safe in a topic, the same for the same
    /// cause.
    static func identifier(mine: String, key: Key, onset: Timestamp) -> String {
        "\(mine).\(key.subject).\(key.rule).\(onset.compactUTC)"
    }

    private func announce(
        _ finding: Finding, _ about: About, site: Site, reference: AdvisoryReference
    ) -> Announcement {
        let words = AdvisoryWords(finding, about, reference: reference, site: site)
        let sensor = about.sensor
        var announcement = Announcement(
            severity: words.severity, transition: words.transition,
            at: finding.arrivalTime.rfc3339(), mine: site.mine, place: about.place,
            sensor: sensor?.id, gateway: about.gateway, advisory: reference,
            cause: Cause(
                value: finding.value.isNaN ? nil : finding.value,
                unit: sensor?.quantity.definition.unit ?? "", quality: finding.quality.word,
                resolution: sensor?.resolution, measuredAt: finding.eventTime.rfc3339(),
                measuredNanoseconds: finding.eventTime.nanoseconds,
                arrivedNanoseconds: finding.arrivalTime.nanoseconds, position: finding.position,
                ring: ring, projection: finding.projection,
                evidence: finding.evidence.isEmpty ? nil : finding.evidence),
            limit: words.limit,
            basis: words.limit == nil
                ? reference.ground.flatMap { id in
                    site.ground(id)?.basis.map { Basis($0, ground: id) }
                } : Basis(sensor, of: site), why: "", action: "",
            site: site.fingerprint, act: nil, escalation: nil, words: nil,
            atNanoseconds: finding.arrivalTime.nanoseconds)
        announcement.say(words.why, do: words.action, in: site.language)
        return announcement
    }
}

extension Finding {
    /// The same with only what is a number: the journal can hold no other, and what it cannot hold
    /// would hold up everything behind it.
    fileprivate var withFiguresOnly: Finding {
        var finding = self
        if !value.isFinite { finding.value = .nan }
        finding.evidence.removeAll { !$0.value.isFinite }
        finding.projection?.keepFiguresOnly()
        return finding
    }
}

extension Projection {
    fileprivate mutating func keepFiguresOnly() {
        if let band = toAlarm, !band.isFinite { toAlarm = nil }
        if let band = toCut, !band.isFinite { toCut = nil }
    }
}

extension Projection.Band {
    fileprivate var isFinite: Bool {
        earliest.isFinite && likely.isFinite && (latest ?? 0).isFinite
    }
}

/// What a finding is about, in the site that it was judged by.
struct About {
    /// Code of the sensor, place or gateway; `broker` for the link.
    var code: String
    var sensor: Sensor?
    var place: String?
    var gateway: String?

    /// `nil` when the site does not have it.
    init?(_ subject: Finding.Subject, in roster: SensorRoster) {
        switch subject {
        case .sensor(let index):
            guard Int(index) < roster.sensors.count, let sensor = roster.sensors[Int(index)]
            else { return nil }
            (code, self.sensor, place) = (sensor.id, sensor, sensor.place)
        case .place(let id): (code, place) = (id, id)
        case .gateway(let id): (code, gateway) = (id, id)
        case .link: code = Announcement.linkSubject
        }
    }

    /// What an announcement is about.
    init(_ announcement: Announcement, in site: Site) {
        code = announcement.subject
        sensor = announcement.sensor.flatMap { id in site.sensors.first { $0.id == id } }
        (place, gateway) = (announcement.place, announcement.gateway)
    }
}

extension HaltGround {
    /// Whether a condition that has stood for so long calls for a halt.
    func isDue(after seconds: Double, isRising: Bool) -> Bool {
        seconds >= (isRising ? allowedRisingSeconds : allowedSeconds)
    }
}

extension Sensor {
    /// Whether the safety of its place rests on it: it watches a limit that stops work.
    var isGuard: Bool { limits?.cut != nil }
}
