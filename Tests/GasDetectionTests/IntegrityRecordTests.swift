import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// A recorded longwall that is kept outside of the repository, sampled every 30 s: a coarse head
/// (0.1), a fine one (0.01), work and air.
struct RecordedFace: Sendable {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/data/dev")
    static let isThere = FileManager.default.fileExists(
        atPath: folder.appending(path: "readings.csv").path)
    static let shared = isThere ? RecordedFace() : nil

    /// By the indexes of `IntegrityMine`.
    var columns: [[Double]] = [[], [], [], []]
    var count: Int { columns[0].count }
    /// Days of both heads together.
    var sensorDays: Double { 2 * Double(count) * 30 / 86_400 }

    private init() {
        let codes = ["MM116": 0, "MM31": 1, "PD": 2, "AS038": 3]
        guard
            let text = try? String(
                contentsOf: Self.folder.appending(path: "readings.csv"), encoding: .utf8)
        else { preconditionFailure("the record is there and cannot be read") }
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            guard let column = codes[String(fields[1])], let value = Double(fields[2]) else {
                continue
            }
            columns[column].append(value)
        }
    }

    static func roster(alarm: (Double, Double) = (1.3, 0.65)) throws -> SensorRoster {
        try IntegrityMine.roster(resolution: (0.1, 0.01), alarm: alarm)
    }

    /// Feeds steps to `run`; `show` may replace a value, or swallow it.
    func feed(
        _ run: inout IntegrityRun, _ steps: Range<Int>,
        show: (_ sensor: Int, _ step: Int, _ value: Double) -> Double? = { _, _, value in value }
    ) {
        for step in steps {
            for sensor in [2, 3, 0, 1] {
                guard let value = show(sensor, step, columns[sensor][step]) else { continue }
                if value < 0 {
                    run.seeNegative(of: UInt32(sensor), at: Double(step) * 30)
                } else {
                    run.see(value, of: UInt32(sensor), at: Double(step) * 30)
                }
            }
        }
    }
}

@Suite(
    "Integrity on a recorded face",
    .enabled(if: RecordedFace.isThere, "the record ../shared/data/dev is not there: not measured"))
struct IntegrityRecordTests {
    /// Findings in a sensor-day that are allowed, by rule; those not named: none at all.
    static let allowed: [Rule: Double] = [.covered: 0.22]

    @Test("false findings of each rule in a sensor-day stay within what INTEGRITY.md states")
    func falseFindings() throws {
        let face = try #require(RecordedFace.shared)
        for alarm in [(1.3, 0.65), (1.0, 1.0), (1.5, 0.55)] {
            var run = IntegrityRun(try RecordedFace.roster(alarm: alarm))
            face.feed(&run, 0..<face.count)
            for rule in Rule.allCases where rule.detector == .integrity {
                let count = run.began(rule).count
                let rate = Double(count) / face.sensorDays
                print("FALSE \(alarm) \(rule.rawValue): \(count) in \(face.sensorDays) sensor-days")
                #expect(
                    rate <= Self.allowed[rule, default: 0], "\(run.began(rule).map(\.evidence))")
            }
        }
    }
}
