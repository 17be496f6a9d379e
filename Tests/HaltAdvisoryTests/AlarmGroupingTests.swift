import GasModel
import HaltAdvisory
import Support
import Testing

/// An advisory by that name, as the book makes them.
func advisory(_ severity: Severity, _ id: String, isClosed: Bool) -> AdvisoryReference? {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    let finding = Finding(
        severity == .halt ? .cut : .alarm, .began, of: .sensor(Heading.face), value: 1.6,
        eventTime: .at(0), arrivalTime: .at(0), position: 1)
    var advisory = book.take(finding)?.advisory
    advisory?.id = id
    if isClosed { advisory?.state = .closed }
    return advisory
}

/// A mine of two districts with positions of their own and one without, and a grouping for it.
private struct Desk {
    let site: Site = {
        var site = Heading.site
        site.districts = [
            District(id: "north", name: "North", position: "north-desk"),
            District(id: "south", name: "South", position: "south-desk"),
        ]
        site.places = [
            Place(id: "N1", name: "N1", district: "north"),
            Place(id: "S1", name: "S1", district: "south"), Place(id: "X", name: "X"),
        ]
        return site
    }()
    var grouping = AlarmGrouping()
    var number: UInt64 = 0
    var shown: [AlarmGrouping.Line] = []

    static func announcement(
        _ severity: Severity, _ transition: Transition, at second: Double, place: String? = "N1",
        sensor: String = "s"
    ) -> Announcement {
        var announcement = Announcement.notice(
            severity, transition, at: .at(second), site: Heading.site, sensor: sensor, why: "w")
        announcement.place = place
        if severity != .notice {
            announcement.advisory = advisory(
                severity, "demo.\(sensor).alarm.1",
                isClosed: transition == .gone && severity != .halt)
        }
        return announcement
    }

    mutating func tell(
        _ severity: Severity, _ transition: Transition = .raised, at second: Double,
        place: String? = "N1", sensor: String = "s"
    ) {
        number += 1
        shown += grouping.take(
            Self.announcement(severity, transition, at: second, place: place, sensor: sensor),
            number: number, site: site)
    }

    static func random(
        at second: Double, _ random: inout SeededGenerator
    ) -> Announcement {
        let severities: [Severity] = [.halt, .alarm, .warning, .fault, .notice]
        let transitions: [Transition] = [.raised, .worse, .gone, .back]
        return announcement(
            severities.randomElement(using: &random) ?? .alarm,
            transitions.randomElement(using: &random) ?? .raised, at: second,
            place: ["N1", "S1", "X", nil].randomElement(using: &random) ?? nil)
    }

    mutating func tick(_ second: Double) { shown += grouping.tick(at: .at(second), site: site) }

    /// Severity, transition and numbers of what was shown since the last call.
    mutating func lines() -> [String] {
        defer { shown = [] }
        return shown.map { line in
            let numbers = line.numbers.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "-"
            return "\(line.announcement.severity.rawValue) "
                + "\(line.announcement.transition.rawValue) \(numbers)"
        }
    }

    mutating func flood(at second: Double = 0, place: String? = "N1") {
        for _ in 0..<AlarmLoad.floodCountMin { tell(.alarm, at: second, place: place) }
        shown = []
    }
}

