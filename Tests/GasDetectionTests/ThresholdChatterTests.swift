import GasDetection
import GasModel
import Support
import Testing

@Suite("ThresholdDetector: chatter")
struct ThresholdChatterTests {
    /// One sensor and its values, one a second.
    private func bench(repower: Double = 1) -> ControlBench {
        var bench = ControlBench([
            Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: repower)
        ])
        bench.shown = [0: 0.4]
        return bench
    }

    private func show(_ values: [Double], on bench: inout ControlBench) {
        for value in values {
            bench.shown[0] = value
            bench.run(1)
        }
    }

    @Test("3: forty peaks of 50 ms are counted as forty")
    func peaks() throws {
        var bench = bench()
        bench.run(1)
        for _ in 0..<40 {
            let before = Double(bench.second) - 0.4
            bench.see(bench.source.value(3.5, of: 0, at: before))
            bench.see(bench.source.value(0.4, of: 0, at: before + 0.05))
            bench.run(2)
        }
        _ = bench.take()
        bench.run(302)
        let over = try #require(
            bench.findings.first { $0.rule == .chatter && $0.change == .ended })
        #expect(over.evidence.first?.value == 40, "\(over.evidence)")
    }

    @Test("13: ten minutes of noise on the limit are a handful of lines", arguments: 1...20)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bench = bench()
        show(
            (0..<600).map { _ in 1 + Double.random(in: -0.05...0.05, using: &generator) },
            on: &bench)
        let lines = bench.take()
        #expect(lines.count == 8, "seed \(seed)")
        #expect(lines.last == "chatter began T1")
        // Calm below: both are over, once.
        show(Array(repeating: 0.9, count: 302), on: &bench)
        #expect(bench.figure("peak") ?? 0 > 1.04)
        let count = bench.findings.first?.evidence.first?.value ?? 0
        #expect(count > 50, "seed \(seed): \(count) times over its limit")
        #expect(bench.take() == ["chatter ended T1", "alarm ended T1"])
    }

    @Test("noise on the cut, above re-power, is one alarm and one halt", arguments: 1...5)
    func noiseOnCut(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bench = bench()
        show(
            (0..<600).map { _ in 1.5 + Double.random(in: -0.05..<0.05, using: &generator) },
            on: &bench)
        let lines = bench.take().filter { $0 != "alarm began T1" }
        #expect(lines == ["cut began T1"], "seed \(seed)")
    }

    @Test("a reading over the cut that comes twice, or late, does not put off the calm after it")
    func duplicate() {
        var bench = bench()
        show([1.6, 0.4, 1.6, 0.4, 1.6, 0.4, 1.6, 0.4], on: &bench)
        #expect(bench.take().last == "chatter began T1")
        show(Array(repeating: 0.4, count: 100), on: &bench)
        bench.see(bench.source.value(1.6, of: 0, at: 6, delay: Double(bench.second) - 6.2))
        show(Array(repeating: 0.4, count: 199), on: &bench)
        #expect(bench.take() == [])
        show([0.4], on: &bench)
        #expect(bench.take() == ["chatter ended T1", "cut ended T1"])
    }

    @Test("a cut that is over when it is calm again is told so by a value below re-power only")
    func between() {
        var bench = bench()
        show([1.5, 0.9, 1.5, 0.9, 1.5, 0.9, 1.5, 0.9], on: &bench)
        #expect(bench.take().last == "chatter began T1")
        show(Array(repeating: 1.2, count: 302), on: &bench)
        #expect(bench.take() == ["chatter ended T1"])
        show([1.0], on: &bench)
        #expect(bench.take() == [])
        show([0.99], on: &bench)
        #expect(bench.take() == ["cut ended T1"])
    }

    @Test("the third time in ten minutes is none, the fourth is, and it is told how often")
    func onset() {
        var bench = bench()
        show([1, 0.9, 1, 0.9, 1, 0.9], on: &bench)
        #expect(!bench.take().contains("chatter began T1"))
        show([1], on: &bench)
        #expect(bench.figure("times over") == 4)
        #expect(bench.take() == ["alarm began T1", "chatter began T1"])
    }

    @Test("the fourth time is one if it comes within ten minutes of the first", arguments: [0, 1])
    func window(_ late: Int) {
        var bench = bench()
        show([1, 0.9, 1, 0.9, 1, 0.9], on: &bench)
        bench.run(600 - 6 + late)
        show([1], on: &bench)
        #expect(bench.take().contains("chatter began T1") == (late == 0))
    }

    @Test("while it lasts a halt that is not told yet is told, a graver step too, and no end")
    func cut() {
        var bench = bench()
        show([1, 0.9, 1, 0.9, 1, 0.9, 1], on: &bench)
        _ = bench.take()
        show([0.9, 1.6, 0.9, 1.6, 0.9, 2.1, 0.9], on: &bench)
        #expect(bench.take() == ["cut began T1", "cut worsened T1"])
        bench.run(299)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["chatter ended T1", "cut ended T1", "alarm ended T1"])
    }

    @Test("a cut that goes to and fro stays active")
    func cutAlone() {
        var bench = bench(repower: 1.5)
        for _ in 0..<50 { show([1.5, 1.49], on: &bench) }
        let lines = bench.take()
        #expect(lines.count { $0 == "cut began T1" } == 4)
        #expect(lines.count { $0 == "cut ended T1" } == 3)
        #expect(lines.last == "chatter began T1")
    }

    @Test("calm above the limit ends the chatter and not the alarm")
    func calmAbove() {
        var bench = bench()
        show([1, 0.9, 1, 0.9, 1, 0.9, 1], on: &bench)
        _ = bench.take()
        bench.run(299)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["chatter ended T1"])
        show([0.9], on: &bench)
        #expect(bench.take() == ["alarm ended T1"])
    }

    @Test("silence is no calm")
    func silence() {
        var bench = bench()
        show([1, 0.9, 1, 0.9, 1, 0.9, 1, 0.9], on: &bench)
        _ = bench.take()
        bench.shown = [:]
        bench.run(400)
        bench.shown[0] = 0.9
        bench.run(300)
        #expect(bench.take() == ["silence began T1", "silence ended T1"])
        bench.run(1)
        #expect(bench.take() == ["chatter ended T1", "alarm ended T1"])
    }
}
