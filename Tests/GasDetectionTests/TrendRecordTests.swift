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

    /// A part of the record that is watched: a meter, and its limit.
    struct Watch: Sendable {
        var meter: String
        var limit: Double
    }

    private static let primary = [
        Watch(meter: "MM116", limit: 1.3), Watch(meter: "MM31", limit: 0.65),
    ]
    private static let several =
        [1.2, 1.3, 1.4, 1.5].map { Watch(meter: "MM116", limit: $0) }
        + [0.55, 0.6, 0.65, 0.7].map { Watch(meter: "MM31", limit: $0) }

    /// What a point of a curve must pass: a sensitivity, the rate of false warnings that it may not
    /// pass, the most events that any baseline of the data set warns of at that rate, at all, by
    /// over one and by over two minutes, and the longest median lead of any, in seconds
    /// (`score-trend --baselines`). Without that of the cumulative sum at one and at three a day,
    /// which warns of 4 and of 18 events in 57.
    struct Bar: Sendable {
        var watches: [Watch]
        var falsePerDay: Double
        var rate: Double
        var events: (atAll: Int, overOneMinute: Int, overTwo: Int)
        var lead: Double
    }

    private static let bars = [
        Bar(watches: primary, falsePerDay: 1.5979, rate: 1, events: (19, 10, 6), lead: 90),
        Bar(watches: primary, falsePerDay: 4.3976, rate: 3, events: (29, 15, 13), lead: 90),
        Bar(watches: primary, falsePerDay: 10.1490, rate: 6, events: (45, 27, 21), lead: 150),
        Bar(watches: primary, falsePerDay: 24.4766, rate: 12, events: (53, 41, 36), lead: 300),
        Bar(watches: several, falsePerDay: 1.8234, rate: 1, events: (74, 27, 21), lead: 60),
        Bar(watches: several, falsePerDay: 4.8023, rate: 3, events: (133, 60, 43), lead: 90),
        Bar(watches: several, falsePerDay: 10.6057, rate: 6, events: (181, 105, 79), lead: 120),
        Bar(watches: several, falsePerDay: 24.4766, rate: 12, events: (211, 154, 127), lead: 240),
    ]

    /// Leads, false warnings and observed days with the rules of the scorer: an event is the first
    /// reading of 30 s at the limit after 300 s below; a warning is true when one starts within
    /// 600 s, and the first counts; false ones within 600 s count once.
    private struct Score {
        var events = 0
        /// Readings of 30 s from the first true warning of an event to the event.
        var leads: [Int] = []
        var falseCount = 0
        var days = 0.0

        var rate: Double { Double(falseCount) / days }

        func warned(overSeconds seconds: Int) -> Int { leads.count { $0 * 30 > seconds } }

        /// The median over the events that were warned of, in seconds.
        var medianLead: Double {
            let sorted = leads.sorted()
            return 15 * Double(sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2])
        }

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
                    if hit.insert(event).inserted { leads.append(event - at) }
                } else if !starts.contains(where: { $0 > at && $0 <= at + 20 }),
                    at + 20 < values.count, at - lastFalse >= 20
                {
                    falseCount += 1
                    lastFalse = at
                }
            }
            self.events += events.count
            days += Double(values.count - skip.count) / 2880
        }
    }

    /// How the detector does on the record, each watch as a sensor of its own.
    private func score(_ watches: [Watch], falsePerDay: Double) throws -> Score {
        let text = try String(contentsOfFile: Self.folder + "/readings.csv", encoding: .utf8)
        var sensors: [Sensor?] = []
        for (index, watch) in watches.enumerated() {
            var sensor = try trendSensor(cut: watch.limit, alarm: watch.limit)
            (sensor.id, sensor.place) = ("\(index)", "face")
            sensors.append(sensor)
        }
        sensors.append(
            Sensor(
                id: "PD", place: "face", role: .face, quantity: .production, limits: nil,
                intervalSeconds: 60, range: 0...1))
        let site = Site(
            mine: "record", name: "", places: [Place(id: "face", name: "", production: ["PD"])],
            sensors: sensors.compactMap { $0 }, fingerprint: "")
        var detector = TrendDetector(
            SensorRoster(site: site, sensors: sensors), falsePerDay: falsePerDay)
        let meters = watches.map(\.meter) + ["PD"]
        var values = meters.map { _ in [Double]() }
        var warnings = meters.map { _ in [Int]() }
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",")
            guard let value = Double(fields[2]) else { continue }
            for (sensor, meter) in meters.enumerated() where meter == fields[1] {
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
        }
        var score = Score()
        for (index, watch) in watches.enumerated() {
            score.add(
                values[index], limit: watch.limit, warnings: warnings[index],
                skip: watch.meter == "MM116" ? 1567..<1648 : 0..<0)
        }
        return score
    }

    @Test(
        "at the shipped sensitivity: nine in twenty of the events, at most 2.5 false a day",
        .enabled(if: isThere, "../shared/data/dev is not there"))
    func shipped() throws {
        let score = try score(Self.primary, falsePerDay: TrendDetector.falsePerDayDefault)
        #expect(score.events > 50)
        #expect(score.leads.count * 20 >= score.events * 9, "\(score)")
        #expect(score.rate <= 2.5, "\(score)")
    }

    @Test(
        "no baseline warns of as many events at the same rate, nor as long ahead",
        .enabled(if: isThere, "../shared/data/dev is not there"), arguments: bars)
    func baselines(bar: Bar) throws {
        let score = try score(bar.watches, falsePerDay: bar.falsePerDay)
        #expect(score.rate <= bar.rate)
        #expect(score.warned(overSeconds: 0) > bar.events.atAll)
        #expect(score.warned(overSeconds: 60) > bar.events.overOneMinute)
        #expect(score.warned(overSeconds: 120) > bar.events.overTwo)
        #expect(score.medianLead > bar.lead)
    }
}
