internal import GasModel

// MARK: 5 Basis

extension DocumentWriter {
    var basis: [Document.Ground] {
        [limitGround, haltGround, cumulativeGround].compactMap { $0 }
    }

    private var limitGround: Document.Ground? {
        // The limit that was reached, and not the re-power value that a later line may name. Once
        // it is a halt by its standing too long, the newest basis is that of the ground.
        let limits = sources.told.map(\.entry).filter { $0.limit != nil }
        let told = limits.last { $0.limit?.hasPrefix(">") == true } ?? limits.last
        guard let limit = told?.limit else { return nil }
        let unit = sensor?.quantity.definition.unit ?? ""
        guard let basis = told?.basis, basis.table != "ground" else {
            return Document.Ground(
                kind: .limit, text: say(Phrase("basis-own-limit", limit + unit)), verified: "own")
        }
        let phrase = Phrase("basis-limit", limit + unit, basis.table, basis.row)
        return ground(
            .limit, phrase, source: basis.table, row: basis.row,
            LegalBasis(
                instrument: basis.instrument, edition: basis.edition, article: basis.article,
                verified: Verification(rawValue: basis.verified) ?? .no))
    }

    private var haltGround: Document.Ground? {
        guard let id = advisory.ground else { return nil }
        let ground = site.grounds.first { $0.id == id }
        let phrase = Phrase("basis-ground", Phrase.term(ground?.title ?? id))
        // That a cut is a halt rests on its limit, and nothing more is to be said of it.
        if rule == .cut, ground?.basis == nil { return nil }
        guard let basis = ground?.basis else {
            return Document.Ground(
                kind: .ground, text: say(phrase, Phrase("basis-own-ground")), row: id,
                verified: "own")
        }
        return self.ground(.ground, phrase, source: nil, row: id, basis)
    }

    private var cumulativeGround: Document.Ground? {
        guard let halt = sources.book.cumulativeHalt(of: advisory) else { return nil }
        return ground(
            .cumulative, Phrase("basis-cumulative", halt.number, halt.days),
            source: site.policy?.name, row: nil, halt.basis)
    }

    private func ground(
        _ kind: Document.Ground.Kind, _ phrase: Phrase, source: String?, row: String?,
        _ basis: LegalBasis
    ) -> Document.Ground {
        Document.Ground(
            kind: kind, text: say(phrase), source: source, row: row,
            instrument: basis.instrument, edition: basis.edition, article: basis.article,
            verified: basis.verified.rawValue, mark: mark(basis.verified))
    }
}

// MARK: 6 to 8

extension DocumentWriter {
    var action: Document.Action {
        let row = sensor?.row
        let peak = advisory.peak ?? -.infinity
        let isOfLimit = newest.limit != nil
        let step = sensor?.steps.last { isOfLimit && peak >= $0.at.reachedAt }
        return Document.Action(
            text: newest.texts(in: language).action,
            orders: orders.map { kind in
                Document.Order(kind: kind, text: say(Phrase.term(kind.rawValue)))
            },
            cutScope: isOfLimit && isHalt ? row?.scope : nil,
            duty: isOfLimit ? row?.duty : nil, stepDuty: step?.duty,
            mark: isOfLimit ? row.flatMap { mark($0.basis.verified) } : nil,
            reportTo: isActive ? site.people.map(contact) : [],
            answerWithinSeconds: isHalt && isActive && advisory.answer == nil
                ? site.timing.escalateSeconds : nil)
    }

    private var isActive: Bool { advisory.state == .active && rule != .drill }
    private var isHalt: Bool { newest.severity == .halt }

    private var orders: [Document.Order.Kind] {
        guard isActive else { return [] }
        var orders: [Document.Order.Kind] = []
        if isHalt { orders += [.stopWork, .cutPower, .withdraw] }
        if rule?.isDoubt == true {
            orders.append(.inspect)
        } else if newest.severity != .notice {
            orders.append(.findCause)
        }
        if isHalt || newest.severity == .alarm { orders.append(.report) }
        return orders
    }

    private func contact(_ person: Person) -> Document.Contact {
        Document.Contact(
            name: person.name, duty: person.duty.rawValue, contact: person.contact)
    }

    var scope: Document.Scope {
        let level = scopeLevel
        let own: [String] =
            switch level {
            case .mine: site.places.map(\.id)
            case .district:
                site.places.filter { $0.district != nil && $0.district == place?.district }
                    .map(\.id)
            case .place, .machine: [newest.place].compactMap { $0 }
            }
        return Document.Scope(
            level: level, text: say(Phrase("scope-\(level.rawValue)", own.last ?? "")),
            places: own, downstream: downstream(of: own), verdicts: verdicts(of: own))
    }

    private var scopeLevel: Document.Scope.Level {
        guard newest.place != nil else { return .mine }
        if place?.kind == .mainReturn { return .mine }
        if place?.kind == .districtReturn, place?.district != nil { return .district }
        return sensor?.role.rawValue == "machine" ? .machine : .place
    }

    /// The places that the air of `places` goes to, near ones first.
    private func downstream(of places: [String]) -> [String] {
        var found: [String] = []
        var next = places
        while !next.isEmpty {
            let reached = next.flatMap { code in
                site.places.first { $0.id == code }?.ventilates ?? []
            }
            next = []
            for code in reached where !found.contains(code) && !places.contains(code) {
                found.append(code)
                next.append(code)
            }
        }
        return found
    }

