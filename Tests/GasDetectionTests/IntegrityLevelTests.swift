import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// Contradiction, gain, drift, calibration: what a level says.
@Suite("Integrity: levels that cannot be")
struct IntegrityLevelTests {
    @Test("T2 at 1.93 while T1 of the same face stands at 0: told in six minutes, and it ends")
    func contradiction() throws {
        var run = IntegrityRun(try IntegrityMine.roster(count: 5, interval: 1))
        for second in 0..<1800 {
            let time = Double(second)
            run.see(second < 1200 ? 0 : 1.7, of: 0, at: time)
            run.see(1.93, of: 1, at: time)
            run.see(0, of: IntegrityMine.intake, at: time)
        }
        let finding = try #require(run.began(.contradiction).first)
        #expect(finding.sensor == 0)
        #expect(IntegrityRun.seconds(finding.eventTime) <= 360)
        #expect(finding.evidence.map { ($0.value * 100).rounded() / 100 } == [0, 1.93])
        #expect(run.began(.contradiction).count == 1, "an intake may be clean")
        #expect(run.ended(.contradiction).count == 1)
    }

    @Test("values that touch one ceiling just below the alarm again and again: low gain")
    func clamped() throws {
        let seeds = 0..<6 as Range<UInt64>
        for seed in seeds {
            var trace = FaceTrace(hours: 24, seed: seed)
            trace.gas[0] = trace.gas[0].map { 1.6 * $0 }
            var plain = IntegrityRun(try IntegrityMine.roster())
            var clamped = plain
            trace.feed(&plain, 0..<trace.count)
            trace.feed(&clamped, 0..<trace.count) { head, _, value in
                head == 0 ? min(value, 0.98) : value
            }
            #expect(plain.began(.lowGain).isEmpty)
            #expect(clamped.began(.lowGain, of: 0).count == 1)
        }
    }

    @Test("a head poisoned to a third of its gain: low gain or fresh air; healthy ones: nothing")
    func poisoned() throws {
        for seed in 0..<4 as Range<UInt64> {
            let trace = FaceTrace(hours: 72, seed: seed)
            var run = IntegrityRun(try IntegrityMine.roster())
            trace.feed(&run, 0..<trace.count) { head, step, value in
                let hours = trace.time(step) / 3600 - 48
                return head == 0 && hours > 0 ? value * max(1 - 0.5 * hours, 0.5) : value
            }
            let delay = try #require(run.delay(.lowGain, of: 0, after: 48 * 3600))
            #expect(delay <= 18 * 3600)
            #expect(run.findings.allSatisfy { $0.sensor == 0 })
        }
    }

    /// S9 over ten weeks, a value a minute, three hours of each day (the rest tells the same).
    static func drifting(percentAWeek: Double, seed: UInt64) throws -> IntegrityRun {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 60))
        var random = SeededGenerator(seed: seed)
        for minute in 0..<(70 * 180) {
            let time = Double(minute / 180) * 86_400 + Double(minute % 180) * 60
            let gas = 0.35 + 0.03 * sin(time / 4e5) + 0.01 * random.normal()
            let zero = percentAWeek * time / (7 * 86_400)
            run.see(FaceTrace.shown(max(gas + zero, 0), 0.01), of: 0, at: time)
            run.see(FaceTrace.shown(0.7 * gas, 0.01), of: 1, at: time)
        }
        return run
    }

    @Test("S9: a zero point that creeps 0.05 a week is told in weeks, one that stays never")
    func drift() throws {
        for seed in 0..<3 as Range<UInt64> {
            let run = try Self.drifting(percentAWeek: 0.05, seed: seed)
            let days = try #require(run.delay(.drift, of: 0, after: 0)) / 86_400
            #expect((10...70).contains(days), "\(days) days")
            #expect(run.began(.drift, of: 1).isEmpty)
            let steady = try Self.drifting(percentAWeek: 0, seed: seed)
            #expect(steady.began(.drift).isEmpty)
        }
    }

    @Test("messages below the range: drift; one alone is a fault and no more")
    func negative() throws {
        var run = IntegrityRun(try IntegrityMine.roster())
        run.see(0.02, of: 0, at: 0)
        run.seeNegative(of: 0, at: 30)
        #expect(run.findings.isEmpty)
        for _ in 0..<5 { run.seeNegative(of: 0, at: 30) }
        #expect(run.findings.isEmpty, "the same message again")
        for step in 2..<8 { run.seeNegative(of: 0, at: Double(step) * 30) }
        let drift = try #require(run.began(.drift, of: 0).first)
        #expect(run.began(.drift, of: 0).count == 1)
        // A count is whole, and what is usual is not known in an hour, nor told as zero.
        #expect(drift.evidence.first { $0.name == "messages below zero" }?.value == 4)
        #expect(!drift.evidence.contains { $0.name.hasSuffix("lowest level") })
        #expect(!drift.evidence.contains { $0.name.hasPrefix("shift") })
        for step in 8..<120 { run.see(0.05, of: 0, at: Double(step) * 30) }
        #expect(run.ended(.drift).count == 1)
    }
}

