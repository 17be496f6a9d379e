import GasDetection
import GasModel
import Support
import Testing

/// What a finding says, without its numbers: short enough to list a whole course of events.
private func gist(_ findings: [Finding]) -> [String] {
    findings.map { "\($0.rule) \($0.change)" }
}

private struct Bench {
    var detector = ThresholdDetector(Heading.roster)
    var source = ReadingSource()
    var findings: [Finding] = []

    mutating func see(_ reading: Reading) {
        detector.observe(reading, into: &findings)
    }

    mutating func values(
        _ values: [Double], of sensor: UInt32 = Heading.face, from second: Double = 0
    ) {
        for (offset, value) in values.enumerated() {
            see(source.value(value, of: sensor, at: second + Double(offset)))
        }
    }

    mutating func take() -> [String] {
        defer { findings = [] }
        return gist(findings)
    }
}

@Suite("ThresholdDetector: limits")
struct ThresholdLimitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var sensor: UInt32 = Heading.face
        var values: [Double]
        var findings: [String]
        var testDescription: String { what }
    }

    @Test(
        "alarm and cut at >=, re-power strictly <, one reading is enough",
        arguments: [
            Case(what: "just below the alarm", values: [0.999], findings: []),
            Case(what: "at the alarm", values: [1.0], findings: ["alarm began"]),
            Case(what: "just below the cut", values: [1.499], findings: ["alarm began"]),
            Case(what: "at the cut", values: [1.5], findings: ["cut began"]),
            Case(
                what: "alarm, then cut", values: [1.2, 1.5],
                findings: ["alarm began", "cut began"]),
            Case(what: "at re-power it still stands", values: [1.5, 1.0], findings: ["cut began"]),
            Case(
                what: "just below re-power it ends", values: [1.5, 0.999],
                findings: ["cut began", "cut ended"]),
            Case(
                what: "both end together", values: [1.2, 1.5, 0.99],
                findings: ["alarm began", "cut began", "cut ended", "alarm ended"]),
            Case(
                what: "one spike between quiet readings", values: [0.4, 1.5, 0.4],
                findings: ["cut began", "cut ended"]),
            Case(
                what: "standing over the cut is said once", values: [1.5, 1.6, 1.7],
                findings: ["cut began"]),
            Case(
                what: "graver at 2 and at 3", values: [1.5, 2.0, 2.5, 3.0, 9.0],
                findings: ["cut began", "cut worsened", "cut worsened"]),
            Case(
                what: "straight to the gravest step", values: [40, 41], findings: ["cut began"]),
            Case(
                what: "back over the cut", values: [1.5, 0.9, 1.5],
                findings: ["cut began", "cut ended", "cut began"]),
            Case(
                what: "alarm equal to cut goes straight to the cut", sensor: Heading.faceReturn,
                values: [0.999, 1.0], findings: ["cut began"]),
        ])
    func edges(_ sample: Case) {
        var bench = Bench()
        bench.values(sample.values, of: sample.sensor)
        #expect(bench.take() == sample.findings)
    }

    @Test("a sensor without a cut limit raises its alarm and never a cut")
    func noCut() {
        var bench = Bench()
        bench.detector = ThresholdDetector(
            Heading.roster([
                Heading.sensor(
                    "M1", SensorRole(rawValue: "main-return"), alarm: 0.75, cut: nil, repower: 0.75)
            ]))
        bench.values([0.74, 0.75, 50, 0.74])
        #expect(bench.take() == ["alarm began", "alarm ended"])
    }

    @Test("the finding carries value, onset and position of the reading that caused it")
    func cause() throws {
        var bench = Bench()
        bench.values([0.4, 1.6])
        let finding = try #require(bench.findings.first)
        #expect(finding.value == 1.6)
        #expect(finding.eventTime == .at(1))
        #expect(finding.position == 1)
        #expect(finding.sensor == Heading.face)
    }

    @Test("records of a sensor that the site no longer has are passed over")
    func unknownSensor() {
        var bench = Bench()
        bench.detector = ThresholdDetector(Heading.roster([nil, Heading.sensors[1]]))
        bench.values([9, 9], of: 0)
        bench.values([9], of: 77)
        #expect(bench.take() == [])
    }
}

@Suite("ThresholdDetector: what may never clear")
struct ThresholdClearingTests {
    @Test(
        "a fault of any kind ends nothing",
        arguments: [
            Reading.Quality.null, .nonFinite, .sentinel, .belowRange, .aboveRange, .impossible,
        ])
    func fault(_ quality: Reading.Quality) {
        var bench = Bench()
        bench.values([1.2, 1.6])
        _ = bench.take()
        bench.see(bench.source.fault(quality, at: 2))
        #expect(bench.take() == ["fault began"])
        bench.see(bench.source.fault(quality, at: 3))
        #expect(bench.take() == [])
    }

