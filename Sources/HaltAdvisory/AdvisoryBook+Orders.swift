package import GasModel

// MARK: What people do

extension AdvisoryBook {
    /// The longest time for which something may be put aside, in minutes: one shift.
    package static let shelveMinutesMax = 480.0

    /// Carries out what `person` asks, and returns what is to be told of it.
    ///
    /// **Errors:** why not; then nothing has changed. What it returns must be in the journal before
    /// the person hears that it was done.
    package mutating func perform(
        _ order: OperatorOrder, by person: Person, login: String? = nil, at time: Timestamp
    ) throws(OrderRefusal) -> [Announcement] {
        guard person.powers.contains(order.kind) else {
            throw .notAllowed(
                "\(person.name) (\(person.duty.rawValue)) may not \(order.kind.rawValue)")
        }
        guard order.kind == .verify || !order.text.allSatisfy(\.isWhitespace) else {
            throw .senseless("say what was ordered, or why: without a word it is no record")
        }
        let act = Act(
            kind: order.kind, by: person.name, duty: person.duty.rawValue, login: login,
            text: order.text, at: time.rfc3339(), checks: nil, untilNanoseconds: nil)
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

    private func find(_ name: String) throws(OrderRefusal) -> (Key, Announcement) {
        let exact = standing.first { $0.value.advisory?.id == name }
        if let exact { return (exact.key, exact.value) }
        let fitting =
            name.isEmpty ? [] : standing.filter { $0.value.advisory?.id.contains(name) == true }
        if fitting.count > 1 {
            let ids = fitting.compactMap { $0.value.advisory?.id }.sorted().prefix(5)
            throw .unknown("'\(name)' fits \(fitting.count): \(ids.joined(separator: ", "))")
        }
        guard let one = fitting.first else {
            throw .unknown("nothing stands by the name '\(name)'")
        }
        return (one.key, one.value)
    }

    private func acknowledge(
        _ known: Announcement, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        var next = known.told(.acknowledged, act, at: time)
        guard next.advisory?.happen(.acknowledge, at: steady.now(at: time)) == true else {
            throw .notNow("there is nothing to acknowledge")
        }
        next.advisory?.answers = (known.advisory?.answers ?? []) + [act]
        next.why = "acknowledged by \(act.who): \(act.text)"
        if next.severity == .halt { next.action = "see that power, people and work are dealt with" }
        return next
    }

    private func verify(
        _ known: Announcement, _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let advisory = known.advisory, advisory.isLatched else {
            throw .notNow("only a halt is verified")
        }
        guard advisory.answer != nil else { throw .notNow("it must be acknowledged first") }
        var act = act
        act.checks = order.checks ?? []
        guard !(order.checks ?? []).isEmpty else {
            throw .senseless(
                "say what was seen: " + Check.allCases.map(\.rawValue).joined(separator: ", "))
        }
        if order.checks?.contains(.powerOff) == true, let other = contrary(.powerOn, known) {
            throw .notNow("the feed sensor shows power: \(other)")
        }
        if order.checks?.contains(.workStopped) == true, let other = contrary(.work, known) {
            throw .notNow("the place is seen at work: \(other)")
        }
        var next = known.told(.verified, act, at: time)
        next.advisory?.answers = (advisory.answers ?? []) + [act]
        let missing = Set(Check.allCases).subtracting(next.advisory?.checks ?? [])
        if !missing.isEmpty || advisory.answer == .verified {
            next.advisory?.revision += 1
        } else {
            _ = next.advisory?.happen(.verify, at: steady.now(at: time))
        }
        let seen = (act.checks ?? []).map(\.rawValue).joined(separator: ", ")
        let rest = missing.map(\.rawValue).sorted().joined(separator: ", ")
        next.why =
            "seen by \(act.who): \(seen)\(act.text.isEmpty ? "" : "; \(act.text)")"
            + (rest.isEmpty ? "" : "; still to be seen: \(rest)")
        next.action = rest.isEmpty ? "treat the cause; no re-power before the release" : "see to it"
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
            throw .notNow("only a halt is released; everything else ends by itself")
        }
        let missing = releaseLacks(known, advisory, order, at: time)
        guard missing.isEmpty else {
            throw .notNow("not yet: " + missing.joined(separator: "; "))
        }
        var next = known.told(.released, act, at: time)
        guard next.advisory?.happen(.release, at: steady.now(at: time)) == true else {
            throw .notNow("it cannot be released as it stands")
        }
        if order.hadOtherCause == true { forgive(advisory.id) }
        next.why =
            "released by \(act.who): \(act.text)"
            + (order.hadOtherCause == true ? "; the cause was not inadequate gas control" : "")
        next.action = "restore power and work step by step; measure before each"
        return next
    }

