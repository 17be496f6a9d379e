/// A day of the calendar as site files write it, `2026-12-01`: such days compare as text.
package enum CalendarDay {
    /// The day `days` after `day`; `nil` when `day` is no day of the years 1700 to 2200.
    package static func adding(_ days: Int, to day: String) -> String? {
        number(day).map { text($0 + days) }
    }

    /// Whether `day` is a day that the calendar has, in exactly that form.
    package static func isValid(_ day: String) -> Bool { number(day) != nil }

    /// Days since 1970-01-01 of the day on which `time` falls in UTC.
    package static func number(of time: Timestamp) -> Int {
        let (days, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 86_400_000_000_000)
        return Int(rest < 0 ? days - 1 : days)
    }

    /// The day on which `time` falls in UTC: what holds until a day then ends at the same instant
    /// in the daemon, in a check and in a back-test, wherever each of them runs.
    package static func of(_ time: Timestamp) -> String {
        String(time.rfc3339(offsetSeconds: 0).prefix(10))
    }

    /// Days since 1970-01-01; `nil` when `day` is no day of the years 1700 to 2200. Asked for every
    /// sensor of a site: no text is made on the way.
    package static func number(_ day: String) -> Int? {
        var parts = (year: 0, month: 0, day: 0)
        var length = 0
        for byte in day.utf8 {
            let digit = Int(byte) - 48
            switch length {
            case 4, 7: guard byte == UInt8(ascii: "-") else { return nil }
            case _ where !(0...9).contains(digit): return nil
            case 0..<4: parts.year = parts.year * 10 + digit
            case 5, 6: parts.month = parts.month * 10 + digit
            case 8, 9: parts.day = parts.day * 10 + digit
            default: return nil
            }
            length += 1
        }
        guard length == 10, 1700...2200 ~= parts.year, 1...12 ~= parts.month else { return nil }
        let first = CivilTime.daysSince1970(year: parts.year, month: parts.month, day: 1)
        let next = CivilTime.daysSince1970(
            year: parts.month == 12 ? parts.year + 1 : parts.year,
            month: parts.month == 12 ? 1 : parts.month + 1, day: 1)
        return 1...(next - first) ~= parts.day ? first + parts.day - 1 : nil
    }

    private static func text(_ number: Int) -> String {
        of(Timestamp(nanoseconds: Int64(number) * 86_400_000_000_000))
    }
}
