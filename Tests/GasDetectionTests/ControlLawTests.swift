import GasDetection
import GasModel
import Support
import Testing

@Suite("Control: drainage")
struct ControlDrainageTests {
    /// The heading with two pumps in a mine that must drain its gas.
    private func bench() -> ControlBench {
        let pumps = ["pump-1", "pump-2"].map { ControlBench.state($0, .drainagePump) }
        var bench = ControlBench(ControlBench.sensors + pumps)
        bench.shown[10] = 1
        bench.shown[11] = 0
        bench.run(100)
        return bench
    }

    @Test("is missing when no pump has run for a minute, and there when one has for as long")
    func edges() {
        var bench = bench()
        #expect(bench.take() == [])
        // The pumps take turns: no stop.
        bench.shown[10] = 0
        bench.run(60)
        bench.shown[11] = 1
        bench.run(100)
        #expect(bench.take() == [])
        bench.shown[11] = 0
        bench.run(60)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.figure("pumps") == 2)
        #expect(bench.take() == ["drainage-stopped began H101"])
        bench.shown[10] = 1
        bench.run(60)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["drainage-stopped ended H101"])
    }

    @Test("pumps of which nothing is known neither begin nor end it")
    func unknown() {
        var bench = bench()
        bench.shown[10] = nil
        bench.shown[11] = nil
        bench.run(300)
        #expect(bench.take() == ["silence began pump-1", "silence began pump-2"])
        bench.shown[10] = 0
        bench.run(61)
        #expect(bench.take() == ["silence ended pump-1", "drainage-stopped began H101"])
        bench.shown[10] = nil
        bench.run(300)
        #expect(bench.take() == ["silence began pump-1"])
    }

    @Test("goes on over a restart, and is over when nothing asks for it any more")
    func restarted() throws {
        var bench = bench()
        bench.shown[10] = 0
        bench.run(40)
        try bench.restart()
        bench.run(21)
        #expect(bench.take() == ["drainage-stopped began H101"])
        try bench.restart()
        bench.run(100)
        #expect(bench.take() == [])
        bench.adopt(ControlBench.sensors)
        #expect(bench.take() == ["drainage-stopped ended H101"])
    }
}

@Suite("Control: coverage")
struct ControlCoverageTests {
    /// `testStart` is 18:00 on 23 November 2026.
    private static let lastDay = "2026-11-23"

    private func gaps(_ days: [String: String]) -> [AcceptedGap] {
        days.sorted { $0.key < $1.key }.flatMap {
            ControlBench.acceptances(of: $0.key, until: $0.value)
        }
    }

    @Test("an acceptance that has expired counts as missing from the midnight after its last day")
    func midnight() {
        var bench = ControlBench(acceptedGaps: gaps(["H101": Self.lastDay, "H102": "2026-11-24"]))
        bench.run(6 * 3600)
        #expect(bench.take() == [], "the last day still counts, to its last second")
        bench.run(1)
        #expect(bench.figure("missing (heading-T2, heading-T3)") == 2)
        #expect(bench.take() == ["uncovered began H101"])
    }

    @Test("one more that is missing makes it worse")
    func worse() {
        var accepted = gaps(["H101": Self.lastDay, "H102": "2026-11-24"])
        accepted.removeAll { $0.requirement == "heading-T2" && $0.place == "H101" }
        var bench = ControlBench(acceptedGaps: accepted)
        bench.run(1)
        #expect(bench.figure("missing (heading-T2)") == 1)
        #expect(bench.take() == ["uncovered began H101"])
        bench.run(6 * 3600)
        #expect(bench.take() == ["uncovered worsened H101"])
    }

    @Test("what nobody accepted is told at once and once, also over a restart")
    func once() throws {
        var bench = ControlBench(acceptedGaps: gaps(["H101": "2026-12-24"]))
        bench.run(1)
        #expect(bench.take() == ["uncovered began H102"])
        try bench.restart()
        bench.run(10)
        #expect(bench.take() == [])
        bench = ControlBench(acceptedGaps: gaps(["H101": "2026-12-24"]))
        bench.detector.restore(
            .uncovered, of: .place("H102"), isActive: true, value: .nan, eventTime: .at(0))
        bench.run(10)
        #expect(bench.take() == [])
    }

    @Test("an acceptance, or the sensors themselves, end it")
    func ends() {
        var bench = ControlBench(acceptedGaps: [])
        bench.run(1)
        #expect(bench.take() == ["uncovered began H101", "uncovered began H102"])
        bench.adopt(bench.sensors, acceptedGaps: gaps(["H101": "2026-12-24"]))
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["uncovered ended H101"])
        let more = ["T2", "T3"].map { role in
            var sensor = Heading.sensor(
                "E-\(role)", SensorRole(rawValue: role), alarm: 1, cut: 1, repower: 1)
            sensor.place = "H102"
            return sensor
        }
        bench.adopt(bench.sensors + more)
        #expect(bench.take() == ["uncovered ended H102"])
    }
}

@Suite("Hearing")
struct HearingTests {
    @Test("a sensor with limits is awaited from the link until it is heard or called silent")
    func awaited() {
        var bench = ControlBench()
        #expect(bench.detector.hearing == Hearing(isLinked: true, linkUptime: 0, awaited: []))
        bench.shown = [0: 0.4, 3: 1]
        bench.run(1)
        // The states have no limit; T1-1 was heard.
        #expect(bench.detector.hearing.awaited == [1, 2, 9])
        bench.shown[1] = 0.4
        bench.run(1)
        #expect(bench.detector.hearing.awaited == [2, 9])
        bench.run(5)
        #expect(bench.detector.hearing.awaited == [])
        #expect(bench.take().filter { $0.contains("silence began T1-3") }.count == 1)
    }

    @Test("after the link was lost everybody is awaited anew; without a link nobody is")
    func link() throws {
        var bench = ControlBench()
        bench.run(10)
        #expect(bench.detector.hearing.awaited == [])
        bench.see(bench.source.event(.linkDown, at: 10))
        bench.shown = [:]
        bench.run(1)
        #expect(!bench.detector.hearing.isLinked)
        bench.see(bench.source.event(.linkUp, at: 11))
        bench.run(1)
        #expect(bench.detector.hearing.awaited == [0, 1, 2, 9])
        try bench.restart()
        bench.run(1)
        #expect(bench.detector.hearing.awaited == [0, 1, 2, 9])
    }
}
