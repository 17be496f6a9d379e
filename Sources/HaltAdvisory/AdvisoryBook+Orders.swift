package import GasModel

// MARK: What people do

extension AdvisoryBook {
    /// The longest time for which something may be put aside, in minutes: one shift.
    package static let shelveMinutesMax = 480.0

    /// Carries out what `person` asks, and returns what is to be told of it.
    ///
    /// Empty where it is carried out already: its `request` was met before, see `told`.
    ///
    /// **Errors:** why not; then nothing has changed. What it returns must be in the journal before
    /// the person hears that it was done.
    package mutating func perform(
        _ order: OperatorOrder, by person: Person, login: String? = nil, at time: Timestamp
    ) throws(OrderRefusal) -> [Announcement] {
        if try told(of: order, by: person) != nil { return [] }
        let told = try carryOut(order, by: person, login: login, at: time)
        for announcement in told { requests.note(announcement) }
        return told
    }

    private mutating func carryOut(
        _ order: OperatorOrder, by person: Person, login: String?, at time: Timestamp
    ) throws(OrderRefusal) -> [Announcement] {
        guard person.powers.contains(order.kind) else {
            let who = Phrase("who", person.name, Phrase.term(person.duty.rawValue))
            throw .notAllowed(Phrase("no-power-for", who, Phrase.term(order.kind.rawValue)))
        }
        guard order.kind == .verify || !order.text.allSatisfy(\.isWhitespace) else {
            throw .senseless(Phrase("no-words"))
        }
        let act = Act(
            kind: order.kind, by: person.name, duty: person.duty.rawValue, login: login,
            text: order.text, at: time.rfc3339(), checks: nil, untilNanoseconds: nil,
            request: order.request)
        switch order.kind {
        case .note where order.advisory == nil: return [remark(act, nil, at: time)]
        case .drill where order.advisory == nil: return [try beginDrill(order, act, at: time)]
        default: break
        }
        let (key, known) = try find(order.advisory ?? "")
        let told: Announcement
        switch order.kind {
        case .note: return [remark(act, known, at: time)]
        case .acknowledge: told = try acknowledge(known, act, at: time)
        case .verify: told = try verify(known, order, act, at: time)
        case .release: told = try release(known, order, act, at: time)
        case .shelve: told = try shelve(known, order, act, at: time)
        case .drill: told = try endDrill(known, act, at: time)
        }
        keep(told, key)
        return [told]
    }

    /// What stands by the name of an advisory, or by a part of it that fits only one.
    package func standing(named name: String) throws(OrderRefusal) -> Announcement {
        try find(name).1
    }

    private func find(_ name: String) throws(OrderRefusal) -> (Key, Announcement) {
        let exact = standing.first { $0.value.advisory?.id == name }
        if let exact { return (exact.key, exact.value) }
        let fitting =
            name.isEmpty ? [] : standing.filter { $0.value.advisory?.id.contains(name) == true }
        if fitting.count > 1 {
            let ids = Array(fitting.compactMap { $0.value.advisory?.id }.sorted().prefix(5))
            throw .unknown(Phrase("fits-many", name, fitting.count, Phrase.list(ids)))
        }
        guard let one = fitting.first else {
            throw .unknown(Phrase("fits-none", name))
        }
        return (one.key, one.value)
    }

    private func acknowledge(
        _ known: Announcement, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        var next = known.told(.acknowledged, act, at: time)
        guard next.advisory?.happen(.acknowledge, at: steady.now(at: time)) == true else {
            throw .notNow(Phrase("not-to-acknowledge"))
        }
        next.advisory?.answers = (known.advisory?.answers ?? []) + [act]
        next.tell(
            [Phrase("acknowledged", act.who, act.text)],
            do: next.severity == .halt ? [Phrase("do-see-to-all")] : nil, in: site.language)
        return next
    }

    private func verify(
        _ known: Announcement, _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let advisory = known.advisory, advisory.isLatched else {
            throw .notNow(Phrase("not-to-verify"))
        }
        guard advisory.answer != nil else { throw .notNow(Phrase("not-acknowledged")) }
        var act = act
        act.checks = order.checks ?? []
        guard !(order.checks ?? []).isEmpty else {
            // The words of the protocol, which are the same in every language.
            throw .senseless(
                Phrase("no-checks", Phrase.list(Check.allCases.map(\.rawValue))))
        }
        if order.checks?.contains(.powerOff) == true, let other = contrary(.powerOn, known) {
            throw .notNow(Phrase("shows-power", other))
        }
        if order.checks?.contains(.workStopped) == true, let other = contrary(.work, known) {
            throw .notNow(Phrase("shows-work", other))
        }
        var next = known.told(.verified, act, at: time)
        next.advisory?.answers = (advisory.answers ?? []) + [act]
        let missing = Set(Check.allCases).subtracting(next.advisory?.checks ?? [])
        if !missing.isEmpty || advisory.answer == .verified {
            next.advisory?.revision += 1
        } else {
            _ = next.advisory?.happen(.verify, at: steady.now(at: time))
        }
        let seen = Phrase.list((act.checks ?? []).map { Phrase.term($0.rawValue) })
        let rest = Phrase.list(missing.map(\.rawValue).sorted().map { Phrase.term($0) })
        let parts = [
            Phrase("seen", act.who, seen), act.text.isEmpty ? nil : Phrase("and-said", act.text),
            missing.isEmpty ? nil : Phrase("still-unseen", rest),
        ]
        next.tell(
            parts.compactMap { $0 },
            do: [missing.isEmpty ? Phrase("do-treat-cause") : Phrase("do-see-to-it")],
            in: site.language)
        return next
    }

