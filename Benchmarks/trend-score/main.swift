import Foundation
import GasDetection
import GasModel

// Runs the trend detector over recorded readings and prints the warnings it gives, in the form that
// a scorer reads: `ts,sensor,projected_crossing_ts`.
//
//   trend-score READINGS.csv LIMITS.csv [FALSE_PER_DAY [CONTEXT.csv]]
//
// READINGS: `ts,sensor,value[,unit]`, ordered by ts. LIMITS: `sensor,limit[,unit]`; sensors without
// a line there are not watched. Of the others those of unit `bool` tell whether the mine produces
// and those of `m/s` how its air moves. CONTEXT: a second file of readings to take those from;
// where READINGS has copies of sensors (`MM31@0.65`) and none is given, it is the `readings.csv`
// beside it, if there is one.

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

/// A sensor of the one place of the mine, with a cut limit or none.
func sensor(_ id: Substring, _ quantity: Quantity = .methane, limit: Double? = nil) -> Sensor? {
    let limits = limit.map { try? GasLimits(alarm: $0, cut: $0, repower: $0) }
    if let limits, limits == nil { return nil }
    return Sensor(
        id: String(id), place: "face", role: SensorRole(rawValue: "T2"), quantity: quantity,
        limits: limits ?? nil, intervalSeconds: 60, range: 0...100)
}

let arguments = CommandLine.arguments
guard (3...5).contains(arguments.count) else {
    fail("usage: trend-score READINGS.csv LIMITS.csv [FALSE_PER_DAY [CONTEXT.csv]]")
}
let falsePerDay = arguments.count > 3 ? Double(arguments[3]) : TrendDetector.falsePerDayDefault
guard let falsePerDay, falsePerDay > 0 else { fail("FALSE_PER_DAY is a number above 0") }

/// The sensors, by index.
struct Registry {
    var index: [Substring: UInt32] = [:]
    var names: [Substring] = []
    var sensors: [Sensor?] = []

    mutating func enter(_ name: Substring, _ sensor: Sensor) {
        index[name] = UInt32(names.count)
        names.append(name)
        sensors.append(sensor)
    }
}

var registry = Registry()

for fields in rows(arguments[2], columns: 2) {
    guard let limit = Double(fields[1]), let sensor = sensor(fields[0], limit: limit) else {
        fail("\(arguments[2]): \(fields[1]) is no limit")
    }
    registry.enter(fields[0], sensor)
}

var readings = rows(arguments[1], columns: 3)
let beside = URL(fileURLWithPath: arguments[1]).deletingLastPathComponent()
    .appendingPathComponent("readings.csv").path
if arguments.count == 5 {
    readings += rows(arguments[4], columns: 4).filter { registry.index[$0[1]] == nil }
} else if registry.names.contains(where: { $0.contains("@") }),
    FileManager.default.fileExists(atPath: beside)
{
    readings += rows(beside, columns: 4).filter { registry.index[$0[1]] == nil }
}
// Stable, and the stamps are of one form: each file keeps its order, the context follows.
let order = readings.indices.sorted {
    (readings[$0][0], $0) < (readings[$1][0], $1)
}
for fields in readings where fields.count > 3 && registry.index[fields[1]] == nil {
    let quantity: Quantity? =
        fields[3] == "bool" ? .production : fields[3] == "m/s" ? .airVelocity : nil
    if let quantity, let sensor = sensor(fields[1], quantity) { registry.enter(fields[1], sensor) }
}

let watched = registry.sensors.compactMap { $0 }
let production = watched.filter { $0.quantity == .production }.map(\.id)
let site = Site(
    mine: "score", name: "", places: [Place(id: "face", name: "", production: production)],
    sensors: watched, fingerprint: "")
var detector = TrendDetector(
    SensorRoster(site: site, sensors: registry.sensors), falsePerDay: falsePerDay)
var findings: [Finding] = []
print("ts,sensor,projected_crossing_ts")
for (position, row) in order.enumerated() {
    let fields = readings[row]
    guard let index = registry.index[fields[1]] else { continue }
    guard let time = instant(fields[0]), let value = Double(fields[2]) else {
        fail("cannot read \(fields.joined(separator: ","))")
    }
    var reading = Reading(
        sensor: index, kind: .measurement, sourceTime: time, arrivalTime: time, value: value)
    reading.position = UInt64(position)
    findings.removeAll(keepingCapacity: true)
    detector.observe(reading, into: &findings)
    for finding in findings where finding.rule == .trend && finding.change == .began {
        let crossing = finding.projection?.toCut.map {
            finding.eventTime.advanced(byNanoseconds: Int64($0.likely * 60e9)).rfc3339()
        }
        let name = registry.names[Int(finding.sensor ?? index)]
        print("\(finding.arrivalTime.rfc3339()),\(name),\(crossing ?? "")")
    }
    for finding in findings where finding.rule == .slowRise {
        let name = registry.names[Int(finding.sensor ?? index)]
        let hours = finding.projection?.toCut.map { " \($0.likely / 60) h" } ?? ""
        let line = "\(finding.arrivalTime.rfc3339()) \(name) slow rise \(finding.change)\(hours)\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
