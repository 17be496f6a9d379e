import GasModel
import SensorIngest
import Support
import Testing

@Suite("Ticks of whole seconds")
struct SecondTickerTests {
    private static let second: Int64 = 1_000_000_000
    /// Two clocks and a ticker; the test moves them.
    private struct Bench {
        var ticker = SecondTicker()
        /// Nanoseconds from the start of the test, by the civil clock.
        var civil: Int64 = 0
        var uptime: Int64 = 50 * SecondTickerTests.second

        /// Both clocks go on, and the ticker is asked. Label in seconds, and uptime from the start.
        mutating func pass(_ seconds: Double, recorded: Int64 = .min) -> (Double, Double)? {
            let step = Int64(seconds * 1e9)
            civil += step
            uptime += step
            let now = testStart.advanced(byNanoseconds: civil)
            return ticker.tick(at: now, uptime: uptime, recorded: recorded).map {
                ($0.time.seconds(since: testStart), Double($0.uptime) / 1e9 - 50)
            }
        }
    }

    @Test("each second has one tick, dated to its beginning on both clocks, whenever it is written")
    func regular() throws {
        var bench = Bench()
        var ticks: [(Double, Double)] = []
        for _ in 0..<3000 { if let tick = bench.pass(0.01) { ticks.append(tick) } }
        #expect(ticks.map(\.0) == (0...30).map(Double.init))
        #expect(ticks.allSatisfy { abs($0.0 - $0.1) < 1e-9 })
    }

    @Test("turns that come late and unevenly skip no second and repeat none")
    func uneven() {
        var bench = Bench()
        var generator = SeededGenerator(seed: 7)
        var labels: [Double] = []
        for _ in 0..<2000 {
            if let tick = bench.pass(Double.random(in: 0...0.9, using: &generator)) {
                labels.append(tick.0)
            }
        }
        #expect(zip(labels, labels.dropFirst()).allSatisfy { $1 == $0 + 1 })
    }

    @Test("after a stall there is one tick, for the second that has begun")
    func stall() {
        var bench = Bench()
        _ = bench.pass(0.1)
        let first = bench.pass(7.25)
        #expect(first?.0 == 7)
        #expect(bench.pass(0.1) == nil)
        #expect(bench.pass(0.6)?.0 == 8)
    }

    @Test(
        "a civil clock that is set stops no tick: at most two seconds pass without one",
        arguments: [-3600.0, -10, -1, -0.5, -0.01, 0.01, 0.5, 1, 10, 3600])
    func steps(by seconds: Double) {
        var bench = Bench()
        for _ in 0..<55 { _ = bench.pass(0.1) }
        bench.civil += Int64(seconds * 1e9)
        var silent = 0.0
        var longest = 0.0
        var uptimes: [Double] = []
        for _ in 0..<100 {
            silent += 0.1
            if let tick = bench.pass(0.1) {
                silent = 0
                uptimes.append(tick.1)
            }
            longest = max(longest, silent)
        }
        #expect(longest < 2.05)
        #expect(uptimes.count >= 9)
        #expect(zip(uptimes, uptimes.dropFirst()).allSatisfy { $0 < $1 }, "time never goes back")
    }

    @Test("a tick never claims to be before a record that stands before it")
    func recorded() {
        var bench = Bench()
        _ = bench.pass(0.5)
        bench.civil += 700_000_000
        let tick = bench.pass(1, recorded: bench.uptime + 900_000_000)
        #expect(abs((tick?.1 ?? 0) - 1.4) < 1e-9)
    }

    @Test("it says how long nothing is due")
    func waits() {
        var bench = Bench()
        #expect(bench.ticker.milliseconds(from: bench.uptime) == 1)
        _ = bench.pass(0.25)
        #expect(bench.ticker.milliseconds(from: bench.uptime) == 750)
        #expect(bench.ticker.milliseconds(from: bench.uptime + 5 * Self.second) == 1)
    }
}