    @Test("silence ends nothing and is a finding of its own")
    func silence() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([1.6])
        _ = bench.take()
        for second in 1...5 { bench.see(bench.source.event(.tick, at: Double(second))) }
        #expect(bench.take() == [])
        bench.see(bench.source.event(.tick, at: 5.5))
        #expect(bench.take() == ["silence began", "silence began"])
    }

    @Test("a duplicate, an older and an equally old reading end nothing")
    func outOfOrder() {
        var bench = Bench()
        bench.values([0.4, 0.4, 1.6])
        _ = bench.take()
        bench.see(bench.source.value(0.4, at: 1, delay: 2))
        bench.see(bench.source.value(0.4, at: 2, delay: 1))
        #expect(bench.take() == [])
        bench.see(bench.source.value(0.4, at: 3))
        #expect(bench.take() == ["cut ended"])
    }

    @Test("a reading in order but more than 30 s old ends nothing, at 30 s it does")
    func stale() {
        var bench = Bench()
        bench.values([1.6])
        _ = bench.take()
        bench.see(bench.source.value(0.4, at: 1, delay: 30.001))
        #expect(bench.take() == [])
        bench.see(bench.source.value(0.4, at: 2, delay: 30))
        #expect(bench.take() == ["cut ended"])
    }

    @Test("a stamp from the future blocks neither later readings nor the end")
    func future() {
        var bench = Bench()
        bench.see(bench.source.value(1.6, at: 600, delay: -600))
        bench.values([0.4], from: 1)
        #expect(bench.take() == ["cut began", "cut ended"])
    }
}

@Suite("ThresholdDetector: late evidence")
struct ThresholdLateTests {
    @Test("an older reading over the cut begins one, with its own onset and marked out of order")
    func lateOver() throws {
        var bench = Bench()
        bench.values([0.4, 0.4, 0.4])
        bench.see(bench.source.value(1.6, at: 1.5, delay: 1))
        let finding = try #require(bench.findings.first)
        #expect(gist(bench.findings) == ["cut began"])
        #expect(finding.eventTime == .at(1.5))
        #expect(!finding.isInOrder)
    }

    @Test("once a halt stands, a redelivered reading over the cut adds nothing, even after its end")
    func redelivered() {
        var bench = Bench()
        bench.values([1.6, 0.4])
        _ = bench.take()
        bench.see(bench.source.value(1.6, at: 0, delay: 5))
        #expect(bench.take() == [])
    }

    @Test("an older reading between alarm and cut raises no alarm as if it were now")
    func lateAlarm() {
        var bench = Bench()
        bench.values([0.4, 0.4])
        bench.see(bench.source.value(1.2, at: 0.5, delay: 1))
        #expect(bench.take() == [])
    }

    @Test("a backlog in order is judged in order, with the onsets of its own time")
    func backlog() throws {
        var bench = Bench()
        for second in 0..<5 {
            bench.see(
                bench.source.value(
                    second == 2 ? 1.6 : 0.4, at: Double(second), delay: 600 - Double(second)))
        }
        #expect(bench.findings.first?.eventTime == .at(2))
        #expect(bench.take() == ["cut began"])
    }
}

@Suite("ThresholdDetector: faults, silence and link")
struct ThresholdFaultTests {
    @Test("a fault is over after 10 s without one, and not a moment before")
    func faultOver() {
        var bench = Bench()
        bench.see(bench.source.fault(.null, at: 0))
        _ = bench.take()
        bench.values([0.4], from: 9.999)
        #expect(bench.take() == [])
        bench.values([0.4], from: 10)
        #expect(bench.take() == ["fault ended"])
    }

    @Test("above the measuring range is a fault and begins a cut: it may be gas")
    func aboveRange() {
        var bench = Bench()
        bench.see(bench.source.fault(.aboveRange, at: 0))
        #expect(bench.take() == ["fault began", "cut began"])
        bench.values([1.2, 0.9], from: 11)
        #expect(bench.take() == ["fault ended", "cut ended"])
    }

    @Test("an impossible value is a fault and no cut")
    func impossible() {
        var bench = Bench()
        bench.see(bench.source.fault(.impossible, at: 0))
        #expect(bench.take() == ["fault began"])
    }

