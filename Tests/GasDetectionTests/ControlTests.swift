import GasDetection
import GasModel
import Support
import Testing

/// A detector that has seen a quiet minute of the heading.
private func quiet(_ sensors: [Sensor?] = ControlBench.sensors) -> ControlBench {
    var bench = ControlBench(sensors)
    bench.run(60)
    bench.findings = []
    return bench
}

extension [String] {
    /// The lines that are not on the cut itself.
    fileprivate var onControl: [String] { filter { !$0.hasPrefix("cut ") } }
}

@Suite("Control: a quiet heading")
struct ControlQuietTests {
    @Test("with work, air and no gas finds nothing")
    func nothing() {
        var bench = ControlBench()
        bench.run(1000)
        #expect(bench.take() == [])
    }
}

@Suite("Control: power after a cut")
struct ControlPowerTests {
    @Test("power that is still there 2 s and an interval after the gas is a finding, not before")
    func due() {
        var bench = quiet()
        bench.shown[8] = 0
        bench.shown[0] = 1.6
        bench.run(3)
        #expect(bench.take().onControl == [])
        bench.run(1)
        #expect(bench.figure("worst in place T1-1") == 1.6)
        #expect(bench.figure("allowed") == 3)
        #expect(bench.take().onControl == ["power-on began feed"])
        bench.run(100)
        #expect(bench.take() == [])
        bench.shown[6] = 0
        bench.run(3)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["power-on ended feed"])
    }

    @Test(
        "a tick that is written some milliseconds late puts nothing off by a second",
        arguments: 0...1)
    func lag(parity: Int) {
        var bench = quiet()
        bench.lag = { $0 % 2 == parity ? 0.04 : 0 }
        bench.shown[0] = 1.6
        bench.shown[8] = 0
        bench.run(4)
        #expect(bench.take().onControl == ["power-on began feed"])
    }

    @Test("a cut that the station commands counts as one without any gas")
    func commanded() {
        var bench = quiet()
        bench.shown[7] = 1
        bench.run(4)
        #expect(bench.figure("cuts commanded") == 1)
        #expect(bench.take() == ["power-on began feed"])
        bench.shown[7] = 0
        bench.run(4)
        #expect(bench.take() == ["power-on ended feed"])
    }

    @Test("power that goes in time is none, and neither is an alarm without a cut")
    func inTime() {
        var bench = quiet()
        bench.shown[8] = 0
        bench.shown[0] = 1.6
        bench.run(2)
        bench.shown[6] = 0
        bench.run(100)
        #expect(bench.take().onControl == [])
        bench = quiet()
        bench.shown[0] = 1.49
        bench.run(100)
        #expect(bench.take() == ["alarm began T1-1"])
    }

    @Test("a feed sensor that falls silent does not prove that the power is off")
    func unknown() {
        var bench = quiet()
        bench.shown[7] = 1
        bench.run(4)
        _ = bench.take()
        bench.shown[6] = nil
        bench.run(60)
        #expect(bench.take() == ["silence began feed"])
        bench.shown[6] = 0
        bench.run(4)
        #expect(bench.take() == ["silence ended feed", "power-on ended feed"])
    }

    @Test("gas in another place cuts nothing here")
    func elsewhere() {
        var bench = quiet()
        bench.shown[ControlBench.elsewhere] = 1.6
        bench.run(60)
        #expect(bench.take() == ["cut began E1"])
    }
}

@Suite("Control: air")
struct ControlAirTests {
    @Test("a heading is short of a fan when none runs, for longer than a change-over takes")
    func fans() {
        var bench = quiet()
        // The standby takes over.
        bench.shown[3] = 0
        bench.run(9)
        bench.shown[4] = 1
        bench.run(100)
        #expect(bench.take() == [])
        bench.shown[4] = 0
        bench.run(10)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.figure("fans") == 2)
        #expect(bench.take() == ["fan-stopped began H101"])
        bench.shown[3] = 1
        bench.run(10)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["fan-stopped ended H101"])
    }

    @Test("a fan of which nothing is known is not taken for one that runs")
    func unknown() {
        var bench = quiet()
        bench.shown[4] = nil
        bench.shown[3] = 0
        bench.run(60)
        #expect(bench.figure("not known") == 1)
        #expect(bench.take() == ["silence began fan-2", "fan-stopped began H101"])
        // Nothing is known of any: it goes on standing.
        bench.shown[3] = nil
        bench.run(60)
        #expect(bench.take() == ["silence began fan-1"])
    }

    @Test("two fans that both fall silent are silent, and not called stopped")
    func silent() {
        var bench = quiet()
        bench.shown[3] = nil
        bench.shown[4] = nil
        bench.run(60)
        #expect(bench.take() == ["silence began fan-1", "silence began fan-2"])
    }

    @Test("too little air out of the duct is a finding of its own")
    func duct() {
        var bench = quiet()
        bench.shown[5] = 0
        bench.run(10)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["air-short began duct"])
        bench.shown[5] = 1
        bench.run(11)
        #expect(bench.take() == ["air-short ended duct"])
    }
}

