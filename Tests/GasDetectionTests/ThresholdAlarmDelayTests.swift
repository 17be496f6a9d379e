import GasDetection
import GasModel
import Support
import Testing

private func bench(on: Double, off: Double, cut: Double? = 1.5) -> ControlBench {
    var face = Heading.sensor("T1", .face, alarm: 1, cut: cut, repower: 1)
    face.alarmDelay = AlarmDelay(onSeconds: on, offSeconds: off)
    var bench = ControlBench([face])
    bench.shown = [0: 0.4]
    return bench
}

extension ControlBench {
    /// Shows the values of sensor 0, one a second.
    fileprivate mutating func show(_ values: [Double]) {
        for value in values {
            shown[0] = value
            run(1)
        }
    }
}

@Suite("ThresholdDetector: delays of the alarm")
struct ThresholdAlarmDelayTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var on = 0.0
        var off = 0.0
        var values: [Double]
        var findings: [String]
        var testDescription: String { what }
    }

    @Test(
        "only ever the alarm waits",
        arguments: [
            Case(
                what: "just short of the delay", on: 3, values: [1, 1, 1, 0.99, 0.4],
                findings: []),
            Case(what: "at the delay", on: 3, values: [1, 1, 1, 1], findings: ["alarm began T1"]),
            Case(
                what: "one value below begins it anew", on: 3,
                values: [1, 1, 1, 0.99, 1, 1, 1, 0.99], findings: []),
            Case(what: "a cut does not wait", on: 60, values: [1.5], findings: ["cut began T1"]),
            Case(
                what: "a cut ends without waiting", off: 60, values: [1.5, 0.99],
                findings: ["cut began T1", "cut ended T1"]),
            Case(
                what: "a cut while the alarm waits", on: 3, values: [1, 1, 1.5, 1, 1, 1, 1],
                findings: ["cut began T1"]),
            Case(
                what: "just short of the delay of the end", off: 3,
                values: [1, 0.99, 0.99, 0.99, 1, 0.99], findings: ["alarm began T1"]),
            Case(
                what: "at the delay of the end", off: 3, values: [1, 0.99, 0.99, 0.99, 0.99],
                findings: ["alarm began T1", "alarm ended T1"]),
            Case(
                what: "without delays at once", values: [1, 0.99],
                findings: ["alarm began T1", "alarm ended T1"]),
        ])
    func edges(_ sample: Case) {
        var bench = bench(on: sample.on, off: sample.off)
        bench.show(sample.values)
        #expect(bench.take() == sample.findings)
    }

    @Test("an alarm on its way begins by the clock though its sensor fell silent")
    func silent() {
        var bench = bench(on: 8, off: 0)
        bench.show([1.2])
        bench.shown = [:]
        bench.run(7)
        #expect(bench.take() == ["silence began T1"])
        bench.run(1)
        #expect(bench.findings.first?.value == 1.2)
        #expect(bench.take() == ["alarm began T1"])
    }

    @Test("5: killed while an alarm is on its way, its time goes on", arguments: [6, 7])
    func killed(_ seconds: Int) throws {
        var bench = bench(on: 8, off: 0)
        bench.show([1.2])
        // Nothing of the time in which nobody looked is lost or counted twice.
        try bench.restart()
        bench.run(seconds)
        try bench.restart()
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == (seconds == 7 ? ["alarm began T1"] : []))
    }

    @Test("in a gap nobody saw it stay below: the delay of the end begins anew")
    func gap() {
        var bench = bench(on: 0, off: 10)
        bench.show([1.2, 0.9])
        bench.shown = [:]
        bench.run(20)
        #expect(bench.take() == ["alarm began T1", "silence began T1"])
        bench.shown[0] = 0.9
        bench.run(10)
        #expect(bench.take() == ["silence ended T1"])
        bench.run(1)
        #expect(bench.take() == ["alarm ended T1"])
    }

    @Test("another delay is a change of the sensor that leaves what stands as it is")
    func adopted() {
        var bench = bench(on: 0, off: 0)
        bench.show([1.2])
        #expect(bench.take() == ["alarm began T1"])
        var face = bench.sensors[0]
        face?.alarmDelay = AlarmDelay(onSeconds: 0, offSeconds: 5)
        bench.adopt([face])
        bench.show([0.9, 0.9, 0.9, 0.9, 0.9])
        #expect(bench.take() == [])
        bench.show([0.9])
        #expect(bench.take() == ["alarm ended T1"])
    }

    @Test("delays are kept within what is allowed")
    func bounds() {
        let delay = AlarmDelay(onSeconds: 1e9, offSeconds: -1)
        #expect(delay == AlarmDelay(onSeconds: AlarmDelay.onSecondsMax, offSeconds: 0))
    }
}
