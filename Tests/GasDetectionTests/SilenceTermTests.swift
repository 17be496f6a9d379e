import GasDetection
import GasModel
import Support
import Testing

extension ControlBench {
    fileprivate mutating func event(_ kind: Reading.Kind) {
        see(source.event(kind, at: Double(second) - 0.25))
    }

    /// The link, and nothing else, comes and goes `count` times.
    fileprivate mutating func flap(_ count: Int, up: Int, down: Int) {
        for _ in 0..<count {
            event(.linkDown)
            run(down)
            event(.linkUp)
            run(up)
        }
    }
}

/// What the link, a gateway or the machine does to the time that a sensor is waited for.
@Suite("Silence: terms")
struct SilenceTermTests {
    @Test("a link that comes and goes hides no silence: who is not heard is waited for all in all")
    func flappingLink() {
        var bench = ControlBench.atGateway()
        bench.shown[1] = nil
        bench.shown[3] = nil
        bench.flap(1, up: 3, down: 60)
        bench.flap(1, up: 2, down: 60)
        #expect(bench.take().filter { !$0.contains("link") } == [])
        // More than five seconds of the link for the one; two more, for its gateway, for the other.
        bench.flap(1, up: 2, down: 60)
        #expect(bench.take().filter { !$0.contains("link") } == ["silence began alone"])
        bench.flap(1, up: 2, down: 60)
        #expect(bench.take().filter { !$0.contains("link") } == ["silence began S1"])
    }

    @Test("who is heard each time that the link is up is never silent")
    func heard() {
        var bench = ControlBench.atGateway()
        bench.flap(20, up: 4, down: 3)
        #expect(bench.take().allSatisfy { $0.contains("link") })
    }

    @Test("a daemon that is started again and again hides no silence either")
    func crashLoop() {
        var bench = ControlBench.atGateway()
        for index in 0...UInt32(3) { bench.shown[index] = nil }
        for _ in 0..<4 {
            bench.event(.runBegins)
            bench.event(.linkUp)
            bench.run(2)
        }
        #expect(bench.take() == ["gateway began gw", "silence began alone"])
    }

    @Test("a gateway that says offline and online hides no silence, and its word does not end it")
    func flappingGateway() {
        var bench = ControlBench.atGateway()
        for index in 0..<UInt32(3) { bench.shown[index] = nil }
        for _ in 0..<3 {
            bench.gateway(.gatewayDown, "gw")
            bench.run(1)
            bench.gateway(.gatewayUp, "gw")
            bench.run(1)
        }
        #expect(bench.take().count == 6)
        for _ in 0..<3 {
            bench.gateway(.gatewayUp, "gw")
            bench.run(1)
        }
        #expect(bench.take() == ["flapping began gw"])
        for _ in 0..<30 {
            bench.gateway(.gatewayDown, "gw")
            bench.run(1)
            bench.gateway(.gatewayUp, "gw")
            bench.run(1)
        }
        #expect(bench.take() == ["gateway began gw"], "it stands, and grows older")
        bench.shown[2] = 0.4
        bench.run(1)
        #expect(bench.take() == ["gateway ended gw"])
        bench.run(10)
        #expect(bench.take() == ["silence began S0", "silence began S1"])
    }

    @Test("who brings its gateway back was heard, however seldom it reports")
    func seldom() {
        let sensors: [Sensor?] = (0..<2).map { index in
            var sensor = Heading.sensor("S\(index)", .face, alarm: 1, cut: 1.5, repower: 1)
            sensor.gateway = "gw"
            sensor.intervalSeconds = 60
            return sensor
        }
        var bench = ControlBench(sensors)
        bench.shown = [:]
        bench.run(170)
        bench.gateway(.gatewayDown, "gw")
        bench.run(1)
        bench.gateway(.gatewayUp, "gw")
        bench.run(20)
        #expect(bench.take() == ["gateway began gw", "gateway ended gw", "gateway began gw"])
        bench.shown[0] = 0.4
        bench.run(1)
        bench.shown = [:]
        #expect(bench.take() == ["gateway ended gw"])
        bench.run(3)
        #expect(bench.take() == ["silence began S1"])
        bench.run(100)
        #expect(bench.take() == [])
    }

