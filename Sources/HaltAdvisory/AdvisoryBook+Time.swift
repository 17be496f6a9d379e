package import GasModel

/// Time as it passes, whatever is done to the civil clock: told by ticks, begun at the civil time
/// of the first.
struct SteadyClock: Sendable {
    /// A pause of the whole machine counts, a counter that begins anew (a reboot) does not.
    private static let stepMax: Int64 = 3600 * 1_000_000_000
    /// Ticks come every second. After a longer pause somebody looks anew.
    private static let watchStepMax: Int64 = 10 * 1_000_000_000

    /// Since when somebody has looked without a break; `nil` before the first tick of a run.
    private(set) var watchedSince: Int64?
    /// What time it was at the last tick, in nanoseconds since 1970; `nil` before the first.
    var present: Int64? { now }
    private var now: Int64?
    private var uptime: Int64 = 0
    private var arrival: Int64 = 0

    /// A tick came. Returns what time it is now, in nanoseconds since 1970.
    mutating func tick(_ tick: Reading) -> Int64 {
        let step = tick.arrivalUptime - uptime
        let past = now ?? tick.arrivalTime.nanoseconds
        let present = now == nil || step < 0 || step > Self.stepMax ? past : past + step
        if now == nil || step < 0 || step > Self.watchStepMax { watchedSince = present }
        (now, uptime, arrival) = (present, tick.arrivalUptime, tick.arrivalTime.nanoseconds)
        return present
    }

    /// What time it was with the last tick; before the first, `time`.
    func ticked(or time: Timestamp) -> Int64 { now ?? time.nanoseconds }

    /// What time it was when a record arrived: after the last tick, and not far from it. Where the
    /// civil clock was put back since, as late as that may have been.
    func now(at time: Timestamp) -> Int64 {
        guard let now else { return time.nanoseconds }
        guard time.nanoseconds >= arrival else { return now + 1_000_000_000 }
        return now + min(time.nanoseconds - arrival, 1_000_000_000)
    }
}

/// How long the halts of one place have stood unanswered, and when they were told of last.
struct PlaceWatch: Sendable, Equatable {
    /// How far up the order of escalation the call went.
    var level = 0
    /// When a halt was last raised, called for or told of, by the steady clock; nanoseconds.
    var toldAt: Int64
}

// MARK: What time brings

extension AdvisoryBook {
    /// What a mine-wide halt, such as one for the link, is watched under.
    static let wholeMine = ""

    /// What follows from the time that has passed: conditions that have stood too long become
    /// halts, halts that nobody answers are called for further up, halts that stand are told anew,
    /// and what was put aside comes back. Empty nearly always.
    package mutating func tick(_ tick: Reading) -> [Announcement] {
        let isFirst = steady.watchedSince == nil
        let now = steady.tick(tick)
        if isFirst { begin(at: now) }
        passDays(at: now)
        if standing.isEmpty {
            watches = [:]
            return []
        }
        if quiet.count == assessmentCount, now < quiet.until { return [] }
        var told: [Announcement] = []
        for key in due(at: now) {
            guard let known = standing[key], let next = mature(known, at: now, tick) else {
                continue
            }
            keep(next, key)
            told.append(next)
        }
        told += watchPlaces(at: now, tick)
        quiet = (assessmentCount, nextDue(after: now))
        return told
    }

    /// When something comes due next, by the steady clock, if nothing changes until then: to look
    /// at a thousand halts with every tick would cost more than to judge the readings between.
    private func nextDue(after now: Int64) -> Int64 {
        var next = Int64.max
        func consider(_ time: Int64) { if time > now { next = min(next, time) } }
        for known in standing.values {
            guard let advisory = known.advisory else { continue }
            let raised = advisory.raisedNanoseconds ?? now
            if let until = advisory.shelved?.untilNanoseconds { consider(until) }
            if !advisory.isLatched, advisory.state == .active,
                let ground = ground(for: advisory.rule)
            {
                let isRising = advisory.wasRising == true
                let allowed = isRising ? ground.allowedRisingSeconds : ground.allowedSeconds
                consider(raised + Int64(allowed * 1e9))
            }
        }
        for (place, halts) in haltsByPlace(at: now) {
            if let due = escalationDue(place, halts) { consider(due) }
            if let due = reminderDue(place, halts) { consider(due) }
        }
        return next
    }

