import GasDetection
import GasModel
import Support
import Testing

@Suite("Trend detector")
struct TrendDetectorTests {
    struct Ramp: Sendable, CustomTestStringConvertible {
        var perSecond: Double
        var leadSeconds: ClosedRange<Double>
        var testDescription: String { "\(perSecond) %/s" }
    }

    @Test(
        "a ramp is warned of once; out of calm air minutes ahead, where it lasts that long",
        arguments: [
            Ramp(perSecond: 0.02, leadSeconds: 20...40),
            Ramp(perSecond: 0.005, leadSeconds: 75...240),
            Ramp(perSecond: 0.001, leadSeconds: 75...240),
        ])
    func ramp(_ ramp: Ramp) throws {
        var run = try TrendRun()
        run.see(-7200..<600) { _ in 0.2 }
        run.see(600..<(600 + 0.9 / ramp.perSecond)) { 0.2 + ramp.perSecond * ($0 - 600) }
        let crossing = 600 + (0.995 - 0.2) / ramp.perSecond
        #expect(run.began.count == 1)
        let warning = try #require(run.began.first)
        let left = crossing - TrendRun.seconds(warning.eventTime)
        #expect(ramp.leadSeconds.contains(left), "\(left) s ahead")
        #expect(run.ended.count == 1, "the cut was reached: the threshold rule takes over")
        #expect(try #require(run.ended.first).value >= 1)
    }

    @Test(
        "the minutes to the cut are those of the ramp, at every sampling period from 0.1 s to 60 s",
        arguments: [0.1, 0.5, 1, 5, 15, 30, 60])
    func periods(period: Double) throws {
        var run = try TrendRun()
        run.see(-7200..<1500, period: period) { 0.2 + 0.8 * max($0, 0) / 1200 }
        let warning = try #require(run.began.first)
        let left = (1200 - TrendRun.seconds(warning.eventTime)) / 60
        let said = try #require(warning.projection?.toCut?.likely)
        #expect(left >= 0.9 && left <= 4, "\(left) min ahead")
        #expect(abs(said - left) <= 0.3 * left + 0.1, "said \(said) min, true \(left) min")
        #expect(run.began.count == 1)
    }

    @Test("flat is no trend, however near to the cut", arguments: [0.0, 0.5, 0.99])
    func flat(level: Double) throws {
        var run = try TrendRun()
        run.see(0..<7200) { _ in level }
        #expect(run.findings.isEmpty)
    }