@Suite("Control: work")
struct ControlWorkTests {
    @Test("work over the limit is one, and work under a halt that nobody released, too")
    func latched() {
        var bench = quiet()
        bench.shown[6] = 0
        bench.shown[0] = 1.6
        bench.run(4)
        #expect(bench.take().onControl == ["work began H101"])
        bench.halt("H101", stands: true)
        bench.shown[8] = 0
        bench.run(1799)
        #expect(!bench.take().contains("work ended H101"), "a rest within the cycle is no end")
        bench.run(2)
        #expect(bench.take().onControl == ["work ended H101"])
        bench.shown[0] = 0.4
        bench.run(60)
        #expect(bench.take() == ["cut ended T1-1"])
        bench.shown[8] = 1
        bench.run(4)
        #expect(bench.figure("worst in place") == 0.4)
        #expect(bench.take().contains("work began H101"))
    }

    @Test("a place without a gas sensor of its own can be halted, and work there is one too")
    func noGasSensor() {
        var bench = ControlBench()
        var sensors = bench.sensors
        for gas in ControlBench.gas { sensors[Int(gas)]?.place = "H102" }
        bench.adopt(sensors)
        bench.halt("H101", stands: true)
        bench.run(4)
        #expect(bench.take().contains("work began H101"))
    }

    @Test("work after the release of a halt is none, however often there was one")
    func released() {
        var bench = quiet()
        bench.shown[6] = 0
        bench.shown[8] = 0
        for _ in 0..<2 {
            bench.shown[0] = 1.6
            bench.run(4)
            bench.halt("H101", stands: true)
            bench.shown[0] = 0.4
            bench.run(60)
            bench.halt("H101", stands: false)
            #expect(bench.take() == ["cut began T1-1", "cut ended T1-1"])
            bench.shown[8] = 1
            bench.run(60)
            #expect(bench.take() == [])
            bench.shown[8] = 0
            bench.run(10)
        }
    }

    @Test("work under a halt of another rule is one, also behind a restart and another site")
    func underAnyHalt() throws {
        var bench = quiet()
        bench.shown[8] = 0
        bench.run(5)
        bench.halt("H102", stands: true)
        bench.halt("nowhere", stands: true)
        bench.shown[8] = 1
        bench.run(10)
        #expect(bench.take() == [])
        bench.shown[8] = 0
        bench.run(5)
        bench.halt("H101", stands: true)
        try bench.restart()
        bench.adopt(bench.sensors + [ControlBench.state("more", .feedPower)])
        #expect(bench.detector.status(ofPlace: "H101")?.isHalted == true)
        bench.shown[8] = 1
        bench.run(4)
        #expect(bench.take().onControl == ["work began H101"])
    }

    @Test("work that stops in time is none")
    func stops() {
        var bench = quiet()
        bench.shown[6] = 0
        bench.shown[0] = 1.6
        bench.run(3)
        bench.shown[8] = 0
        bench.run(60)
        #expect(bench.take().onControl == [])
    }

    @Test("where nothing tells of work, nothing is said of it")
    func unknown() {
        var bench = quiet()
        bench.shown[8] = nil
        bench.shown[6] = 0
        bench.run(10)
        _ = bench.take()
        bench.shown[0] = 1.6
        bench.run(60)
        #expect(bench.take().onControl == [])
    }
}

@Suite("Control: two of three")
struct ControlDisagreementTests {
    @Test(
        "one that lies apart from both others for five minutes is named",
        arguments: [(0.6, false), (0.601, true), (0.199, true), (0.2, false)])
    func apart(_ value: Double, _ isApart: Bool) {
        var bench = quiet()
        bench.shown[1] = value
        bench.run(300)
        #expect(bench.take() == [])
        bench.run(1)
        if isApart { #expect(bench.figure("shows") == value) }
        #expect(bench.take() == (isApart ? ["disagreement began T1-2"] : []))
    }

    @Test("it ends a minute after it agrees again, well within the tolerance")
    func ends() {
        var bench = quiet()
        bench.shown[1] = 0.9
        bench.run(301)
        _ = bench.take()
        bench.shown[1] = 0.56
        bench.run(120)
        #expect(bench.take() == [])
        bench.shown[1] = 0.5
        bench.run(60)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["disagreement ended T1-2"])
    }

