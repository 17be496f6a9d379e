import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// The trend detector on composed traces whose formulas are those of mine ventilation.
@Suite("Trend detector, scenarios")
struct TrendScenarioTests {
    struct FanStop: Sendable, CustomTestStringConvertible {
        var seed: UInt64
        var cut: Double
        var testDescription: String { "cut \(cut), seed \(seed)" }
    }

    /// Gas of a heading of 750 m3 from `stop` on: `V dc/dt = 100 q - (Ql + q) c`.
    struct Heading {
        var inflow: Double
        var leakage: Double
        let start = 0.4
        let stop = 1800.0

        /// A heading in which the gas does come to well above `cut`.
        init(cut: Double, _ generator: inout SeededGenerator) {
            repeat {
                inflow = .random(in: 0.5...2, using: &generator)
                leakage = .random(in: 0...60, using: &generator)
            } while 100 * inflow / (leakage + inflow) < 1.15 * cut
        }

        /// Per cent in a second when the gas is at `level`.
        func slope(at level: Double) -> Double {
            (100 * inflow - (leakage + inflow) * level) / 750 / 60
        }

        func gas(at time: Double) -> Double {
            guard time > stop else { return start }
            let end = 100 * inflow / (leakage + inflow)
            let minutes = (time - stop) / 60
            return end - (end - start) * exp(-(leakage + inflow) * minutes / 750)
        }
    }

    @Test(
        "S3, the auxiliary fan stops: one warning, a minute or more ahead, its time true to 30 %",
        arguments: [1.0, 1.5].flatMap { cut in
            (0..<30 as Range<UInt64>).map { FanStop(seed: $0, cut: cut) }
        })
    func fanStop(_ sample: FanStop) throws {
        var generator = SeededGenerator(seed: sample.seed)
        let heading = Heading(cut: sample.cut, &generator)
        var head = SensorHead(value: 0.4, t90Seconds: .random(in: 8...30, using: &generator))
        var noise = Turbulence(deviation: 0.004)
        var run = try TrendRun(cut: sample.cut)
        var crossing: Double?
        for second in stride(from: 0.0, to: 5400, by: 1) {
            let level = head.follow(heading.gas(at: second)) + noise.next(&generator)
            let value = (level * 100).rounded() / 100
            run.see(value, at: second)
            if crossing == nil, value >= sample.cut { crossing = second }
        }
        let end = try #require(crossing)
        #expect(run.began.count == 1)
        #expect(run.ended.count == 1, "ended by the cut")
        let warning = try #require(run.began.first)
        let left = end - TrendRun.seconds(warning.eventTime)
        let said = 60 * (try #require(warning.projection?.toCut?.likely))
        // From the stop to the cut it takes 2 minutes at the fastest: then less is possible.
        let possible = min(60, 0.45 * (end - heading.stop))
        #expect(left >= possible, "\(left) s ahead of \(end - heading.stop)")
        // A meter of 0.01 cannot say when it will cross better than to the time of one digit.
        let digit = 0.01 / heading.slope(at: sample.cut)
        #expect(abs(said - left) <= 0.3 * left + digit, "said \(said) s, true \(left) s")
    }

    /// Eight hours of shearer cycles: pulses of the recorded shape on a base, the highest of them
    /// at `peak`.
    static func cycles(peak: Double, _ generator: inout SeededGenerator) -> [Double] {
        let hours = 8
        let base = Double.random(in: 0.3...0.5, using: &generator)
        var gas = [Double](repeating: 0, count: hours * 3600)
        var time = 0.0
        while true {
            time -= 3600 / 3.9 * log(.random(in: 1e-9...1, using: &generator))
            guard time < Double(gas.count) else { break }
            let height = 0.16 * exp(0.41 * generator.normal())
            let rise = 60 * min(max(6 * exp(0.5 * generator.normal()), 2.5), 14) / 0.59
            let halfFall = Double.random(in: 90...210, using: &generator)
            for second in Int(time)..<gas.count {
                let t = Double(second) - time
                gas[second] +=
                    height
                    * (t < rise ? (1 - cos(.pi * t / rise)) / 2 : exp2(-(t - rise) / halfFall))
            }
        }
        let highest = max(gas.max() ?? 1, 0.01)
        return gas.map { base + $0 * (peak - base) / highest }
    }

    /// Warnings in eight hours of cycles with noise of a producing face.
    static func warnings(cut: Double, peak: Double, deviation: Double, seed: UInt64) throws -> Int {
        var generator = SeededGenerator(seed: seed)
        var noise = Turbulence(deviation: deviation)
        var run = try TrendRun(cut: cut)
        var head = SensorHead(value: 0.4, t90Seconds: 15)
        for (second, gas) in cycles(peak: peak, &generator).enumerated() {
            let level = head.follow(gas) + noise.next(&generator)
            run.see((max(level, 0) * 100).rounded() / 100, at: Double(second))
        }
        return run.began.count
    }

    @Test(
        "S5, shearer cycles up to 0.92 of the alarm: no warning of the cut at 1.5",
        arguments: 0..<12 as Range<UInt64>)
    func shearerCycles(seed: UInt64) throws {
        #expect(try Self.warnings(cut: 1.5, peak: 0.92, deviation: 0.045, seed: seed) == 0)
    }

    @Test("S5 where alarm and cut are one: cycles up to 0.92 of it are warned of now and then")
    func shearerCyclesNearTheCut() throws {
        let seeds = 0..<12 as Range<UInt64>
        let calm = try seeds.map {
            try Self.warnings(cut: 1.0, peak: 0.92, deviation: 0.004, seed: $0)
        }
        #expect(calm.reduce(0, +) <= 4, "in 4 sensor-days: \(calm)")
        let lower = try seeds.map {
            try Self.warnings(cut: 1.0, peak: 0.8, deviation: 0.02, seed: $0)
        }
        #expect(lower.reduce(0, +) <= 1, "peaks of 0.8: \(lower)")
    }

    @Test(
        "S2, a blower that ends at 0.9 of the cut: at most one warning",
        arguments: 0..<12 as Range<UInt64>)
    func blower(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let turnover = Double.random(in: 120...600, using: &generator)
        var noise = Turbulence(deviation: 0.01)
        var run = try TrendRun()
        run.see(0..<7200) {
            let t = max($0 - 900, 0)
            return 0.4 + 0.5 * (1 - exp(-t / turnover)) + noise.next(&generator)
        }
        #expect(run.began.count <= 1)
    }

    @Test(
        "S1, an outburst: at most one warning, and nothing but the trend rule speaks",
        arguments: 0..<6 as Range<UInt64>)
    func outburst(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rise = Double.random(in: 3...10, using: &generator)
        let peak = Double.random(in: 10...80, using: &generator)
        var head = SensorHead(value: 0.4, t90Seconds: 15)
        var run = try TrendRun()
        run.see(0..<3600) {
            let gas = $0 < 900 ? 0.4 : 0.4 + (peak - 0.4) * (1 - exp(-($0 - 900) / rise))
            return min(head.follow(gas), 4)
        }
        #expect(run.began.count <= 1)
        #expect(run.findings.allSatisfy { $0.rule == .trend })
    }
}