    /// What a release of it still lacks, in words; empty when nothing. Also what `show` tells.
    package func releaseLacks(
        _ known: Announcement, _ advisory: AdvisoryReference, _ order: OperatorOrder? = nil,
        at time: Timestamp
    ) -> [String] {
        var missing: [String] = []
        let now = steady.now(at: time)
        if advisory.state == .active {
            missing.append("its condition still holds")
        } else if let gone = advisory.goneNanoseconds {
            let held = Double(now - min(gone, now)) / 1e9
            if held < site.timing.holdSeconds {
                let left = Int((site.timing.holdSeconds - held).rounded(.up))
                missing.append("it must stay below re-power for \(left) s more")
            }
        }
        if advisory.answer == nil { missing.append("nobody has acknowledged it") }
        let unseen = Set(Check.allCases).subtracting(advisory.checks)
        if !unseen.isEmpty {
            missing.append(
                "not verified: " + unseen.map(\.rawValue).sorted().joined(separator: ", "))
        }
        missing += doubts(of: known).map { "its sensor is in doubt: \($0)" }
        if order?.hadOtherCause != true, let days = daysLeft(advisory, at: now) {
            missing.append(days)
        }
        return missing
    }

    /// What stands against the sensor's own word: without it nobody knows whether the gas is gone.
    private func doubts(of known: Announcement) -> [String] {
        guard let sensor = known.sensor else { return [] }
        let gateway = site.sensors.first { $0.id == sensor }?.gateway
        return standing.values.filter { other in
            guard let advisory = other.advisory, advisory.id != known.advisory?.id,
                advisory.state == .active, let rule = Rule(rawValue: advisory.rule)
            else { return false }
            let isOfIt =
                other.sensor == sensor || (rule == .gateway && other.gateway == gateway)
                || rule == .link
            return isOfIt && rule.isDoubt
        }.compactMap { $0.advisory?.id }.sorted()
    }

    private func shelve(
        _ known: Announcement, _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let advisory = known.advisory, !advisory.isLatched, known.severity != .alarm else {
            throw .notNow("halts and alarms cannot be put aside")
        }
        let minutes = order.minutes ?? 0
        guard minutes.isFinite, (0...Self.shelveMinutesMax).contains(minutes) else {
            throw .senseless("it can be put aside for 0 to \(Int(Self.shelveMinutesMax)) minutes")
        }
        guard minutes > 0 || advisory.shelved != nil else { throw .notNow("it is not put aside") }
        var act = act
        act.untilNanoseconds = steady.now(at: time) + Int64(minutes * 60e9)
        var next = known.told(minutes > 0 ? .shelved : .unshelved, act, at: time)
        next.advisory?.revision += 1
        next.advisory?.shelved = minutes > 0 ? act : nil
        next.why =
            minutes > 0
            ? "put aside for \(hundredths(minutes)) minutes by \(act.who): \(act.text)"
            : "no longer put aside, by \(act.who): \(act.text)"
        return next
    }

    private func remark(_ act: Act, _ known: Announcement?, at time: Timestamp) -> Announcement {
        var note = Announcement.notice(
            .notice, .noted, at: time, site: site, sensor: known?.sensor,
            why: "\(act.who): \(act.text)"
                + (known?.advisory.map { "; on \($0.id)" } ?? ""))
        note.place = known?.place
        note.act = act
        return note
    }

    // MARK: Drills

    private mutating func beginDrill(
        _ order: OperatorOrder, _ act: Act, at time: Timestamp
    ) throws(OrderRefusal) -> Announcement {
        guard let place = order.place, site.places.contains(where: { $0.id == place }) else {
            throw .unknown("there is no place '\(order.place ?? "")'")
        }
        let key = Key(subject: place, rule: Rule.drill.rawValue)
        if let known = standing[key]?.advisory { throw .notNow("a drill goes on: \(known.id)") }
        var drill = Announcement.notice(
            .notice, .raised, at: time, site: site,
            why: "DRILL in \(place), by \(act.who): \(act.text); nothing is wrong",
            action: Rule.drill.action)
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
        guard known.advisory?.rule == Rule.drill.rawValue else { throw .notNow("it is no drill") }
        var next = known.told(.gone, act, at: time)
        _ = next.advisory?.happen(.ended, at: steady.now(at: time))
        next.why = "the drill is over, by \(act.who): \(act.text)"
        next.action = "none"
        return next
    }
}

extension Rule {
    /// Whether, while it stands, the sensor's own word is not enough.
    package var isDoubt: Bool {
        switch self {
        case .fault, .silence, .gateway, .link, .calibrating, .calibrationOverrun,
            .calibrationInGas:
            true
        case .disagreement, .drift, .uncovered: true
        default: detector == .integrity
        }
    }
}

extension Act {
    /// The person with their duty.
    package var who: String { "\(by) (\(duty))" }
}

extension Announcement {
    /// The next thing that is told of it: what a person did.
    fileprivate func told(_ transition: Transition, _ act: Act, at time: Timestamp) -> Announcement
    {
        var next = repeated(at: time)
        next.transition = transition
        next.act = act
        return next
    }
}
