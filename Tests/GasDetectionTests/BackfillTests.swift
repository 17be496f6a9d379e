import GasDetection
import GasModel
import Support
import Testing

/// A head that had a halt 990 s ago, and of which nothing was heard for the last 600 s.
private func bench() -> ControlBench {
    var bench = ControlBench([Heading.sensor("T1", .face, alarm: 1, cut: 1.5, repower: 1)])
    bench.shown = [0: 0.4]
    bench.run(10)
    bench.shown = [0: 1.6]
    bench.run(3)
    bench.shown = [0: 0.4]
    bench.run(387)
    bench.shown = [:]
    bench.run(600)
    bench.shown = [0: 0.4]
    bench.run(2)
    bench.findings = []
    return bench
}

@Suite("Threshold: gas in a gap that is filled between readings of now")
struct BackfillTests {
    /// Sends what was measured from second 400 to 999, `pace` readings for each one of now.
    private func fill(
        _ bench: inout ControlBench, pace: Int = 40, reversed: Bool = false,
        _ value: (Int) -> Double
    ) {
        let gap = reversed ? Array((400..<1000).reversed()) : Array(400..<1000)
        for first in stride(from: 0, to: gap.count, by: pace) {
            for (place, second) in gap[first..<min(first + pace, gap.count)].enumerated() {
                let arrival = Double(bench.second) - 0.9 + 0.01 * Double(place)
                bench.see(
                    bench.source.value(
                        value(second), of: 0, at: Double(second), delay: arrival - Double(second)))
            }
            bench.run(1)
        }
    }

    @Test(
        "halts, late and once, though the sensor had a halt before",
        arguments: [(40, false), (40, true), (1, false), (600, false)])
    func event(_ pace: Int, _ reversed: Bool) throws {
        var bench = bench()
        fill(&bench, pace: pace, reversed: reversed) { (700..<760).contains($0) ? 1.7 : 0.4 }
        let cut = try #require(bench.findings.first)
        #expect(cut.eventTime == .at(reversed ? 759 : 700))
        #expect(!cut.isInOrder)
        #expect(bench.take() == ["cut began T1", "cut ended T1"])
    }

    @Test("a peak with the stamp of the reading before is one of now, not of a store")
    func sameStamp() {
        var bench = bench()
        for (second, value) in [(2000, 1.6), (2001, 0.4), (2002, 0.4), (2002, 1.6)] {
            bench.see(bench.source.value(value, of: 0, at: Double(second)))
        }
        // Brought twice it is not told twice.
        bench.see(bench.source.value(1.6, of: 0, at: 2002))
        #expect(bench.take() == ["cut began T1", "cut ended T1", "cut began T1"])
    }

    @Test("what grows graver in it is told, though a reading of now came between")
    func graver() {
        var bench = bench()
        fill(&bench, pace: 20) { (700..<760).contains($0) ? ($0 < 730 ? 1.7 : 3.2) : 0.4 }
        #expect(bench.findings.filter { $0.change != .ended }.map(\.value) == [1.7, 3.2])
    }

    @Test("two of them are two")
    func two() {
        var bench = bench()
        fill(&bench) { (500..<520).contains($0) || (800..<820).contains($0) ? 1.7 : 0.4 }
        let begun = bench.findings.filter { $0.change == .began }
        #expect(begun.map(\.eventTime) == [.at(500), .at(800)])
    }

    @Test("a store that is sent once more tells nothing anew, also behind a restart")
    func twice() throws {
        var bench = bench()
        fill(&bench) { (700..<760).contains($0) ? 1.7 : 0.4 }
        bench.findings = []
        try bench.restart()
        fill(&bench) { (700..<760).contains($0) ? 1.7 : 0.4 }
        for second in 10..<13 {
            bench.see(bench.source.value(1.6, of: 0, at: Double(second), delay: 1100))
        }
        #expect(bench.take() == [])
    }
}
