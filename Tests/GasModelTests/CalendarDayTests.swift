import GasModel
import Testing

@Suite("Calendar day")
struct CalendarDayTests {
    @Test("counts over the ends of months and years, leap days too")
    func adding() {
        #expect(CalendarDay.adding(3, to: "2026-11-29") == "2026-12-02")
        #expect(CalendarDay.adding(1, to: "2026-12-31") == "2027-01-01")
        #expect(CalendarDay.adding(1, to: "2028-02-28") == "2028-02-29")
        #expect(CalendarDay.adding(1, to: "2100-02-28") == "2100-03-01")
        #expect(CalendarDay.adding(-1, to: "2026-03-01") == "2026-02-28")
        #expect(CalendarDay.adding(0, to: "1969-12-31") == "1969-12-31")
    }

    @Test(
        "refuses what is no day, or not in its form",
        arguments: [
            "", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "2026-11-00", "2026-1-1",
            "26-11-23", "2026-11-23 ", "+026-11-23", "2026--11-23", "2026-11", "23.11.2026",
            "1699-01-01", "9999-01-01", "2026-11-23-01",
        ])
    func refuses(_ text: String) { #expect(!CalendarDay.isValid(text)) }

    @Test("an instant falls on the day of the clock that shows it")
    func instant() {
        let late = Timestamp(milliseconds: 1_795_476_600_000)
        #expect(CalendarDay.of(late, offsetSeconds: 0) == "2026-11-23")
        #expect(CalendarDay.of(late, offsetSeconds: 8 * 3600) == "2026-11-24")
    }
}
