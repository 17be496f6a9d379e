import GasModel
import Testing
import TraceReplay

@Suite("Replay report and progress")
struct ReplayReportTests {
    private func row(_ second: Int64, _ sensor: String = "T1") -> TraceRow {
        TraceRow(
            line: 2, time: Timestamp(milliseconds: 1_772_438_400_000 + second * 1000),
            sensor: sensor, value: 1, quality: .good)
    }

    private func whole(_ seconds: [Int64]) -> TraceSummary {
        var summary = TraceSummary()
        seconds.forEach { summary.count(row($0)) }
        return summary
    }

    @Test("progress is measured by the trace's time, and never goes back")
    func share() {
        var progress = ReplayProgress(whole: whole([0, 10, 5, 100]))
        #expect(progress.share == 0)
        progress.sent([row(0)])
        #expect(progress.share == 0)
        progress.sent([row(10)])
        progress.sent([row(5)])
        #expect(progress.share == 0.1)
        progress.sent([row(100)])
        #expect(progress.share == 1)
    }

    @Test("where all rows have one time, progress is measured by rows")
    func shareOfAnInstant() {
        var progress = ReplayProgress(whole: whole([0, 0, 0, 0]))
        progress.sent([row(0)])
        #expect(progress.share == 0.25)
        #expect(ReplayProgress(whole: TraceSummary()).share == 0)
    }

    @Test("the line shows bar, count, rate and what is unacknowledged")
    func line() {
        var progress = ReplayProgress(whole: whole([0, 1, 2]))
        progress.sent([row(0)])
        progress.sent([row(1)])
        progress.unacknowledged = 1
        #expect(
            progress.text(elapsed: .milliseconds(500))
                == "[############------------] 50 %  2 of 3  4/s  1 unacknowledged")
        #expect(progress.text(elapsed: .zero).contains("  0/s  "))
    }

    @Test("is complete only with all readings sent and all messages acknowledged")
    func complete() {
        var report = ReplayReport(file: "t.csv", whole: whole([0, 1]))
        #expect(!report.isComplete)
        report.readings = 2
        report.messages = 1
        #expect(!report.isComplete)
        report.acknowledged = 1
        #expect(report.isComplete)
        report.readings = 1
        #expect(!report.isComplete)
    }

    @Test("says what was published, what came of it, and what was not sent")
    func text() throws {
        var report = ReplayReport(file: "t.csv", whole: whole([0, 1]))
        report.readings = 2
        report.messages = 2
        report.acknowledged = 1
        report.window = 1000
        report.duration = .milliseconds(1250)
        report.heldUp = .milliseconds(5)
        report.latestBy = .zero
        #expect(
            report.text == """
                trace          t.csv: 2 rows, 1 sensors, 1 s
                published      2 readings in 2 messages, 1.25 s, 1 readings/s
                acknowledged   1 messages, 1 not
                pace           at most 0.00 s late; the window of 1,000 was full for 0.01 s
                sensors        T1 2
                """)
        report.latestBy = nil
        report.qos = 0
        report.readings = 1
        report.acknowledged = 0
        report.refused = 1
        report.refusal = "Not authorized"
        report.unheard = 1
        report.leftOut = 1234
        report.badLineCount = 7
        let broken = "ts,sensor,value\n" + String(repeating: "1772438400\n", count: 7)
        report.badLines = try read(text: broken).bad
        let lines = report.text.split(separator: "\n")
        #expect(
            lines.contains("published      1 of 2 readings in 2 messages, 1.25 s, 0 readings/s"))
        #expect(lines.contains("written        0 messages, 1 not, 1 refused: Not authorized"))
        #expect(lines.contains { $0.hasPrefix("no subscriber  1 messages") })
        #expect(lines.contains("left out       1,234 rows of other sensors"))
        #expect(lines.contains("pace           the window of 1,000 was full for 0.01 s"))
        #expect(lines.suffix(6).first == "bad lines      7")
        #expect(
            lines.last?.hasSuffix(
                ":6: a line with 1 of its fields; allowed is as many as the header names") == true)
    }
}