    @Test("noise about a level is no trend")
    func noise() throws {
        for seed in 0..<10 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var run = try TrendRun()
            run.see(0..<7200) { _ in 0.8 + 0.02 * generator.normal() }
            #expect(run.findings.isEmpty, "seed \(seed)")
        }
    }

    @Test("one step below the cut is no trend", arguments: [0.1, 1, 5, 10, 30, 60])
    func step(period: Double) throws {
        var run = try TrendRun()
        run.see(0..<1800, period: period) { $0 < 900 ? 0.4 : 0.75 }
        #expect(run.findings.isEmpty)
    }

    @Test("a single spike below the cut is no trend", arguments: [0.1, 1, 5, 10])
    func spike(period: Double) throws {
        var run = try TrendRun()
        run.see(0..<1800, period: period) { abs($0 - 900) < period / 2 ? 0.95 : 0.4 }
        #expect(run.findings.isEmpty)
    }

    @Test(
        "the stairs of a meter of 0.1 resolution are no trend up to 0.8 of the cut",
        arguments: [1.0, 30])
    func stairs(period: Double) throws {
        var run = try TrendRun()
        run.see(0..<3600, period: period) { 0.5 + 0.1 * ($0 / 900).rounded(.down) }
        #expect(run.findings.isEmpty)
    }

    @Test("a second warning waits until the excursion is over")
    func oncePerExcursion() throws {
        var run = try TrendRun()
        run.see(0..<600) { 0.5 + 0.48 * $0 / 600 }
        #expect(run.began.count == 1)
        // A saw of two minutes between 0.95 and 0.97: every tooth rises anew.
        run.see(600..<1800) { 0.95 + 0.02 * ($0 / 120).truncatingRemainder(dividingBy: 1) }
        #expect(run.began.count == 1)
        run.see(1800..<20_000) { _ in 0.4 }
        #expect(run.ended.count == 1)
        run.see(20_000..<20_600) { 0.4 + 0.58 * ($0 - 20_000) / 600 }
        #expect(run.began.count == 2)
    }

    @Test("after the cut was reached, nothing is warned of until the excursion is over")
    func spentByTheCut() throws {
        var run = try TrendRun()
        run.see(0..<502) { 0.5 + 0.001 * $0 }
        #expect(run.findings.map(\.change) == [.began, .ended])
        run.see(502..<700) { _ in 0.99 }
        run.see(700..<740) { 0.99 + 0.0002 * ($0 - 700) }
        #expect(run.findings.count == 2)
    }

    @Test("a time below the cut ends the excursion, also where the bar is below the level")
    func spentForATime() throws {
        // The bar of 24 a day is at 0.92: a forecast of 0.95 is never below it. Half a minute is an
        // eighth of the four that it takes at three a day.
        var run = try TrendRun(falsePerDay: 24)
        run.see(0..<720) { 0.5 + 0.001 * $0 }
        #expect(run.findings.map(\.change) == [.began, .ended])
        run.see(720..<745) { _ in 0.95 }
        // One reading at the cut, and the time begins anew.
        run.see(745..<746) { _ in 1 }
        run.see(746..<774) { 0.94 + 0.02 * ($0 - 746) / 28 }
        #expect(run.findings.count == 2)
        run.see(774..<830) { 0.96 + 0.02 * ($0 - 774) / 56 }
        #expect(run.began.count == 2)
    }

    @Test(
        "a level at or above the cut at first sight is the threshold rule's: no warning",
        arguments: [1.0, 1.2])
    func startsAbove(level: Double) throws {
        var run = try TrendRun()
        run.see(0..<300) { level + 0.001 * $0 }
        #expect(run.findings.isEmpty)
    }

    @Test("a sensor without a cut limit is held to its alarm limit")
    func noCut() throws {
        var run = try TrendRun(cut: nil, alarm: 0.7)
        run.see(0..<900) { 0.2 + 0.6 * $0 / 900 }
        #expect(run.began.count == 1)
        #expect(try #require(run.began.first).value < 0.7)
        var held = try TrendRun(cut: 1.5, alarm: 0.7)
        held.see(0..<900) { 0.2 + 0.6 * $0 / 900 }
        #expect(held.findings.isEmpty, "1.5 is the cut, and far away")
    }

    @Test("minutes to the cut are finite and above zero, and changes alternate, whatever comes")
    func anything() throws {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var run = try TrendRun()
            var time = 0.0
            var level = 0.5
            for _ in 0..<20_000 {
                time += Double.random(in: 0...1, using: &generator) < 0.01 ? 290 : 0.1
                time += Double.random(in: -1...5, using: &generator)
                level = min(max(level + 0.03 * generator.normal(), 0), 1.3)
                run.see(level, at: time)
            }
            #expect(run.findings.count > 10, "seed \(seed) tries nothing")
            for (index, finding) in run.findings.enumerated() {
                #expect(finding.rule == .trend)
                #expect(finding.change == (index % 2 == 0 ? .began : .ended), "seed \(seed)")
                guard finding.change == .began else { continue }
                #expect(finding.value < 1)
                guard let band = finding.projection?.toCut else { continue }
                #expect(band.earliest >= 0 && band.earliest <= band.likely)
                #expect(band.likely > 0 && band.likely <= 10)
                #expect(band.latest ?? .infinity >= band.likely)
            }
        }
    }
}

/// What belongs to the record and its place in time, not to the method.
@Suite("Trend detector, order and restart")
struct TrendOrderTests {
    /// A run that rises to a standing warning at 0.95 of the cut.
    static func warned() throws -> TrendRun {
        var run = try TrendRun()
        run.see(0..<600) { 0.5 + 0.48 * $0 / 600 }
        #expect(run.findings.map(\.change) == [.began])
        return run
    }

    @Test(
        "late, repeated and re-ordered readings leave the state byte-equal",
        arguments: [599.0, 598.5, 300, 0, -4000])
    func notNewer(seconds: Double) throws {
        var run = try Self.warned()
        let before = run.detector
        for value in [0.0, 0.95, 3.0] { run.see(value, at: seconds) }
        #expect(run.detector == before)
        #expect(run.findings.count == 1)
    }

    @Test("the sorted stream and one with late copies in it give the same findings")
    func lateCopies() throws {
        var sorted = try TrendRun()
        var mixed = try TrendRun()
        for second in 0..<1500 {
            let value = 0.3 + 0.75 * Double(second % 1000) / 1000
            sorted.see(value, at: Double(second))
            mixed.see(value, at: Double(second))
            if second % 7 == 0 { mixed.see(0.1, at: Double(second) - 30) }
            if second % 5 == 0 { mixed.see(value, at: Double(second)) }
        }
        #expect(sorted.detector == mixed.detector)
        #expect(sorted.findings.map(\.eventTime) == mixed.findings.map(\.eventTime))
        #expect(!sorted.findings.isEmpty)
    }

