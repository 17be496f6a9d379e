import GasDetection
import GasModel
import Support
import Testing

extension ControlBench {
    /// The gateway says that it is gone and, two seconds later, that it is back; all sensors are
    /// heard all the time.
    fileprivate mutating func flapGateway(_ count: Int) {
        for _ in 0..<count {
            gateway(.gatewayDown, "gw")
            // Whoever is heard would bring it back at once.
            let heard = shown
            shown = [3: 0.4]
            run(2)
            shown = heard
            gateway(.gatewayUp, "gw")
            run(2)
        }
    }

    /// The sensor without a gateway is quiet for `quiet` seconds, and heard for two.
    fileprivate mutating func flapSensor(_ count: Int, quiet: Int = 7) {
        for _ in 0..<count {
            let value = shown[3]
            shown[3] = nil
            run(quiet)
            shown[3] = value
            run(2)
        }
    }

    fileprivate mutating func event(_ kind: Reading.Kind) {
        see(source.event(kind, at: Double(second) - 0.25))
    }
}

@Suite("ThresholdDetector: flapping")
struct FlappingTests {
    @Test("the third loss in ten minutes is told, the fourth is flapping with a count, until rest")
    func gateway() {
        var bench = ControlBench.atGateway()
        bench.flapGateway(3)
        #expect(bench.take().count == 6)
        bench.flapGateway(1)
        #expect(bench.figure("times lost in 10 min") == 4)
        #expect(bench.take() == ["flapping began gw"])
        bench.flapGateway(96)
        #expect(bench.take() == [])
        bench.run(297)
        #expect(bench.take() == [])
        bench.run(2)
        #expect(bench.figure("times lost") == 100)
        #expect(bench.take() == ["flapping ended gw"])
        bench.flapGateway(1)
        #expect(bench.take() == ["gateway began gw", "gateway ended gw"], "told as ever")
    }

    @Test("so is a sensor that falls silent and is heard again")
    func sensor() {
        var bench = ControlBench.atGateway()
        bench.flapSensor(50)
        #expect(bench.take().suffix(2) == ["silence ended alone", "flapping began alone"])
        bench.run(298)
        #expect(bench.take() == [])
        bench.run(2)
        #expect(bench.figure("times lost") == 50)
        #expect(bench.take() == ["flapping ended alone"])
    }

    @Test(
        "the fourth loss is flapping if it comes within ten minutes of the first",
        arguments: [0, 1])
    func window(_ late: Int) {
        var bench = ControlBench.atGateway()
        bench.flapGateway(3)
        bench.run(600 - 12 + late)
        bench.flapGateway(1)
        #expect(bench.take().contains("flapping began gw") == (late == 0))
    }

    @Test(
        "a silence that lasts is told while it flaps, with for how long it has lasted; so its end")
    func lasting() throws {
        var bench = ControlBench.atGateway()
        bench.flapSensor(5)
        _ = bench.take()
        bench.shown[3] = nil
        // Five seconds to fall silent and sixty in which it might have been flapping.
        bench.run(64)
        #expect(bench.take() == [])
        bench.run(1)
        let told = try #require(bench.findings.first)
        #expect(told.heldNanoseconds == 60_000_000_000)
        #expect(told.arrivalTime.seconds(since: told.since) == 60)
        #expect(bench.take() == ["silence began alone"])
        bench.run(1000)
        #expect(bench.take() == [], "and what is silent does not rest")
        bench.shown[3] = 0.4
        bench.run(1)
        #expect(bench.take() == ["silence ended alone"])
        bench.run(300)
        #expect(bench.take() == ["flapping ended alone"])
        bench.shown[3] = nil
        bench.run(6)
        #expect(bench.findings.first?.heldNanoseconds == 0)
        #expect(bench.take() == ["silence began alone"], "a silence after it is told at once")
    }

