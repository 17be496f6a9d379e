import GasDetection
import GasModel
import Support
import Testing

extension TrendRun {
    /// Goes over to `new` at `seconds`.
    fileprivate mutating func adopt(
        from old: [Sensor?], to new: [Sensor?], at seconds: Double, decommissioned: [String] = []
    ) {
        let change = Heading.change(from: old, to: new, decommissioned: decommissioned)
        var record = Reading(
            sensor: 0, kind: .siteChange, sourceTime: Self.time(seconds),
            arrivalTime: Self.time(seconds))
        record.position = position
        position += 1
        detector.adopt(change, at: record, into: &findings)
    }
}

@Suite("Trend detector: the site changes")
struct TrendAdoptionTests {
    private static func sensor(cut: Double) throws -> Sensor {
        try trendSensor(cut: cut, alarm: min(1, cut))
    }

    private static func rise(_ seconds: Double) -> Double { 0.2 + 0.8 * seconds / 1160 }

    @Test("a sensor that does not change keeps its estimate to the last bit")
    func unchanged() throws {
        let sensor = try trendSensor()
        var (whole, changed) = (TrendRun([sensor, nil]), TrendRun([sensor, nil]))
        whole.see(0..<900, value: Self.rise)
        whole.position += 1
        whole.see(900..<1200, value: Self.rise)
        changed.see(0..<900, value: Self.rise)
        changed.adopt(from: [sensor, nil], to: [sensor, try Self.sensor(cut: 0.5)], at: 899.5)
        changed.see(900..<1200, value: Self.rise)
        #expect(changed.findings == whole.findings)
        #expect(whole.began.count == 1)
    }

    @Test("cosmetics, another interval, other re-power: not a bit of the detector changes")
    func cosmetic() throws {
        let sensor = try trendSensor()
        var edited = sensor
        edited.intervalSeconds = 5
        edited.calibrationDue = "2027-01-01"
        edited.limits = try GasLimits(alarm: 1.0, cut: 1.0, repower: 0.8)
        var run = TrendRun([sensor])
        run.see(0..<900, value: Self.rise)
        let before = run.detector
        run.adopt(from: [sensor], to: [edited], at: 899.5)
        #expect(run.detector == before)
        #expect(run.findings.isEmpty)
    }

    @Test(
        "with another cut the estimate goes on: the warning comes when that cut is near",
        arguments: [0.7, 2.0])
    func otherCut(_ cut: Double) throws {
        let (old, new) = (try trendSensor(), try Self.sensor(cut: cut))
        var (run, always) = (TrendRun([old]), TrendRun([new]))
        // Slow, so that both have settled long before anything is near.
        let slow: (Double) -> Double = { 0.2 + 0.0005 * $0 }
        run.see(0..<600, value: slow)
        run.adopt(from: [old], to: [new], at: 599.5)
        run.see(600..<4000, value: slow)
        always.see(0..<4000, value: slow)
        let (warned, expected) = (try #require(run.began.first), try #require(always.began.first))
        #expect(run.began.count == 1)
        #expect(abs(warned.eventTime.seconds(since: expected.eventTime)) < 5)
    }

    @Test("a cut that the trend now leads to is warned of at once, by the last reading")
    func atOnce() throws {
        let (old, new) = (try Self.sensor(cut: 2), try Self.sensor(cut: 0.76))
        var run = TrendRun([old])
        run.see(0..<800, value: Self.rise)
        #expect(run.findings.isEmpty)
        run.adopt(from: [old], to: [new], at: 800)
        let warning = try #require(run.began.first)
        #expect(warning.value == run.lastValue(Self.rise, at: 799))
        #expect(warning.eventTime == TrendRun.time(799))
        #expect(warning.since == TrendRun.time(800))
        #expect(warning.projection != nil)
    }

    @Test("by a value older than 30 s nothing is foretold")
    func stale() throws {
        let (old, new) = (try Self.sensor(cut: 2), try Self.sensor(cut: 0.76))
        var run = TrendRun([old])
        run.see(0..<800, value: Self.rise)
        run.adopt(from: [old], to: [new], at: 799 + 30.001)
        #expect(run.findings.isEmpty)
    }

    @Test("a warning is over at once where the cut moved away, and where it fell below the level")
    func standing() throws {
        for cut in [2.0, 0.5] {
            let (old, new) = (try trendSensor(), try Self.sensor(cut: cut))
            var run = TrendRun([old])
            run.see(0..<1150, value: Self.rise)
            #expect(run.began.count == 1)
            run.adopt(from: [old], to: [new], at: 1150)
            #expect(run.ended.count == 1, "cut \(cut)")
        }
    }

    @Test("a warning of a sensor that has no limit any more is over")
    func noLimit() throws {
        let old = try trendSensor()
        var new = old
        new.limits = nil
        var run = TrendRun([old])
        run.see(0..<1150, value: Self.rise)
        run.adopt(from: [old], to: [new], at: 1150)
        #expect(run.findings.map(\.change) == [.began, .ended])
        run.see(1151..<1200, value: Self.rise)
        #expect(run.findings.count == 2)
    }

    @Test("a sensor that watches something else begins anew, and its warning stands")
    func renewed() throws {
        let old = try trendSensor()
        var new = old
        new.place = "elsewhere"
        var run = TrendRun([old])
        run.see(0..<1150, value: Self.rise)
        run.adopt(from: [old], to: [new], at: 1150)
        #expect(run.findings.map(\.change) == [.began])
        run.see(1151..<1200) { _ in 0.2 }
        #expect(run.ended.isEmpty, "an estimate that young ends nothing")
        run.see(1200..<1300) { _ in 0.2 }
        #expect(run.ended.count == 1)
    }

    @Test("added, removed, back: each by its own readings alone; what was taken out is armed again")
    func comeAndGo() throws {
        let (first, second) = (try trendSensor(), try Self.sensor(cut: 1.0))
        var run = TrendRun([first])
        run.adopt(from: [first], to: [first, second], at: 0)
        run.see(0..<1150) { Self.rise($0) }
        for second in stride(from: 0.0, to: 1150, by: 1) {
            run.see(Self.rise(second), at: second, sensor: 1)
        }
        #expect(run.began.map(\.sensor) == [0, 1])
        run.adopt(
            from: [first, second], to: [first, nil], at: 1150, decommissioned: ["T2"])
        run.see(0.2, at: 1160, sensor: 1)
        #expect(run.ended.isEmpty, "whoever took it out closes its warning")
        run.adopt(from: [first, nil], to: [first, second], at: 1200)
        for second in stride(from: 1200.0, to: 2350, by: 1) {
            run.see(Self.rise(second - 1200), at: second, sensor: 1)
        }
        #expect(run.began.map(\.sensor) == [0, 1, 1])
    }
}

extension TrendRun {
    /// What `see` made of `value` at `seconds`.
    fileprivate func lastValue(_ value: (Double) -> Double, at seconds: Double) -> Double {
        (value(seconds) / 0.01).rounded() * 0.01
    }
}