    @Test("faults, ticks, link events, numbers that are none and unknown sensors change nothing")
    func noNumbers() throws {
        var run = try Self.warned()
        let before = run.detector
        let time = TrendRun.time(700)
        for kind in [Reading.Kind.blank, .fault, .tick, .linkUp, .linkDown, .init(rawValue: 99)] {
            run.see(
                Reading(
                    sensor: 0, kind: kind, quality: .aboveRange, sourceTime: time,
                    arrivalTime: time, value: 0.1))
        }
        run.see(.nan, at: 700)
        run.see(.infinity, at: 700)
        run.see(0.1, at: 700, sensor: 1)
        run.see(0.1, at: 700, sensor: .max)
        #expect(run.detector == before)
        #expect(run.findings.count == 1)
    }

    @Test("an index without a sensor is not watched, and does not touch its neighbour")
    func unknownIndex() throws {
        var run = TrendRun([nil, try trendSensor()])
        for second in 0..<900 {
            run.see(Double(second), at: Double(second), sensor: 0)
            run.see(0.3, at: Double(second), sensor: 1)
        }
        #expect(run.findings.isEmpty)
    }

    @Test("a stamp from the future counts as now and does not block what follows")
    func futureStamp() throws {
        var run = try TrendRun()
        run.see(
            Reading(
                sensor: 0, kind: .measurement, sourceTime: TrendRun.time(86_400),
                arrivalTime: TrendRun.time(0), value: 0.2))
        run.see(1..<900) { 0.2 + 0.9 * $0 / 900 }
        #expect(run.began.count == 1)
    }

    @Test(
        "a gap longer than the bound starts the estimate anew, one of the bound does not",
        arguments: [(300.0, false), (300.001, true)])
    func gap(seconds: Double, startsAnew: Bool) throws {
        var run = try TrendRun()
        run.see(0..<200) { 0.2 + 0.002 * $0 }
        run.see(0.98, at: 199 + seconds)
        #expect(run.began.isEmpty == startsAnew, "only a slope that is known leads to the cut")
    }

    @Test("a gap ends no warning; good readings do, once the slope is known again")
    func gapKeepsTheWarning() throws {
        var run = try Self.warned()
        run.see(4000..<4060) { _ in 0.5 }
        #expect(run.findings.count == 1, "too young to say that it is over")
        run.see(4060..<4061) { _ in 0.5 }
        #expect(run.ended.count == 1)
    }

    @Test("a warning survives a gap in which the level stayed, and is not given twice")
    func gapInExcursion() throws {
        var run = try Self.warned()
        run.see(4000..<4300) { 0.96 + 0.0001 * ($0 - 4000) }
        #expect(run.began.count == 1)
    }

    @Test("a restored warning stands, is not raised again, and ends on later readings only")
    func restored() throws {
        let first = try Self.warned()
        let raised = try #require(first.began.first)
        var run = try TrendRun()
        for index in [UInt32(0), 7] {
            run.detector.restore(
                .trend, of: .sensor(index), isActive: true, value: raised.value,
                eventTime: raised.eventTime)
        }
        run.see(0..<120) { 0.5 + 0.45 * $0 / 120 }
        #expect(run.findings.isEmpty)
        run.see(120..<900) { _ in 0.5 }
        #expect(run.ended.count == 1 && run.began.isEmpty)
        run.see(900..<1500) { 0.5 + 0.48 * ($0 - 900) / 600 }
        #expect(run.began.count == 1, "a new excursion is warned of")
    }

    @Test("the same records give the same findings and the same state")
    func determinism() throws {
        func once() throws -> TrendRun {
            var generator = SeededGenerator(seed: 7)
            var run = try TrendRun()
            run.see(0..<20_000) {
                0.8 + 0.2 * ($0 / 3000).truncatingRemainder(dividingBy: 1)
                    + 0.03 * generator.normal()
            }
            return run
        }
        let (first, second) = (try once(), try once())
        #expect(first.detector == second.detector)
        #expect(first.findings.map(\.position) == second.findings.map(\.position))
        #expect(first.findings.map(\.projection) == second.findings.map(\.projection))
        #expect(first.began.count > 1)
    }
}
