import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// A trick that is played on the recorded face from a step on.
struct Trick: Sendable, CustomTestStringConvertible {
    /// What the head at `sensor` shows at `step`, `start` being the first; `nil` for nothing.
    typealias Show =
        @Sendable (_ face: RecordedFace, _ sensor: Int, _ start: Int, _ step: Int) -> Double?

    var name: String
    var sensor: Int
    /// The rules that count as having seen it.
    var rules: [Rule]
    var hours: Double
    /// Whether it is played while there is work only.
    var atWork = true
    /// The share that has to be seen, and the median delay in minutes that is allowed.
    var share: Double
    var minutes: Double
    /// Of what is stated as not seen, no more than this share may be seen, or the table is wrong.
    var shareMax = 1.0
    /// Whether there is anything for it to hide from `start` on.
    var isFair: @Sendable (_ face: RecordedFace, _ start: Int) -> Bool = { _, _ in true }
    /// What is sent besides, at the start.
    var prelude:
        (@Sendable (_ run: inout IntegrityRun, _ face: RecordedFace, _ start: Int) -> Void)?
    var show: Show
    var testDescription: String { "\(name), \(sensor == 0 ? "0.1" : "0.01")" }

    /// The values before `start` in the mean: the level that a cover freezes.
    static func level(_ face: RecordedFace, _ sensor: Int, _ start: Int) -> Double {
        face.columns[sensor][(start - 20)..<start].reduce(0, +) / 20
    }

    static func shown(_ value: Double, _ sensor: Int) -> Double {
        FaceTrace.shown(value, sensor == 0 ? 0.1 : 0.01)
    }

    /// Noise that hangs on the step alone, so that a trick needs no state.
    static func noise(_ start: Int, _ step: Int) -> Double {
        var random = SeededGenerator(seed: UInt64(start * 100_003 + step))
        return random.normal()
    }

    /// S6: frozen, approached with a lag of 10 to 30 minutes, noise below 0.003.
    static func cover(_ sensor: Int, share: Double, minutes: Double) -> Trick {
        Trick(
            name: "covered", sensor: sensor, rules: [.covered, .stuck], hours: 4, share: share,
            minutes: minutes
        ) { face, sensor, start, step in
            let lag = 20 + Double(start % 41)
            let (from, to) = (face.columns[sensor][start], level(face, sensor, start))
            let value = to + (from - to) * exp(-Double(step - start) / lag)
            return shown(value + 0.0025 * noise(start, step), sensor)
        }
    }

    static func scaled(
        _ name: String, by factor: Double, _ sensor: Int, rules: [Rule], hours: Double,
        share: Double, minutes: Double, shareMax: Double = 1
    ) -> Trick {
        Trick(
            name: name, sensor: sensor, rules: rules, hours: hours, atWork: false, share: share,
            minutes: minutes, shareMax: shareMax
        ) { face, sensor, _, step in shown(factor * face.columns[sensor][step], sensor) }
    }
}

extension Trick {
    static func compressedAir(_ sensor: Int) -> Trick {
        Trick(
            name: "compressed air", sensor: sensor, rules: [.compressedAir], hours: 1,
            atWork: false, share: 0.9, minutes: 2.5
        ) { _, sensor, start, step in
            shown(0.025 + 0.02 * sin(Double(start + step)), sensor)
        }
    }

    static func stuck(_ sensor: Int, share: Double, minutes: Double) -> Trick {
        Trick(
            name: "stuck", sensor: sensor, rules: [.stuck, .covered], hours: 6, share: share,
            minutes: minutes
        ) { face, sensor, start, _ in face.columns[sensor][start] }
    }

