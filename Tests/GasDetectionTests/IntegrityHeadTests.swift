import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// Covered, stuck, blown at, hung into fresh air: on composed shifts, by seed.
@Suite("Integrity: heads that do not measure their air")
struct IntegrityHeadTests {
    /// Ten hours of work; the trick begins at `start`.
    static let start = 8 * 3600.0
    static let seeds = 0..<8 as Range<UInt64>

    static func run(
        _ trace: FaceTrace, interval: Double = 30, count: Int = 4, resolution: Double = 0.01,
        hasWork: Bool = true,
        show: (_ head: Int, _ step: Int, _ value: Double) -> Double? = { _, _, value in value }
    ) throws -> IntegrityRun {
        var run = IntegrityRun(
            try IntegrityMine.roster(
                count: count, interval: interval, resolution: (resolution, resolution),
                hasWork: hasWork))
        trace.feed(&run, 0..<trace.count, resolution: [resolution, resolution], show: show)
        return run
    }

    /// S6: frozen with a lag of 10 to 30 minutes, noise below 0.003, from `start` to `end`.
    static func bagged(
        _ trace: FaceTrace, seed: UInt64, end: Double = .infinity
    ) -> (_ head: Int, _ step: Int, _ value: Double) -> Double? {
        var random = SeededGenerator(seed: seed &+ 99)
        let lag = Double.random(in: 600...1800, using: &random)
        let from = trace.gas[0][trace.step(start)]
        return { head, step, value in
            let time = trace.time(step)
            guard head == 0, time >= start, time < end else { return value }
            let noise = 0.0025 * random.normal()
            return 0.5 + (from - 0.5) * exp(-(time - start) / lag) + noise
        }
    }

    @Test(
        "S6, a bag over the head: covered within the half hour while there is work",
        arguments: seeds)
    func covered(seed: UInt64) throws {
        let trace = FaceTrace(hours: 10, seed: seed)
        let run = try Self.run(trace, show: Self.bagged(trace, seed: seed))
        let delay = try #require(run.delay(.covered, of: 0, after: Self.start))
        #expect(delay <= 2700, "\(delay) s")
        let finding = try #require(run.began(.covered).first)
        let figures = Dictionary(
            uniqueKeysWithValues: finding.evidence.map { ($0.name, $0.value) })
        #expect(try #require(figures["SD in 15 min"]) < 0.4 * #require(figures["own SD at work"]))
        #expect(run.began(.covered, of: 1).isEmpty)
    }

    @Test("the bag comes off: covered ends, once", arguments: seeds)
    func uncovered(seed: UInt64) throws {
        let trace = FaceTrace(hours: 14, seed: seed)
        let run = try Self.run(
            trace, show: Self.bagged(trace, seed: seed, end: Self.start + 2 * 3600))
        #expect(run.began(.covered, of: 0).count == 1)
        #expect(run.ended(.covered).count == 1)
    }

    @Test("S6 every second as well, and without anything that tells of work", arguments: [0, 1])
    func coveredFast(seed: UInt64) throws {
        let trace = FaceTrace(hours: 10, interval: 1, seed: seed)
        let fast = try Self.run(trace, interval: 1, show: Self.bagged(trace, seed: seed))
        #expect(fast.delay(.covered, of: 0, after: Self.start) ?? .infinity <= 2700)
        let slow = FaceTrace(hours: 10, seed: seed)
        let blind = try Self.run(slow, hasWork: false, show: Self.bagged(slow, seed: seed))
        #expect(blind.delay(.covered, of: 0, after: Self.start) ?? .infinity <= 7200)
    }

    @Test("S5 and whole shifts of work find nothing at all", arguments: seeds, [1.0, 30, 60])
    func plainWork(seed: UInt64, interval: Double) throws {
        let trace = FaceTrace(hours: interval == 1 ? 8 : 72, interval: interval, seed: seed)
        let run = try Self.run(trace, interval: interval)
        #expect(run.findings.isEmpty, "\(run.findings.map(\.rule))")
    }

    @Test("idle and flat is not broken: 12 hours on one digit find nothing", arguments: seeds)
    func idleFlat(seed: UInt64) throws {
        var trace = FaceTrace(hours: 8, seed: seed)
        let idle = FaceTrace(hours: 12, seed: seed, isIdle: true)
        for head in 0..<2 {
            trace.gas[head] += idle.gas[head].map { _ in 0.4 + 0.03 * Double(head) }
        }
        trace.work += idle.work
        for resolution in [0.01, 0.1] {
            let run = try Self.run(trace, resolution: resolution)
            #expect(run.findings.isEmpty, "\(run.findings.map(\.rule))")
        }
    }

    @Test("frozen on one value: stuck or covered within the hour", arguments: seeds)
    func stuck(seed: UInt64) throws {
        let trace = FaceTrace(hours: 12, seed: seed)
        let frozen = trace.gas[0][trace.step(Self.start)]
        let run = try Self.run(trace) { head, step, value in
            head == 0 && trace.time(step) >= Self.start ? frozen : value
        }
        let found = [Rule.stuck, .covered].compactMap {
            run.delay($0, of: 0, after: Self.start)
        }.min()
        #expect(try #require(found) <= 3600)
        #expect(run.began(.stuck, of: 0).count + run.began(.covered, of: 0).count == 1)
    }

