/// An instant of the civil clock.
///
/// **Unit:** nanoseconds since 1970-01-01T00:00:00Z, without leap seconds. **Range:** the years
/// 1678 to 2262. Whose clock it was read from is said by the field that holds it.
@frozen public struct Timestamp: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public var nanoseconds: Int64

    /// The instant `nanoseconds` after 1970-01-01T00:00:00Z.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The instant `milliseconds` after 1970-01-01T00:00:00Z; it must lie within the range of the
    /// type.
    @inlinable public init(milliseconds: Int64) { nanoseconds = milliseconds * 1_000_000 }

    /// Earlier than every instant that is ever measured: the start value of "newest so far".
    package static let distantPast = Timestamp(nanoseconds: .min)

    /// Whether `lhs` is before `rhs`.
    @inlinable public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.nanoseconds < rhs.nanoseconds
    }

    /// Seconds from `earlier` to this instant; negative when `earlier` is in fact later.
    package func seconds(since earlier: Timestamp) -> Double {
        Double(nanoseconds &- earlier.nanoseconds) / 1e9
    }

    /// This instant moved by whole nanoseconds. Wraps silently only beyond the year 2262.
    @inlinable public func advanced(byNanoseconds delta: Int64) -> Timestamp {
        Timestamp(nanoseconds: nanoseconds &+ delta)
    }
}

/// A date and time of day of the proleptic Gregorian calendar, and the way to it from a count of
/// days: enough to write and read RFC 3339 without a calendar library.
package struct CivilTime: Sendable, Equatable {
    /// Year, for example 2026.
    package var year: Int
    /// Month of the year, 1 to 12.
    package var month: Int
    /// Day of the month, 1 to 31.
    package var day: Int
    /// Hour of the day, 0 to 23.
    package var hour: Int
    /// Minute of the hour, 0 to 59.
    package var minute: Int
    /// Second of the minute, 0 to 59.
    package var second: Int
    /// Nanosecond of the second, 0 to 999,999,999.
    package var nanosecond: Int

    /// The civil time that `time` shows on a clock `offsetSeconds` east of UTC.
    package init(_ time: Timestamp, offsetSeconds: Int = 0) {
        let shifted = time.nanoseconds / 1_000_000_000
        var seconds = Int(shifted)
        var fraction = Int(time.nanoseconds % 1_000_000_000)
        if fraction < 0 {
            fraction += 1_000_000_000
            seconds -= 1
        }
        seconds += offsetSeconds
        var days = seconds / 86_400
        var ofDay = seconds % 86_400
        if ofDay < 0 {
            ofDay += 86_400
            days -= 1
        }
        (year, month, day) = Self.date(daysSince1970: days)
        hour = ofDay / 3600
        minute = ofDay / 60 % 60
        second = ofDay % 60
        nanosecond = fraction
    }

    /// Days from 1970-01-01 to the given date.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(daysSince1970 days: Int) -> (Int, Int, Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Timestamp {
    /// RFC 3339 with milliseconds and a numeric offset, `2026-11-23T19:02:11.123+01:00`.
    ///
    /// **Shape:** always 29 characters for the years 1000 to 9999, so it stands in fixed columns.
    package func rfc3339(offsetSeconds: Int = 0) -> String {
        rfc3339(offsetSeconds: offsetSeconds) { ".\(digits($0.nanosecond / 1_000_000, 3))" }
    }

    /// RFC 3339 with the second that has begun and a numeric offset, `2026-11-23T19:02:11+01:00`.
    ///
    /// **Shape:** always 25 characters for the years 1000 to 9999.
    package func rfc3339Seconds(offsetSeconds: Int = 0) -> String {
        rfc3339(offsetSeconds: offsetSeconds) { _ in "" }
    }

    private func rfc3339(offsetSeconds: Int, fraction: (CivilTime) -> String) -> String {
        let c = CivilTime(self, offsetSeconds: offsetSeconds)
        let sign = offsetSeconds < 0 ? "-" : "+"
        let offset = abs(offsetSeconds) / 60
        let date = "\(digits(c.year, 4))-\(digits(c.month, 2))-\(digits(c.day, 2))"
        let clock = "\(digits(c.hour, 2)):\(digits(c.minute, 2)):\(digits(c.second, 2))"
        let zone = "\(sign)\(digits(offset / 60, 2)):\(digits(offset % 60, 2))"
        return "\(date)T\(clock)\(fraction(c))\(zone)"
    }

    /// UTC without separators, `20261123T180211.123Z`: safe in a topic, a file name and an
    /// identifier.
    package var compactUTC: String {
        let c = CivilTime(self)
        let date = "\(digits(c.year, 4))\(digits(c.month, 2))\(digits(c.day, 2))"
        let clock = "\(digits(c.hour, 2))\(digits(c.minute, 2))\(digits(c.second, 2))"
        return "\(date)T\(clock).\(digits(c.nanosecond / 1_000_000, 3))Z"
    }
}

/// `value` in decimal, padded with zeros on the left to `width` characters.
private func digits(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}
