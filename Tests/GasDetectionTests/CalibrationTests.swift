import GasDetection
import GasModel
import Support
import Testing

/// A detector that has seen a quiet minute of the heading, where nobody works.
private func quiet() -> ControlBench {
    var bench = ControlBench()
    bench.shown[8] = 0
    bench.shown[6] = 0
    bench.run(60)
    bench.findings = []
    return bench
}

/// The same, ten seconds after a calibration of a minute.
private func calibrated() -> ControlBench {
    var bench = quiet()
    bench.calibrate(0, minutes: 5)
    bench.run(60)
    bench.calibrate(0, minutes: 0)
    bench.run(10)
    bench.findings = []
    return bench
}

@Suite("Calibration: test gas")
struct CalibrationTestGasTests {
    @Test("of a calibration as it is done raises nothing but its own begin and end")
    func whole() throws {
        var bench = quiet()
        bench.calibrate(0, minutes: 30, by: "A. Engineer")
        #expect(bench.findings.first?.person == UInt64(nameHash: "A. Engineer"))
        for (value, seconds) in [(0.0, 90), (1.5, 180), (2.2, 240), (0.25, 1020)] {
            bench.shown[0] = value
            bench.run(seconds)
        }
        #expect(bench.take() == ["calibrating began T1-1"])
        bench.shown[0] = 0.4
        bench.calibrate(0, minutes: 0)
        let end = try #require(bench.findings.last)
        #expect(end.person == UInt64(nameHash: "A. Engineer"))
        #expect(bench.figure("highest") == 2.2)
        #expect(bench.figure("lowest") == 0)
        #expect(bench.figure("readings") == 1530)
        #expect(bench.take() == ["calibrating ended T1-1"])
        bench.run(60)
        #expect(bench.take() == [])
    }

    @Test("beyond the measuring range is no cut either, and is a fault all the same")
    func aboveRange() {
        var bench = quiet()
        bench.calibrate(0, minutes: 30)
        bench.see(bench.source.fault(.aboveRange, of: 0, at: 60))
        #expect(bench.take() == ["calibrating began T1-1", "fault began T1-1"])
    }

    @Test("its figures are in the unit of what the sensor measures")
    func unit() throws {
        var monoxide = Heading.sensor("CO", .face, alarm: 24, cut: 50, repower: 24)
        monoxide.quantity = .carbonMonoxide
        var bench = ControlBench([monoxide])
        bench.shown = [0: 5]
        bench.run(10)
        bench.calibrate(0, minutes: 5)
        bench.shown[0] = 100
        bench.run(10)
        bench.calibrate(0, minutes: 0)
        let end = try #require(bench.findings.last)
        #expect(end.evidence.contains(.init("highest", 100, "ppm")))
        #expect(!end.evidence.contains { $0.unit == "%CH4" })
    }

    @Test("neighbours go on guarding")
    func neighbours() {
        var bench = quiet()
        bench.calibrate(0, minutes: 30)
        bench.shown[0] = 2.2
        bench.shown[1] = 1.6
        bench.run(2)
        #expect(
            bench.take() == [
                "calibrating began T1-1", "cut began T1-2", "calibration-in-gas began T1-1",
            ])
        #expect(bench.detector.status(ofPlace: "H101")?.worst == 1)
    }

    @Test("of what has no limit there is none: power and work are not announced away")
    func noLimit() {
        var bench = quiet()
        bench.calibrate(ControlBench.feed, minutes: 60)
        bench.calibrate(ControlBench.header, minutes: 60)
        #expect(bench.take() == [])
        bench.shown[6] = 1
        bench.shown[8] = 1
        bench.shown[0] = 1.6
        bench.run(5)
        #expect(
            bench.take() == ["cut began T1-1", "power-on began feed", "work began H101"])
    }

    @Test("no disagreement is made of test gas")
    func disagreement() {
        var bench = quiet()
        bench.calibrate(0, minutes: 30)
        bench.shown[0] = 2.2
        bench.run(900)
        #expect(bench.take() == ["calibrating began T1-1"])
    }

    @Test("a reading of the time before that comes late is gas, one of test gas that does is not")
    func late() {
        var bench = calibrated()
        bench.see(bench.source.value(2.2, of: 0, at: 100.5, delay: 30))
        #expect(bench.take() == [])
        bench.see(bench.source.value(2.2, of: 0, at: 30.5, delay: 100))
        #expect(bench.take() == ["cut began T1-1"])
    }
}

@Suite("Calibration: what a gateway's store brings while it lasts")
struct CalibrationStoreTests {
    /// A gateway that held back what its sensor measured from second 60 on, and sends it from
    /// second 90 on, after a calibration was announced.
    private func held() -> ControlBench {
        var bench = quiet()
        bench.shown[0] = nil
        bench.run(29)
        bench.calibrate(0, minutes: 30)
        _ = bench.take()
        return bench
    }

    @Test("is gas, where it was measured before")
    func before() {
        var bench = held()
        bench.see(bench.source.value(2.2, of: 0, at: 61, delay: 29))
        #expect(bench.take().contains("cut began T1-1"))
    }

