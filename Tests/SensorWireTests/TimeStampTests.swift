import GasModel
import SensorWire
import Support
import Testing

@Suite("Time stamps")
struct TimeStampTests {
    private func nanoseconds(_ text: String) -> Int64? {
        items(Array("{\"ts\":\(text),\"v\":1}".utf8)).first?.reading?.sourceTime.nanoseconds
    }

    @Test(
        "as numbers are epoch milliseconds, exact to the nanosecond",
        arguments: [
            ("1732350000123", 1_732_350_000_123_000_000),
            ("1732350000123.0", 1_732_350_000_123_000_000),
            ("1732350000123.456789", 1_732_350_000_123_456_789),
            ("1732350000123.4567899999999", 1_732_350_000_123_456_789),
            ("1.732350000123e12", 1_732_350_000_123_000_000),
            ("17323500001230000e-4", 1_732_350_000_123_000_000),
            ("946684800000", 946_684_800_000_000_000),
            ("4133980799999.999999", 4_133_980_799_999_999_999),
        ] as [(String, Int64)])
    func epoch(text: String, expected: Int64) {
        #expect(nanoseconds(text) == expected)
    }

    @Test(
        "outside the years 2000 to 2100 are refused, however large",
        arguments: [
            "0", "-0", "-1732350000123", "946684799999.999999", "4133980800000", "1e12000",
            "1e-12000", "9223372036854.775808", "99999999999999999999", "1173111e111111",
            "1e999999999999999999999", "18446744073709.551616", "1e13", "0e99999",
            "\"1999-12-31T23:59:59.999Z\"", "\"2101-01-01T00:00:00Z\"",
            "\"2000-01-01T00:59:59+01:00\"",
        ])
    func outOfRange(text: String) {
        #expect(outcome("{\"ts\":\(text),\"v\":1}") == ["timeOutOfRange@6"])
    }

    @Test(
        "as text are RFC 3339",
        arguments: [
            ("2026-11-23T19:02:11.123456789+01:00", 1_795_456_931_123_456_789),
            ("2026-11-23T18:02:11.123456789Z", 1_795_456_931_123_456_789),
            ("2026-11-23t18:02:11.1234567899z", 1_795_456_931_123_456_789),
            ("2026-11-23T14:32:11-03:30", 1_795_456_931_000_000_000),
            ("2026-11-23T18:02:11.5-00:00", 1_795_456_931_500_000_000),
            ("2026-11-24T17:01:11+22:59", 1_795_456_931_000_000_000),
            ("2000-01-01T00:00:00Z", 946_684_800_000_000_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
            ("2100-12-31T23:59:59.999999999Z", 4_133_980_799_999_999_999),
            ("2016-12-31T23:59:60Z", 1_483_228_799_999_999_999),
            ("2016-12-31T23:59:60.25Z", 1_483_228_799_999_999_999),
            ("2017-01-01T00:59:60.25+01:00", 1_483_228_799_999_999_999),
        ] as [(String, Int64)])
    func text(text: String, expected: Int64) {
        #expect(nanoseconds("\"\(text)\"") == expected)
        #expect(RFC3339.parse(Array(text.utf8).span)?.nanoseconds == expected)
    }

    @Test(
        "without an offset, out of the calendar or in another form are refused",
        arguments: [
            "", "2026-11-23", "2026-11-23T19:02:11", "2026-11-23T19:02:11.5",
            "2026-11-23 19:02:11Z", "2026-11-23T19:02Z", "2026-11-23T19:02:11.Z",
            "2026-11-23T19:02:11+01", "2026-11-23T19:02:11+0100", "2026-11-23T19:02:11+24:00",
            "2026-11-23T19:02:11+01:60", "2026-11-23T19:02:11Z ", " 2026-11-23T19:02:11Z",
            "2026-11-23T24:00:00Z", "2026-11-23T19:60:11Z", "2026-11-23T19:02:61Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z",
            "2026-11-00T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
            "20261123T190211Z", "2026-11-23T19:02:11\\u005a", "+2026-11-23T19:02:11Z",
            "26-11-23T19:02:11Z", "2026-1-23T19:02:11Z", "2026-11-23T-9:02:11Z",
            "9999-01-01T00:00:00Z",
        ])
    func refused(text: String) {
        #expect(outcome("{\"ts\":\"\(text)\",\"v\":1}") == ["timeUnreadable@6"])
    }

    @Test("RFC 3339 with milliseconds, as the daemon writes it, is read back unchanged")
    func roundTrip() {
        let seed: UInt64 = 3339
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let milliseconds = Int64.random(
                in: -8_000_000_000_000...7_000_000_000_000, using: &random)
            let time = Timestamp(milliseconds: milliseconds)
            let offset = Int.random(in: -1439...1439, using: &random) * 60
            let text = time.rfc3339(offsetSeconds: offset)
            guard RFC3339.parse(Array(text.utf8).span) == time else {
                Issue.record("\(text) is not \(milliseconds) ms, seed \(seed)")
                return
            }
        }
    }
}
