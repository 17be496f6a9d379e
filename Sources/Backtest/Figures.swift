internal import GasModel
internal import HaltAdvisory

/// `value` with `places` decimals.
func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "-" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let digits = String(scaled)
    guard places > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
}

/// `value` with decimals, or `-` where there is none.
func shown(_ value: Double?, _ places: Int) -> String { value.map { fixed($0, places) } ?? "-" }

/// A time in words as short as it allows: `45 s`, `3.5 min`, `2.1 h`, `1.6 d`.
func spoken(seconds: Double?) -> String {
    guard let seconds else { return "-" }
    switch abs(seconds) {
    case ..<120: return "\(fixed(seconds, seconds == seconds.rounded() ? 0 : 1)) s"
    case ..<7200: return "\(fixed(seconds / 60, 1)) min"
    case ..<172_800: return "\(fixed(seconds / 3600, 1)) h"
    default: return "\(fixed(seconds / 86_400, 1)) d"
    }
}

/// `line` without the blanks at its end.
func trimmed(_ line: String) -> String { String(line.reversed().drop { $0 == " " }.reversed()) }