    @Test("is test gas, where it was not; only that is counted")
    func during() {
        var bench = held()
        bench.see(bench.source.value(0.4, of: 0, at: 61, delay: 29))
        bench.see(bench.source.value(2.2, of: 0, at: 89.5, delay: 1))
        bench.calibrate(0, minutes: 0)
        #expect(bench.figure("readings") == 1)
        #expect(bench.figure("lowest") == 2.2)
        #expect(!bench.take().contains("cut began T1-1"))
    }

    @Test("beyond the measuring range is no cut, where it comes after the end")
    func aboveRange() {
        var bench = calibrated()
        var late = bench.source.fault(.aboveRange, of: 0, at: 130.5)
        late.sourceTime = .at(100.5)
        bench.see(late)
        #expect(bench.take() == [])
    }
}

@Suite("Calibration: who guards meanwhile")
struct CalibrationUnguardedTests {
    private func told(_ bench: inout ControlBench) -> [String] {
        bench.take().filter { $0.hasPrefix("unguarded") }
    }

    @Test("nobody, where all are calibrated at once: a finding, until it was guarded for ten min")
    func all() {
        var bench = quiet()
        for sensor in ControlBench.gas { bench.calibrate(sensor, minutes: 60) }
        bench.run(10)
        #expect(told(&bench) == [])
        bench.run(1)
        #expect(bench.figure("methane sensors") == 3)
        #expect(bench.figure("being calibrated") == 3)
        #expect(told(&bench) == ["unguarded began H101"])
        // A moment between two calibrations is no end of it.
        bench.calibrate(1, minutes: 0)
        bench.run(599)
        bench.calibrate(1, minutes: 30)
        bench.run(100)
        #expect(told(&bench) == [])
        bench.calibrate(1, minutes: 0)
        bench.run(602)
        #expect(told(&bench) == ["unguarded ended H101"])
    }

    @Test("somebody, as long as one other sensor is known; silence alone is told by itself")
    func one() {
        var bench = quiet()
        bench.calibrate(0, minutes: 60)
        bench.calibrate(1, minutes: 60)
        bench.run(100)
        #expect(told(&bench) == [])
        bench.shown[2] = nil
        bench.run(20)
        #expect(told(&bench) == ["unguarded began H101"])
        var silent = quiet()
        for sensor in ControlBench.gas { silent.shown[sensor] = nil }
        silent.run(60)
        #expect(told(&silent) == [])
    }

    @Test("a restart goes on where it was")
    func restart() throws {
        var bench = quiet()
        for sensor in ControlBench.gas { bench.calibrate(sensor, minutes: 60) }
        bench.run(5)
        try bench.restart()
        bench.run(5)
        #expect(told(&bench) == [])
        bench.run(1)
        try bench.restart()
        bench.run(100)
        #expect(told(&bench) == ["unguarded began H101"])
    }
}

@Suite("Calibration: its end")
struct CalibrationEndTests {
    @Test("comes by itself after the minutes announced, by a tick")
    func byTick() {
        var bench = quiet()
        bench.calibrate(0, minutes: 2)
        bench.run(119)
        #expect(bench.take() == ["calibrating began T1-1"])
        bench.run(1)
        #expect(bench.figure("minutes") == 2)
        #expect(bench.take() == ["calibrating ended T1-1"])
    }

    @Test("comes by the arrival of a reading where no tick does, and that one is judged")
    func byReading() {
        var bench = quiet()
        bench.calibrate(0, minutes: 1)
        bench.see(bench.source.value(2.2, of: 0, at: 119.45))
        #expect(bench.take() == ["calibrating began T1-1"])
        bench.see(bench.source.value(2.2, of: 0, at: 119.5))
        #expect(bench.take() == ["calibrating ended T1-1", "cut began T1-1"])
    }

