import GasDetection
import GasModel
import Support
import Testing

/// `count` sensors that report every second through the gateway `gw`, and one without a gateway.
private func bench(_ count: Int, interval: Double = 1) -> ControlBench {
    var sensors: [Sensor?] = (0..<count).map { index in
        var sensor = Heading.sensor("S\(index)", .face, alarm: 1, cut: 1.5, repower: 1)
        sensor.gateway = "gw"
        sensor.intervalSeconds = interval
        return sensor
    }
    sensors.append(Heading.sensor("alone", .faceReturn, alarm: 1, cut: 1, repower: 1))
    var bench = ControlBench(sensors)
    bench.shown = [:]
    for index in 0...UInt32(count) { bench.shown[index] = 0.4 }
    return bench
}

/// The same, of which one stood in gas when the link was lost.
private func withoutLink(_ count: Int, inGas sensor: UInt32) -> ControlBench {
    var bench = bench(count)
    bench.shown[sensor] = 0.95
    bench.run(10)
    bench.shown = [:]
    bench.see(bench.source.event(.linkDown, at: Double(bench.second) - 0.25))
    return bench
}

@Suite("Silence: while high or rising")
struct SilenceHighTests {
    @Test(
        "from 0.8 of the alarm on it is told as such, with the last value",
        arguments: [(0.799, false), (0.8, true), (1.2, true)])
    func high(_ value: Double, _ isHigh: Bool) throws {
        var bench = bench(0)
        bench.shown[0] = value
        bench.run(200)
        bench.findings = []
        bench.shown = [:]
        bench.run(10)
        let finding = try #require(bench.findings.first)
        #expect(finding.rule == .silence)
        #expect(finding.evidence.map(\.name) == (isHigh ? ["last value"] : []))
        #expect(finding.evidence.first?.value == (isHigh ? value : nil))
        // And so is its end.
        bench.shown[0] = 0.3
        bench.run(1)
        let end = try #require(bench.findings.first { $0.change == .ended })
        #expect(end.rule == .silence)
        #expect(end.evidence.first?.value == (isHigh ? value : nil))
    }

    @Test(
        "a rise of a tenth of the alarm within two minutes is told as such",
        arguments: [(0.0005, false), (0.002, true)])
    func rising(_ perSecond: Double, _ isRising: Bool) throws {
        var bench = bench(0)
        for second in 0..<180 {
            bench.shown[0] = 0.3 + Double(second) * perSecond
            bench.run(1)
        }
        bench.shown = [:]
        bench.run(10)
        let finding = try #require(bench.findings.last)
        #expect(finding.evidence.contains { $0.name == "was rising by" } == isRising)
        #expect(finding.evidence.contains { $0.name == "last value" } == isRising)
    }

    @Test(
        "a sensor that sends no number any more has the same figures, but not beside a cut",
        arguments: [(0.79, false), (0.8, true), (0.99, true), (1.0, false)])
    func fault(_ value: Double, _ isTold: Bool) throws {
        var bench = bench(0)
        bench.shown[0] = value
        bench.run(10)
        bench.see(bench.source.fault(.null, of: 0, at: 10))
        let finding = try #require(bench.findings.last)
        #expect(finding.rule == .fault)
        #expect(finding.evidence == (isTold ? [.init("last value", value, "%CH4")] : []))
    }

    @Test("a sensor whose gateway's clock was put back is silent, and told to send what is old")
    func clockPutBack() throws {
        var bench = bench(0)
        bench.run(100)
        bench.shown = [:]
        for second in 100..<106 {
            bench.see(bench.source.value(0.4, of: 0, at: Double(second - 50), delay: 50))
            bench.run(1)
        }
        let finding = try #require(bench.findings.last)
        #expect(finding.rule == .silence)
        #expect(finding.evidence == [.init("readings older than its newest", 5)])
        try bench.restart()
        bench.findings = []
        bench.shown[0] = 0.4
        bench.run(1)
        #expect(bench.take() == ["silence ended alone"])
        bench.shown = [:]
        bench.run(6)
        #expect(bench.findings.map(\.evidence.count) == [0], "what was old before is forgotten")
    }

    @Test("one step of a coarse sensor is no rise")
    func coarse() {
        var bench = bench(0)
        bench.sensors[0]?.resolution = 0.1
        bench.detector = ThresholdDetector(ControlBench.roster(bench.sensors))
        bench.see(bench.source.event(.linkUp, at: 0))
        bench.shown[0] = 0.4
        bench.run(130)
        bench.shown[0] = 0.5
        bench.run(5)
        bench.shown = [:]
        bench.run(10)
        #expect(bench.findings.map(\.evidence.count) == [0])
    }

