import GasDetection
import GasModel
import Support
import Testing

@Suite("Integrity: tricks that need a clock or a gap")
struct IntegrityEvasionTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

    @Test(
        "another sensor's values a minute to an hour later: copied, and it ends", arguments: seeds)
    func copiedLate(seed: UInt64) throws {
        for seconds in [60.0, 90, 600, 3600] {
            let trace = FaceTrace(hours: 14, seed: seed)
            let lag = trace.step(seconds)
            var run = IntegrityRun(try IntegrityMine.roster())
            let copied = trace.step(4 * 3600)..<trace.step(9 * 3600)
            trace.feed(&run, 0..<trace.count) { head, step, value in
                head == 1 && copied.contains(step) ? trace.gas[0][step - lag] : value
            }
            let delay = try #require(run.delay(.copied, of: 1, after: 4 * 3600))
            #expect(delay <= 3 * 3600, "lag \(seconds)")
            #expect(run.began(.copied).count == 1)
            #expect(run.ended(.copied).count == 1)
        }
    }

    @Test("honest heads in one air, for two days: not copied", arguments: seeds)
    func honest(seed: UInt64) throws {
        for resolution in [0.1, 0.01] {
            let trace = FaceTrace(hours: 48, interval: seed % 2 == 0 ? 30 : 5, seed: seed)
            var run = IntegrityRun(
                try IntegrityMine.roster(
                    interval: trace.interval, resolution: (resolution, resolution)))
            var random = SeededGenerator(seed: seed)
            trace.feed(&run, 0..<trace.count, resolution: [resolution, resolution]) { _, step, _ in
                trace.gas[0][step] + 0.01 * random.normal()
            }
            #expect(run.began(.copied).isEmpty)
        }
    }

    @Test(
        "air that is blown at a head while its gateway is away is seen when it is back",
        arguments: [5.0, 10, 25])
    func blownInGap(_ minutes: Double) throws {
        for seed in Self.seeds {
            let trace = FaceTrace(hours: 5, seed: seed)
            let away = trace.step(3 * 3600)..<trace.step(3 * 3600 + 60 * minutes)
            for isHonest in [false, true] {
                var run = IntegrityRun(try IntegrityMine.roster())
                trace.feed(&run, 0..<trace.count) { head, step, value in
                    if away.contains(step) { return nil }
                    // The gas that went from all heads is gone.
                    return step >= away.upperBound && (head == 0 || isHonest) ? 0.02 : value
                }
                let seen = run.delay(.compressedAir, of: 0, after: trace.time(away.upperBound))
                #expect((seen != nil) != isHonest)
                #expect(seen ?? 0 <= 180)
            }
        }
    }

    @Test("a bag put over while the neighbour is calibrated is seen all the same", arguments: seeds)
    func baggedInCalibration(seed: UInt64) throws {
        let trace = FaceTrace(hours: 10, seed: seed)
        let start = trace.step(IntegrityHeadTests.start)
        let bagged = IntegrityHeadTests.bagged(trace, seed: seed)
        func show(_ head: Int, _ step: Int, _ value: Double) -> Double? {
            // Air for three minutes, span gas for two.
            if head == 1, (start..<start + 10).contains(step) { return step < start + 6 ? 0 : 2 }
            return bagged(head, step, value)
        }
        var run = IntegrityRun(try IntegrityMine.roster())
        trace.feed(&run, 0..<start, show: show)
        run.calibrate(1, minutes: 20, at: trace.time(start) - 1)
        trace.feed(&run, start..<trace.count, show: show)
        let delay = try #require(run.delay(.covered, of: 0, after: IntegrityHeadTests.start))
        #expect(delay <= 3600)
        #expect(run.began(.calibrationCloak).isEmpty)
    }
}
