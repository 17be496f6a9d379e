import GasDetection
import GasModel
import Support
import Testing

/// A head alone in its place that had a halt 20 s ago, and is below re-power again.
private func bench(interval: Double = 1) -> ControlBench {
    var sensor = Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1)
    sensor.intervalSeconds = interval
    var bench = ControlBench([sensor])
    bench.shown = [0: 0.4]
    bench.run(5000)
    bench.shown = [0: 1.6]
    bench.run(1)
    bench.shown = [0: 0.4]
    bench.run(20)
    bench.shown = [:]
    bench.findings = []
    return bench
}

extension ControlBench {
    /// The sensor shows `value` for `seconds`, by a clock that is `behind` seconds behind, with a
    /// reading each `interval` seconds.
    fileprivate mutating func showPutBack(
        _ value: Double, seconds: Int, behind: Double, interval: Int = 1,
        jitter: (Int) -> Double = { _ in 0 }
    ) {
        for _ in 0..<seconds {
            let measured = Double(second) - behind
            if second % interval == 0 {
                see(source.value(value, of: 0, at: measured, delay: behind + jitter(second)))
            }
            run(1)
        }
    }
}

@Suite("Threshold: a clock that was put back")
struct ClockPutBackTests {
    @Test(
        "a halt does not wait for a gateway's clock that was put back, though one was told before",
        arguments: [(1, 60.0), (1, 3600), (5, 600), (30, 3600)])
    func putBack(_ interval: Int, _ behind: Double) throws {
        var bench = bench(interval: Double(interval))
        bench.showPutBack(0.4, seconds: 20 * interval / 3, behind: behind, interval: interval)
        #expect(bench.take() == ["silence began T1"])
        bench.showPutBack(1.6, seconds: interval, behind: behind, interval: interval)
        let cut = try #require(bench.findings.first)
        #expect(cut.rule == .cut && cut.change == .began)
        #expect(cut.arrivalTime.seconds(since: cut.eventTime) == behind, "with its own time")
        bench.findings = []
        bench.showPutBack(2.1, seconds: interval, behind: behind, interval: interval)
        bench.showPutBack(0.4, seconds: 6 * interval, behind: behind, interval: interval)
        #expect(bench.take() == ["cut worsened T1"], "what is late ends nothing")
    }

    @Test("the highest of the readings that came before it was plain halts too, once")
    func highestBefore() throws {
        var bench = bench()
        bench.showPutBack(0.4, seconds: 2, behind: 3600)
        bench.showPutBack(1.7, seconds: 1, behind: 3600)
        #expect(bench.take() == [])
        bench.showPutBack(0.4, seconds: 10, behind: 3600)
        #expect(Set(bench.findings.map(\.rule)) == [.silence, .cut])
        let cut = try #require(bench.findings.first { $0.rule == .cut })
        #expect(cut.value == 1.7)
        #expect(cut.eventTime == .at(5023 - 3600))
    }

    @Test("readings that the network brings unevenly are seen for what they are")
    func jitter() {
        for seed in 1...20 {
            var bench = bench()
            var random = SeededGenerator(seed: UInt64(seed))
            let delays = (0..<200).map { _ in Double.random(in: 0..<0.4, using: &random) }
            bench.showPutBack(0.4, seconds: 10, behind: 3600) { delays[$0 % 200] }
            bench.showPutBack(1.6, seconds: 1, behind: 3600) { delays[$0 % 200] }
            #expect(bench.findings.contains { $0.rule == .cut }, "seed \(seed)")
        }
    }

    @Test(
        "a store that is emptied raises no halt anew, however slowly",
        arguments: [2.0, 3, 10, 60])
    func backfill(_ pace: Double) {
        var bench = bench()
        for second in 0..<600 {
            let measured = 1000 + Double(second) * pace
            guard measured < 4900 else { break }
            let delay = Double(bench.second) - measured
            bench.see(bench.source.value(1.6, of: 0, at: measured, delay: delay))
            bench.run(1)
        }
        #expect(!bench.findings.contains { $0.rule == .cut })
    }

    @Test("nor does one that is emptied as fast as it was filled, between readings of now")
    func backfillBesideLive() {
        var bench = bench()
        bench.shown = [0: 0.4]
        for _ in 0..<600 {
            bench.see(
                bench.source.value(1.6, of: 0, at: Double(bench.second) - 3000.5, delay: 3000))
            bench.run(1)
        }
        #expect(bench.take() == [])
    }

    @Test("a head that is driven past its scale meanwhile halts")
    func aboveRange() {
        var bench = bench()
        bench.showPutBack(0.4, seconds: 10, behind: 3600)
        bench.findings = []
        var fault = bench.source.fault(.aboveRange, of: 0, at: Double(bench.second) - 3600)
        fault.arrivalTime = .at(Double(bench.second))
        fault.arrivalUptime += 3600 * 1_000_000_000
        bench.see(fault)
        #expect(bench.take() == ["cut began T1"])
    }

    @Test("the daemon's own clock that is put back holds no halt back either")
    func ownClock() {
        var bench = bench()
        for value in [0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 1.6] {
            var reading = bench.source.value(value, of: 0, at: Double(bench.second))
            reading.arrivalTime = .at(Double(bench.second) - 3600)
            bench.see(reading)
            bench.run(1)
        }
        #expect(bench.take() == ["silence began T1", "cut began T1"])
    }

    @Test("a calibration of the hour before hides no gas by a clock that was put back into it")
    func calibrationBefore() {
        var bench = bench()
        bench.calibrate(0, minutes: 30)
        bench.shown = [0: 2]
        bench.run(1700)
        bench.shown = [0: 0.4]
        bench.run(200)
        bench.shown = [:]
        bench.findings = []
        bench.showPutBack(0.4, seconds: 10, behind: 1000)
        bench.showPutBack(1.6, seconds: 1, behind: 1000)
        #expect(bench.take() == ["silence began T1", "cut began T1"])
        // And what is announced then is test gas.
        bench.showPutBack(0.4, seconds: 10, behind: 1000)
        bench.findings = []
        bench.calibrate(0, minutes: 10)
        bench.showPutBack(3.5, seconds: 10, behind: 1000)
        #expect(bench.take() == ["calibrating began T1", "calibration-in-gas began T1"])
    }

    @Test("it is remembered over a restart")
    func restart() throws {
        var bench = bench()
        bench.showPutBack(0.4, seconds: 8, behind: 3600)
        bench.findings = []
        try bench.restart()
        bench.showPutBack(1.6, seconds: 1, behind: 3600)
        #expect(bench.take() == ["cut began T1"])
    }
}