@Suite("Integrity: calibration")
struct IntegrityCalibrationTests {
    /// Zero for 90 s, 2.0 for 80 s, as S8 has it; the neighbour is flat.
    static func gas(_ second: Double) -> Double {
        switch second {
        case 0..<90: 0
        case 90..<170: 2.0
        default: 0.45
        }
    }

    /// An hour before and an hour of what `show` gives, in seconds from the start of it.
    static func run(
        interval: Double, announced: Double?, ended: Double? = nil, level: Double = 0.45,
        show: (_ second: Double) -> Double
    ) throws -> IntegrityRun {
        var run = IntegrityRun(try IntegrityMine.roster(interval: interval))
        var head = SensorHead(value: level, t90Seconds: 15)
        for second in stride(from: -3600.0, to: 5400, by: 1) {
            let time = second + 3600
            if second == 0, let announced { run.calibrate(0, minutes: announced, at: time) }
            if let ended, second == ended { run.calibrate(0, minutes: 0, at: time) }
            let value = head.follow(second < 0 ? level : show(second))
            guard time.truncatingRemainder(dividingBy: interval) == 0 else { continue }
            run.see(FaceTrace.shown(value, 0.01), of: 0, at: time)
            run.see(0.3, of: 1, at: time)
            run.see(0, of: 2, at: time)
        }
        return run
    }

    @Test("S8 announced, with its plateaus: nothing", arguments: [1.0, 5])
    func announced(interval: Double) throws {
        let run = try Self.run(interval: interval, announced: 15, ended: 600, show: Self.gas)
        #expect(run.findings.isEmpty, "\(run.findings.map(\.rule))")
    }

    @Test("S8 that nobody announced is no compressed air, no cover", arguments: [1.0, 5, 30])
    func unannounced(interval: Double) throws {
        let run = try Self.run(interval: interval, announced: nil, show: Self.gas)
        #expect(run.findings.isEmpty, "\(run.findings.map(\.rule))")
    }

    @Test("as recorded: 1.5 for 3 minutes, 2.2 for 4, 0.25 for 17: nothing")
    func asRecorded() throws {
        let run = try Self.run(interval: 30, announced: nil, level: 0.7) { second in
            switch second {
            case 0..<180: 1.5
            case 180..<420: 2.2
            case 420..<1440: 0.25
            default: 0.7
            }
        }
        #expect(run.findings.isEmpty, "\(run.findings.map(\.rule))")
    }

    @Test("announced, and the head goes on as before: told after ten minutes, rests an hour later")
    func cloak() throws {
        let run = try Self.run(interval: 1, announced: 20) { 0.45 + 0.05 * sin($0 / 60) }
        #expect(try #require(run.delay(.calibrationCloak, of: 0, after: 3600)) <= 601)
        #expect(run.began(.calibrationCloak).count == 1)
        #expect(run.ended(.calibrationCloak).count == 1)
    }