    @Test("is followed by a judgement of the first good value, in order or nothing")
    func firstValue() {
        var bench = quiet()
        bench.calibrate(0, minutes: 1)
        bench.shown[0] = 1.5
        bench.run(59)
        _ = bench.take()
        bench.calibrate(0, minutes: 0)
        #expect(bench.take() == ["calibrating ended T1-1"])
        // Nothing is known until then: not even that the last value was high.
        bench.detector.reconsider(
            at: bench.source.event(.siteChange, at: 119), into: &bench.findings)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["cut began T1-1"])
    }

    @Test("a halt that stood before stands through it, and ends by a good value afterwards")
    func halt() {
        var bench = quiet()
        bench.shown[0] = 1.6
        bench.run(1)
        _ = bench.take()
        bench.calibrate(0, minutes: 2)
        #expect(
            bench.take() == ["calibrating began T1-1", "calibration-in-gas began T1-1"])
        bench.shown[0] = 0
        bench.run(119)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(
            bench.take() == [
                "calibration-in-gas ended T1-1", "calibrating ended T1-1",
            ])
        bench.run(1)
        #expect(bench.take() == ["cut ended T1-1"])
    }

    @Test("a civil clock that is put back does not make it longer", arguments: [-3600.0, 0])
    func clock(_ step: Double) {
        var bench = quiet()
        bench.calibrate(0, minutes: 2)
        _ = bench.take()
        var tick = bench.source.event(.tick, at: 180)
        tick.arrivalTime = .at(180 + step)
        bench.see(tick)
        #expect(bench.take().contains("calibrating ended T1-1"))
    }

    @Test("a machine that was started anew does not make it longer either")
    func reboot() {
        var bench = quiet()
        bench.calibrate(0, minutes: 2)
        _ = bench.take()
        var tick = bench.source.event(.tick, at: 181)
        tick.arrivalUptime = 1_000_000_000
        bench.see(tick)
        #expect(bench.take().contains("calibrating ended T1-1"))
    }

    @Test("0 minutes where nothing was announced, and an unknown sensor, are passed over")
    func nothing() {
        var bench = quiet()
        bench.calibrate(0, minutes: 0)
        bench.calibrate(0, minutes: -1)
        bench.calibrate(0, minutes: .nan)
        bench.calibrate(77, minutes: 5)
        bench.run(5)
        #expect(bench.take() == [])
    }
}

@Suite("Calibration: longer than allowed")
struct CalibrationOverrunTests {
    @Test("an hour is allowed, more is told at once and cut off", arguments: [60, 60.5])
    func single(_ minutes: Double) {
        var bench = quiet()
        bench.calibrate(0, minutes: minutes)
        let isOver = minutes > 60
        #expect(
            bench.take() == ["calibrating began T1-1"]
                + (isOver ? ["calibration-overrun began T1-1"] : []))
        bench.run(3600)
        #expect(bench.take() == ["calibrating ended T1-1"])
        bench.run(3600)
        #expect(bench.take() == (isOver ? ["calibration-overrun ended T1-1"] : []))
    }

    @Test("announced again and again it is not longer than once, and a finding")
    func repeated() {
        var bench = quiet()
        bench.calibrate(0, minutes: 25)
        bench.run(1200)
        bench.calibrate(0, minutes: 25)
        bench.run(1200)
        #expect(bench.take() == ["calibrating began T1-1"])
        bench.calibrate(0, minutes: 25)
        #expect(bench.take() == ["calibration-overrun began T1-1"])
        bench.run(1200)
        #expect(bench.take() == ["calibrating ended T1-1"])
        // And not once more without a rest: its readings are gas.
        bench.calibrate(0, minutes: 25)
        bench.shown[0] = 1.6
        bench.run(1)
        #expect(bench.take() == ["cut began T1-1"])
    }

    @Test("a rest of an hour allows the next")
    func rest() {
        var bench = quiet()
        bench.calibrate(0, minutes: 60)
        bench.run(3600)
        _ = bench.take()
        bench.run(3600)
        bench.calibrate(0, minutes: 60)
        #expect(bench.take() == ["calibrating began T1-1"])
    }
}

@Suite("Calibration: during gas")
struct CalibrationInGasTests {
    @Test("a neighbour at its alarm makes it a finding, one just below does not")
    func neighbour() {
        for (value, isGas) in [(0.999, false), (1.0, true)] {
            var bench = quiet()
            bench.shown[1] = value
            bench.run(1)
            _ = bench.take()
            bench.calibrate(0, minutes: 10)
            #expect(
                bench.take() == ["calibrating began T1-1"]
                    + (isGas ? ["calibration-in-gas began T1-1"] : []))
            bench.shown[1] = 0.4
            bench.run(1)
            #expect(
                bench.take()
                    == (isGas ? ["alarm ended T1-2", "calibration-in-gas ended T1-1"] : []))
        }
    }

    @Test("gas in another place is none around it")
    func elsewhere() {
        var bench = quiet()
        bench.shown[9] = 1.6
        bench.run(1)
        _ = bench.take()
        bench.calibrate(0, minutes: 10)
        bench.run(5)
        #expect(bench.take() == ["calibrating began T1-1"])
    }
}

@Suite("Calibration: restart and change")
struct CalibrationStateTests {
    @Test("what the journal says stands ends with the next tick: nothing is held back unproven")
    func restored() {
        var bench = ControlBench()
        bench.detector.restore(
            .calibrating, of: .sensor(0), isActive: true, value: .nan, eventTime: .at(-60))
        bench.shown[0] = 1.6
        bench.run(2)
        #expect(bench.take().prefix(2) == ["calibrating ended T1-1", "cut began T1-1"])
    }

    @Test("of a sensor that watches something else, or is taken out, it is over")
    func adopted() {
        var bench = quiet()
        bench.calibrate(0, minutes: 10)
        _ = bench.take()
        var sensors = bench.sensors
        sensors[0]?.role = .faceReturn
        bench.adopt(sensors)
        #expect(bench.take() == ["calibrating ended T1-1"])
        bench.shown[0] = 1.6
        bench.run(1)
        #expect(bench.take().contains("cut began T1-1"))
    }
}