    @Test("a sensor that never spoke is silent too, and heard again with its first message")
    func neverSpoke() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([0.4], from: 4)
        bench.see(bench.source.event(.tick, at: 6))
        #expect(bench.take() == ["silence began"])
        #expect(bench.detector.heardCount == 1)
        bench.values([0.4], of: Heading.faceReturn, from: 7)
        #expect(bench.take() == ["silence ended"])
        #expect(bench.detector.heardCount == 2)
    }

    @Test("a civil clock that is put back an hour hides no silence, one put forward makes none")
    func clockSteps() {
        for step in [-3600.0, 3600.0] {
            var bench = Bench()
            bench.see(bench.source.event(.linkUp, at: 0))
            bench.values([0.4])
            bench.values([0.4], of: Heading.faceReturn)
            for second in 1...5 {
                var tick = bench.source.event(.tick, at: Double(second))
                tick.arrivalTime = .at(Double(second) + step)
                bench.see(tick)
            }
            #expect(bench.take() == [])
            var tick = bench.source.event(.tick, at: 5.5)
            tick.arrivalTime = .at(5.5 + step)
            bench.see(tick)
            #expect(bench.take() == ["silence began", "silence began"])
        }
    }

    @Test("what was heard before the machine was started anew does not count as heard")
    func reboot() {
        var bench = Bench()
        var before = bench.source.value(0.4, at: 0)
        before.arrivalUptime = 1_000_000_000_000
        bench.see(before)
        var tick = bench.source.event(.tick, at: 0)
        tick.arrivalUptime = 1_000_000_000_000
        bench.see(tick)
        bench.see(bench.source.event(.runBegins, at: 0.5))
        bench.see(bench.source.event(.linkUp, at: 1))
        bench.see(bench.source.event(.tick, at: 6.5))
        #expect(bench.take() == ["silence began", "silence began"])
    }

    @Test("a fault record is a sign of life")
    func faultIsHeard() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([0.4], of: Heading.faceReturn, from: 6)
        bench.see(bench.source.fault(.null, at: 6))
        _ = bench.take()
        bench.see(bench.source.event(.tick, at: 10))
        #expect(bench.take() == [])
    }

    @Test("while the link is down nobody is called silent; afterwards everybody has a fresh term")
    func linkDown() {
        var bench = Bench()
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.values([0.4])
        bench.values([0.4], of: Heading.faceReturn)
        bench.see(bench.source.event(.linkDown, at: 1))
        for second in 2...60 { bench.see(bench.source.event(.tick, at: Double(second))) }
        #expect(bench.take() == ["link began"])
        bench.see(bench.source.event(.linkUp, at: 61))
        bench.see(bench.source.event(.tick, at: 65))
        #expect(bench.take() == ["link ended"])
        bench.see(bench.source.event(.tick, at: 66.5))
        #expect(bench.take() == ["silence began", "silence began"])
    }
}

@Suite("ThresholdDetector: beyond the range where the law knows no cut")
struct ThresholdAlarmRangeTests {
    @Test("is an alarm at once, whatever delay it has, and ends by a value below")
    func aboveRange() throws {
        var monoxide = Heading.sensor("CO", .face, alarm: 24, cut: 50, repower: 24)
        monoxide.quantity = .carbonMonoxide
        monoxide.limits = try GasLimits(alarm: 24, cut: nil, repower: 24)
        monoxide.alarmDelay = AlarmDelay(onSeconds: 30)
        var bench = ControlBench([monoxide])
        bench.shown = [0: 5]
        bench.run(5)
        bench.see(bench.source.fault(.aboveRange, of: 0, at: 5))
        bench.see(bench.source.fault(.aboveRange, of: 0, at: 6))
        #expect(bench.take() == ["fault began CO", "alarm began CO"])
        bench.see(bench.source.value(5, of: 0, at: 7))
        #expect(bench.take() == ["alarm ended CO"])
    }
}

@Suite("ThresholdDetector: the same again")
struct ThresholdDeterminismTests {
    @Test("the same records give the same findings")
    func deterministic() {
        var generator = SeededGenerator(seed: 20_261_123)
        let values = (0..<5000).map { _ in Double.random(in: 0...2.5, using: &generator) }
        var (first, second) = (Bench(), Bench())
        // Far enough apart that it is no chatter.
        for (step, value) in values.enumerated() {
            first.values([value], from: Double(step) * 300)
            second.values([value], from: Double(step) * 300)
        }
        #expect(first.findings == second.findings)
        #expect(first.findings.count > 100)
    }
}