    @Test("where no two agree both outer ones are named, until two agree again")
    func allThree() {
        var bench = quiet()
        bench.shown[1] = 0.7
        bench.shown[2] = 0.1
        bench.run(600)
        #expect(bench.take() == ["disagreement began T1-2", "disagreement began T1-3"])
        bench.shown[2] = 0.4
        bench.run(600)
        #expect(bench.take() == ["disagreement ended T1-3"])
    }

    @Test("where one is silent nobody is named")
    func nobody() {
        var bench = quiet()
        bench.shown[1] = 0.9
        bench.shown[2] = nil
        bench.run(600)
        #expect(bench.take() == ["silence began T1-3"])
    }

    @Test("two sensors of a role are not three, nor are four")
    func count() {
        var two = ControlBench.sensors
        two[2] = nil
        var bench = quiet(two)
        bench.shown[0] = 0.9
        bench.run(600)
        #expect(bench.take() == [])
    }
}

@Suite("Control: calibration due")
struct ControlDueTests {
    /// `testStart` is 18:00 on 23 November 2026.
    private func bench(due: String?) -> ControlBench {
        var sensor = Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1)
        sensor.calibrationDue = due
        var bench = ControlBench([sensor])
        bench.shown = [0: 0.4]
        return bench
    }

    @Test("a day that is over is told at once and once; the day itself is not over")
    func once() {
        var bench = bench(due: "2026-11-20")
        bench.run(1)
        #expect(bench.figure("days overdue") == 3)
        #expect(bench.take() == ["calibration-due began T1"])
        bench.run(30)
        #expect(bench.take() == [])
        bench = self.bench(due: "2026-11-23")
        bench.run(6 * 3600 - 1)
        #expect(bench.take() == [])
        bench.run(2)
        #expect(bench.take() == ["calibration-due began T1"])
        bench.run(24 * 3600)
        #expect(bench.take() == [])
    }

    @Test("another day in the site file ends it, if that is not over too")
    func adopted() {
        for (day, isOver) in [("2026-12-01", false), ("2026-11-21", true)] {
            var bench = bench(due: "2026-11-20")
            bench.run(1)
            _ = bench.take()
            var sensor = bench.sensors[0]
            sensor?.calibrationDue = day
            bench.adopt([sensor])
            bench.run(10)
            #expect(bench.take() == (isOver ? [] : ["calibration-due ended T1"]))
        }
    }
}

@Suite("Control: when the site changes")
struct ControlAdoptionTests {
    @Test("what stands of a place goes on, whatever changes elsewhere")
    func goesOn() {
        var bench = quiet()
        bench.shown[5] = 0
        bench.run(20)
        #expect(bench.take() == ["air-short began duct"])
        var sensors = bench.sensors
        sensors[9]?.limits = try? GasLimits(alarm: 0.5, cut: 1, repower: 0.5)
        bench.adopt(sensors)
        bench.run(20)
        #expect(bench.take() == [])
        bench.shown[5] = 1
        bench.run(20)
        #expect(bench.take() == ["air-short ended duct"])
    }

    @Test("what is no longer asked is over; what left the site stands until it is back")
    func gone() {
        var bench = quiet()
        bench.shown[3] = 0
        bench.shown[5] = 0
        bench.run(20)
        #expect(bench.take() == ["fan-stopped began H101", "air-short began duct"])
        var sensors = bench.sensors
        sensors[3] = nil
        sensors[4] = nil
        sensors[5] = nil
        bench.adopt(sensors)
        bench.run(20)
        #expect(bench.take() == ["fan-stopped ended H101"])
        bench.adopt(ControlBench.sensors)
        bench.shown[3] = 1
        bench.shown[5] = 1
        bench.run(20)
        #expect(bench.take() == ["air-short ended duct"])
    }

    @Test("what the journal says stands is not told again, and ends when it is over")
    func restored() {
        var bench = ControlBench()
        for (rule, subject) in [
            (Rule.airShort, Finding.Subject.sensor(5)), (.fanStopped, .place("H101")),
            (.powerOn, .sensor(6)), (.work, .place("H101")), (.disagreement, .sensor(1)),
        ] {
            bench.detector.restore(
                rule, of: subject, isActive: true, value: .nan, eventTime: .at(-60))
        }
        bench.run(1801)
        #expect(
            Set(bench.take()) == [
                "air-short ended duct", "fan-stopped ended H101", "power-on ended feed",
                "work ended H101", "disagreement ended T1-2",
            ])
    }
}