    @Test("a rise and a fall between two steady values are none")
    func noRise() {
        var bench = bench(0)
        for value in [0.4, 0.6, 0.7, 0.4] {
            bench.shown[0] = value
            bench.run(60)
        }
        bench.shown = [:]
        bench.run(10)
        #expect(bench.findings.map(\.evidence.count) == [0])
    }
}

@Suite("Silence: announced intervals")
struct SilenceIntervalTests {
    @Test("a sensor that announces a shorter interval is waited for no longer than that")
    func shorter() {
        var bench = bench(0, interval: 1)
        var slow = bench.sensors[0]
        slow?.intervalSeconds = 60
        bench = ControlBench([slow])
        bench.shown = [0: 0.4]
        bench.detector.announce(intervalSeconds: 4, of: 0)
        bench.run(1)
        bench.shown = [:]
        bench.run(11)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["silence began alone"])
    }

    @Test("one that announces a longer interval is not believed")
    func longer() {
        var bench = bench(0)
        bench.detector.announce(intervalSeconds: 3600, of: 0)
        bench.detector.announce(intervalSeconds: -1, of: 0)
        bench.detector.announce(intervalSeconds: .nan, of: 0)
        bench.detector.announce(intervalSeconds: 1, of: 99)
        bench.run(1)
        bench.shown = [:]
        bench.run(6)
        #expect(bench.take() == ["silence began alone"])
    }

    @Test("what was announced outlasts a restart, and a change of the limits")
    func kept() throws {
        var slow = Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1)
        slow.intervalSeconds = 60
        var bench = ControlBench([slow])
        bench.shown = [0: 0.4]
        bench.detector.announce(intervalSeconds: 2, of: 0)
        bench.run(1)
        try bench.restart()
        var stricter = Heading.sensor("T1", .face, alarm: 0.8, cut: 1.5, repower: 0.8)
        stricter.intervalSeconds = 60
        bench.adopt([stricter])
        bench.shown = [:]
        bench.run(7)
        #expect(bench.take() == ["silence began T1"])
    }
}

@Suite("Silence: gateways")
struct SilenceGatewayTests {
    @Test("one that dies with two hundred sensors is one finding", arguments: [2, 200])
    func dies(_ count: Int) {
        var bench = bench(count)
        bench.run(10)
        for index in 0..<UInt32(count) { bench.shown[index] = nil }
        bench.run(30)
        #expect(bench.figure("sensors") == Double(count))
        #expect(bench.take() == ["gateway began gw"])
        #expect(bench.detector.heardCount == 1)
        // Back, but for one sensor, which is then told by itself.
        for index in 1..<UInt32(count) { bench.shown[index] = 0.4 }
        bench.run(1)
        #expect(bench.take() == ["gateway ended gw"])
        bench.run(20)
        #expect(bench.take() == ["silence began S0"])
    }

    @Test("its sensors need not fall silent in the same second", arguments: 1...10)
    func staggered(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count: UInt32 = 50
        var bench = bench(Int(count), interval: 20)
        // Each sends every 20 s, at a second of its own.
        let phase = (0..<count).map { _ in Int.random(in: 0..<20, using: &generator) }
        for second in 0..<400 {
            bench.shown = [count: 0.4]
            for index in 0..<count where second < 200 && second % 20 == phase[Int(index)] {
                bench.shown[index] = 0.4
            }
            bench.run(1)
        }
        #expect(bench.take() == ["gateway began gw"], "seed \(seed)")
    }

    @Test("as long as one of them is heard, the others are told by themselves")
    func partly() {
        var bench = bench(3)
        bench.run(10)
        bench.shown[0] = nil
        bench.shown[1] = nil
        bench.run(30)
        #expect(bench.take() == ["silence began S0", "silence began S1"])
    }

    @Test("a sensor behind a gateway is told two seconds later than one that is not, not more")
    func grace() {
        var bench = bench(3)
        bench.run(10)
        bench.shown[0] = nil
        bench.shown[3] = nil
        bench.run(5)
        #expect(bench.take() == ["silence began alone"])
        bench.run(2)
        #expect(bench.take() == ["silence began S0"])
    }

    @Test("one sensor alone is no gateway")
    func single() {
        var bench = bench(1)
        bench.run(10)
        bench.shown[0] = nil
        bench.run(30)
        #expect(bench.take() == ["silence began S0"])
    }

    @Test("a gateway that never spoke is one finding too")
    func never() {
        var bench = bench(20)
        for index in 0..<UInt32(20) { bench.shown[index] = nil }
        bench.run(30)
        #expect(bench.take() == ["gateway began gw"])
    }