@Suite("AlarmGrouping")
struct AlarmGroupingTests {
    @Test("up to the eleventh alarm each is shown, and with it that the flood begins")
    func begin() {
        var desk = Desk()
        for second in 0..<11 { desk.tell(.alarm, at: Double(second)) }
        #expect(
            desk.lines() == (1...11).map { "ALARM RAISED \($0)-\($0)" } + ["NOTICE FLOOD -"])
    }

    @Test("in a flood halts and what people say pass at once, all else comes in one line")
    func passing() {
        var desk = Desk()
        desk.flood()
        desk.tell(.alarm, at: 1)
        desk.tell(.halt, at: 1)
        desk.tell(.fault, at: 2)
        desk.tell(.notice, .noted, at: 2)
        desk.tell(.halt, .gone, at: 3)
        desk.tell(.alarm, .gone, at: 4)
        #expect(
            desk.lines() == [
                "HALT RAISED 13-13", "NOTICE NOTED 15-15", "HALT GONE 16-16",
            ])
        desk.tick(10.9)
        #expect(desk.lines() == [], "not before ten seconds")
        desk.tick(11)
        #expect(desk.lines() == ["ALARM GROUPED 12-17"])
        desk.tick(30)
        #expect(desk.lines() == [], "nothing is told twice")
    }

    @Test("a group says how many of what, where, and the gravest of them comes first")
    func words() throws {
        var desk = Desk()
        desk.flood()
        desk.tell(.fault, at: 1, sensor: "a")
        desk.tell(.warning, at: 1, sensor: "b")
        desk.tell(.fault, .gone, at: 2, sensor: "a")
        desk.tick(20)
        let line = try #require(desk.shown.first?.announcement)
        #expect(line.severity == .warning)
        #expect(
            line.why
                == "3 lines in one: north-desk 3; RAISED 2, GONE 1; alarm 3; N1 3")
    }

    @Test("each position has a load of its own; what concerns the mine comes upon the control room")
    func positions() {
        var desk = Desk()
        desk.flood(place: "N1")
        desk.tell(.alarm, at: 1, place: "S1")
        desk.tell(.alarm, at: 1, place: "X")
        desk.tell(.fault, at: 1, place: nil)
        #expect(
            desk.lines() == ["ALARM RAISED 12-12", "ALARM RAISED 13-13", "FAULT RAISED 14-14"])
        desk.tell(.alarm, at: 1, place: "N1")
        #expect(desk.lines() == [])
        #expect(
            desk.grouping.loadOfPositions.map(\.position)
                == ["control-room", "north-desk", "south-desk"])
    }

    @Test("when the flood ends what is held back is shown first, then each line by itself again")
    func end() {
        var desk = Desk()
        desk.flood()
        desk.tell(.alarm, .gone, at: 594)
        desk.tell(.alarm, .gone, at: 595)
        desk.tick(600)
        #expect(desk.lines() == ["ALARM GROUPED 12-13", "NOTICE CALM -"])
        desk.tell(.alarm, at: 601)
        #expect(desk.lines() == ["ALARM RAISED 14-14"])
    }

    @Test("a clock that is put back holds nothing back for longer")
    func clock() {
        var desk = Desk()
        desk.flood(at: 1000)
        desk.tell(.alarm, at: 1001)
        desk.tick(400)
        #expect(desk.lines() == ["ALARM RAISED 12-12"])
    }

    @Test("one line that was held back alone is told as it is, and is none of those told together")
    func alone() throws {
        var desk = Desk()
        desk.flood()
        desk.tell(.fault, at: 20, sensor: "a")
        desk.tick(30)
        #expect(desk.lines() == ["FAULT RAISED 12-12"])
        desk.tell(.fault, at: 40, sensor: "b")
        desk.tell(.fault, .gone, at: 41, sensor: "b")
        desk.tick(50)
        #expect(desk.lines() == ["FAULT GROUPED 13-14"])
        desk.tick(700)
        #expect(
            desk.shown.map(\.announcement.why) == [
                "north-desk: the flood is over; alarms in 10 min: 0 now, 13 at most; "
                    + "lines told together: 2"
            ])
    }

    @Test(
        "every announcement is told once, by itself or in a group, restarted anywhere",
        arguments: 1...30)
    func nothingHidden(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var desk = Desk()
        var journal: [Announcement] = []
        var single: Set<UInt64> = []
        var through: UInt64 = 0
        var second = 0.0
        func note(_ lines: [AlarmGrouping.Line]) {
            for line in lines {
                guard let numbers = line.numbers else { continue }
                if line.announcement.transition == .grouped {
                    #expect(numbers.upperBound > through, "seed \(seed)")
                    through = numbers.upperBound
                } else {
                    #expect(single.insert(numbers.lowerBound).inserted, "seed \(seed)")
                }
            }
        }
        for _ in 0..<1500 {
            second += [0, 0, 0.2, 1, 5, 200].randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<12, using: &random) {
            case 0...1:
                note(desk.grouping.tick(at: .at(second), site: desk.site))
            case 2 where Int.random(in: 0..<10, using: &random) == 0:
                desk.grouping = AlarmGrouping()
                for (index, entry) in journal.enumerated() {
                    let number = UInt64(index + 1)
                    note(
                        desk.grouping.restore(
                            entry, number: number, site: desk.site,
                            isShown: number <= through || single.contains(number)))
                }
            default:
                let entry = Desk.random(at: second, &random)
                journal.append(entry)
                note(
                    desk.grouping.take(entry, number: UInt64(journal.count), site: desk.site))
            }
        }
        note(desk.grouping.flush(at: .at(second), site: desk.site))
        for (index, entry) in journal.enumerated() {
            let number = UInt64(index + 1)
            let isOwn = entry.severity == .halt || entry.severity == .notice
            let isTold = single.contains(number) || number <= through && !isOwn
            #expect(isTold, "seed \(seed): #\(number) is hidden")
        }
    }
}
