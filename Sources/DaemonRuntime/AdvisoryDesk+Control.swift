internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Dispatch
internal import Foundation
internal import GasModel
internal import HaltAdvisory
internal import Logging
internal import SensorIngest

/// Who is at the other end of a control connection, as the kernel says.
struct ControlPeer: Sendable, Equatable {
    /// The user id.
    var user: UInt32
    /// Its name on this machine; `nil` where it has none.
    var login: String?
}

/// What the desk keeps to say how things stand.
struct DeskGauges: Sendable {
    /// Readings by the clock that nobody can set, a mark with each of the newest ticks.
    private var marks: [(uptime: Int64, readings: UInt64)] = []
    var heard = 0
    var watched = 0

    /// Over so many ticks the rate is taken.
    private static let marksMax = 10

    mutating func note(uptime: Int64, readings: UInt64, heard: Int, watched: Int) {
        (self.heard, self.watched) = (heard, watched)
        // A restarted machine counts anew.
        if let last = marks.last, last.uptime >= uptime { marks.removeAll() }
        marks.append((uptime, readings))
        if marks.count > Self.marksMax { marks.removeFirst() }
    }

    var readingsPerSecond: Double {
        guard let first = marks.first, let last = marks.last, last.uptime > first.uptime else {
            return 0
        }
        return Double(last.readings &- first.readings) / (Double(last.uptime - first.uptime) / 1e9)
    }
}

// MARK: What people ask

extension AdvisoryDesk {
    /// Meets what `peer` asks. `answer` is called once, on the desk's queue: for an order when it
    /// is in the journal and synced, or when nothing of it was done. See `ControlAnswer.said`.
    func meet(
        _ request: ControlRequest, of peer: ControlPeer,
        answer: @escaping @Sendable (ControlAnswer) -> Void
    ) {
        queue.async { [self] in
            let language = request.language ?? site.language
            do throws(ControlRefusal) {
                answer(try meet(request, peer, in: language))
            } catch {
                answer(ControlAnswer(error, in: language))
            }
        }
    }

    private func meet(
        _ request: ControlRequest, _ peer: ControlPeer, in language: Language
    ) throws(ControlRefusal) -> ControlAnswer {
        var answer = ControlAnswer(in: language)
        switch request.ask {
        case .status: answer.status = status(in: language)
        case .show: answer.advisory = try open(named: request.advisory ?? "", in: language)
        case .people: answer.people = people(of: peer).map(\.name)
        case .order:
            guard let order = request.order else {
                throw ControlRefusal(.malformed, Phrase("field-missing", "order"))
            }
            let person = try person(request.by, peer, for: order.kind)
            (answer.done, answer.isRepeated) = try carryOut(order, by: person, peer)
        }
        return answer
    }

    /// Decided on a copy of the book, which becomes the book only when it is in the journal: an
    /// order that cannot be written down has not happened, for anybody.
    private func carryOut(
        _ order: OperatorOrder, by person: Person, _ peer: ControlPeer
    ) throws(ControlRefusal) -> (Announcement, isRepeated: Bool?) {
        // What was decided before comes first, and shows whether the journal takes anything.
        deliver()
        guard state.undelivered.isEmpty else { throw withoutJournal }
        var book = state.book
        let told: [Announcement]
        do throws(OrderRefusal) {
            if let known = try book.told(of: order, by: person) { return (known, true) }
            told = try book.perform(order, by: person, login: peer.login, at: HostClock.now())
        } catch {
            throw ControlRefusal(error)
        }
        guard let first = told.first else {
            throw ControlRefusal(.unavailable, Phrase("nothing-came"))
        }
        state.undelivered += told
        deliver(needsJournal: true)
        guard state.undelivered.isEmpty else {
            state.undelivered.removeLast(told.count)
            // Waits for the journal in its place: so each tick tries whether it can be written.
            if state.undelivered.isEmpty {
                state.undelivered.append(
                    .notice(
                        .notice, .refused, at: HostClock.now(), site: site,
                        why: [
                            Phrase(
                                "order-not-done", Phrase.term(order.kind.rawValue), person.name)
                        ]))
            }
            throw withoutJournal
        }
        state.book = book
        // Whatever is told besides the line itself (counts, verdicts) follows from the new book.
        state.confirmations.append {}
        deliver()
        log.info("\(order.kind.rawValue) by \(person.name), login \(peer.login ?? "none")")
        return (first, nil)
    }

    private var withoutJournal: ControlRefusal {
        let fault: any PhrasePart = state.journalFault ?? Phrase("no-reason")
        return ControlRefusal(.unavailable, Phrase("nothing-done", fault))
    }

    private func people(of peer: ControlPeer) -> [Person] {
        guard let login = peer.login else { return [] }
        return site.people.filter { $0.login == login }
    }

    /// The person who acts: nobody acts for a person of another login, root included.
    private func person(
        _ name: String?, _ peer: ControlPeer, for power: Power
    ) throws(ControlRefusal) -> Person {
        let login: any PhrasePart = peer.login ?? Phrase("nameless-user", "\(peer.user)")
        let own = people(of: peer)
        if let name, !own.contains(where: { $0.name == name }) {
            let known = site.people.first { $0.name == name }
            throw ControlRefusal(
                .notAllowed,
                known == nil
                    ? Phrase("no-such-person", name) : Phrase("other-login", name, login))
        }
        let candidates = own.filter { name == nil || $0.name == name }
        let names = Set(candidates.map(\.name))
        guard names.count <= 1 else {
            throw ControlRefusal(
                .malformed, Phrase("who-acts", Phrase.list(candidates.map(\.name))))
        }
        // One with two duties acts in the one that allows it.
        let able = candidates.first { $0.powers.contains(power) }
        guard let person = able ?? candidates.first else {
            throw ControlRefusal(.notAllowed, Phrase("nobodys-login", login))
        }
        return person
    }

    // MARK: How it stands

    private func status(in language: Language) -> ControlStatus {
        let now = HostClock.now()
        let pulse = pulse()
        let gravity = Dictionary(
            uniqueKeysWithValues: Severity.allCases.enumerated().map { ($1, $0) })
        let open = state.book.open.enumerated().sorted {
            (gravity[$0.element.severity] ?? 0, $0.offset)
                < (gravity[$1.element.severity] ?? 0, $1.offset)
        }
        return ControlStatus(
            at: now.rfc3339(), site: site.fingerprint, assessment: assessment,
            advisories: open.compactMap {
                state.book.standing($0.element, at: now, isOneOfMany: true, in: language)
            },
            link: .init(
                isUp: state.isLinked, lastContact: state.ledger.lastContact?.rfc3339()),
            flow: .init(
                readingsPerSecond: state.gauges.readingsPerSecond, refused: pulse.refused,
                ringFill: pulse.ringFill, ringFault: state.ringFault, heard: state.gauges.heard,
                watched: state.gauges.watched),
            journal: .init(
                number: state.journal.lastNumber, fault: state.journalFault,
                waiting: state.undelivered.count),
            outlets: outletStates(in: language))
    }

    private func open(
        named name: String, in language: Language
    ) throws(ControlRefusal) -> ControlStatus.Advisory {
        do throws(OrderRefusal) {
            let announcement = try state.book.standing(named: name)
            guard
                let advisory = state.book.standing(announcement, at: HostClock.now(), in: language)
            else { throw OrderRefusal.unknown(Phrase("fits-none", name)) }
            return advisory
        } catch {
            throw ControlRefusal(error)
        }
    }
}
