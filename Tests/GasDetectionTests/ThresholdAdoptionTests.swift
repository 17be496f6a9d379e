import GasDetection
import GasModel
import Support
import Testing

/// A threshold detector whose site changes under it.
private struct Bench {
    var sensors: [Sensor?] = Heading.sensors
    var detector = ThresholdDetector(Heading.roster)
    var source = ReadingSource()
    var findings: [Finding] = []

    mutating func see(_ reading: Reading) {
        detector.observe(reading, into: &findings)
    }

    mutating func values(
        _ values: [Double], of sensor: UInt32 = Heading.face, from second: Double
    ) {
        for (offset, value) in values.enumerated() {
            see(source.value(value, of: sensor, at: second + Double(offset)))
        }
    }

    mutating func adopt(_ new: [Sensor?], at second: Double, decommissioned: [String] = []) {
        let change = Heading.change(from: sensors, to: new, decommissioned: decommissioned)
        detector.adopt(
            change, at: source.siteChange(change, at: second), into: &findings)
        sensors = new
    }

    /// The face with other limits.
    mutating func adoptLimits(
        alarm: Double, cut: Double?, repower: Double, at second: Double
    ) {
        adopt(
            [
                Heading.sensor("H101-T1", .face, alarm: alarm, cut: cut, repower: repower),
                Heading.sensors[1],
            ], at: second)
    }

    mutating func ticks(_ seconds: ClosedRange<Int>) {
        for second in seconds { see(source.event(.tick, at: Double(second))) }
    }

    mutating func take() -> [String] {
        defer { findings = [] }
        return findings.map { "\($0.rule) \($0.change)" }
    }
}

