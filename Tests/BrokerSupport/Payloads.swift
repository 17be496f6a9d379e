internal import Foundation

/// Milliseconds since 1970, now.
package func nowMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

/// A reading as a gateway writes it.
package func payload(_ value: String, ms: Int64 = nowMilliseconds(), seq: Int? = nil) -> String {
    "{\"ts\":\(ms),\"v\":\(value)" + (seq.map { ",\"seq\":\($0),\"boot\":\"b1\"" } ?? "") + "}"
}

/// Writes a site file for mine `demo` with one place and the given sensors, each with alarm 1.0,
/// cut `cut` and re-power 1.0, expected every `interval`; returns its path.
package func writeSite(
    in directory: String, sensors: [String], interval: String = "60s", cut: String = "1.5"
) throws -> String {
    var text = "mine: {code: demo, name: Test mine}\nlimit-table: own\n"
    text += "places: [{id: P1, name: Place, kind: heading}]\nsensors:\n"
    for sensor in sensors {
        text += "  - id: \(sensor)\n    place: P1\n    role: T1\n    unit: \"%CH4\"\n"
        text += "    limits: {alarm: 1.0, cut: \(cut), repower: 1.0}\n    interval: \(interval)\n"
    }
    let path = directory + "/site.yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
}
