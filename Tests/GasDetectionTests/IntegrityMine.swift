import Foundation
import GasDetection
import GasModel
import Support

/// A longwall with sensors in the corner, at the face, in return and intake, one for work and one
/// for the air.
enum IntegrityMine {
    static let face: UInt32 = 0
    static let faceReturn: UInt32 = 1
    static let work: UInt32 = 2
    static let air: UInt32 = 3
    static let intake: UInt32 = 4
    static let corner: UInt32 = 5

    static func sensor(
        _ id: String, _ role: String, interval: Double, resolution: Double? = 0.01,
        alarm: Double = 1.0, quantity: Quantity = .methane
    ) throws -> Sensor {
        let limits = try GasLimits(alarm: alarm, cut: 1.5 * alarm, repower: alarm)
        return Sensor(
            id: id, place: "F1", role: SensorRole(rawValue: role), quantity: quantity,
            limits: quantity == .methane ? limits : nil, intervalSeconds: interval,
            range: 0...100, resolution: resolution)
    }

    /// The first `count` of the sensors, sending every `interval` seconds.
    static func roster(
        count: Int = 4, interval: Double = 30, resolution: (Double?, Double?) = (0.01, 0.01),
        alarm: (Double, Double) = (1.0, 1.0), hasWork: Bool = true
    ) throws -> SensorRoster {
        let sensors: [Sensor?] = [
            try sensor(
                "F1-T1", "T1", interval: interval, resolution: resolution.0, alarm: alarm.0),
            try sensor(
                "F1-T2", "T2", interval: interval, resolution: resolution.1, alarm: alarm.1),
            try sensor("F1-PD", "work", interval: interval, quantity: .production),
            try sensor("F1-V", "air", interval: interval, quantity: .airVelocity),
            try sensor("F1-T3", "T3", interval: interval),
            try sensor("F1-T0", "T0", interval: interval),
        ]
        let taken = Array(sensors.prefix(count))
        let place = Place(
            id: "F1", name: "Face 1", kind: .longwall, production: hasWork ? ["F1-PD"] : [])
        let site = Site(
            mine: "demo", name: "Demo", places: [place], sensors: taken.compactMap { $0 },
            fingerprint: "f00d")
        return SensorRoster(site: site, sensors: taken)
    }
}

/// Feeds one integrity detector and keeps what it says.
struct IntegrityRun {
    var detector: IntegrityDetector
    var findings: [Finding] = []
    var position: UInt64 = 0

    init(_ roster: SensorRoster) { detector = IntegrityDetector(roster) }

    /// What began, by rule and sensor; `[]` when nothing did.
    func began(_ rule: Rule, of sensor: UInt32? = nil) -> [Finding] {
        findings.filter {
            $0.rule == rule && $0.change == .began && (sensor == nil || $0.sensor == sensor)
        }
    }

    /// What ended.
    func ended(_ rule: Rule) -> [Finding] {
        findings.filter { $0.rule == rule && $0.change == .ended }
    }

    /// Seconds from `start` to the first finding of `rule` on `sensor`; `nil` when there is none.
    func delay(_ rule: Rule, of sensor: UInt32? = nil, after start: Double) -> Double? {
        began(rule, of: sensor).map { IntegrityRun.seconds($0.arrivalTime) - start }
            .first { $0 >= 0 }
    }

    mutating func see(
        _ value: Double, of sensor: UInt32, at seconds: Double, delay: Double = 0,
        sequence: UInt64? = nil
    ) {
        see(
            Reading(
                sensor: sensor, kind: .measurement, marks: sequence == nil ? [] : .hasSequence,
                sourceTime: .at(seconds), arrivalTime: .at(seconds + delay), value: value,
                sequence: sequence ?? 0, boot: sequence == nil ? 0 : 7,
                arrivalUptime: Int64((seconds + delay) * 1e9)))
    }

    /// A message that says "below the range".
    mutating func seeNegative(of sensor: UInt32, at seconds: Double) {
        see(
            Reading(
                sensor: sensor, kind: .fault, quality: .belowRange, sourceTime: .at(seconds),
                arrivalTime: .at(seconds), arrivalUptime: Int64(seconds * 1e9)))
    }

    mutating func calibrate(_ sensor: UInt32, minutes: Double, at seconds: Double) {
        see(
            Reading(
                sensor: sensor, kind: .calibration, sourceTime: .at(seconds),
                arrivalTime: .at(seconds), value: minutes, boot: UInt64(nameHash: "Li Wei"),
                arrivalUptime: Int64(seconds * 1e9)))
    }

    mutating func see(_ record: Reading) {
        var record = record
        record.position = position
        position += 1
        detector.observe(record, into: &findings)
    }

    static func seconds(_ time: Timestamp) -> Double { time.seconds(since: testStart) }
}

extension FaceTrace {
    /// Feeds steps to `run`; `show` may replace the value of a head, or swallow it.
    func feed(
        _ run: inout IntegrityRun, _ steps: Range<Int>, resolution: [Double] = [0.01, 0.01],
        show: (_ head: Int, _ step: Int, _ value: Double) -> Double? = { _, _, value in value }
    ) {
        for step in steps {
            run.see(work[step] ? 1 : 0, of: IntegrityMine.work, at: time(step))
            run.see(2.3, of: IntegrityMine.air, at: time(step))
            for head in 0..<2 {
                guard let value = show(head, step, gas[head][step]) else { continue }
                run.see(
                    Self.shown(value, resolution[head]), of: UInt32(head), at: time(step))
            }
        }
    }
}