    @Test(
        "announced by a slip and taken back within two minutes: nothing, unless it stood high",
        arguments: [(120.0, 0.45, 0), (121, 0.45, 1), (60, 0.85, 1)])
    func takenBack(_ seconds: Double, _ level: Double, _ count: Int) throws {
        let run = try Self.run(interval: 1, announced: 20, ended: seconds, level: level) { _ in
            level
        }
        #expect(run.began(.calibrationCloak).count == count)
    }

    @Test("the level before is one that was measured, also in the first minute")
    func levelBefore() throws {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 1))
        for second in 0..<10 { run.see(0.9, of: 0, at: Double(second)) }
        run.calibrate(0, minutes: 30, at: 10)
        let cloak = try #require(run.began(.calibrationCloak, of: 0).first)
        let before = try #require(cloak.evidence.first { $0.name == "level before" })
        #expect(abs(before.value - 0.9) < 0.001)
    }

    @Test("only air was given, no span gas: told when it ends")
    func halfCloak() throws {
        let run = try Self.run(interval: 1, announced: 20, ended: 900) { $0 < 120 ? 0 : 0.45 }
        #expect(try #require(run.delay(.calibrationCloak, of: 0, after: 3600)) >= 899)
    }

    @Test("announced just when the value stands at 0.85 of the alarm: told at once")
    func inGas() throws {
        let run = try Self.run(interval: 1, announced: 20, ended: 600, level: 0.85, show: Self.gas)
        #expect(try #require(run.delay(.calibrationCloak, of: 0, after: 3600)) <= 1)
        #expect(run.ended(.calibrationCloak).count == 1, "both plateaus came after all")
    }

    @Test("announced anew every nine minutes it is one calibration, told after ten")
    func renewed() throws {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 1))
        for second in 0..<9000 {
            let time = Double(second)
            if second >= 3600, second % 540 == 0 { run.calibrate(0, minutes: 10, at: time) }
            run.see(0.4 + 0.01 * Double(second % 7), of: 0, at: time)
        }
        #expect(try #require(run.delay(.calibrationCloak, of: 0, after: 3780)) <= 601)
        #expect(run.began(.calibrationCloak).count == 1)
    }

    @Test("after an hour of them without a rest the other rules judge: nothing is held back")
    func usedUp() throws {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 5))
        for second in stride(from: 0, to: 14_400, by: 5) {
            let time = Double(second)
            if second >= 3600, second % 200 == 0 { run.calibrate(0, minutes: 2, at: time) }
            if second >= 3600, second % 200 == 100 { run.calibrate(0, minutes: 0, at: time) }
            run.see(second < 3600 ? 0.5 : 0, of: 0, at: time)
            run.see(0.6 + 0.02 * sin(time / 60), of: 1, at: time)
        }
        #expect(run.began(.contradiction, of: 0).count == 1)
        #expect(run.began(.calibrationCloak).isEmpty)
    }

    @Test("more minutes asked for while span gas is on are no cloak")
    func prolonged() throws {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 1))
        for second in 0..<3600 { run.see(0.4, of: 0, at: Double(second)) }
        run.calibrate(0, minutes: 5, at: 3600)
        for second in 3600..<4200 {
            if second == 3800 { run.calibrate(0, minutes: 6, at: Double(second)) }
            run.see(second < 3700 ? 0 : 2, of: 0, at: Double(second))
        }
        #expect(run.findings.isEmpty, "\(run.findings.map(\.rule))")
    }

    @Test("a person who announces and whose sensor falls silent is heard of by the ticks")
    func silentCloak() throws {
        var run = IntegrityRun(try IntegrityMine.roster(interval: 1))
        for second in 0..<600 { run.see(0.4, of: 0, at: Double(second)) }
        run.calibrate(0, minutes: 30, at: 600)
        var source = ReadingSource(position: 10_000)
        for second in 601..<1300 { run.see(source.event(.tick, at: Double(second))) }
        #expect(run.began(.calibrationCloak, of: 0).count == 1)
    }
}
