import Foundation
import GasDetection
import GasModel
import Support
import Testing

/// The detector on the recorded longwall, where that lies beside the repository.
@Suite("Trend detector, recorded trace")
struct TrendRecordTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/data/dev").path

    private static var isThere: Bool {
        FileManager.default.fileExists(atPath: folder + "/readings.csv")
    }

    /// Detected, false and observed days with the rules of the scorer: an event is the first
    /// reading of 30 s at the limit after 300 s below; a warning is true when one starts within
    /// 600 s; false ones within 600 s count once.
    private struct Score {
        var events = 0
        var detected = 0
        var falseCount = 0
        var days = 0.0

        mutating func add(_ values: [Double], limit: Double, warnings: [Int], skip: Range<Int>) {
            let isAbove = values.map { $0 >= limit }
            let starts = isAbove.indices.filter { $0 > 0 && isAbove[$0] && !isAbove[$0 - 1] }
            let events = starts.filter { start in
                start >= 10 && !isAbove[(start - 10)..<start].contains(true)
                    && !skip.contains(start)
            }
            var hit: Set<Int> = []
            var lastFalse = -100
            for at in warnings where !isAbove[at] && !skip.contains(at) {
                if let event = events.first(where: { $0 > at && $0 <= at + 20 }) {
                    hit.insert(event)
                } else if !starts.contains(where: { $0 > at && $0 <= at + 20 }),
                    at + 20 < values.count, at - lastFalse >= 20
                {
                    falseCount += 1
                    lastFalse = at
                }
            }
            self.events += events.count
            detected += hit.count
            days += Double(values.count - skip.count) / 2880
        }
    }

    @Test(
        "at the shipped sensitivity: at least half of the events, at most 3.5 false a day",
        .enabled(if: isThere, "../shared/data/dev is not there"))
    func primary() throws {
        let text = try String(contentsOfFile: Self.folder + "/readings.csv", encoding: .utf8)
        let limits = ["MM116": 1.3, "MM31": 0.65]
        var sensors: [Sensor?] = []
        for (id, limit) in limits.sorted(by: { $0.key < $1.key }) {
            var sensor = try trendSensor(cut: limit, alarm: limit)
            (sensor.id, sensor.place) = (id, "face")
            sensors.append(sensor)
        }
        sensors.append(
            Sensor(
                id: "PD", place: "face", role: .face, quantity: .production, limits: nil,
                intervalSeconds: 60, range: 0...1))
        let site = Site(
            mine: "record", name: "", places: [Place(id: "face", name: "", production: ["PD"])],
            sensors: sensors.compactMap { $0 }, fingerprint: "")
        var detector = TrendDetector(SensorRoster(site: site, sensors: sensors))
        let index = ["MM116": 0, "MM31": 1, "PD": 2]
        var values: [[Double]] = [[], [], []]
        var warnings: [[Int]] = [[], [], []]
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",")
            guard let sensor = index[String(fields[1])], let value = Double(fields[2]) else {
                continue
            }
            let time = TrendRun.time(Double(values[sensor].count) * 30)
            values[sensor].append(value)
            var findings: [Finding] = []
            detector.observe(
                Reading(
                    sensor: UInt32(sensor), kind: .measurement, sourceTime: time,
                    arrivalTime: time, value: value), into: &findings)
            for finding in findings where finding.rule == .trend && finding.change == .began {
                let sensor = Int(try #require(finding.sensor))
                warnings[sensor].append(values[sensor].count - 1)
            }
        }
        var score = Score()
        score.add(values[0], limit: 1.3, warnings: warnings[0], skip: 1567..<1648)
        score.add(values[1], limit: 0.65, warnings: warnings[1], skip: 0..<0)
        let (recall, rate) = (
            Double(score.detected) / Double(score.events), Double(score.falseCount) / score.days
        )
        #expect(score.events > 50)
        #expect(recall >= 0.5, "\(score)")
        #expect(rate <= 3.5, "\(score)")
    }
}