    private func verdicts(of places: [String]) -> [Document.AreaVerdict] {
        let all = sources.book.assess()
        let areas =
            all.places.filter { newest.place == $0.code }
            + all.districts.filter { place?.district == $0.code } + [all.mine]
        return areas.map {
            Document.AreaVerdict(level: $0.level, code: $0.code, verdict: $0.verdict)
        }
    }

    var certainty: Document.Certainty {
        let kind: Document.Certainty.Kind =
            switch rule {
            case .trend, .slowRise: .likely
            case .cut where newest.cause?.value == nil && advisory.peak == nil: .cannotTell
            case nil: .cannotTell
            case let rule?: rule.isDoubt ? .cannotTell : .observed
            }
        return Document.Certainty(kind: kind, text: say(Phrase("certainty-\(kind.rawValue)")))
    }
}

// MARK: 9 to 11

extension DocumentWriter {
    var acknowledgement: Document.Acknowledgement {
        let standing = advisory.answers ?? []
        let remarks = sources.others.filter { $0.transition == .noted && isOfThis($0) }
        let deeds = (sources.told.map(\.entry) + remarks).enumerated().sorted {
            // Stable: what was told in the same instant stays in its order.
            ($0.element.atNanoseconds, $0.offset) < ($1.element.atNanoseconds, $1.offset)
        }.compactMap { $0.element.act }.map { act in
            let isAnswer = act.kind == .acknowledge || act.kind == .verify
            return deed(act, isVoid: isAnswer && !standing.contains(act))
        }
        let calls = sources.others.filter { call in
            call.transition == .escalated && call.place == newest.place
                && wasUnanswered(at: call.atNanoseconds)
        }
        return Document.Acknowledgement(
            isAnswered: advisory.answer != nil, acts: deeds,
            escalations: calls.map { call in
                Document.Call(
                    at: time(call.atNanoseconds), level: call.escalation ?? 1,
                    text: call.texts(in: language).why)
            },
            shelved: advisory.shelved.map { deed($0, isVoid: false) })
    }

    /// A call is about all halts of a place that nobody had answered then.
    private func wasUnanswered(at time: Int64) -> Bool {
        let then = sources.told.last { $0.entry.atNanoseconds < time }?.entry
        return then?.severity == .halt && then?.advisory?.state != .closed
            && then?.advisory?.answer == nil
    }

    private func isOfThis(_ remark: Announcement) -> Bool {
        remark.words?.why?.contains(Phrase("on", advisory.id)) == true
    }

    private func deed(_ act: Act, isVoid: Bool) -> Document.Deed {
        Document.Deed(
            kind: act.kind.rawValue, by: act.by, duty: act.duty, login: act.login, text: act.text,
            at: time(of: act), until: act.untilNanoseconds.map { time($0) },
            checks: act.checks?.map(\.rawValue), isVoid: isVoid)
    }

    /// An act holds its time in UTC only; the line that tells of it knows the instant.
    private func time(of act: Act) -> String {
        let line = (sources.told.map(\.entry) + sources.others).first { $0.act == act }
        return line.map { time($0.atNanoseconds) } ?? act.at
    }

    var verification: [Document.Verified] {
        guard advisory.isLatched else { return [] }
        return Check.allCases.map { check in
            let seen = (advisory.answers ?? []).last { $0.checks?.contains(check) == true }
            return Document.Verified(
                check: check, text: say(Phrase.term(check.rawValue)), isSeen: seen != nil,
                by: seen?.by, duty: seen?.duty, at: seen.map { time(of: $0) },
                contradictedBy: contradictions(of: check))
        }
    }

    /// Advisories of the same place, and sensors that show it now.
    private func contradictions(of check: Check) -> [String] {
        // Nothing that is measured tells whether people are out.
        if check == .peopleOut { return [] }
        let (rule, quantity): (Rule, Quantity) =
            check == .powerOff ? (.powerOn, .feedPower) : (.work, .production)
        let standing = sources.book.open.filter { other in
            other.advisory?.rule == rule.rawValue && other.advisory?.state == .active
                && other.place == newest.place && other.advisory?.id != advisory.id
        }
        let sensors = (sources.nearby ?? []).filter { shown in
            shown.quality == .good && shown.value == 1
                && site.sensors.contains {
                    $0.id == shown.sensor && $0.quantity == quantity && $0.place == newest.place
                }
        }
        return standing.compactMap { $0.advisory?.id } + sensors.map(\.sensor)
    }

    var clearing: Document.Clearing {
        guard advisory.isLatched else {
            return Document.Clearing(
                text: say(Phrase("clears-itself")), conditions: [], releasers: [])
        }
        guard advisory.state != .closed else {
            return Document.Clearing(
                text: say(Phrase("was-released")), isReleasable: false, conditions: [],
                releasers: [])
        }
        let conditions = sources.book.releaseConditions(newest, advisory, at: sources.asOf)
        return Document.Clearing(
            text: say(Phrase("clears-by-release")),
            isReleasable: conditions.allSatisfy(\.isMet),
            conditions: conditions.map { condition in
                Document.Condition(
                    kind: condition.kind, text: say(condition.demand), isMet: condition.isMet,
                    lacks: condition.lacks.map { say($0) })
            },
            releasers: site.people.filter { $0.powers.contains(.release) }.map(contact))
    }
}
