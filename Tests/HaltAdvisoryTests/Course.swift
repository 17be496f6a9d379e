import GasModel
import HaltAdvisory
import Support

/// One mine, its people, and a book that is driven step by step, as by a daemon.
struct Course {
    enum Step: String, CaseIterable {
        case began, worsened, ended, acknowledge, seen, release, second, minutes
        /// For what is no halt: a sensor falls silent and is heard again, is put aside.
        case silent, heard, shelve, unshelve
        /// The sensor leaves the site for good; the daemon is killed and started again.
        case takenOut, restart

        /// Those that concern a halt.
        static let ofHalts: [Step] = [
            .began, .worsened, .ended, .acknowledge, .seen, .release, .second, .minutes,
        ]
        /// Those that concern everything else.
        static let ofOthers: [Step] = [
            .silent, .heard, .acknowledge, .shelve, .unshelve, .release, .minutes, .takenOut,
            .restart,
        ]
    }

    static let people = [
        Person(name: "Wang Lei", duty: .dispatcher, contact: "ext. 8110"),
        Person(name: "Zhao Qiang", duty: .gasInspector, contact: nil),
        Person(name: "Chen Jun", duty: .chiefEngineer, contact: nil),
    ]
    static let site: Site = {
        var site = Heading.site
        site.people = people
        return site
    }()

    var book: AdvisoryBook
    var told: [Announcement] = []
    /// Which rule the orders are on.
    var rule = Rule.cut
    var isSilent = false
    /// Whether each of the two sensors is over its limit, as the detector sees it.
    var isOver = [false, false]
    private var seconds = 0.0
    private var position: UInt64 = 0

    init(_ site: Site = Course.site) {
        book = AdvisoryBook(site: site, sensors: Heading.sensors, ring: 7)
        pass(1)
    }

    var now: Timestamp { .at(seconds + clockError) }

    /// How far the civil clock is ahead of what it should show, in seconds.
    var clockError = 0.0

    /// Lets time pass, a tick at least every ten seconds and one at its end.
    mutating func pass(_ length: Double) {
        var left = length
        repeat {
            let step = min(left, 10)
            left -= step
            seconds += step
            position += 1
            told += book.tick(
                Reading(
                    sensor: 0, kind: .tick, sourceTime: now, arrivalTime: now,
                    arrivalUptime: Int64(seconds * 1e9)))
        } while left > 0
    }

    /// Nobody looks for `length` seconds; then a daemon that knows the journal does.
    mutating func down(_ length: Double, lookedLast: Timestamp? = nil) {
        let last = lookedLast ?? now
        book = restarted()
        seconds += length
        book.resume(lookedLast: last, at: now)
    }

    mutating func find(
        _ rule: Rule, _ change: Finding.Change, sensor: UInt32 = 0, value: Double = 1.6,
        evidence: [Finding.Evidence] = [], previous: Timestamp? = nil
    ) {
        position += 1
        var finding = Finding(
            rule, change, of: .sensor(sensor), value: value, eventTime: now, arrivalTime: now,
            position: position, evidence: evidence)
        finding.previousTime = previous
        if let announcement = book.take(finding) { told.append(announcement) }
    }

    @discardableResult
    mutating func order(_ order: OperatorOrder, by person: Person) -> OrderRefusal? {
        do throws(OrderRefusal) {
            told += try book.perform(order, by: person, at: now)
            return nil
        } catch {
            return error
        }
    }

    /// One step of a random or exhaustive course, on the halt of `sensor`.
    mutating func take(_ step: Step, sensor: Int = 0) {
        let id = Heading.sensors[sensor]?.id ?? ""
        let name = "\(id).\(rule.rawValue)"
        switch step {
        case .began where !isOver[sensor]:
            isOver[sensor] = true
            find(.cut, .began, sensor: UInt32(sensor))
        case .worsened where isOver[sensor]:
            find(.cut, .worsened, sensor: UInt32(sensor), value: 2.1)
        case .ended where isOver[sensor]:
            isOver[sensor] = false
            find(.cut, .ended, sensor: UInt32(sensor), value: 0.8)
        case .began, .worsened, .ended: break
        case .acknowledge:
            order(OperatorOrder(.acknowledge, of: name, text: "out"), by: Self.people[0])
        case .seen:
            order(
                OperatorOrder(.verify, of: name, text: "", checks: Check.allCases),
                by: Self.people[1])
        case .release:
            order(OperatorOrder(.release, of: name, text: "treated"), by: Self.people[2])
        case .second: pass(1)
        case .minutes: pass(130)
        case .silent, .heard, .shelve, .unshelve, .takenOut, .restart:
            takeOther(step, UInt32(sensor), name)
        }
    }

    private mutating func takeOther(_ step: Step, _ sensor: UInt32, _ name: String) {
        switch step {
        case .silent where !isSilent:
            isSilent = true
            find(.silence, .began, sensor: sensor, value: .nan)
        case .heard where isSilent:
            isSilent = false
            find(.silence, .ended, sensor: sensor, value: 0.4)
        case .shelve, .unshelve:
            order(
                OperatorOrder(
                    .shelve, of: name, text: "known", minutes: step == .shelve ? 4 : 0),
                by: Self.people[0])
        case .takenOut:
            told += book.decommission(
                Decommission(sensor: "H101-T1", by: "Chen Jun", reason: "sealed off"), at: now)
        case .restart: down(2)
        default: break
        }
    }

    /// The book as a restarted daemon builds it from the journal.
    func restarted() -> AdvisoryBook {
        var again = AdvisoryBook(site: book.site, sensors: Heading.sensors, ring: 7)
        for announcement in told { again.restore(announcement) }
        return again
    }

    /// What must hold of everything that was told, whatever happened.
    func broken() -> String? {
        var newest: [String: AdvisoryReference] = [:]
        for line in told {
            guard let advisory = line.advisory else { continue }
            let known = newest[advisory.id]
            if known == nil, advisory.revision != 1 { return "\(advisory.id) begins in the middle" }
            if let known, advisory.revision != known.revision + 1 { return "a revision is lost" }
            if known?.state == .closed { return "a closed one goes on" }
            if known?.isLatched == true, !advisory.isLatched { return "a halt is none any more" }
            if advisory.isLatched || line.severity == .alarm, advisory.shelved != nil {
                return "a halt or an alarm is put aside"
            }
            if advisory.state == .closed, advisory.isLatched {
                guard line.transition == .released else { return "a halt ended unreleased" }
                guard known?.state == .gone, known?.answer == .verified else {
                    return "released with its condition, or unverified"
                }
            }
            newest[advisory.id] = advisory
        }
        let open = newest.values.filter { $0.state != .closed }.map(\.id).sorted()
        if open != book.open.compactMap({ $0.advisory?.id }).sorted() { return "one was lost" }
        for (sensor, isOver) in isOver.enumerated() where isOver {
            let id = Heading.sensors[sensor]?.id
            let stands = book.open.contains { $0.sensor == id && $0.advisory?.state == .active }
            if !stands { return "the gas is over the limit and no halt is active" }
        }
        return nil
    }
}
