/// A day of the calendar as site files write it, `2026-12-01`: such days compare as text.
package enum CalendarDay {
    /// The day `days` after `day`; `nil` when `day` is no day of the years 1700 to 2200.
    package static func adding(_ days: Int, to day: String) -> String? {
        number(day).map { text($0 + days) }
    }

    /// Whether `day` is a day that the calendar has, in exactly that form.
    package static func isValid(_ day: String) -> Bool { number(day) != nil }

    /// The day on which `time` falls, on a clock `offsetSeconds` east of UTC.
    package static func of(_ time: Timestamp, offsetSeconds: Int) -> String {
        String(time.rfc3339(offsetSeconds: offsetSeconds).prefix(10))
    }

    /// Days since 1970-01-01.
    private static func number(_ day: String) -> Int? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, (1700...2200).contains(parts[0]), (1...12).contains(parts[1]),
            (1...31).contains(parts[2])
        else { return nil }
        let number = CivilTime.daysSince1970(year: parts[0], month: parts[1], day: parts[2])
        // The 31st of a shorter month would come out as a day of the next.
        return text(number) == day ? number : nil
    }

    private static func text(_ number: Int) -> String {
        of(Timestamp(nanoseconds: Int64(number) * 86_400_000_000_000), offsetSeconds: 0)
    }
}