    @Test("its own word counts at once, and so does its return; an unknown one is passed over")
    func word() {
        var bench = bench(3)
        bench.run(10)
        bench.gateway(.gatewayDown, "gw")
        bench.gateway(.gatewayDown, "gw")
        bench.gateway(.gatewayDown, "other")
        #expect(bench.take() == ["gateway began gw"])
        for index in 0..<UInt32(3) { bench.shown[index] = nil }
        bench.run(60)
        #expect(bench.take() == [])
        bench.gateway(.gatewayUp, "gw")
        #expect(bench.take() == ["gateway ended gw"])
        bench.run(4)
        #expect(bench.take() == [])
    }

    @Test("a sensor that is not heard through its gateway's coming and going is told by itself")
    func hidden() {
        var bench = bench(3)
        bench.run(10)
        bench.shown[2] = nil
        for _ in 0..<10 {
            bench.gateway(.gatewayDown, "gw")
            bench.shown[0] = nil
            bench.shown[1] = nil
            bench.run(3)
            bench.gateway(.gatewayUp, "gw")
            bench.shown[0] = 0.4
            bench.shown[1] = 0.4
            bench.run(3)
        }
        #expect(bench.take().filter { $0.hasPrefix("silence") } == ["silence began S2"])
    }

    @Test("the finding counts those that were high or rising, and names the worst of them")
    func high() {
        var bench = bench(4)
        bench.shown[1] = 0.9
        bench.shown[2] = 0.95
        bench.run(10)
        for index in 0..<UInt32(4) { bench.shown[index] = nil }
        bench.run(10)
        #expect(bench.figure("of them high") == 2)
        #expect(bench.figure("worst of them S2") == 0.95)
        bench.shown[0] = 0.4
        bench.run(1)
        #expect(bench.findings.last?.evidence.map(\.name) == ["sensors"])
    }

    @Test("a link that is lost says the same of the whole mine; with nothing high, nothing")
    func linkInGas() {
        for (value, names) in [
            (0.79, []), (0.95, ["sensors", "of them high or rising", "worst of them S2"]),
        ] {
            var bench = bench(4)
            bench.shown[2] = value
            bench.run(10)
            bench.see(bench.source.event(.linkDown, at: Double(bench.second) - 0.25))
            #expect(bench.findings.last?.evidence.map(\.name) == names)
        }
    }

    @Test("without a link the sensors in gas are called silent, and nobody else")
    func silentInGas() {
        var bench = withoutLink(4, inGas: 2)
        // Each has its whole bound, from when the link was lost, and the grace of its gateway.
        bench.run(7)
        #expect(bench.take() == ["link began link"])
        bench.run(1)
        #expect(bench.figure("last value") == 0.95)
        #expect(bench.take() == ["silence began S2"])
        bench.run(60)
        bench.see(bench.source.event(.linkUp, at: Double(bench.second) - 0.25))
        bench.shown[2] = 0.5
        bench.run(2)
        #expect(bench.take() == ["link ended link", "silence ended S2"])
    }

    @Test("a daemon that starts without a link gives the sensors in gas a fresh term")
    func startedInGas() {
        var bench = withoutLink(3, inGas: 1)
        _ = bench.take()
        bench.second += 60
        bench.see(bench.source.event(.runBegins, at: Double(bench.second) - 0.25))
        bench.run(7)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["silence began S1"])
    }

    @Test("a daemon that was down calls nobody silent for that; its link gives a fresh term")
    func down() {
        var bench = bench(3)
        bench.shown[1] = 0.95
        bench.run(10)
        for index in 0...UInt32(3) { bench.shown[index] = nil }
        bench.second += 60
        bench.see(bench.source.event(.runBegins, at: Double(bench.second) - 0.25))
        bench.run(60)
        #expect(bench.take() == [])
        bench.see(bench.source.event(.linkUp, at: Double(bench.second) - 0.25))
        bench.run(4)
        #expect(bench.take() == [])
        bench.run(4)
        #expect(bench.take() == ["gateway began gw", "silence began alone"])
    }

    @Test("while the link is down no gateway is called gone")
    func link() {
        var bench = bench(3)
        bench.run(10)
        bench.see(bench.source.event(.linkDown, at: Double(bench.second) - 0.25))
        for index in 0..<UInt32(3) { bench.shown[index] = nil }
        bench.run(60)
        #expect(bench.take() == ["link began link"])
        bench.see(bench.source.event(.linkUp, at: Double(bench.second) - 0.25))
        bench.run(4)
        #expect(bench.take() == ["link ended link"])
        bench.run(4)
        #expect(bench.take() == ["gateway began gw"])
    }
}
