package import GasModel

/// Time stamps as text: `2026-11-23T19:02:11.123456789+01:00`.
package enum RFC3339 {
    /// The instant that `text` names; `nil` when it is no RFC 3339 date and time with an offset.
    ///
    /// `t` and `z` may be lower case. Digits beyond the nanosecond are dropped. A leap second,
    /// which our count of time does not have, is taken as the last nanosecond before it ends.
    /// **Range:** the years 1700 to 2200. **Cost:** no allocation. **Source:** RFC 3339, 5.6; the
    /// space that it tolerates instead of `T` is refused.
    package static func parse(_ text: Span<UInt8>) -> Timestamp? {
        parse(text, 0..<text.count)
    }

    static func parse(_ text: Span<UInt8>, _ range: Range<Int>) -> Timestamp? {
        var fields = DigitFields(at: range.lowerBound, end: range.upperBound)
        guard let year = fields.number(text, 4), fields.take(text, UInt8(ascii: "-")),
            let month = fields.number(text, 2), fields.take(text, UInt8(ascii: "-")),
            let day = fields.number(text, 2), fields.take(text, UInt8(ascii: "t")),
            let hour = fields.number(text, 2), fields.take(text, .colon),
            let minute = fields.number(text, 2), fields.take(text, .colon),
            let second = fields.number(text, 2),
            let fraction = fields.fraction(text),
            let offset = fields.offset(text),
            fields.at == fields.end,
            1700...2200 ~= year, 1...12 ~= month, 1...daysOf(month, year) ~= day,
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        let isLeapSecond = second == 60
        let ofDay = (hour &* 60 &+ minute) &* 60 &+ (isLeapSecond ? 59 : second)
        let seconds = days &* 86_400 &+ ofDay &- offset
        return Timestamp(
            nanoseconds: Int64(seconds) &* 1_000_000_000
                &+ Int64(isLeapSecond ? 999_999_999 : fraction))
    }

    private static func daysOf(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads the fixed fields of a time stamp one after the other.
private struct DigitFields {
    var at: Int
    let end: Int

    private func byte(_ text: Span<UInt8>) -> UInt8 { at < end ? text.byte(at) : 0 }

    mutating func take(_ text: Span<UInt8>, _ mark: UInt8) -> Bool {
        let found = byte(text)
        guard found == mark || (mark == UInt8(ascii: "t") && found == UInt8(ascii: "T")) else {
            return false
        }
        at &+= 1
        return true
    }

    /// A number of exactly `width` digits.
    mutating func number(_ text: Span<UInt8>, _ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            let digit = byte(text).digitValue
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
            at &+= 1
        }
        return value
    }

    /// Nanoseconds after a decimal point; 0 where there is none, `nil` for a point without digits.
    mutating func fraction(_ text: Span<UInt8>) -> Int? {
        guard byte(text) == UInt8(ascii: ".") else { return 0 }
        at &+= 1
        guard byte(text).digitValue < 10 else { return nil }
        var nanoseconds = 0
        var unit = 100_000_000
        while byte(text).digitValue < 10 {
            nanoseconds &+= Int(byte(text).digitValue) &* unit
            unit /= 10
            at &+= 1
        }
        return nanoseconds
    }

    /// Seconds east of UTC.
    mutating func offset(_ text: Span<UInt8>) -> Int? {
        let sign = byte(text)
        at &+= 1
        if sign.lowercased == UInt8(ascii: "z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = number(text, 2), take(text, .colon), let minutes = number(text, 2),
            hours < 24, minutes < 60
        else { return nil }
        let seconds = (hours &* 60 &+ minutes) &* 60
        return sign == UInt8(ascii: "-") ? 0 &- seconds : seconds
    }
}
