import GasDetection
import GasModel
import Support
import Testing

private func bench(_ type: SensorType?, scale: Double = 4) -> ControlBench {
    var sensor = Heading.sensor(
        "T1", .face, alarm: 1, cut: 1.5, repower: 1, range: 0...scale)
    sensor.type = type
    var bench = ControlBench([sensor])
    bench.shown = [0: 0.4]
    bench.run(10)
    bench.see(bench.source.fault(.aboveRange, of: 0, at: 10))
    bench.second = 11
    return bench
}

@Suite("Threshold: a head that was driven past its scale")
struct FoldBackTests {
    @Test(
        "a catalytic one proves no end by what it shows then, until it was calibrated",
        arguments: [SensorType.catalytic, nil])
    func catalytic(_ type: SensorType?) throws {
        var bench = bench(type)
        #expect(bench.take() == ["fault began T1", "cut began T1"])
        bench.shown = [0: 0.3]
        bench.run(1200)
        #expect(bench.take() == [])
        try bench.restart()
        bench.run(30)
        #expect(bench.take() == [])
        bench.calibrate(0, minutes: 5)
        bench.shown = [0: 2]
        bench.run(300)
        bench.shown = [0: 0.3]
        bench.run(30)
        #expect(
            bench.take().sorted() == [
                "calibrating began T1", "calibrating ended T1", "calibration-in-gas began T1",
                "calibration-in-gas ended T1", "cut ended T1", "fault ended T1",
                "unguarded began H101",
            ])
    }

    @Test("one that stops at the end of its scale is none the better for it")
    func clipped() {
        var bench = ControlBench([
            Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1, range: 0...4)
        ])
        bench.shown = [0: 0.4]
        bench.run(10)
        bench.shown = [0: 3.99]
        bench.run(5)
        bench.shown = [0: 0.3]
        bench.run(5)
        #expect(bench.take() == ["cut began T1", "cut ended T1"])
        bench.shown = [0: 4]
        bench.run(5)
        bench.shown = [0: 0.3]
        bench.run(600)
        #expect(bench.take() == ["fault began T1", "cut began T1"])
    }

    @Test("what was above the scale while it was calibrated is test gas")
    func testGas() {
        var bench = bench(.catalytic)
        bench.findings = []
        bench.calibrate(0, minutes: 5)
        bench.see(bench.source.fault(.aboveRange, of: 0, at: Double(bench.second)))
        bench.second += 1
        bench.shown = [0: 0.3]
        bench.run(330)
        #expect(bench.take().contains("cut ended T1"))
    }

    @Test(
        "one that does not fold back is believed again at once",
        arguments: [(SensorType?.some(.highLow), 40.0), (.laser, 4), (nil, 40)])
    func others(_ type: SensorType?, _ scale: Double) {
        var bench = bench(type, scale: scale)
        bench.findings = []
        bench.shown = [0: 0.3]
        bench.run(15)
        #expect(bench.take() == ["cut ended T1", "fault ended T1"])
    }

    @Test("another head in its place is believed from its first value on")
    func replaced() {
        var bench = bench(.catalytic)
        var other = bench.sensors[0]
        other?.type = .laser
        other?.role = .faceReturn
        bench.adopt([other])
        bench.findings = []
        bench.shown = [0: 0.3]
        bench.run(15)
        #expect(bench.take().contains("cut ended T1"))
    }
}
