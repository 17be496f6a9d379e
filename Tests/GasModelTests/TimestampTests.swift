import GasModel
import Testing

@Suite("Timestamp")
struct TimestampTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var nanoseconds: Int64
        var offset: Int
        var text: String
        var testDescription: String { text }
    }

    @Test(
        "writes RFC 3339 with a numeric offset in a fixed width",
        arguments: [
            Case(nanoseconds: 0, offset: 0, text: "1970-01-01T00:00:00.000+00:00"),
            Case(nanoseconds: -1, offset: 0, text: "1969-12-31T23:59:59.999+00:00"),
            Case(
                nanoseconds: 951_782_400_000_000_000, offset: 0,
                text: "2000-02-29T00:00:00.000+00:00"),
            Case(
                nanoseconds: 1_795_460_531_123_456_789, offset: 3600,
                text: "2026-11-23T20:02:11.123+01:00"),
            Case(
                nanoseconds: 1_795_460_531_123_456_789, offset: -12_600,
                text: "2026-11-23T15:32:11.123-03:30"),
        ])
    func rfc3339(_ sample: Case) {
        let time = Timestamp(nanoseconds: sample.nanoseconds)
        #expect(time.rfc3339(offsetSeconds: sample.offset) == sample.text)
    }

    @Test("the civil date and the count of days are inverse over 400 years")
    func civilRoundTrip() {
        for day in stride(from: -80_000, through: 80_000, by: 1) {
            let civil = CivilTime(Timestamp(nanoseconds: Int64(day) * 86_400_000_000_000))
            let back = CivilTime.daysSince1970(
                year: civil.year, month: civil.month, day: civil.day)
            guard back == day else {
                Issue.record("day \(day) came back as \(back)")
                return
            }
        }
    }

    @Test("the compact form is safe in a topic and sorts by time")
    func compact() {
        let time = Timestamp(milliseconds: 1_795_460_531_123)
        #expect(time.compactUTC == "20261123T190211.123Z")
    }
}

@Suite("Reading")
struct ReadingTests {
    @Test("fills one cache line exactly: the layout is the ring's file format")
    func layout() {
        #expect(MemoryLayout<Reading>.size == 64)
        #expect(MemoryLayout<Reading>.stride == 64)
    }

    @Test("a stamp from the future is judged as of its arrival")
    func futureStamp() {
        let now = Timestamp(milliseconds: 1_000_000)
        let future = Reading(
            sensor: 0, kind: .measurement, sourceTime: Timestamp(milliseconds: 1_600_000),
            arrivalTime: now, value: 0.4)
        #expect(future.eventTime == now)
    }
}

@Suite("GasLimits")
struct GasLimitsTests {
    @Test("refuses an alarm above the cut, a re-power above the cut, and what is no number")
    func flaws() {
        #expect(throws: GasLimits.Flaw.alarmAboveCut) {
            try GasLimits(alarm: 1.6, cut: 1.5, repower: 1.0)
        }
        #expect(throws: GasLimits.Flaw.repowerAboveCut) {
            try GasLimits(alarm: 1.0, cut: 1.5, repower: 1.6)
        }
        #expect(throws: GasLimits.Flaw.notPositive(name: "repower", value: 0)) {
            try GasLimits(alarm: 1.0, cut: 1.5, repower: 0)
        }
        #expect(throws: (any Error).self) {
            try GasLimits(alarm: .nan, cut: nil, repower: 1)
        }
    }

    @Test("takes equal limits, and no cut where the law knows none")
    func accepted() throws {
        #expect(try GasLimits(alarm: 1, cut: 1, repower: 1).cut?.value == 1)
        #expect(try GasLimits(alarm: 0.75, cut: nil, repower: 0.75).cut == nil)
    }
}
