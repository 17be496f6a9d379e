package import GasModel
package import HaltAdvisory

/// One line of the alert log: fixed columns for the eye, blanks between fields for `awk`.
///
/// | field | content |
/// |---|---|
/// | 1 | severity: HALT, ALARM, WARNING, FAULT, NOTICE, HEARTBEAT |
/// | 2 | transition: RAISED, WORSE, GONE, BACK, ... |
/// | 3 | when it was decided, RFC 3339 with offset |
/// | 4 | mine/place, `mine/-` when it concerns the whole mine |
/// | 5 | sensor or gateway, or `-` |
/// | 6 | value with unit, or `-` |
/// | 7 | `age=`: how old that value was when the line was written |
/// | 8 | the limit, or `-` |
/// | 9 | `#` and the number in the journal, or `-` for what is not in it |
/// | 10... | why, `| do:` what to do, `| basis` of the limit, `| id` the advisory |
package struct AlertLine: Sendable, Equatable {
    /// The line without its line feed.
    package var text: String

    /// Lays out one announcement. `now` and `offsetSeconds` (east of UTC) are those of the writer's
    /// clock.
    package init(
        _ announcement: Announcement, number: UInt64?, now: Timestamp, offsetSeconds: Int
    ) {
        let cause = announcement.cause
        let value = cause?.value.map { "\(hundredths($0))\(cause?.unit ?? "")" }
        let age = cause.map { cause in
            now.seconds(since: Timestamp(nanoseconds: cause.measuredNanoseconds))
        }
        var fields = [
            Self.padded(announcement.severity.rawValue, 9),
            Self.padded(announcement.transition.rawValue, 8),
            announcement.decidedAt.rfc3339(offsetSeconds: offsetSeconds),
            Self.padded("\(announcement.mine)/\(announcement.place ?? "-")", 12),
            Self.padded(announcement.sensor ?? announcement.gateway ?? "-", 10),
            Self.padded(value ?? "-", 10),
            Self.padded("age=" + (age.map(Self.age) ?? "-"), 10),
            Self.padded(announcement.limit ?? "-", 6),
            Self.padded(number.map { "#\($0)" } ?? "-", 6),
            Self.oneLine(announcement.why),
        ]
        if !announcement.action.isEmpty {
            fields.append("| do: \(Self.oneLine(announcement.action))")
        }
        if let basis = announcement.basis { fields.append("| basis \(Self.oneLine(basis.text))") }
        if let advisory = announcement.advisory { fields.append("| id \(advisory.id)") }
        text = fields.joined(separator: " ")
    }

    /// Seconds with one decimal while they are few, whole seconds after that.
    private static func age(_ seconds: Double) -> String {
        guard abs(seconds) < 100 else { return "\(Int(min(max(seconds, -1e12), 1e12)))s" }
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)s"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Nothing that came over the wire may begin a line of its own or move the cursor.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || ($0.asciiValue ?? 32) < 32 ? " " : $0 })
    }
}

/// The fields of an alert line that a reader filters and colours by.
package struct AlertFields: Sendable, Equatable {
    /// The first field, if it is one of the known words.
    package var severity: Severity
    /// The second field.
    package var transition: String
    /// The mine, from the fourth field.
    package var mine: String
    /// The number in the journal, from the ninth field.
    package var number: UInt64?

    /// Reads a line; `nil` when it is not an alert line (cut off, or edited by hand).
    package init?(line: some StringProtocol) {
        let fields = line.split(separator: " ", maxSplits: 9, omittingEmptySubsequences: true)
        guard fields.count >= 9, let severity = Severity(rawValue: String(fields[0])) else {
            return nil
        }
        self.severity = severity
        transition = String(fields[1])
        mine = String(fields[3].prefix { $0 != "/" })
        number = fields[8].first == "#" ? UInt64(fields[8].dropFirst()) : nil
    }
}
