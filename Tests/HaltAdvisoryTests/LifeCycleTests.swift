import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// One mine, its people, and a book that is driven step by step, as by a daemon.
struct Course {
    enum Step: String, CaseIterable {
        case began, worsened, ended, acknowledge, seen, release, second, minutes
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
    /// Whether each of the two sensors is over its limit, as the detector sees it.
    var isOver = [false, false]
    private var seconds = 0.0
    private var position: UInt64 = 0

    init(_ site: Site = Course.site) {
        book = AdvisoryBook(site: site, sensors: Heading.sensors, ring: 7)
        pass(1)
    }

    var now: Timestamp { .at(seconds) }

    /// Lets time pass, a tick at its end.
    mutating func pass(_ length: Double) {
        seconds += length
        position += 1
        told += book.tick(
            Reading(
                sensor: 0, kind: .tick, sourceTime: now, arrivalTime: now,
                arrivalUptime: Int64(seconds * 1e9)))
    }

    mutating func find(
        _ rule: Rule, _ change: Finding.Change, sensor: UInt32 = 0, value: Double = 1.6,
        evidence: [Finding.Evidence] = []
    ) {
        position += 1
        let finding = Finding(
            rule, change, of: .sensor(sensor), value: value, eventTime: now, arrivalTime: now,
            position: position, evidence: evidence)
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
        let name = "\(id).cut"
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

@Suite("LifeCycle")
struct LifeCycleTests {
    @Test("the table in LIFECYCLE.md is the program's, line for line")
    func table() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/HaltAdvisory/LIFECYCLE.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        for (name, isLatched) in [("halts", true), ("others", false)] {
            let part = try #require(
                text.components(separatedBy: "<!-- \(name):begin -->").last?
                    .components(separatedBy: "<!-- \(name):end -->").first)
            let written = part.split(separator: "\n").dropFirst(2).map { row in
                row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                    .joined(separator: " ")
            }
            var known: [String] = []
            for from in LifeCycle.Stage.allCases {
                for event in LifeCycle.Event.allCases {
                    guard let to = LifeCycle.next(from, event, isLatched: isLatched) else {
                        continue
                    }
                    known.append("\(from.rawValue) \(event.rawValue) \(to.rawValue)")
                }
            }
            #expect(Set(written) == Set(known))
            #expect(written.count == known.count)
        }
    }

    @Test("every course of six steps keeps the latch, and a restart after it knows the same")
    func exhaustive() {
        var failures: [String] = []
        var releases = 0
        func go(_ course: Course, _ path: [Course.Step]) {
            if let broken = course.broken() { failures.append("\(path): \(broken)") }
            if path.count == 6 {
                if course.restarted().open != course.book.open {
                    failures.append("\(path): a restart knows another book")
                }
                releases += course.told.count { $0.transition == .released }
                return
            }
            for step in Course.Step.allCases {
                var next = course
                next.take(step)
                go(next, path + [step])
            }
        }
        // Nothing can happen before it begins.
        var course = Course()
        course.take(.began)
        go(course, [.began])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
        #expect(releases > 0, "the courses reach the end")
    }

    @Test("long courses of two sensors keep it, restarted anywhere", arguments: 1...40)
    func long(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var course = Course()
        for step in 0..<400 {
            let next = Course.Step.allCases.randomElement(using: &random) ?? .second
            course.take(next, sensor: Int.random(in: 0...1, using: &random))
            if let broken = course.broken() {
                Issue.record("seed \(seed), step \(step): \(broken)")
                return
            }
            guard Int.random(in: 0..<20, using: &random) == 0 else { continue }
            let again = course.restarted()
            #expect(again.open == course.book.open, "seed \(seed), step \(step)")
            course.book = again
        }
        #expect(course.told.contains { $0.transition == .released })
    }
}
