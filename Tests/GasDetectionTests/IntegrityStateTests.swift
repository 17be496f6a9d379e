import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// What the detector owes to those around it: no order of batches, no restart, no repeat changes
/// what it finds.
@Suite("Integrity: state")
struct IntegrityStateTests {
    /// A day with one of each trick, as records in the order of arrival.
    static func records(seed: UInt64) throws -> [Reading] {
        var trace = FaceTrace(hours: 24, seed: seed)
        // Covered, compressed air, copied, contradictions, one after the other.
        for step in 0..<trace.count {
            switch trace.time(step) / 3600 {
            case 9..<11: trace.gas[0][step] = 0.5 + 0.2 * exp(-Double(step - 1080) / 40)
            case 12..<12.4: trace.gas[0][step] = 0.02
            case 14..<15: trace.gas[1][step] = trace.gas[0][step]
            case 16..<17: trace.gas[1][step] = trace.gas[1][step - 600]
            case 18..<19: trace.gas[0][step] = 0
            case 20..<21: trace.gas[1][step] = 0.05
            default: break
            }
        }
        var records: [Reading] = []
        for step in 0..<trace.count {
            let time = trace.time(step)
            if step == 2600 || step == 2680 {
                records.append(
                    Reading(
                        sensor: 1, kind: .calibration, sourceTime: .at(time),
                        arrivalTime: .at(time), value: step == 2600 ? 60 : 0,
                        arrivalUptime: Int64(time * 1e9)))
            }
            for (sensor, value) in [
                (2, trace.work[step] ? 1 : 0), (3, 2.3),
                (0, FaceTrace.shown(trace.gas[0][step], 0.01)),
                (1, FaceTrace.shown(trace.gas[1][step], 0.01)),
            ] {
                // Off while it is high, late in the day.
                if sensor == 0, step > 2700, step % 30 < 8 { continue }
                records.append(
                    Reading(
                        sensor: UInt32(sensor), kind: .measurement, sourceTime: .at(time),
                        arrivalTime: .at(time), value: value, arrivalUptime: Int64(time * 1e9)))
            }
        }
        return records
    }

    /// The findings without the positions, which repeats move.
    static func told(_ run: IntegrityRun) -> [Finding] {
        run.findings.map {
            var finding = $0
            finding.position = 0
            return finding
        }
    }

    static func whole(_ records: [Reading]) throws -> IntegrityRun {
        var run = IntegrityRun(try IntegrityMine.roster())
        for record in records { run.see(record) }
        return run
    }

    @Test("the day of tricks has something of most rules", arguments: [0, 1, 2])
    func hasFindings(seed: UInt64) throws {
        let rules = Set(try Self.whole(Self.records(seed: seed)).findings.map(\.rule))
        #expect(rules.count >= 4, "\(rules)")
    }

    @Test("records that come twice change nothing", arguments: [0, 1, 2])
    func duplicates(seed: UInt64) throws {
        let records = try Self.records(seed: seed)
        var random = SeededGenerator(seed: seed)
        var run = IntegrityRun(try IntegrityMine.roster())
        for index in records.indices {
            run.see(records[index])
            // At once, or some readings later.
            let back = Int.random(in: 0..<40, using: &random)
            if records[index].kind == .measurement, index >= back,
                records[index - back].kind == .measurement
            {
                run.see(records[index - back])
            }
        }
        #expect(Self.told(run) == Self.told(try Self.whole(records)))
    }

    @Test("saved and loaded at any point it goes on as if nothing had been", arguments: [0, 1, 2])
    func snapshots(seed: UInt64) throws {
        let records = try Self.records(seed: seed)
        var random = SeededGenerator(seed: seed)
        var points = (0..<40).map { _ in Int.random(in: records.indices, using: &random) }
        points += [0, 1, records.count - 1]
        var run = IntegrityRun(try IntegrityMine.roster())
        for (index, record) in records.enumerated() {
            if points.contains(index) {
                var writer = StateWriter()
                run.detector.save(to: &writer)
                var other = IntegrityDetector(try IntegrityMine.roster())
                var reader = StateReader(writer.words)
                try other.load(from: &reader)
                #expect(reader.isAtEnd)
                run.detector = other
            }
            run.see(record)
        }
        #expect(Self.told(run) == Self.told(try Self.whole(records)))
    }

