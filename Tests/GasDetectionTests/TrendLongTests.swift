import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// Hours and hardships: what the rules of minutes must keep silent on.
@Suite("Trend detector, long run")
struct TrendLongTests {
    @Test(
        "S4, the barometer falls for hours: one slow warning hours ahead, and none of minutes then",
        arguments: 0..<8 as Range<UInt64>)
    func barometer(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let perHour = Double.random(in: 0.03...0.06, using: &generator)
        var noise = Turbulence(deviation: 0.01, decorrelationSeconds: 200)
        var run = try TrendRun()
        run.see(0..<(16 * 3600), period: 10) {
            0.5 + perHour * max($0 / 3600 - 4, 0) + noise.next(&generator)
        }
        let slow = run.began.filter { $0.rule == .slowRise }
        let warning = try #require(slow.first)
        #expect(slow.count == 1)
        let crossing = 4 + 0.5 / perHour
        let ahead = crossing - TrendRun.seconds(warning.eventTime) / 3600
        #expect(ahead >= 2, "\(ahead) h ahead")
        let minutes = try #require(warning.projection?.toCut?.likely)
        #expect(abs(minutes / 60 - ahead) <= 0.6 * ahead, "said \(minutes / 60) h of \(ahead)")
        let early = run.began.filter {
            $0.rule == .trend && TrendRun.seconds($0.eventTime) / 3600 < crossing - 1
        }
        #expect(early.isEmpty, "short windows stay silent")
    }

    @Test("S9, drift of a week: nothing", arguments: [0.01, 0.05])
    func drift(perWeek: Double) throws {
        var generator = SeededGenerator(seed: 4)
        var noise = Turbulence(deviation: 0.01)
        var run = try TrendRun()
        run.see(0..<(7 * 86_400), period: 30) {
            0.5 + perWeek * $0 / (7 * 86_400) + noise.next(&generator)
        }
        #expect(run.findings.isEmpty)
    }

    @Test(
        "a meter of 0.1 resolution that sits flat for half a day: nothing", arguments: [0.4, 0.9])
    func flatForHours(level: Double) throws {
        var run = try TrendRun()
        run.see(0..<43_200, period: 30, resolution: 0.1) { _ in level }
        #expect(run.findings.isEmpty)
    }

    @Test("one step, smeared by the slowest head, is no trend", arguments: [1.0, 5, 30])
    func smearedStep(period: Double) throws {
        var run = try TrendRun()
        run.see(0..<7200, period: period) {
            $0 < 3600 ? 0.4 : 0.7 - 0.3 * exp(-2.303 * ($0 - 3600) / 30)
        }
        #expect(run.findings.isEmpty)
    }

    @Test("the isolated peaks at which predict_linear flaps are no trend")
    func peaks() throws {
        var run = try TrendRun(cut: 1.5)
        for second in 0..<3600 {
            run.see(0.4, at: Double(second))
            if second % 90 == 45 { run.see(1.45, at: Double(second) + 0.05) }
        }
        #expect(run.findings.isEmpty)
    }

    @Test(
        "head to head 14: a ramp of 0.02 %/s out of calm air, as early as predict_linear at least")
    func headToHead() throws {
        var run = try TrendRun(cut: 1.5)
        run.see(0..<1800) { _ in 0.4 }
        run.see(1800..<1900) { 0.4 + 0.02 * ($0 - 1800) }
        let warning = try #require(run.began.first)
        let left = 1800 + 1.1 / 0.02 - TrendRun.seconds(warning.eventTime)
        // `predict_linear(ch4[30s], 60)`, evaluated every second on the same: 36 s.
        #expect(left >= 36, "\(left) s ahead")
        let said = 60 * (try #require(warning.projection?.toCut?.likely))
        #expect(abs(said - left) <= 0.3 * left, "said \(said) s of \(left)")
    }

    @Test(
        "warnings in vain raise the bar: noise near the limit is told a few times a day, not more")
    func fatigue() throws {
        var generator = SeededGenerator(seed: 12)
        var noise = Turbulence(deviation: 0.05)
        var run = try TrendRun()
        run.see(0..<(3 * 86_400), period: 30) { _ in
            min(0.9 + noise.next(&generator), 0.99)
        }
        #expect(run.began.count <= 18, "\(run.began.count) in 3 days")
    }

    struct Noise: Sendable, CustomTestStringConvertible {
        var falsePerDay: Double
        var level: Double
        var testDescription: String { "\(falsePerDay) a day, gas about \(level)" }
    }

    @Test(
        "in the long run there are as many warnings in vain as were asked for, whatever the gas",
        arguments: [3.0, 6, 12].flatMap { asked in
            [0.84, 0.87].map { Noise(falsePerDay: asked, level: $0) }
        })
    func balance(_ sample: Noise) throws {
        var generator = SeededGenerator(seed: 12)
        var noise = Turbulence(deviation: 0.04, decorrelationSeconds: 20)
        var run = try TrendRun(falsePerDay: sample.falsePerDay)
        let days = 20.0
        run.see(0..<(days * 86_400), period: 30) { _ in
            min(sample.level + noise.next(&generator), 0.99)
        }
        // The first days are those in which the bar finds its place. Those within ten minutes of
        // one that counts are the same.
        var counted: [Double] = []
        for time in run.began.map({ TrendRun.seconds($0.eventTime) })
        where time >= 5 * 86_400 && time >= (counted.last ?? 0) + 600 {
            counted.append(time)
        }
        let perDay = Double(counted.count) / (days - 5)
        #expect((0.8...1.25).contains(perDay / sample.falsePerDay), "\(perDay) a day")
    }

    @Test(
        "a restart at any point goes on as if there had been none",
        arguments: 0..<6 as Range<UInt64>)
    func restart(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var level = 0.6
        var (whole, split) = (try TrendRun(), try TrendRun())
        for step in 0..<4000 {
            level = min(max(level + 0.02 * generator.normal(), 0.2), 1.1)
            whole.see(level, at: Double(step) * 30)
            split.see(level, at: Double(step) * 30)
            guard Int.random(in: 0..<400, using: &generator) == 0 else { continue }
            var state = StateWriter()
            split.detector.save(to: &state)
            var next = try TrendRun()
            var reader = StateReader(state.words)
            try next.detector.load(from: &reader)
            #expect(reader.isAtEnd)
            #expect(next.detector == split.detector)
            split.detector = next.detector
        }
        #expect(whole.findings == split.findings)
        #expect(!whole.findings.isEmpty)
    }

    @Test("what is kept of a sensor is bounded")
    func memory() { #expect(TrendDetector.bytesPerSensor <= 700) }
}
