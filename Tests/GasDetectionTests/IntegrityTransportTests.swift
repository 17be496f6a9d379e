import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// Gaps, repeats, copies, back-dated uploads: what the wire brings, by seed.
@Suite("Integrity: what the wire brings")
struct IntegrityTransportTests {
    static let seeds = 0..<8 as Range<UInt64>

    /// A day at the face; `isOff` says of each step whether head 0 is silent.
    static func gappy(
        seed: UInt64, isOff: (_ step: Int, _ value: Double) -> Bool
    ) throws -> IntegrityRun {
        let trace = FaceTrace(hours: 24, seed: seed)
        var run = IntegrityRun(try IntegrityMine.roster(alarm: (0.8, 0.8)))
        trace.feed(&run, 0..<trace.count) { head, step, value in
            head == 0 && isOff(step, trace.gas[0][step]) ? nil : value
        }
        return run
    }

    @Test(
        "silent for four minutes each time 0.8 of the alarm is reached: timely gaps",
        arguments: seeds)
    func timelyGaps(seed: UInt64) throws {
        var until = 0
        let run = try Self.gappy(seed: seed) { step, value in
            if step > until + 40, value >= 0.68 { until = step + 8 }
            return step < until
        }
        let finding = try #require(run.began(.timelyGap, of: 0).first)
        #expect(finding.evidence[0].value >= 2.7)
        #expect(run.began(.timelyGap).count <= 2, "no flood")
    }

    @Test("gaps that fall where they like: no finding", arguments: seeds)
    func plainGaps(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let starts = (0..<12).map { _ in Int.random(in: 100..<2800, using: &random) }
        let run = try Self.gappy(seed: seed) { step, _ in
            starts.contains { ($0..<($0 + 10)).contains(step) }
        }
        #expect(run.began(.timelyGap).isEmpty)
    }

