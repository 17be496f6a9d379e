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

    @Test("an instant falls on one day, that of UTC, as text and as a number")
    func instant() {
        let midnight: Int64 = 1_795_478_400_000
        for (offset, day) in [(-1, "2026-11-23"), (0, "2026-11-24")] {
            let time = Timestamp(milliseconds: midnight + Int64(offset))
            #expect(CalendarDay.of(time) == day)
            #expect(CalendarDay.number(of: time) == CalendarDay.number(day))
        }
    }
}
