import Foundation
import GasDetection
import GasModel
import Support

/// A sensor with these limits; `cut` may be missing, as in a main return.
func trendSensor(cut: Double? = 1.0, alarm: Double = 1.0) throws -> Sensor {
    Sensor(
        id: "T2", place: "face", role: .faceReturn,
        limits: try GasLimits(alarm: alarm, cut: cut, repower: min(alarm, cut ?? alarm)),
        intervalSeconds: 60, range: 0...4)
}

/// Feeds one trend detector and keeps what it says.
struct TrendRun {
    var detector: TrendDetector
    var findings: [Finding] = []
    var position: UInt64 = 0

    init(_ sensors: [Sensor?], falsePerDay: Double = TrendDetector.falsePerDayDefault) {
        detector = TrendDetector(Heading.roster(sensors), falsePerDay: falsePerDay)
    }

    init(
        cut: Double? = 1.0, alarm: Double = 1.0,
        falsePerDay: Double = TrendDetector.falsePerDayDefault
    ) throws {
        self.init([try trendSensor(cut: cut, alarm: alarm)], falsePerDay: falsePerDay)
    }

    var began: [Finding] { findings.filter { $0.change == .began } }
    var ended: [Finding] { findings.filter { $0.change == .ended } }

    /// A measurement `seconds` after the trace began, in the next place of the ring.
    mutating func see(_ value: Double, at seconds: Double, sensor: UInt32 = 0) {
        see(
            Reading(
                sensor: sensor, kind: .measurement, sourceTime: Self.time(seconds),
                arrivalTime: Self.time(seconds), value: value))
    }

    /// Any record, in the next place of the ring.
    mutating func see(_ record: Reading) {
        var record = record
        record.position = position
        position += 1
        detector.observe(record, into: &findings)
    }

    /// `value(t)` for every `period` seconds of `times`, rounded as a meter of `resolution` does.
    mutating func see(
        _ times: Range<Double>, period: Double = 1, resolution: Double = 0.01,
        value: (Double) -> Double
    ) {
        for time in stride(from: times.lowerBound, to: times.upperBound, by: period) {
            see((value(time) / resolution).rounded() * resolution, at: time)
        }
    }

    static func time(_ seconds: Double) -> Timestamp {
        Timestamp(nanoseconds: 1_795_460_000_000_000_000 + Int64((seconds * 1e9).rounded()))
    }

    /// Seconds since the trace began.
    static func seconds(_ time: Timestamp) -> Double { time.seconds(since: Self.time(0)) }
}

/// Turbulence: an Ornstein-Uhlenbeck process, sampled every second.
struct Turbulence {
    var deviation: Double
    var decorrelationSeconds = 200.0
    var value = 0.0

    mutating func next(_ generator: inout SeededGenerator) -> Double {
        let keep = exp(-1 / decorrelationSeconds)
        value = value * keep + deviation * (1 - keep * keep).squareRoot() * generator.normal()
        return value
    }
}

/// A sensor head: it follows the gas with a first-order lag, 90 % of a step in `t90` seconds.
struct SensorHead {
    var value: Double
    var t90Seconds: Double

    mutating func follow(_ gas: Double) -> Double {
        value += (gas - value) * (1 - exp(-2.303 / t90Seconds))
        return value
    }
}