    @Test(
        "S10, a gateway's outage with back-fill, mixed with live values: nothing", arguments: seeds)
    func outage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let trace = FaceTrace(hours: 14, seed: seed)
        let start = Int.random(in: 900..<1200, using: &random)
        let end = start + Int.random(in: 10..<240, using: &random)
        var run = IntegrityRun(try IntegrityMine.roster(alarm: (0.8, 0.8)))
        trace.feed(&run, 0..<start)
        var missed = start
        for step in end..<trace.count {
            trace.feed(&run, step..<(step + 1))
            // Twenty of the missed with each live one.
            for old in missed..<min(missed + 20, end) {
                let delay = trace.time(step) - trace.time(old)
                for head in 0..<2 {
                    run.see(
                        FaceTrace.shown(trace.gas[head][old], 0.01), of: UInt32(head),
                        at: trace.time(old), delay: delay)
                }
            }
            missed = min(missed + 20, end)
        }
        #expect(run.findings.map(\.rule) == [])
    }

    @Test(
        "S11: repeats, 1 in 1000 of them garbled, and readings up to 5 minutes late: nothing",
        arguments: seeds, [1.0, 30])
    func disorder(seed: UInt64, interval: Double) throws {
        let trace = FaceTrace(hours: interval == 1 ? 4 : 24, interval: interval, seed: seed)
        var random = SeededGenerator(seed: seed)
        var sent: [(at: Double, order: Int, sensor: UInt32, value: Double, time: Double)] = []
        for step in 0..<trace.count {
            let time = trace.time(step)
            sent.append((time, sent.count, IntegrityMine.work, trace.work[step] ? 1 : 0, time))
            for head in 0..<2 {
                let value = FaceTrace.shown(trace.gas[head][step], 0.01)
                let isLate = Double.random(in: 0..<1, using: &random) < 0.03
                let late = isLate ? min(-30 * log(.random(in: 1e-9...1, using: &random)), 300) : 0
                sent.append((time + late, sent.count, UInt32(head), value, time))
                let isTwice = Double.random(in: 0..<1, using: &random) < 0.03
                let isGarbled = Double.random(in: 0..<1, using: &random) < 0.001
                guard isTwice || isGarbled else { continue }
                let again = time + late + .random(in: 0...5, using: &random)
                sent.append(
                    (again, sent.count, UInt32(head), isGarbled ? value + 0.4 : value, time))
            }
        }
        sent.sort { ($0.at, $0.order) < ($1.at, $1.order) }
        var run = IntegrityRun(try IntegrityMine.roster(interval: interval))
        for one in sent {
            run.see(one.value, of: one.sensor, at: one.time, delay: one.at - one.time)
        }
        #expect(run.findings.map(\.rule) == [])
    }

    @Test("an hour of another day once more: repeated window, and it ends", arguments: seeds)
    func repeated(seed: UInt64) throws {
        let trace = FaceTrace(hours: 20, seed: seed)
        var run = IntegrityRun(try IntegrityMine.roster())
        trace.feed(&run, 0..<trace.count) { head, step, value in
            head == 0 && (1440..<1680).contains(step) ? trace.gas[0][step - 900] : value
        }
        #expect(run.began(.repeatedWindow, of: 0).count == 1)
        #expect(run.ended(.repeatedWindow).count == 1)
        #expect(run.began(.repeatedWindow, of: 1).isEmpty)
    }

    @Test("some hours of yesterday once more, of a head read every 5 s", arguments: [1, 2])
    func yesterday(seed: UInt64) throws {
        let hour = 720
        let trace = FaceTrace(hours: 36, interval: 5, seed: seed)
        var run = IntegrityRun(try IntegrityMine.roster(interval: 5))
        trace.feed(&run, 0..<trace.count) { head, step, value in
            head == 0 && (28 * hour..<34 * hour).contains(step)
                ? trace.gas[0][step - 24 * hour] : value
        }
        #expect(run.began(.repeatedWindow, of: 0).count == 1)
        #expect(run.began(.repeatedWindow, of: 1).isEmpty)
    }

    @Test("one sensor under two codes: copied, and it ends; honest twins in one air: not")
    func copied() throws {
        for seed in Self.seeds {
            let trace = FaceTrace(hours: 4, seed: seed)
            var run = IntegrityRun(try IntegrityMine.roster())
            trace.feed(&run, 0..<trace.count) { head, step, value in
                head == 1 && (120..<300).contains(step) ? trace.gas[0][step] : value
            }
            #expect(run.began(.copied, of: 1).count == 1)
            #expect(run.ended(.copied).count == 1)
            var twins = IntegrityRun(try IntegrityMine.roster(resolution: (0.1, 0.1)))
            var random = SeededGenerator(seed: seed)
            trace.feed(&twins, 0..<trace.count, resolution: [0.1, 0.1]) { _, step, _ in
                trace.gas[0][step] + 0.01 * random.normal()
            }
            #expect(twins.began(.copied).isEmpty)
        }
    }

    @Test("a copy is found as soon although a third one looked the same while nothing moved")
    func copiedBesideAnother() throws {
        var run = IntegrityRun(try IntegrityMine.roster(count: 6))
        for step in 0..<45 {
            let time = Double(step) * 30
            // Ten minutes without a movement, then twelve in which one and its copy move.
            let moving = step < 20 ? 0.4 : 0.4 + 0.01 * Double(step % 7)
            run.see(0.4, of: IntegrityMine.faceReturn, at: time)
            run.see(moving, of: IntegrityMine.corner, at: time)
            run.see(moving, of: IntegrityMine.face, at: time)
        }
        #expect(run.began(.copied, of: IntegrityMine.corner).count == 1)
    }

    @Test(
        "the last hour once more, its peaks lowered: back-dated; unchanged: not", arguments: seeds)
    func backdated(seed: UInt64) throws {
        let trace = FaceTrace(hours: 7, seed: seed)
        var run = IntegrityRun(try IntegrityMine.roster())
        trace.feed(&run, 0..<600)
        for factor in [1.0, 0.7] {
            for step in 480..<600 {
                run.see(
                    FaceTrace.shown(factor * trace.gas[0][step], 0.01), of: 0,
                    at: trace.time(step), delay: trace.time(600) - trace.time(step))
            }
            #expect(run.began(.backdated).count == (factor == 1 ? 0 : 1))
        }
        trace.feed(&run, 600..<trace.count)
        #expect(run.ended(.backdated).count == 1)
        #expect(run.began(.backdated).count == 1)
    }

    @Test("numbers of the gateway that come again with other values: back-dated")
    func usedNumbers() throws {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 1))
        for second in 0..<200 {
            run.see(0.4 + 0.001 * Double(second % 7), of: 0, at: Double(second), sequence: 100)
            // The same message twice is no contradiction.
            run.see(0.4 + 0.001 * Double(second % 7), of: 0, at: Double(second), sequence: 100)
        }
        #expect(run.began(.backdated, of: 0).count == 1)
        var honest = IntegrityRun(try IntegrityMine.roster(interval: 1))
        for second in 0..<200 {
            for _ in 0..<2 {
                honest.see(
                    0.4 + 0.001 * Double(second % 7), of: 0, at: Double(second),
                    sequence: UInt64(second))
            }
        }
        #expect(honest.findings.isEmpty)
    }
}