    /// No values for ten minutes as soon as 0.8 of the alarm is reached, again and again.
    static func disconnected(_ sensor: Int) -> Trick {
        let limit = 0.8 * (sensor == 0 ? 1.3 : 0.65)
        return Trick(
            name: "disconnected at 0.8", sensor: sensor, rules: [.timelyGap], hours: 24,
            atWork: false, share: 0.45, minutes: 1440
        ) { face, sensor, start, step in
            let recent = max(start, step - 20)..<step
            let isOff = recent.contains { face.columns[sensor][$0] >= limit }
            return isOff ? nil : face.columns[sensor][step]
        }
    }

    /// What was shown 8 hours before, once more.
    static func repeated(_ sensor: Int, share: Double) -> Trick {
        Trick(
            name: "repeated window", sensor: sensor, rules: [.repeatedWindow], hours: 6,
            share: share, minutes: 240
        ) { face, sensor, _, step in face.columns[sensor][step - 960] }
    }

    static func copied(_ sensor: Int) -> Trick {
        Trick(
            name: "copied", sensor: sensor, rules: [.copied], hours: 4, share: 0.6, minutes: 60
        ) { face, sensor, _, step in face.columns[1 - sensor][step] }
    }

    /// What the other head showed some minutes before.
    static func copiedLate(_ sensor: Int, share: Double) -> Trick {
        Trick(
            name: "copied late", sensor: sensor, rules: [.copied], hours: 6, share: share,
            minutes: 300
        ) { face, sensor, start, step in face.columns[1 - sensor][step - 3 - start % 40] }
    }

    /// The last hour once more, its upper half lowered.
    static func backdated(_ sensor: Int) -> Trick {
        Trick(
            name: "back-dated", sensor: sensor, rules: [.backdated], hours: 0.2, atWork: false,
            share: 0.9, minutes: 2,
            prelude: { run, face, start in
                for step in (start - 120)..<start {
                    let value = shown(0.6 * face.columns[sensor][step], sensor)
                    run.see(
                        value, of: UInt32(sensor), at: Double(step) * 30,
                        delay: Double(start - step) * 30 - 15)
                }
            }
        ) { face, sensor, _, step in face.columns[sensor][step] }
    }

    /// Announced, and the head goes on showing what it shows.
    static func cloak(_ sensor: Int) -> Trick {
        Trick(
            name: "calibration without plateaus", sensor: sensor, rules: [.calibrationCloak],
            hours: 1, atWork: false, share: 0.95, minutes: 11,
            prelude: { run, _, start in
                run.calibrate(UInt32(sensor), minutes: 30, at: Double(start) * 30 - 1)
            }
        ) { face, sensor, _, step in face.columns[sensor][step] }
    }

    /// Nothing above 0.97 of the alarm is let through.
    static func clamped(_ sensor: Int) -> Trick {
        let limit = 0.62
        return Trick(
            name: "clamped below the alarm", sensor: sensor, rules: [.lowGain], hours: 36,
            atWork: false, share: 0.3, minutes: 1440,
            isFair: { face, start in
                face.columns[sensor][start..<min(start + 4320, face.count)]
                    .count { $0 > limit } >= 120
            }
        ) { face, sensor, _, step in shown(min(face.columns[sensor][step], limit), sensor) }
    }

    /// The zero point falls by 0.05 in an hour: negative values come as faults.
    static func fallingZero(_ sensor: Int) -> Trick {
        Trick(
            name: "zero point falls", sensor: sensor, rules: [.drift], hours: 36, atWork: false,
            share: 0.75, minutes: 1440
        ) { face, sensor, start, step in
            face.columns[sensor][step] - 0.05 * Double(step - start) / 120
        }
    }

    /// An intake with next to no gas looks like compressed air.
    static let air: [Rule] = [.freshAir, .compressedAir]

