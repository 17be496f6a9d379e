import Backtest
import Foundation
import GasModel
import SiteDescription
import Support
import Testing

@Suite("Scores of a back-test")
struct ScoreTests {
    /// A record of six hours, a reading each 10 s, with every edge of the definitions in it.
    private func record() throws -> Trace {
        let stretches: [(Range<Int>, Double)] = [
            (3600..<3720, 1.2),  // an event
            (3800..<3900, 1.1),  // below for only 80 s before: none
            (7200..<7220, 1.3),  // 20 s: none
            (10_800..<10_830, 1.0),  // at the limit for exactly 30 s: an event
            (18_000..<18_100, 1.5),  // an event
        ]
        let rows = stride(from: 0, to: 21_600, by: 10).compactMap { second -> String? in
            if second > 19_000, second < 20_000 { return nil }
            let value = stretches.first { $0.0.contains(second) }?.1 ?? 0.5
            return "\(1_772_438_400 + second),A,\(value)"
        }
        return try Trace(rows)
    }

    @Test(
        "an event lasts 30 s after 300 s below; the limit itself counts; a gap ends what it knows")
    func events() throws {
        let record = try record()
        let result = try judge(try ownSite(), [record.path]).result
        let score = result.warnings
        #expect(score.events == 3)
        // 0 to 19000 and 20000 to 21590, each with one usual step behind its end.
        let seconds = score.sensorDays * 86_400
        #expect(abs(seconds - Double(19_000 + 10 + 1590 + 10)) < 1e-6)
    }

    @Test("every run of 30 s has its halt at its first reading, and no halt is without a run")
    func halts() throws {
        let record = try record()
        let halts = try judge(try ownSite(), [record.path]).result.halts
        #expect(halts.runs == 4)
        #expect(halts.halted == 4)
        #expect(halts.missed == 0)
        #expect(halts.latencies.allSatisfy { $0 == 0 })
        #expect(halts.total == 5, "the run of 20 s halts too, and counts neither way")
        #expect(halts.unfounded == 0)
    }

    /// A sensor every 10 s, over the cut from 70 s to 130 s; `arrives`: when a reading does that
    /// was measured at a second.
    private func delayed(_ arrives: (Int) -> Int) throws -> Trace {
        let rows = stride(from: 0, to: 600, by: 10).map { second in
            (arrives(second), second, 70..<130 ~= second ? 1.2 : 0.4)
        }
        return try Trace(
            rows.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map {
                "\(1_772_438_400 + $0.1),A,\($0.2),\(1_772_438_400 + $0.0)"
            }, header: "ts,sensor,value,arrival")
    }

    @Test("a halt that was told late counts as late, and one of readings out of order is founded")
    func lateHalts() throws {
        let backlog = try delayed { 40..<200 ~= $0 ? 200 : $0 }
        let waited = try judge(try ownSite(), [backlog.path]).result.halts
        #expect(waited.halted == 1)
        #expect(waited.missed == 0)
        let latency = try #require(waited.latencies.first)
        #expect(latency == 130, "measured at 70 s, told at 200 s")
        let mixed = try delayed { 60..<140 ~= $0 ? 300 : $0 }
        let result = try judge(try ownSite(), [mixed.path]).result
        #expect(result.halts.total == 1)
        #expect(result.halts.runs == 0, "of readings that newer ones have overtaken no run is made")
        #expect(result.halts.late == 1)
        #expect(result.halts.unfounded == 0)
        #expect(result.text.contains("1 by late readings outside all runs, 0 unfounded"))
    }

    @Test("a lead is counted from when the warning was told, and one told too late is none")
    func lateWarnings() throws {
        let rises = (0..<480).map { 40.0 + max(0, Double($0 - 240)) * 0.5 }
        func score(delay: Int) throws -> WarningScore {
            let rows = rises.enumerated().map { second, value in
                "\(1_772_438_400 + second),A,\(value / 100),\(1_772_438_400 + second + delay)"
            }
            let trace = try Trace(rows, header: "ts,sensor,value,arrival")
            return try judge(try ownSite(interval: "1s"), [trace.path]).result.warnings
        }
        let prompt = try score(delay: 0)
        let lead = try #require(prompt.leads.first)
        #expect(prompt.rightful == 1)
        #expect(try score(delay: 20).leads == [lead - 20])
        let tooLate = try score(delay: 200)
        #expect(tooLate.leads == [])
        #expect(tooLate.unfounded == 0)
    }

    @Test("a sensor that speaks every ten minutes has events and days like any other")
    func slowSensor() throws {
        let rows = (0..<60).map { "\(1_772_438_400 + $0 * 600),A,\(20..<24 ~= $0 ? 1.2 : 0.4)" }
        let trace = try Trace(rows)
        let result = try judge(try ownSite(interval: "10min"), [trace.path]).result
        #expect(result.warnings.events == 1)
        #expect(abs(result.warnings.sensorDays * 86_400 - 36_000) < 1e-6)
        #expect(result.halts.runs == 1)
    }

    private static var recorded: String? {
        let shared =
            ProcessInfo.processInfo.environment["FIREDAMP_SHARED"].map { $0 + "/data/dev" }
            ?? root + "../shared/data/dev"
        return FileManager.default.fileExists(atPath: shared + "/readings.csv") ? shared : nil
    }

    @Test(
        "on a recorded longwall the counts are those of the definitions, and no run lacks its halt",
        .enabled(
            if: recorded != nil,
            "the recorded data is not here (../shared/data/dev, or in FIREDAMP_SHARED)"))
    func longwall() throws {
        var text = "mine: {code: dev, name: Recorded}\nlimit-table: own\n"
        text += "places: [{id: W, name: Longwall, kind: longwall}]\nsensors:\n"
        for (sensor, limit) in [("MM116", 1.3), ("MM31", 0.65)] {
            text += "  - {id: \(sensor), place: W, role: T1, unit: \"%CH4\", interval: 30s, "
            text += "limits: {alarm: \(limit), cut: \(limit), repower: \(limit)}}\n"
        }
        let site = try SiteFile.read(text, name: "site.yaml")
        let result = try judge(site, [try #require(Self.recorded) + "/readings.csv"]).result
        // 31 and 26, and one in the stretch of suspected calibration gas, which scorers leave out.
        #expect(result.warnings.events == 58)
        #expect(abs(result.warnings.sensorDays - 9.283) < 0.001)
        let warnings = result.warnings
        #expect(warnings.repeated > 0)
        #expect(
            warnings.rightful + warnings.unfounded + warnings.neutral + warnings.repeated
                == warnings.total)
        #expect(result.halts.runs == 91)
        #expect(result.halts.missed == 0)
        #expect(result.halts.latencies.allSatisfy { $0 <= 30 })
        #expect(result.halts.unfounded == 0)
        #expect(result.unknown.keys.sorted() == ["AS038", "BA13", "PD", "PG072"])
    }
}