    @Test("a gateway that is gone for good while it flaps is told, and its sensors when it is back")
    func goneForGood() {
        var bench = ControlBench.atGateway()
        bench.flapGateway(10)
        _ = bench.take()
        bench.shown = [3: 0.4]
        bench.gateway(.gatewayDown, "gw")
        bench.run(60)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.figure("sensors") == 3)
        #expect(bench.take() == ["gateway began gw"])
        bench.shown[0] = 0.4
        bench.run(10)
        #expect(bench.take() == ["gateway ended gw", "silence began S1", "silence began S2"])
    }

    @Test("a sensor that is dead behind a gateway that flaps is told: what it missed adds up")
    func deadBehind() {
        var bench = ControlBench.atGateway()
        bench.shown[1] = nil
        bench.flapGateway(10)
        #expect(bench.take().contains("silence began S1"))
    }

    @Test("where gas is high or rises at a loss, that is told at once, and once")
    func inGas() {
        var bench = ControlBench.atGateway()
        bench.flapSensor(5)
        _ = bench.take()
        bench.shown[3] = 0.9
        bench.run(1)
        bench.flapSensor(1)
        #expect(bench.figure("last value") == 0.9)
        #expect(bench.findings.last?.isLossInGas == true)
        #expect(bench.take() == ["flapping worsened alone"])
        bench.flapSensor(20)
        #expect(bench.take() == [])
    }

    @Test("what nobody sees does not rest: no link, and no gateway")
    func unseen() {
        var bench = ControlBench.atGateway()
        bench.flapSensor(4)
        bench.flapGateway(4)
        _ = bench.take()
        bench.event(.linkDown)
        bench.run(400)
        bench.event(.linkUp)
        bench.run(298)
        #expect(bench.take() == ["link began link", "link ended link"])
        bench.run(4)
        #expect(bench.take().sorted() == ["flapping ended alone", "flapping ended gw"])
    }

    @Test("a civil clock that is put back does not make it stand for longer")
    func clock() {
        var sensor = Heading.sensor("S0", .face, alarm: 1, cut: 1.5, repower: 1)
        sensor.gateway = "gw"
        var bench = ControlBench([sensor])
        bench.flapGateway(4)
        _ = bench.take()
        // Three hours back for the clock; the machine's uptime goes on.
        bench.second -= 10_800
        bench.startedAt -= 10_800
        bench.shown = [:]
        bench.run(305)
        #expect(bench.take() == ["silence began S0", "flapping ended gw"])
    }

    @Test("a word that comes twice, and a reading that comes late or twice, counts for nothing")
    func repeated() {
        var bench = ControlBench.atGateway()
        for _ in 0..<10 { bench.gateway(.gatewayDown, "gw") }
        bench.run(1)
        for _ in 0..<10 { bench.gateway(.gatewayUp, "gw") }
        #expect(bench.take() == ["gateway began gw", "gateway ended gw"])
        bench.shown[3] = nil
        bench.run(6)
        for _ in 0..<10 {
            bench.see(bench.source.value(0.4, of: 3, at: 3, delay: Double(bench.second) - 3))
            bench.run(1)
        }
        #expect(bench.take() == ["silence began alone"])
    }
}

@Suite("ThresholdDetector: flapping over restarts and reloads")
struct FlappingStateTests {
    /// Flaps, is lost for good, is back and rests; each second through `step`.
    private func course(_ step: (inout ControlBench) throws -> Void) rethrows -> [Finding] {
        var bench = ControlBench.atGateway()
        for second in 0..<900 {
            if second < 60, second % 6 == 0 { bench.gateway(.gatewayDown, "gw") }
            if second < 60, second % 6 == 3 { bench.gateway(.gatewayUp, "gw") }
            let isLost = second < 60 ? second % 10 < 8 : (100..<200).contains(second)
            bench.shown = isLost ? [:] : [0: 0.4, 1: 0.4, 2: 0.4, 3: 0.9]
            bench.run(1)
            try step(&bench)
        }
        return bench.findings
    }

    @Test("a restart from a snapshot at any second changes nothing")
    func snapshots() throws {
        let expected = course { _ in }
        #expect(Set(expected.map(\.rule)) == [.gateway, .silence, .flapping])
        let found = try course { try $0.restart() }
        // By their words: what has no value is not equal to itself.
        #expect(found.map { "\($0)" } == expected.map { "\($0)" })
    }

    @Test("without a snapshot it goes on from the journal, and ends when it has rested")
    func journal() {
        var bench = ControlBench.atGateway()
        for subject in [Finding.Subject.sensor(3), .gateway("gw")] {
            bench.detector.restore(
                .flapping, of: subject, isActive: true, value: .nan, eventTime: .at(8))
        }
        bench.flapSensor(1)
        bench.flapGateway(1)
        #expect(bench.take() == [])
        bench.run(310)
        #expect(bench.take() == ["flapping ended alone", "flapping ended gw"])
    }

    @Test("the machine is started anew: a loss that is held back is still told in its time")
    func rebooted() {
        var bench = ControlBench.atGateway()
        bench.startedAt = -1_000_000
        bench.run(10)
        bench.flapGateway(4)
        _ = bench.take()
        bench.shown = [3: 0.4]
        bench.gateway(.gatewayDown, "gw")
        bench.run(50)
        bench.startedAt = bench.second - 5
        bench.event(.runBegins)
        bench.event(.linkUp)
        bench.run(10)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["gateway began gw"])
    }

    @Test("a reload goes on with it; a sensor that is taken out has none any more")
    func reload() {
        var bench = ControlBench.atGateway()
        bench.flapGateway(4)
        bench.flapSensor(4)
        _ = bench.take()
        var sensors = bench.sensors
        sensors[0]?.gateway = nil
        sensors[3] = nil
        bench.shown[3] = nil
        bench.adopt(sensors, decommissioned: ["alone"])
        bench.run(255)
        #expect(bench.take() == [])
        bench.run(10)
        #expect(bench.take() == ["flapping ended gw"])
    }
}