    @Test("a coarse head that stands while its neighbour doubles: stuck, and it ends")
    func stuckCoarse() throws {
        var run = IntegrityRun(try IntegrityMine.roster(count: 2, resolution: (0.1, 0.01)))
        for step in 0..<480 {
            let time = Double(step) * 30
            let gas = step < 120 ? 0.5 : min(0.5 + Double(step - 120) / 100, 1.3)
            run.see(step < 400 ? 0.5 : FaceTrace.shown(gas, 0.1), of: 0, at: time)
            run.see(FaceTrace.shown(gas, 0.01), of: 1, at: time)
        }
        #expect(run.began(.stuck, of: 0).count == 1)
        #expect(run.ended(.stuck).count == 1)
        #expect(run.began(.stuck, of: 1).isEmpty)
    }

    struct Blow: Sendable {
        var seed: UInt64
        var interval: Double
    }

    @Test(
        "S7, compressed air: found within 2 minutes of the fall (and two samples), and it ends",
        arguments: seeds.flatMap { seed in
            [1.0, 30].map { Blow(seed: seed, interval: $0) }
        })
    func compressedAir(_ sample: Blow) throws {
        var random = SeededGenerator(seed: sample.seed &+ 7)
        let trace = FaceTrace(hours: 4, interval: sample.interval, seed: sample.seed)
        let (start, end) = (3.0 * 3600, 3.5 * 3600)
        let rest = Double.random(in: 0...0.045, using: &random)
        let lag = Double.random(in: 8...30, using: &random) / 2.303
        let run = try Self.run(trace, interval: sample.interval) { head, step, value in
            let time = trace.time(step)
            guard head == 0, time >= start, time < end + 200 else { return value }
            if time < end { return rest + (value - rest) * exp(-(time - start) / lag) }
            return value + (rest - value) * exp(-(time - end) / lag)
        }
        let delay = try #require(run.delay(.compressedAir, of: 0, after: start))
        #expect(delay <= 120 + 2 * lag + 2 * sample.interval, "\(delay) s")
        #expect(run.began(.compressedAir).count == 1)
        #expect(run.ended(.compressedAir).count == 1)
        #expect(run.began(.stuck).isEmpty && run.began(.covered).isEmpty)
    }

    @Test("blown at for three minutes of every ten: one finding, as long as that goes on")
    func inTurns() throws {
        let trace = FaceTrace(hours: 5, interval: 5, seed: 1)
        let (start, end) = (3.0 * 3600, 4.5 * 3600)
        let run = try Self.run(trace, interval: 5) { head, step, value in
            let time = trace.time(step)
            let inTurn = (time - start).truncatingRemainder(dividingBy: 600)
            return head == 0 && (start..<end).contains(time) && inTurn < 180 ? 0 : value
        }
        #expect(run.began(.compressedAir).count == 1)
        let ended = try #require(run.ended(.compressedAir).first)
        #expect(IntegrityRun.seconds(ended.arrivalTime) > end)
    }

    @Test("both heads clear at once, or more air comes: no compressed air")
    func cleared() throws {
        let trace = FaceTrace(hours: 4, seed: 1)
        let run = try Self.run(trace) { _, step, value in
            trace.time(step) < 3 * 3600 ? value : 0.03
        }
        #expect(run.began(.compressedAir).isEmpty)
    }

    @Test("hung into fresh air: found in under 40 minutes, ends when it is back", arguments: seeds)
    func freshAir(seed: UInt64) throws {
        let trace = FaceTrace(hours: 16, seed: seed)
        let end = Self.start + 2 * 3600
        let run = try Self.run(trace) { head, step, value in
            let time = trace.time(step)
            return head == 0 && time >= Self.start && time < end ? 0.08 + 0.1 * value : value
        }
        #expect(try #require(run.delay(.freshAir, of: 0, after: Self.start)) <= 2400)
        #expect(run.began(.freshAir).count == 1)
        #expect(run.ended(.freshAir).count == 1)
        #expect(run.began(.freshAir, of: 1).isEmpty)
    }

    @Test("the order of the air: a return below its intake, a corner far below its return")
    func order() throws {
        var run = IntegrityRun(try IntegrityMine.roster(count: 6))
        for step in 0..<200 {
            let time = Double(step) * 30
            let stir = 0.01 * Double(step % 7)
            run.see(0.5 + stir, of: 0, at: time)
            run.see((step < 100 ? 0.6 : 0.2) + stir, of: 1, at: time)
            run.see(0.4, of: IntegrityMine.intake, at: time)
            run.see((step < 20 ? 0.7 : 0.22) + stir, of: IntegrityMine.corner, at: time)
        }
        #expect(run.began(.freshAir, of: IntegrityMine.faceReturn).count == 1)
        #expect(run.began(.freshAir, of: IntegrityMine.corner).count == 1)
        #expect(run.began(.freshAir, of: IntegrityMine.intake).isEmpty)
        #expect(run.began(.freshAir, of: IntegrityMine.face).isEmpty)
    }
}