    @Test("a snapshot behind other state, cut off anywhere: an error, never a crash")
    func damaged() throws {
        let run = try Self.whole(Self.records(seed: 1))
        var writer = StateWriter()
        writer.write(UInt64(42))
        run.detector.save(to: &writer)
        #expect(writer.words[0] == 42)
        for end in stride(from: 1, to: writer.words.count, by: 61) {
            var other = IntegrityDetector(try IntegrityMine.roster())
            var reader = StateReader(Array(writer.words[1..<end]))
            #expect(throws: StateError.self) { try other.load(from: &reader) }
        }
    }

    @Test("a sensor that is another one since begins anew, the others go on")
    func renewedSnapshot() throws {
        let records = try Self.records(seed: 1)
        let run = try Self.whole(Array(records.prefix(4 * 1300)))
        #expect(run.began(.covered, of: 0).count == 1, "it stands")
        var writer = StateWriter()
        run.detector.save(to: &writer)
        var sensors = try IntegrityMine.roster().sensors
        sensors[0]?.role = SensorRole(rawValue: "T0")
        var site = try IntegrityMine.roster().site
        site.sensors = sensors.compactMap { $0 }
        var other = run
        other.findings = []
        other.detector = IntegrityDetector(SensorRoster(site: site, sensors: sensors))
        var reader = StateReader(writer.words)
        try other.detector.load(from: &reader)
        for record in records.dropFirst(4 * 1300).prefix(400) { other.see(record) }
        #expect(other.findings.isEmpty, "\(other.findings.map(\.rule))")
    }

    @Test("a change of the site: the renewed begins anew, the rest finds the same")
    func adoption() throws {
        let records = try Self.records(seed: 2)
        let old = try IntegrityMine.roster()
        var sensors = old.sensors
        sensors[0]?.intervalSeconds = 31
        sensors.append(try IntegrityMine.sensor("F1-T3", "T3", interval: 30))
        var site = old.site
        site.sensors = sensors.compactMap { $0 }
        let change = SiteChange(
            run: 1, generation: 1, from: old, to: SensorRoster(site: site, sensors: sensors),
            names: sensors.map { $0?.id ?? "" })
        var run = IntegrityRun(old)
        for (index, record) in records.enumerated() {
            if index == records.count / 2 {
                run.detector.adopt(change, at: record, into: &run.findings)
            }
            run.see(record)
        }
        #expect(Self.told(run) == Self.told(try Self.whole(records)))
        sensors[0]?.role = SensorRole(rawValue: "T0")
        site.sensors = sensors.compactMap { $0 }
        let renewal = SiteChange(
            run: 1, generation: 2, from: change.roster,
            to: SensorRoster(site: site, sensors: sensors), names: sensors.map { $0?.id ?? "" })
        run.findings = []
        run.detector.adopt(renewal, at: records[0], into: &run.findings)
        #expect(run.findings.isEmpty)
    }

    @Test(
        "a condition that the journal says stands is not begun anew, and ends in its time",
        arguments: [
            Rule.contradiction, .compressedAir, .backdated, .timelyGap, .calibrationCloak, .copied,
            .repeatedWindow, .stuck, .covered, .freshAir, .lowGain,
        ])
    func restored(rule: Rule) throws {
        let trace = FaceTrace(hours: 30, seed: 3)
        var run = IntegrityRun(try IntegrityMine.roster())
        run.detector.restore(
            rule, of: .sensor(1), isActive: true, value: 0.4, eventTime: .at(-60))
        trace.feed(&run, 0..<trace.count)
        #expect(run.began(rule).isEmpty)
        #expect(run.ended(rule).count == 1)
    }

    @Test("what one sensor takes has a bound that is stated")
    func memory() throws {
        var writer = StateWriter()
        IntegrityDetector(try IntegrityMine.roster(count: 2)).save(to: &writer)
        #expect(IntegrityDetector.bytesPerSensor <= 4096)
        #expect(writer.words.count * 8 / 2 <= 4096, "and its snapshot too")
    }
}