    /// What of the standing ones has come of age, in the order of their onset.
    private func due(at now: Int64) -> [Key] {
        var keys: [(key: Key, onset: Int64)] = []
        for (key, known) in standing {
            guard let advisory = known.advisory else { continue }
            if let until = advisory.shelved?.untilNanoseconds, until <= now {
                keys.append((key, advisory.onsetNanoseconds))
            } else if isMature(known, advisory, at: now) {
                keys.append((key, advisory.onsetNanoseconds))
            }
        }
        return keys.sorted {
            ($0.onset, $0.key.subject, $0.key.rule) < ($1.onset, $1.key.subject, $1.key.rule)
        }.map(\.key)
    }

    /// Whether a condition has stood so long that it is a ground for a halt.
    private func isMature(
        _ known: Announcement, _ advisory: AdvisoryReference, at now: Int64
    ) -> Bool {
        guard !advisory.isLatched, advisory.state == .active,
            let ground = ground(for: advisory.rule), let raised = advisory.raisedNanoseconds,
            ground.isDue(
                after: Double(now - min(raised, now)) / 1e9, isRising: advisory.wasRising == true)
        else { return false }
        return isGuard(About(known, in: site), ground)
    }

    private func mature(
        _ known: Announcement, at now: Int64, _ tick: Reading
    ) -> Announcement? {
        guard var advisory = known.advisory else { return nil }
        var next = known.repeated(at: tick.arrivalTime)
        guard isMature(known, advisory, at: now), let ground = ground(for: advisory.rule) else {
            advisory.shelved = nil
            advisory.revision += 1
            next.advisory = advisory
            next.transition = .unshelved
            next.tell([Phrase("stands-again", Phrase.joined(known.matter))], in: site.language)
            return next
        }
        let seconds = (now - (advisory.raisedNanoseconds ?? now)) / 1_000_000_000
        guard advisory.happen(.becameHalt, at: now) else { return nil }
        advisory.ground = ground.id
        next.advisory = advisory
        next.severity = .halt
        next.transition = .worse
        let title = Phrase.term(ground.title)
        next.tell(
            [Phrase("ground-due", title, Int(seconds), Phrase.joined(known.matter))],
            do: [Phrase("do-until-proven")], in: site.language)
        next.basis = ground.basis.map { Basis($0, ground: ground.id) }
        return next
    }

    // MARK: While nobody answers

    private mutating func watchPlaces(at now: Int64, _ tick: Reading) -> [Announcement] {
        let places = haltsByPlace(at: now)
        watches = watches.filter { places[$0.key] != nil }
        var told: [Announcement] = []
        for (place, halts) in places.sorted(by: { $0.key < $1.key }) {
            if let call = escalate(place, halts, at: now, tick) { told.append(call) }
            if let call = remind(place, halts, at: now, tick) { told.append(call) }
        }
        return told
    }

    /// The halts of one place, as far as it has to be known when they are told of.
    private struct PlaceHalts {
        /// When the newest was raised, by the steady clock.
        var raised: Int64
        /// When the oldest was raised that nobody has answered.
        var unansweredSince: Int64?
        /// Whether the condition of any is there.
        var isActive = false
    }

    /// Without a copy of any: there may be a thousand, and nearly always there is nothing to tell.
    private func haltsByPlace(at now: Int64) -> [String: PlaceHalts] {
        var places: [String: PlaceHalts] = [:]
        for known in standing.values where known.severity == .halt {
            guard let advisory = known.advisory else { continue }
            let raised = advisory.raisedNanoseconds ?? now
            let place = known.place ?? Self.wholeMine
            var halts = places[place] ?? PlaceHalts(raised: raised)
            halts.raised = max(halts.raised, raised)
            if advisory.answer == nil {
                halts.unansweredSince = min(halts.unansweredSince ?? raised, raised)
            }
            halts.isActive = halts.isActive || advisory.state == .active
            places[place] = halts
        }
        return places
    }

    private func halts(of place: String) -> [Announcement] {
        open.filter { $0.severity == .halt && $0.place ?? Self.wholeMine == place }
    }

