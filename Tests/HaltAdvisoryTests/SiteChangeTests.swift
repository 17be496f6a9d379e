import GasModel
import HaltAdvisory
import Support
import Testing

private func finding(
    _ rule: Rule, _ change: Finding.Change, at second: Double, value: Double = 1.6,
    sensor: UInt32? = Heading.face
) -> Finding {
    Finding(
        rule, change, of: sensor.map { .sensor($0) } ?? .link, value: value, eventTime: .at(second),
        arrivalTime: .at(second), position: UInt64(second))
}

/// `ALARM CLOSED 2 closed`: severity, transition, revision and state.
private func gist(_ announcement: Announcement) -> String {
    let advisory = announcement.advisory
    return "\(announcement.severity.rawValue) \(announcement.transition.rawValue) "
        + "\(advisory?.revision ?? 0) \(advisory?.state.rawValue ?? "-")"
}

private let taken = Decommission(sensor: "H101-T1", by: "Li Wei", reason: "heading sealed")

@Suite("AdvisoryBook: the site changes")
struct BookSiteChangeTests {
    private func book() -> AdvisoryBook {
        AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    }

    private var changed: SensorRoster {
        Heading.roster(
            [
                Heading.sensor("H101-T1", .face, alarm: 0.5, cut: 0.8, repower: 0.5),
                Heading.sensors[1],
            ], fingerprint: "beef")
    }

    @Test("each finding carries the site that its record was judged by, whichever comes first")
    func fingerprints() throws {
        var book = book()
        book.change(to: changed, from: 10)
        let new = book.take(finding(.cut, .began, at: 10))
        #expect(new?.site == "beef")
        #expect(new?.limit == ">=0.80")
        // The other worker was behind.
        let old = book.take(finding(.trend, .began, at: 9))
        #expect(old?.site == "f00d")
        #expect(old?.limit == ">=1.50")
        book.forgetOldSites()
        let ended = book.take(finding(.trend, .ended, at: 11, value: 0.4))
        #expect(ended?.site == "beef")
        #expect(book.site.fingerprint == "beef")
    }

    @Test("what stands goes on under the same identifier, judged by the new site")
    func standing() throws {
        var book = book()
        let raised = book.take(finding(.cut, .began, at: 1))
        book.change(to: changed, from: 2)
        #expect(book.open.count == 1)
        let gone = book.take(finding(.cut, .ended, at: 3, value: 0.4))
        #expect(gone?.advisory?.id == raised?.advisory?.id)
        #expect(gone?.advisory?.revision == 2)
        #expect(gone?.site == "beef")
    }

    @Test("a limit that moved is told with the age of the value, and its onset is the change")
    func movedLimit() throws {
        var book = book()
        book.change(to: changed, from: 9)
        var moved = finding(.cut, .began, at: 5, value: 0.9)
        moved.changedAt = .at(9)
        moved.arrivalTime = .at(9)
        moved.position = 9
        let told = book.take(moved)
        let raised = try #require(told)
        #expect(raised.advisory?.id == "demo.H101-T1.cut.20261123T180009.000Z")
        #expect(raised.cause?.measuredNanoseconds == Timestamp.at(5).nanoseconds)
        #expect(raised.why.contains("by a change of the site, the last value was 4 s old"))
    }

    @Test("an alarm that a moved limit ended is raised anew when the limit moves back")
    func movedBack() throws {
        var book = book()
        let first = book.take(finding(.alarm, .began, at: 1, value: 1.2))
        var ended = finding(.alarm, .ended, at: 1, value: 1.2)
        ended.changedAt = .at(5)
        #expect(book.take(ended)?.advisory?.state == .closed)
        var again = finding(.alarm, .began, at: 1, value: 1.2)
        again.changedAt = .at(9)
        let told = book.take(again)
        let second = try #require(told)
        #expect(second.transition == .raised)
        #expect(second.advisory?.id != first?.advisory?.id)
    }

    @Test("taking a sensor out closes all but its halt, and the audit line names who, why and what")
    func decommission() throws {
        var book = book()
        for rule in [Rule.fault, .silence, .alarm, .trend, .cut] {
            _ = book.take(finding(rule, .began, at: 1))
        }
        _ = book.take(finding(.alarm, .began, at: 2, sensor: Heading.faceReturn))
        let ids = book.open(of: "H101-T1").compactMap { $0.advisory?.id }
        book.change(to: Heading.roster([nil, Heading.sensors[1]], fingerprint: "beef"), from: 3)
        #expect(book.absentSensors == ["H101-T1"])
        let told = book.decommission(taken, at: .at(4))
        let audit = try #require(told.first)
        #expect(gist(audit) == "NOTICE DECOMMISSIONED 0 -")
        #expect(audit.sensor == "H101-T1")
        #expect(audit.site == "beef")
        for word in ["Li Wei", "heading sealed"] + ids { #expect(audit.why.contains(word)) }
        #expect(
            told.dropFirst().map(gist).sorted() == [
                "ALARM CLOSED 2 closed", "FAULT CLOSED 2 closed", "FAULT CLOSED 2 closed",
                "WARNING CLOSED 2 closed",
            ])
        #expect(book.open.map(\.severity) == [.halt, .alarm])
        #expect(book.openHaltCount == 1)
        #expect(book.decommission(taken, at: .at(5)).isEmpty, "it is told once")
    }

    @Test("a book restored after that tells it no second time, and the halt is still latched")
    func restored() throws {
        var before = book()
        var lines = [
            before.take(finding(.alarm, .began, at: 1)),
            before.take(finding(.cut, .began, at: 1)),
        ]
        let left = Heading.roster([nil, Heading.sensors[1]], fingerprint: "beef")
        before.change(to: left, from: 3)
        lines += before.decommission(taken, at: .at(4))
        var after = AdvisoryBook(site: left.site, sensors: left.sensors, ring: 7)
        for line in lines { line.map { after.restore($0) } }
        #expect(after.open == before.open)
        #expect(after.open.map(\.severity) == [.halt])
        #expect(after.decommission(taken, at: .at(9)).isEmpty)
    }

    @Test("a sensor that is back and is taken out once more is told once more")
    func again() {
        var book = book()
        _ = book.take(finding(.cut, .began, at: 1))
        let left = Heading.roster([nil, Heading.sensors[1]], fingerprint: "beef")
        book.change(to: left, from: 2)
        #expect(book.decommission(taken, at: .at(2)).count == 1)
        book.change(to: Heading.roster(Heading.sensors, fingerprint: "cafe"), from: 3)
        #expect(book.take(finding(.cut, .ended, at: 4, value: 0.4)) != nil)
        book.change(to: left, from: 5)
        #expect(book.decommission(taken, at: .at(5)).count == 1)
    }
}
