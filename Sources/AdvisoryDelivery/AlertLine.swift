package import GasModel
package import HaltAdvisory

/// One line of the alert log: fixed columns for the eye, blanks between fields for `awk`.
///
/// | field | content |
/// |---|---|
/// | 1 | severity: HALT, ALARM, WARNING, FAULT, NOTICE, HEARTBEAT |
/// | 2 | transition: RAISED, WORSE, GONE, BACK, ... |
/// | 3 | when it was decided, RFC 3339 with offset, to the second that had begun |
/// | 4 | mine/place, `mine/-` when it concerns the whole mine |
/// | 5 | sensor or gateway, or `-` |
/// | 6 | value with unit, or `-` |
/// | 7 | `age=`: how old that value was when it was decided, in whole seconds |
/// | 8 | the limit, or `-` |
/// | 9 | `#` and the number in the journal, `#first-last` where a line tells of several, or `-` |
/// | 10... | why, `| do:` what to do, `| basis` of the limit, `| told` how much later, `| id` the advisory |
///
/// All but `| told` follows from the records alone, and what the wire takes of a second does not
/// show: a recorded trace that is judged afterwards gives the same lines.
package struct AlertLine: Sendable, Equatable {
    /// The line without its line feed.
    package var text: String

    /// A line that is told more than so many seconds after its decision says so.
    package static let promptSecondsMax = 5.0

    private static let fieldsBeforeWhy = 9

    /// Lays out one announcement, for a reader whose clock is `offsetSeconds` east of UTC.
    /// `toldAt`: when the line is told, where that may be long after it was decided: after a
    /// restart, or behind a backlog.
    package init(
        _ announcement: Announcement, number: UInt64?, toldAt: Timestamp? = nil, offsetSeconds: Int
    ) {
        self.init(
            announcement, numbers: number.map { $0...$0 }, toldAt: toldAt,
            offsetSeconds: offsetSeconds)
    }

    /// The same for a line that may tell of several announcements.
    package init(
        _ announcement: Announcement, numbers: ClosedRange<UInt64>?, toldAt: Timestamp? = nil,
        offsetSeconds: Int
    ) {
        let cause = announcement.cause
        let decided = announcement.decidedAt
        let value = cause?.value.map { "\(hundredths($0))\(cause?.unit ?? "")" }
        let age = cause.map { cause in
            decided.seconds(since: Timestamp(nanoseconds: cause.measuredNanoseconds))
        }
        var fields = [
            Self.padded(announcement.severity.rawValue, 9),
            Self.padded(announcement.transition.rawValue, 8),
            decided.rfc3339Seconds(offsetSeconds: offsetSeconds),
            Self.padded("\(announcement.mine)/\(announcement.place ?? "-")", 12),
            Self.padded(announcement.sensor ?? announcement.gateway ?? "-", 10),
            Self.padded(value ?? "-", 10),
            Self.padded("age=" + (age.map(Self.age) ?? "-"), 8),
            Self.padded(announcement.limit ?? "-", 6),
            Self.padded(numbers.map(Self.text) ?? "-", 6),
            Self.sentence(announcement.why, announcement.action),
        ]
        if let basis = announcement.basis { fields.append("| basis \(Self.oneLine(basis.text))") }
        if let delay = toldAt?.seconds(since: decided), delay > Self.promptSecondsMax {
            fields.append("| told \(Self.age(delay)) later")
        }
        if let advisory = announcement.advisory { fields.append("| id \(advisory.id)") }
        text = fields.joined(separator: " ")
    }

    private static func text(_ numbers: ClosedRange<UInt64>) -> String {
        let first = "#\(numbers.lowerBound)"
        return numbers.count == 1 ? first : "\(first)-\(numbers.upperBound)"
    }

    /// `line`, which tells `entry`, with why and what to do in `language`; all else stays as it is.
    /// The line itself where it does not tell `entry` so: cut off, or edited by hand.
    package static func told(
        _ line: String, of entry: Announcement, in language: Language
    ) -> String {
        let here = sentence(entry.why, entry.action)
        let (why, action) = entry.texts(in: language)
        var rest = line[...]
        for _ in 0..<fieldsBeforeWhy {
            rest = rest.drop { $0 != " " }.drop { $0 == " " }
        }
        guard !here.isEmpty, rest.hasPrefix(here) else { return line }
        return line[..<rest.startIndex] + sentence(why, action) + rest.dropFirst(here.count)
    }

    private static func sentence(_ why: String, _ action: String) -> String {
        oneLine(why) + (action.isEmpty ? "" : " | do: \(oneLine(action))")
    }

    /// Whole seconds that have passed.
    private static func age(_ seconds: Double) -> String {
        "\(Int(min(max(seconds, -1e12), 1e12).rounded(.down)))s"
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
    /// The numbers in the journal, from the ninth field: one, or those between which a line tells
    /// of all that no line of their own tells of.
    package var numbers: ClosedRange<UInt64>?

    /// The number of a line that tells of one thing; of a group the last of its numbers.
    package var number: UInt64? { numbers?.upperBound }
    /// Whether it tells of several that were held back.
    package var isGroup: Bool { transition == Transition.grouped.rawValue }

    /// Reads a line; `nil` when it is not an alert line (cut off, or edited by hand).
    package init?(line: some StringProtocol) {
        let fields = line.split(separator: " ", maxSplits: 9, omittingEmptySubsequences: true)
        guard fields.count >= 9, let severity = Severity(rawValue: String(fields[0])) else {
            return nil
        }
        self.severity = severity
        transition = String(fields[1])
        mine = String(fields[3].prefix { $0 != "/" })
        numbers = Self.numbers(fields[8])
    }

    private static func numbers(_ field: some StringProtocol) -> ClosedRange<UInt64>? {
        guard field.first == "#" else { return nil }
        let parts = field.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ UInt64($0) }), parts.count <= 2,
            let last = parts.count == 1 ? first : UInt64(parts[1]), first <= last
        else { return nil }
        return first...last
    }
}
