import GasDetection
import GasModel
import Support
import Testing

/// The machine is started anew, with the daemon: the clock that nobody can set begins again.
@Suite("Reboot: what is asked of places, and what is kept of values")
struct RebootTests {
    /// The bench of control, on a machine that has run for long.
    private func bench() -> ControlBench {
        var bench = ControlBench()
        bench.startedAt = -1_000_000
        bench.run(1)
        _ = bench.take()
        return bench
    }

    /// The machine was away for a while, and has run for `seconds` when its daemon begins.
    private func reboot(_ bench: inout ControlBench, after seconds: Int = 30) {
        bench.second += 60
        bench.startedAt = bench.second - seconds
        bench.see(bench.source.event(.runBegins, at: Double(bench.second) - 0.3))
        bench.see(bench.source.event(.linkUp, at: Double(bench.second) - 0.2))
    }

    @Test("a fan that stood before it is one that stands, counted from the start")
    func fan() {
        var bench = bench()
        bench.shown[3] = 0
        bench.shown[4] = 0
        bench.run(7)
        reboot(&bench)
        bench.run(10)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["fan-stopped began H101"])
    }

    @Test("the same where the machine has run again for longer than it had when the fan stopped")
    func longAgo() {
        var bench = ControlBench()
        bench.run(1)
        bench.shown[3] = 0
        bench.shown[4] = 0
        bench.run(8)
        reboot(&bench, after: 5)
        bench.run(10)
        #expect(bench.take() == [])
        bench.run(1)
        #expect(bench.take() == ["fan-stopped began H101"])
    }

    @Test("a value that rises after it is known to rise when its sensor falls silent")
    func rise() {
        var bench = bench()
        reboot(&bench)
        for tenth in 0..<18 {
            bench.shown[0] = 0.2 + 0.03 * Double(tenth)
            bench.run(10)
        }
        _ = bench.take()
        bench.shown[0] = nil
        bench.run(10)
        let silence = bench.findings.first { $0.rule == .silence && $0.sensor == 0 }
        #expect(silence?.evidence.map(\.name) == ["last value", "was rising by"])
    }
}
