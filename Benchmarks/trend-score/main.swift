import Foundation
import GasDetection
import GasModel

// Runs the trend detector over recorded readings and prints the warnings it gives, in the form that
// a scorer reads: `ts,sensor,projected_crossing_ts`.
//
//   trend-score READINGS.csv LIMITS.csv [HORIZON_SECONDS]
//
// READINGS: `ts,sensor,value[,unit]`, ordered by ts. LIMITS: `sensor,limit[,unit]`; sensors without
// a line there are not watched.

/// Says what is wrong, and stops.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("trend-score: \(message)\n".utf8))
    exit(64)
}

/// The rows of a CSV file without its heading, each with at least `columns` fields.
func rows(_ path: String, columns: Int) -> [[Substring]] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        fail("cannot read \(path)")
    }
    return text.split(whereSeparator: \.isNewline).dropFirst().enumerated().map { number, line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count >= columns else { fail("\(path), line \(number + 2): too few fields") }
        return fields
    }
}

/// The instant written as `2001-01-01T00:00:30Z`, or `nil`.
func instant(_ text: Substring) -> Timestamp? {
    let numbers = text.split { "-T:Z".contains($0) }.compactMap { Int64($0) }
    guard text.utf8.count == 20, text.utf8.last == UInt8(ascii: "Z"), numbers.count == 6 else {
        return nil
    }
    let days = CivilTime.daysSince1970(
        year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
    let seconds = numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    return Timestamp(milliseconds: (Int64(days) * 86_400 + seconds) * 1000)
}

/// A sensor whose cut limit is `limit`.
func sensor(_ id: String, limit: Double) -> Sensor? {
    guard let limits = try? GasLimits(alarm: limit, cut: limit, repower: limit) else { return nil }
    return Sensor(
        id: id, place: "", role: SensorRole(rawValue: "T2"), limits: limits,
        intervalSeconds: 60, range: 0...100)
}

let arguments = CommandLine.arguments
guard (3...4).contains(arguments.count) else {
    fail("usage: trend-score READINGS.csv LIMITS.csv [HORIZON_SECONDS]")
}
let horizon = arguments.count == 4 ? Double(arguments[3]) : TrendDetector.horizonSecondsDefault
guard let horizon, horizon > 0 else { fail("the horizon is a number of seconds above 0") }

var registry: [Substring: UInt32] = [:]
var names: [Substring] = []
let sensors = rows(arguments[2], columns: 2).map { fields -> Sensor? in
    guard let limit = Double(fields[1]), let sensor = sensor(String(fields[0]), limit: limit) else {
        fail("\(arguments[2]): \(fields[1]) is no limit")
    }
    registry[fields[0]] = UInt32(names.count)
    names.append(fields[0])
    return sensor
}

let roster = SensorRoster(
    site: Site(
        mine: "score", name: "", places: [Place(id: "", name: "")],
        sensors: sensors.compactMap { $0 }, fingerprint: ""), sensors: sensors)
var detector = TrendDetector(roster, horizonSeconds: horizon)
var findings: [Finding] = []
var position: UInt64 = 0
print("ts,sensor,projected_crossing_ts")
for fields in rows(arguments[1], columns: 3) {
    guard let index = registry[fields[1]] else { continue }
    guard let time = instant(fields[0]), let value = Double(fields[2]) else {
        fail("\(arguments[1]): cannot read \(fields.joined(separator: ","))")
    }
    var reading = Reading(
        sensor: index, kind: .measurement, sourceTime: time, arrivalTime: time, value: value)
    reading.position = position
    position += 1
    findings.removeAll(keepingCapacity: true)
    detector.observe(reading, into: &findings)
    for finding in findings {
        guard let minutes = finding.projection?.toCut?.likely else { continue }
        let crossing = finding.eventTime.advanced(byNanoseconds: Int64(minutes * 60e9))
        print("\(finding.eventTime.rfc3339()),\(names[Int(index)]),\(crossing.rfc3339())")
    }
}