    /// What stands in the same place and says the contrary.
    private func contrary(_ rule: Rule, _ known: Announcement) -> String? {
        standing.first {
            $0.key.rule == rule.rawValue && $0.value.place == known.place
                && $0.value.advisory?.state == .active
        }?.value.advisory?.id
    }

    private mutating func release(
        _ known: Announcement, _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let advisory = known.advisory, advisory.isLatched else {
            throw .notNow(Phrase("not-to-release"))
        }
        guard releaseConditions(known, advisory, order, at: time).allSatisfy(\.isMet) else {
            throw .notYet(releaseLacks(known, advisory, order, at: time))
        }
        var next = known.told(.released, act, at: time)
        guard next.advisory?.happen(.release, at: steady.now(at: time)) == true else {
            throw .notNow(Phrase("not-releasable"))
        }
        if order.hadOtherCause == true { forgive(advisory.id) }
        next.tell(
            [Phrase("released", act.who, act.text)]
                + (order.hadOtherCause == true ? [Self.otherCause] : []),
            do: [Phrase("do-restore")], in: site.language)
        return next
    }

    private func shelve(
        _ known: Announcement, _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let advisory = known.advisory, !advisory.isLatched, known.severity != .alarm else {
            throw .notNow(Phrase("not-to-shelve"))
        }
        let minutes = order.minutes ?? 0
        guard minutes.isFinite, (0...Self.shelveMinutesMax).contains(minutes) else {
            throw .senseless(Phrase("shelve-minutes", Int(Self.shelveMinutesMax)))
        }
        guard minutes > 0 || advisory.shelved != nil else { throw .notNow(Phrase("not-shelved")) }
        var act = act
        act.untilNanoseconds = steady.ticked(or: time) + Int64(minutes * 60e9)
        var next = known.told(minutes > 0 ? .shelved : .unshelved, act, at: time)
        next.advisory?.revision += 1
        next.advisory?.shelved = minutes > 0 ? act : nil
        next.tell(
            [
                minutes > 0
                    ? Phrase("shelved", hundredths(minutes), act.who, act.text)
                    : Phrase("unshelved", act.who, act.text)
            ], in: site.language)
        return next
    }

    /// For how long something is still put aside, by the steady clock; seconds.
    package func remainingSeconds(ofShelving act: Act, at time: Timestamp) -> Double? {
        act.untilNanoseconds.map { max(0, Double($0 - steady.ticked(or: time)) / 1e9) }
    }

    private func remark(_ act: Act, _ known: Announcement?, at time: Timestamp) -> Announcement {
        var note = Announcement.notice(
            .notice, .noted, at: time, site: site, sensor: known?.sensor,
            why: [Phrase("remark", act.who, act.text)]
                + (known?.advisory.map { [Phrase("on", $0.id)] } ?? []))
        note.place = known?.place
        note.act = act
        return note
    }

    // MARK: Drills

    private mutating func beginDrill(
        _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let place = order.place, site.places.contains(where: { $0.id == place }) else {
            throw .unknown(Phrase("no-place", order.place ?? ""))
        }
        let key = Key(subject: place, rule: Rule.drill.rawValue)
        if let known = standing[key]?.advisory { throw .notNow(Phrase("drill-goes-on", known.id)) }
        var drill = Announcement.notice(
            .notice, .raised, at: time, site: site,
            why: [Phrase("drill-began", place, act.who, act.text)], action: [Rule.drill.action])
        drill.place = place
        drill.act = act
        drill.advisory = AdvisoryReference(
            id: Self.identifier(mine: site.mine, key: key, onset: time), revision: 1,
            state: .active, rule: key.rule, onsetNanoseconds: time.nanoseconds, peak: nil,
            answer: nil, ground: nil, raisedNanoseconds: steady.now(at: time),
            goneNanoseconds: nil, wasRising: nil, answers: nil, shelved: nil)
        keep(drill, key)
        return drill
    }

    private func endDrill(
        _ known: Announcement, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard known.advisory?.rule == Rule.drill.rawValue else { throw .notNow(Phrase("no-drill")) }
        var next = known.told(.gone, act, at: time)
        _ = next.advisory?.happen(.ended, at: steady.now(at: time))
        next.tell(
            [Phrase("drill-ended", act.who, act.text)], do: [Phrase("do-nothing")],
            in: site.language)
        return next
    }
}

extension Rule {
    /// Whether, while it stands, the sensor's own word is not enough.
    package var isDoubt: Bool {
        switch self {
        case .fault, .silence, .gateway, .link, .flapping, .calibrating, .calibrationOverrun,
            .calibrationInGas:
            true
        case .disagreement, .drift, .unguarded, .uncovered: true
        default: detector == .integrity
        }
    }
}

extension Act {
    /// The person with their duty.
    package var who: Phrase { Phrase("who", by, Phrase.term(duty)) }
}

extension Announcement {
    /// Identifier of the advisory that it is a remark on; `nil` where it is none.
    package var remarkedOn: String? {
        guard transition == .noted else { return nil }
        if let words = words?.why {
            guard let on = words.first(where: { $0.key == "on" }),
                case .text(let id)? = on.arguments.first
            else { return nil }
            return id
        }
        // A journal of a version that had no phrases: only its English tells.
        let parts = why.split(separator: "; on ")
        return parts.count > 1 ? parts.last.map(String.init) : nil
    }

    /// The next thing that is told of it: what a person did.
    fileprivate func told(_ transition: Transition, _ act: Act, at time: Timestamp) -> Announcement
    {
        var next = repeated(at: time)
        next.transition = transition
        next.act = act
        return next
    }
}