@Suite("ThresholdDetector: other limits")
struct ThresholdNewLimitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var values: [Double]
        var before: [String] = []
        var limits: (alarm: Double, cut: Double?, repower: Double)
        var findings: [String]
        var testDescription: String { what }
    }

    @Test(
        "are held against the last good value at once, by the rules of a reading",
        arguments: [
            Case(
                what: "just below the new cut", values: [1.199], before: ["alarm began"],
                limits: (1, 1.2, 1), findings: []),
            Case(
                what: "at the new cut", values: [1.2], before: ["alarm began"],
                limits: (1, 1.2, 1), findings: ["cut began"]),
            Case(
                what: "at the new alarm", values: [0.8], limits: (0.8, 1.5, 0.8),
                findings: ["alarm began"]),
            Case(
                what: "just below the new alarm", values: [0.799], limits: (0.8, 1.5, 0.8),
                findings: []),
            Case(
                what: "the alarm is over below the higher one", values: [1.2],
                before: ["alarm began"], limits: (1.3, 1.5, 1.3), findings: ["alarm ended"]),
            Case(
                what: "the alarm stands at the higher one", values: [1.2],
                before: ["alarm began"], limits: (1.2, 1.5, 1.2), findings: []),
            Case(
                what: "below a higher cut the halt stands: re-power is what ends it",
                values: [1.6], before: ["cut began"], limits: (1, 2, 1), findings: []),
            Case(
                what: "at a higher re-power the halt stands", values: [1.6],
                before: ["cut began"], limits: (1, 2, 1.6), findings: []),
            Case(
                what: "strictly below a higher re-power it is gone", values: [1.6],
                before: ["cut began"], limits: (1.8, 2, 1.601), findings: ["cut ended"]),
            Case(
                what: "no limit of the last value's reach", values: [0.4],
                limits: (0.5, 0.6, 0.5), findings: []),
        ])
    func atOnce(_ sample: Case) {
        var bench = Bench()
        bench.values(sample.values, from: 0)
        #expect(bench.take() == sample.before)
        let limits = sample.limits
        bench.adoptLimits(
            alarm: limits.alarm, cut: limits.cut, repower: limits.repower, at: 0.5)
        #expect(bench.take() == sample.findings)
        // Judged once, not with every reading again.
        bench.values(sample.values, from: 1)
        #expect(bench.take() == [])
    }

    @Test("the finding names the value with its own time, the change as its onset and position")
    func cause() throws {
        var bench = Bench()
        bench.values([0.4, 1.2], from: 0)
        _ = bench.take()
        bench.adoptLimits(alarm: 1, cut: 1.1, repower: 1, at: 4)
        let finding = try #require(bench.findings.first)
        #expect(finding.sensor == Heading.face)
        #expect(finding.value == 1.2)
        #expect(finding.eventTime == .at(1))
        #expect(finding.since == .at(4))
        #expect(finding.position == 2)
    }

    @Test("a value older than 30 s ends nothing, at 30 s it does", arguments: [30, 30.001])
    func staleEnd(_ age: Double) {
        var bench = Bench()
        bench.values([1.2], from: 0)
        _ = bench.take()
        bench.adoptLimits(alarm: 1.4, cut: 1.5, repower: 1.4, at: age)
        #expect(bench.take() == (age > 30 ? [] : ["alarm ended"]))
    }

    @Test(
        "a value may begin something as long as its sensor is not silent by it",
        arguments: [90, 90.001])
    func staleBegin(_ age: Double) {
        var slow = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1)
        slow.intervalSeconds = 30
        var bench = Bench()
        bench.sensors = [slow]
        bench.detector = ThresholdDetector(Heading.roster([slow]))
        bench.values([0.9], from: 0)
        slow = Heading.sensor("H101-T1", .face, alarm: 0.5, cut: 0.9, repower: 0.5)
        slow.intervalSeconds = 30
        bench.adopt([slow], at: age)
        #expect(bench.take() == (age > 90 ? [] : ["cut began"]))
    }

    @Test("faults since the last good value hide it from nobody, and do not count as a value")
    func faults() {
        var bench = Bench()
        bench.values([0.9], from: 0)
        bench.see(bench.source.fault(.null, at: 1))
        bench.see(bench.source.fault(.sentinel, at: 2))
        #expect(bench.take() == ["fault began"])
        #expect(bench.detector.latest(of: Heading.face) == nil)
        bench.adoptLimits(alarm: 0.5, cut: 0.8, repower: 0.5, at: 3)
        #expect(bench.take() == ["cut began"])
        #expect(bench.findings.allSatisfy { $0.eventTime == .at(0) })
    }

    @Test("a sensor that never spoke, and one with nothing but faults, find nothing")
    func noValue() {
        var bench = Bench()
        bench.adoptLimits(alarm: 0.1, cut: 0.2, repower: 0.1, at: 0)
        bench.see(bench.source.fault(.null, at: 1))
        _ = bench.take()
        bench.adoptLimits(alarm: 0.01, cut: 0.02, repower: 0.01, at: 2)
        #expect(bench.take() == [])
    }

    @Test("a halt that is gone and latched comes back by a lower cut, and is told as such")
    func latched() {
        var bench = Bench()
        bench.values([1.6, 0.9], from: 0)
        #expect(bench.take() == ["cut began", "cut ended"])
        bench.adoptLimits(alarm: 0.8, cut: 0.9, repower: 0.8, at: 2)
        #expect(bench.take() == ["cut began"])
    }

    @Test("other steps: what was reached is not told again, a new step below it neither")
    func steps() {
        var bench = Bench()
        bench.values([3.5, 1.6], from: 0)
        #expect(bench.take() == ["cut began"])
        var face = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1)
        face.steps = [2.5, 3.0, 4.0].map { LimitStep(at: Limit($0), duty: "report") }
        bench.adopt([face, Heading.sensors[1]], at: 2)
        bench.values([2.6, 3.1], from: 3)
        #expect(bench.take() == [])
        bench.values([4.0], from: 5)
        #expect(bench.take() == ["cut worsened"])
    }

    @Test("a change of limits ends no fault and no silence")
    func evidence() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.see(bench.source.fault(.null, at: 1))
        bench.ticks(2...7)
        #expect(bench.take() == ["fault began", "silence began", "silence began"])
        bench.adoptLimits(alarm: 0.5, cut: 0.8, repower: 0.5, at: 8)
        #expect(bench.take() == [])
        bench.values([0.4], from: 9)
        #expect(bench.take() == ["silence ended"])
    }
}

