import GasModel
import Testing
import TraceReplay

@Suite("Trace summary")
struct TraceSummaryTests {
    @Test("counts rows, sensors, faults and disorder")
    func counts() throws {
        let found = try read(
            text: """
                ts,sensor,value
                1772438400,T1,0.4
                1772438407,T2,null
                1772438406,T1,0.5
                1772438406,T2,0.5
                """)
        var summary = TraceSummary()
        #expect(summary.text == "0 rows, 0 sensors, 0 s")
        found.rows.forEach { summary.count($0) }
        #expect(summary.text == "4 rows, 2 sensors, 7 s, 1 without a number, 1 out of order")
        #expect(summary.rowsOfSensor == ["T1": 2, "T2": 2])
    }

    @Test(
        "groups digits by three",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func groups(count: Int, text: String) {
        #expect(TraceSummary.grouped(count) == text)
    }

    @Test(
        "writes durations in the two largest units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"),
            (3600, "1 h 00 min"), (86_399, "23 h 59 min"), (86_400, "1 d 00 h"),
            (400_000, "4 d 15 h"),
        ])
    func durations(seconds: Int, text: String) {
        #expect(TraceSummary.clock(.seconds(seconds)) == text)
    }
}