    static let all: [Trick] = [
        cover(0, share: 0.5, minutes: 120), cover(1, share: 0.8, minutes: 30),
        scaled("fresh air", by: 0.15, 0, rules: air, hours: 3, share: 0.9, minutes: 30),
        scaled("fresh air", by: 0.15, 1, rules: air, hours: 3, share: 0.9, minutes: 30),
        scaled("gassy intake", by: 0.3, 0, rules: air, hours: 3, share: 0.5, minutes: 40),
        scaled("gassy intake", by: 0.3, 1, rules: air, hours: 3, share: 0.5, minutes: 40),
        compressedAir(0), compressedAir(1),
        scaled(
            "gain 0.8", by: 0.8, 0, rules: [.lowGain], hours: 48, share: 0,
            minutes: 2880, shareMax: 0.1),
        scaled(
            "gain 0.8", by: 0.8, 1, rules: [.lowGain], hours: 48, share: 0,
            minutes: 2880, shareMax: 0.1),
        scaled("gain 0.5", by: 0.5, 0, rules: [.lowGain], hours: 48, share: 0.15, minutes: 1440),
        scaled("gain 0.5", by: 0.5, 1, rules: [.lowGain], hours: 48, share: 0.5, minutes: 1440),
        clamped(1), fallingZero(0), fallingZero(1), cloak(0), cloak(1),
        disconnected(0), disconnected(1), repeated(0, share: 0.1), repeated(1, share: 0.8),
        copied(0), copied(1), copiedLate(0, share: 0.1),
        copiedLate(1, share: 0.1), backdated(0), backdated(1),
        stuck(0, share: 0.6, minutes: 180), stuck(1, share: 0.8, minutes: 45),
    ]
}

@Suite(
    "Integrity: tricks played on a recorded face",
    .enabled(if: RecordedFace.isThere, "the record ../shared/data/dev is not there: not measured"))
struct IntegrityInjectionTests {
    /// The detector as it stands at some moments of the record.
    struct Moments: Sendable {
        static let shared = try? Moments()
        var runs: [(start: Int, run: IntegrityRun)] = []
        var isAtWork: [Bool] = []

        init() throws {
            guard let face = RecordedFace.shared else { return }
            var random = SeededGenerator(seed: 4)
            let span = (face.count * 3 / 10)..<(face.count * 19 / 20)
            let starts = (0..<120).map { _ in Int.random(in: span, using: &random) }.sorted()
            var run = IntegrityRun(try RecordedFace.roster())
            var at = 0
            for start in starts {
                face.feed(&run, at..<start)
                at = start
                run.findings = []
                runs.append((start, run))
                let hour = face.columns[2][start..<(start + 120)].reduce(0, +) / 120
                isAtWork.append(hour >= 0.6)
            }
        }
    }

    @Test("each trick is seen as often and as soon as INTEGRITY.md states", arguments: Trick.all)
    func trick(_ trick: Trick) throws {
        let face = try #require(RecordedFace.shared)
        let moments = try #require(Moments.shared)
        var delays: [Double] = []
        var count = 0
        for (moment, isAtWork) in zip(moments.runs, moments.isAtWork)
        where (isAtWork || !trick.atWork) && trick.isFair(face, moment.start) {
            let steps = moment.start..<min(moment.start + Int(trick.hours * 120), face.count)
            var run = moment.run
            run.findings = []
            trick.prelude?(&run, face, moment.start)
            face.feed(&run, steps) { sensor, step, value in
                guard sensor == trick.sensor else { return value }
                return trick.show(face, sensor, moment.start, step)
            }
            count += 1
            let start = Double(moment.start) * 30
            let found = trick.rules.compactMap { run.delay($0, after: start - 60) }.min()
            if let found { delays.append(max(found - 60, 0) / 60) }
        }
        delays.sort()
        let median = delays.isEmpty ? .nan : delays[delays.count / 2]
        let share = Double(delays.count) / Double(count)
        print(
            "TRICK \(trick.testDescription): \(delays.count) of \(count),",
            "median \((median * 10).rounded() / 10) min")
        #expect(share >= trick.share && share <= trick.shareMax)
        #expect(delays.isEmpty || median <= trick.minutes)
    }
}