@Suite("ThresholdDetector: other sensors")
struct ThresholdNewSensorTests {
    @Test("whatever changes elsewhere, a sensor that does not goes on as if nothing had happened")
    func unchanged() {
        let course = [0.4, 1.2, 1.6, 2.1, 1.2, 0.9, 0.4, 1.7, 2.6, 0.8, 0.4, 2.2, 3.1]
        var whole = Bench()
        whole.values(course, of: Heading.faceReturn, from: 0)
        for place in 0...course.count {
            var bench = Bench()
            bench.values(Array(course[..<place]), of: Heading.faceReturn, from: 0)
            bench.adoptLimits(alarm: 0.2, cut: 0.3, repower: 0.2, at: Double(place) - 0.5)
            bench.source.position -= 1
            bench.values(
                Array(course[place...]), of: Heading.faceReturn, from: Double(place))
            let same = bench.findings.filter { $0.sensor == Heading.faceReturn }
            #expect(same == whole.findings, "changed after \(place)")
        }
    }

    @Test("a cosmetic edit is no change of any sensor")
    func cosmetic() {
        var face = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1)
        face.calibrationDue = "2027-01-01"
        face.gateway = "G7"
        face.resolution = 0.01
        face.type = .laser
        let change = Heading.change(from: Heading.sensors, to: [face, Heading.sensors[1]])
        #expect(change.sensors.isEmpty)
    }

    @Test("an added sensor is silent three of its intervals after the change, not before")
    func added() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        let new = Heading.sensor("H101-T3", .face, alarm: 0.5, cut: 1, repower: 0.5)
        bench.values([0.4], from: 99)
        bench.values([0.4], of: Heading.faceReturn, from: 99)
        bench.adopt(Heading.sensors + [new], at: 100)
        #expect(bench.detector.watchedCount == 3)
        bench.ticks(101...103)
        bench.values([0.4], from: 104)
        bench.values([0.4], of: Heading.faceReturn, from: 104)
        bench.ticks(104...105)
        #expect(bench.take() == [])
        bench.see(bench.source.event(.tick, at: 105.5))
        #expect(bench.findings.map(\.sensor) == [2])
        #expect(bench.take() == ["silence began"])
        bench.values([0.4, 1.0], of: 2, from: 106)
        #expect(bench.take() == ["silence ended", "cut began"])
    }

    @Test("a removed sensor is passed over, and never silent")
    func removed() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([0.4], from: 1)
        bench.adopt([nil, Heading.sensors[1]], at: 2)
        #expect(bench.detector.watchedCount == 1)
        bench.values([9], from: 3)
        bench.values([0.4], of: Heading.faceReturn, from: 60)
        bench.ticks(60...62)
        #expect(bench.take() == [])
    }

    @Test("what stood of a sensor that left and was not taken out stands when it is back")
    func returned() {
        var bench = Bench()
        bench.values([1.2, 1.6], from: 0)
        bench.adopt([nil, Heading.sensors[1]], at: 2)
        bench.adopt(Heading.sensors, at: 3)
        #expect(bench.take() == ["alarm began", "cut began"])
        bench.values([0.4], from: 4)
        #expect(bench.take() == ["cut ended", "alarm ended"])
    }

    @Test("of a sensor that was taken out nothing but the halt stands when it is back")
    func decommissioned() {
        var bench = Bench()
        bench.see(bench.source.fault(.null, at: 0))
        bench.values([1.2, 1.6], from: 1)
        bench.adopt([nil, Heading.sensors[1]], at: 3, decommissioned: ["H101-T1"])
        _ = bench.take()
        bench.adopt(Heading.sensors, at: 4)
        bench.values([1.2], from: 5)
        #expect(bench.take() == [], "over re-power the halt stands, and it covers the alarm")
        bench.values([0.4, 1.2], from: 16)
        #expect(bench.take() == ["cut ended", "alarm began"])
    }

    @Test(
        "a sensor that watches something else is judged by nothing it measured before",
        arguments: ["place", "role", "quantity", "unit"])
    func renewed(_ what: String) {
        var face = Heading.sensor("H101-T1", .face, alarm: 0.5, cut: 0.8, repower: 0.5)
        switch what {
        case "place": face.place = "H102"
        case "role": face.role = .faceReturn
        case "quantity": face.quantity = .carbonMonoxide
        default: face.conversion = UnitConversion(factor: 1, divisor: 10_000)
        }
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([0.9], from: 0)
        bench.adopt([face, nil], at: 4)
        #expect(bench.take() == [])
        #expect(bench.detector.latest(of: Heading.face) == nil)
        bench.ticks(5...9)
        #expect(bench.take() == [], "its silence counts from the change")
        bench.see(bench.source.event(.tick, at: 9.5))
        #expect(bench.take() == ["silence began"])
        bench.values([0.5], from: 10)
        #expect(bench.take() == ["silence ended", "alarm began"])
    }

    @Test("what stands of a sensor that watches something else stands, until a good value ends it")
    func renewedStanding() {
        var bench = Bench()
        bench.values([1.6], from: 0)
        _ = bench.take()
        var face = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1)
        face.place = "H102"
        bench.adopt([face, Heading.sensors[1]], at: 1)
        bench.values([1.2], from: 2)
        #expect(bench.take() == [])
        bench.values([0.9], from: 3)
        #expect(bench.take() == ["cut ended"])
    }

    @Test("a shorter interval counts from the last message, which is not forgotten")
    func interval() {
        var slow = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1)
        slow.intervalSeconds = 60
        var bench = Bench()
        bench.sensors = [slow, nil]
        bench.detector = ThresholdDetector(Heading.roster(bench.sensors))
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([0.4], from: 1)
        bench.ticks(2...20)
        #expect(bench.take() == [])
        bench.adopt([Heading.sensors[0], nil], at: 20)
        bench.ticks(21...21)
        #expect(bench.take() == ["silence began"])
    }
}