    @Test("the machine is started anew long after a gateway was back: silence is told as ever")
    func rebooted() {
        var bench = ControlBench.atGateway()
        bench.startedAt = -1_000_000
        bench.run(10)
        bench.gateway(.gatewayDown, "gw")
        bench.run(1)
        bench.gateway(.gatewayUp, "gw")
        bench.run(10)
        _ = bench.take()
        bench.startedAt = bench.second - 30
        bench.event(.runBegins)
        bench.event(.linkUp)
        for index in 0...UInt32(3) { bench.shown[index] = nil }
        bench.run(6)
        #expect(bench.take() == ["gateway began gw", "silence began alone"])
        bench.run(60)
        #expect(bench.take() == [])
        bench.shown[1] = 0.4
        bench.run(1)
        #expect(bench.take() == ["gateway ended gw"])
    }

    @Test("the machine is started anew while an alarm is on its way: its delay goes on")
    func delayed() {
        var sensor = Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1)
        sensor.alarmDelay = AlarmDelay(onSeconds: 8, offSeconds: 0)
        var bench = ControlBench([sensor])
        bench.shown = [0: 0.4]
        bench.startedAt = -1_000_000
        bench.run(3)
        bench.shown = [0: 1.2]
        bench.run(1)
        bench.shown = [:]
        bench.run(3)
        bench.startedAt = bench.second - 30
        bench.event(.runBegins)
        bench.run(4)
        #expect(bench.take() == [])
        bench.run(2)
        #expect(bench.take() == ["alarm began T1"])
    }
}

/// Readings that come, and were measured long before.
@Suite("Silence: old readings")
struct StaleReadingTests {
    /// One reading a second of the sensor `T1`, each so many seconds old when it comes.
    private struct Feed {
        var bench: ControlBench
        /// What the clock of the daemon shows beyond the true time. Seconds.
        var civilError = 0.0

        init(interval: Double = 1) {
            var sensor = Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1)
            sensor.intervalSeconds = interval
            bench = ControlBench([sensor])
            bench.shown = [:]
        }

        mutating func run(_ seconds: Int, late: Double, every interval: Int = 1) {
            for step in 0..<seconds {
                let now = Double(bench.second)
                if step.isMultiple(of: interval) {
                    see(bench.source.value(0.4, at: now - late, delay: late))
                }
                see(bench.source.event(.tick, at: now + 0.5))
                bench.second += 1
            }
        }

        private mutating func see(_ record: Reading) {
            var record = record
            record.arrivalTime = record.arrivalTime.advanced(
                byNanoseconds: Int64(civilError * 1e9))
            bench.see(record)
        }

        var provesNothing: Bool { !bench.detector.hearing.awaited.isEmpty }
    }

    @Test("a feed that somebody delays proves nothing at once, and is silence after five minutes")
    func delayed() {
        var feed = Feed()
        feed.run(299, late: 600)
        #expect(feed.provesNothing)
        #expect(feed.bench.take() == [])
        feed.run(5, late: 600)
        #expect(feed.bench.figure("age of its newest reading") == 600)
        #expect(feed.bench.findings.last?.isLossInGas == false, "an age is no figure of gas")
        #expect(feed.bench.take() == ["silence began T1"])
        feed.run(600, late: 600)
        #expect(feed.bench.take() == [], "heard, and still nothing of now")
        feed.run(1, late: 0)
        #expect(feed.bench.take() == ["silence ended T1"])
        #expect(!feed.provesNothing)
    }

    @Test("a store that is emptied within minutes is no silence, and proves nothing before its end")
    func backlog() {
        var feed = Feed()
        feed.run(10, late: 0)
        feed.bench.second += 600
        feed.bench.see(feed.bench.source.event(.linkUp, at: Double(feed.bench.second)))
        for late in stride(from: 600.0, to: 40, by: -10) { feed.run(1, late: late) }
        #expect(feed.provesNothing)
        feed.run(1, late: 1)
        #expect(!feed.provesNothing)
        #expect(feed.bench.take() == [])
    }

    @Test(
        "up to its own bound a seldom sensor may be late", arguments: [(170, false), (190, true)])
    func seldom(_ late: Int, _ isStale: Bool) {
        var feed = Feed(interval: 60)
        feed.run(121, late: Double(late), every: 60)
        #expect(feed.provesNothing == isStale)
    }

    @Test(
        "a clock of the daemon that is put forward, or set right, makes no reading old",
        arguments: [(0.0, 3600.0), (-3600, 0)])
    func clockSet(_ before: Double, _ after: Double) {
        var feed = Feed()
        feed.civilError = before
        feed.run(10, late: 0)
        feed.civilError = after
        feed.run(400, late: 0)
        #expect(!feed.provesNothing)
        #expect(feed.bench.take() == [])
    }
}
