import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("AlarmReport")
struct AlarmReportTests {
    private func entry(
        _ id: String, _ transition: Transition, at second: Double, severity: Severity = .alarm
    ) -> Announcement {
        var entry = Announcement.notice(
            severity, transition, at: .at(second), site: Heading.site, sensor: id, why: "w")
        entry.place = "H101"
        entry.advisory = advisory(
            severity, "demo.\(id).alarm", isClosed: transition == .gone)
        return entry
    }

    private func report(
        _ entries: [Announcement], from: Double = 0, to end: Double
    ) -> AlarmReport {
        var counter = AlarmCounter(from: .at(from), site: Heading.site)
        for entry in entries { counter.take(entry) }
        return counter.report(to: .at(end))
    }

    @Test("alarms, the worst ten minutes, floods and their length are counted by position")
    func flood() throws {
        // Twelve in eleven seconds: a flood from second 10 to 607, when the eighth leaves.
        let entries = (0..<12).map { entry("s\($0)", .raised, at: Double($0)) }
        let position = try #require(report(entries, to: 3600).positions.first)
        #expect(position.name == "control-room")
        #expect(position.alarms == 12 && position.worstTenMinutes == 12 && position.floods == 1)
        #expect(position.floodSeconds == 597)
    }

    @Test("what lies before the span counts for nothing but what stands in it")
    func span() {
        let entries = [
            entry("a", .raised, at: 0), entry("b", .raised, at: 10),
            entry("b", .gone, at: 200_000), entry("c", .raised, at: 150_000),
        ]
        let report = report(entries, from: 100_000, to: 200_001)
        #expect(report.alarms == 1)
        #expect(report.stale == ["demo.a.alarm"])
        #expect(report.severities == ["ALARM": 1])
    }

    @Test("stale is what has stood for more than a day, to the second")
    func stale() {
        #expect(report([entry("a", .raised, at: 0)], to: 86_400).stale == [])
        #expect(report([entry("a", .raised, at: 0)], to: 86_401).stale == ["demo.a.alarm"])
    }

    @Test("three within a minute are chatter, three in more are not; ten seconds are fleeting")
    func chatter() {
        func course(_ times: [Double]) -> [Announcement] {
            times.flatMap { [entry("a", .raised, at: $0), entry("a", .gone, at: $0 + 10)] }
        }
        #expect(report(course([0, 20, 59]), to: 100).chattering.map(\.count) == [3])
        #expect(report(course([0, 20, 60]), to: 100).chattering == [])
        #expect(report(course([0, 20, 60]), to: 100).fleeting == 3)
        #expect(
            report([entry("a", .raised, at: 0), entry("a", .gone, at: 10.1)], to: 20).fleeting == 0)
    }

    @Test("the ten most frequent come by their count")
    func mostFrequent() {
        let entries = (0..<12).flatMap { sensor in
            (0...sensor).map { entry("s\(sensor)", .raised, at: Double($0 * 100)) }
        }
        let tags = report(entries, to: 2000).mostFrequent
        #expect(tags.count == 10)
        #expect(tags.map(\.count) == (3...12).reversed())
    }
}
