import AdvisoryDelivery
import ArgumentParser
import Foundation
import GasModel

/// Times as commands write and take them.
enum TimeWords {
    /// `45 s`, `12 min`, `3 h`, `2 d`: whole, of the largest unit that is reached twice.
    static func length(_ seconds: Double) -> String {
        let units: [(String, Double)] = [("d", 86_400), ("h", 3600), ("min", 60)]
        for (name, unit) in units where seconds >= 2 * unit {
            return "\(Int(min(seconds / unit, 1e9))) \(name)"
        }
        return "\(Int(max(0, seconds))) s"
    }

    /// A time in the civil time of this machine, to the second.
    static func local(_ time: Timestamp) -> String {
        time.rfc3339Seconds(offsetSeconds: LocalTime.offsetSeconds(at: time))
    }

    /// `2026-11-23T18:00:00+08:00`, or how long ago: `90min`, `8h`, `2d`.
    static func since(_ text: String) throws -> Timestamp {
        let now = Date()
        let units = [("min", 60.0), ("h", 3600), ("d", 86_400), ("s", 1)]
        for (name, seconds) in units where text.hasSuffix(name) {
            guard let count = Double(text.dropLast(name.count)), count >= 0, count < 1e6 else {
                continue
            }
            return timestamp(now.addingTimeInterval(-count * seconds))
        }
        let parser = ISO8601DateFormatter()
        if let date = parser.date(from: text) { return timestamp(date) }
        throw ValidationError(
            "'\(text)' is no time: as in 2026-11-23T18:00:00+08:00, or 90min, 8h, 2d ago")
    }

    private static func timestamp(_ date: Date) -> Timestamp {
        Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
