import GasModel
import HaltAdvisory
import Support
import Testing

/// What is told of one finding on `subject`, raised before where it is an end.
private func told(
    _ rule: Rule, _ change: Finding.Change = .began, of subject: Finding.Subject,
    _ evidence: [Finding.Evidence] = []
) throws -> Announcement {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    func finding(_ change: Finding.Change, at second: Double) -> Finding {
        Finding(
            rule, change, of: subject, eventTime: .at(second), arrivalTime: .at(second),
            position: UInt64(second), evidence: evidence)
    }
    let raised = book.take(finding(.began, at: 0))
    let last = change == .began ? raised : book.take(finding(change, at: 60))
    return try #require(last)
}

@Suite("AdvisoryWords: silence, gateways and control")
struct ControlWordsTests {
    private let face = Finding.Subject.sensor(Heading.face)

    @Test("a silence that begins while the value is high is graver, and so is its line of the end")
    func silence() throws {
        let plain = try told(.silence, of: face)
        #expect(plain.why == "T1 of H101 has sent nothing for longer than three of its intervals")
        let figures = [Finding.Evidence("last value", 0.93, "%CH4")]
        let high = try told(.silence, of: face, figures)
        #expect(high.severity == .alarm)
        #expect(
            high.why
                == "T1 of H101 fell silent while its value was high or rising: last value 0.93 %CH4"
        )
        #expect(high.action.hasPrefix("treat it as over the limit"))
        #expect(try told(.silence, .ended, of: face, figures).severity == .alarm)
        #expect(plain.severity == .fault)
        #expect(plain.action.hasPrefix("check sensor, line and gateway"))
    }

    @Test("a gateway is told with the count of its sensors, whole")
    func gateway() throws {
        let gone = try told(.gateway, of: .gateway("gw"), [.init("sensors", 200)])
        #expect(gone.severity == .fault && gone.gateway == "gw")
        #expect(gone.why == "gw is gone, and nothing of its sensors can be heard: sensors 200")
        let back = try told(.gateway, .ended, of: .gateway("gw"))
        #expect(back.why == "gw is heard again, after 60 s")
        #expect(back.transition == .gone && back.advisory?.state == .closed)
    }

    @Test("an excursion ends with its figures, times whole and areas with decimals")
    func excursion() throws {
        let end = try told(
            .alarm, .ended, of: face,
            [
                .init("peak", 1.274, "%CH4"), .init("over the limit for", 42, "s"),
                .init("above the limit x time", 0.0714, "%CH4 min"),
            ])
        #expect(
            end.why
                == "T1 of H101 is below the alarm limit again: peak 1.274 %CH4, "
                + "over the limit for 42 s, above the limit x time 0.071 %CH4 min, after 60 s")
    }

    @Test("a calibration names its person and what it is, and its end says that it is over")
    func calibration() throws {
        var site = Heading.site
        site.people = [Person(name: "Wei Chen", duty: .gasTeam, contact: nil)]
        var book = AdvisoryBook(site: site, sensors: Heading.sensors, ring: 7)
        var finding = Finding(
            .calibrating, .began, of: face, eventTime: .at(0), arrivalTime: .at(0), position: 0,
            evidence: [.init("minutes announced", 20)])
        finding.person = UInt64(nameHash: "Wei Chen")
        let first = book.take(finding)
        let raised = try #require(first)
        #expect(raised.severity == .notice)
        #expect(raised.why.hasSuffix("minutes announced 20, by Wei Chen"))
        finding.change = .ended
        let second = book.take(finding)
        let end = try #require(second)
        #expect(end.why.hasPrefix("T1 of H101 is no longer calibrated"))
    }

    @Test("what is about a place names the place", arguments: [Rule.fanStopped, .work])
    func place(_ rule: Rule) throws {
        let line = try told(rule, of: .place("H101"))
        #expect(line.place == "H101" && line.sensor == nil && line.severity == .halt)
        #expect(line.why.hasPrefix("H101 "))
        #expect(!line.action.isEmpty)
    }
}