@Suite("ThresholdDetector: killed while the site changed")
struct ThresholdReconsiderTests {
    @Test("the record of a run that was killed brings what a lower cut has found, and no more")
    func found() throws {
        let face = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.1, repower: 1)
        var source = ReadingSource()
        let readings = [source.value(1.2, at: 0), source.value(0.4, of: 1, at: 0)]
        let change = Heading.change(from: Heading.sensors, to: [face, Heading.sensors[1]])
        let record = source.siteChange(change, at: 1)
        // The run that was killed: it saw the readings by the old limits.
        var before = ThresholdDetector(Heading.roster)
        var told: [Finding] = []
        for reading in readings { before.observe(reading, into: &told) }
        let earlier = before
        var lost: [Finding] = []
        before.adopt(change, at: record, into: &lost)
        // The next run starts with the new limits, from the snapshot before the change.
        var state = StateWriter()
        earlier.save(to: &state)
        var after = ThresholdDetector(Heading.roster([face, Heading.sensors[1]]))
        var reader = StateReader(state.words)
        try after.load(from: &reader)
        var findings: [Finding] = []
        after.reconsider(at: record, into: &findings)
        #expect(findings == lost)
        #expect(findings.map(\.rule) == [.cut])
        after.reconsider(at: record, into: &findings)
        #expect(findings == lost, "twice it finds nothing more")
    }

    @Test("where no limit changed, the record of a killed run finds nothing, whatever went before")
    func nothing() {
        var generator = SeededGenerator(seed: 20_261_124)
        for _ in 0..<500 {
            var bench = Bench()
            let length = Int.random(in: 1...6, using: &generator)
            let values = (0..<length).map { _ in Double.random(in: 0...2.5, using: &generator) }
            bench.values(values, from: 0)
            _ = bench.take()
            let record = bench.source.event(.siteChange, at: Double(length))
            bench.detector.reconsider(at: record, into: &bench.findings)
            #expect(bench.take() == [], "after \(values)")
        }
    }
}