    /// When somebody further up is called because nobody has answered; `nil`: never.
    private func escalationDue(_ place: String, _ halts: PlaceHalts) -> Int64? {
        let level = watches[place]?.level ?? 0
        let wait = Int64(site.timing.escalateSeconds * 1e9)
        guard let since = halts.unansweredSince, wait > 0, level + 1 < site.people.count else {
            return nil
        }
        return since + Int64(level + 1) * wait
    }

    /// When what stands is told anew; `nil`: never.
    private func reminderDue(_ place: String, _ halts: PlaceHalts) -> Int64? {
        // What only waits for its release is told of more seldom.
        let wait = Int64(site.timing.remindSeconds * (halts.isActive ? 1 : 12) * 1e9)
        return wait > 0 ? max(watches[place]?.toldAt ?? halts.raised, halts.raised) + wait : nil
    }

    private mutating func escalate(
        _ place: String, _ halts: PlaceHalts, at now: Int64, _ tick: Reading
    ) -> Announcement? {
        guard let since = halts.unansweredSince else {
            watches[place]?.level = 0
            return nil
        }
        guard let due = escalationDue(place, halts), due <= now else { return nil }
        let level = watches[place]?.level ?? 0
        watches[place, default: PlaceWatch(toldAt: now)].level = level + 1
        watches[place]?.toldAt = now
        let unanswered = self.halts(of: place).filter { $0.advisory?.answer == nil }
        let who = site.people[level + 1].phrase
        let seconds = Int((now - since) / 1_000_000_000)
        return call(
            .escalated, place, at: tick,
            why: unanswered.count == 1
                ? Phrase("one-unanswered", seconds, who, ids(unanswered))
                : Phrase("unanswered", unanswered.count, seconds, who, ids(unanswered)),
            action: Phrase("do-answer-halt"), level: level + 1)
    }

    private mutating func remind(
        _ place: String, _ halts: PlaceHalts, at now: Int64, _ tick: Reading
    ) -> Announcement? {
        guard let due = reminderDue(place, halts), due <= now else { return nil }
        watches[place, default: PlaceWatch(toldAt: now)].toldAt = now
        let isActive = halts.isActive
        let halts = self.halts(of: place)
        let (one, ids) = (halts.count == 1, ids(halts))
        let why =
            switch (isActive, one) {
            case (true, true): Phrase("one-stands", ids)
            case (true, false): Phrase("many-stand", halts.count, ids)
            case (false, true): Phrase("one-waits", ids)
            case (false, false): Phrase("many-wait", halts.count, ids)
            }
        return call(
            .reminded, place, at: tick, why: why,
            action: isActive ? Phrase("do-no-work") : Phrase("do-see-lacks"), level: nil)
    }

    private func call(
        _ transition: Transition, _ place: String, at tick: Reading, why: Phrase, action: Phrase,
        level: Int?
    ) -> Announcement {
        var call = Announcement.notice(
            .halt, transition, at: tick.arrivalTime, site: site, why: [why], action: [action])
        call.place = place == Self.wholeMine ? nil : place
        call.escalation = level
        return call
    }

    /// The first three of them, and that there are more.
    private func ids(_ halts: [Announcement]) -> Phrase {
        Phrase.list(
            halts.prefix(3).compactMap { $0.advisory?.id } + (halts.count > 3 ? ["..."] : []))
    }

    /// Takes up what the journal says of a place that nobody answered for.
    mutating func restoreWatch(_ announcement: Announcement) {
        let place = announcement.place ?? Self.wholeMine
        let time = announcement.atNanoseconds
        switch announcement.transition {
        case .escalated:
            watches[place] = PlaceWatch(level: announcement.escalation ?? 0, toldAt: time)
        case .reminded: watches[place, default: PlaceWatch(toldAt: time)].toldAt = time
        default: break
        }
    }
}

extension Announcement {
    /// The same, told at another time.
    func repeated(at time: Timestamp) -> Announcement {
        var next = self
        next.at = time.rfc3339()
        next.atNanoseconds = time.nanoseconds
        next.act = nil
        return next
    }
}

extension Person {
    /// The person with duty and, where it is known, how to reach them.
    package var phrase: Phrase {
        let duty = Phrase.term(self.duty.rawValue)
        return contact.map { Phrase("who-at", name, duty, $0) } ?? Phrase("who", name, duty)
    }
}
