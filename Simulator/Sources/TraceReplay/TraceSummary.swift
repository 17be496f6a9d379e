package import GasModel

/// What a trace holds, counted row by row: for the text before, during and after a replay.
package struct TraceSummary: Sendable, Equatable {
    /// All rows.
    package private(set) var rows = 0
    /// Rows that hold no number.
    package private(set) var faults = 0
    /// Rows whose time is before that of the row above.
    package private(set) var outOfOrder = 0
    /// Rows of each sensor.
    package private(set) var rowsOfSensor: [String: Int] = [:]
    /// The earliest time; `nil` before the first row.
    package private(set) var first: Timestamp?
    /// The latest time; `nil` before the first row.
    package private(set) var last: Timestamp?
    private var previous = Timestamp.distantPast

    /// Nothing counted yet.
    package init() {}

    /// Counts one row; they come in file order.
    package mutating func count(_ row: TraceRow) {
        rows += 1
        if row.quality != .good { faults += 1 }
        if row.time < previous { outOfOrder += 1 }
        previous = row.time
        rowsOfSensor[row.sensor, default: 0] += 1
        first = min(first ?? row.time, row.time)
        last = max(last ?? row.time, row.time)
    }

    /// From the earliest time to the latest.
    package var span: Duration {
        guard let first, let last else { return .zero }
        return .nanoseconds(last.nanoseconds - first.nanoseconds)
    }

    /// One line, such as `1,800 rows, 2 sensors, 15 min 00 s, 3 without a number`.
    package var text: String {
        var parts = [
            "\(Self.grouped(rows)) rows", "\(Self.grouped(rowsOfSensor.count)) sensors",
            Self.clock(span),
        ]
        if faults > 0 { parts.append("\(Self.grouped(faults)) without a number") }
        if outOfOrder > 0 { parts.append("\(Self.grouped(outOfOrder)) out of order") }
        return parts.joined(separator: ", ")
    }
}

extension TraceSummary {
    /// A count with a comma before every third digit: `1,234,567`.
    package static func grouped(_ count: Int) -> String {
        let digits = Array(String(count.magnitude))
        var text = count < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// How many of a list are named before the rest is only counted.
    package static let namedMax = 5

    /// The first of `items`, with how many more there are: `A, B, 7 more`.
    static func named(_ items: [String]) -> String {
        let rest = items.count - namedMax
        return (items.prefix(namedMax) + (rest > 0 ? ["\(grouped(rest)) more"] : []))
            .joined(separator: ", ")
    }

    /// A duration to the second: `7 s`, `3 min 07 s`, `2 h 03 min`, `4 d 15 h`.
    package static func clock(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        func pair(_ large: Int64, _ unit: String, _ small: Int64, _ part: String) -> String {
            "\(large) \(unit) \(small < 10 ? "0" : "")\(small) \(part)"
        }
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return pair(seconds / 60, "min", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3600, "h", seconds / 60 % 60, "min")
        default: return pair(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        }
    }
}
