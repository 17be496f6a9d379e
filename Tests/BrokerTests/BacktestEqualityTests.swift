import BrokerSupport
import Foundation
import Support
import Testing

/// The same readings lead to the same lines: sent over the wire at their own pace to a daemon with
/// its threads, its disk and its clock, and judged afterwards in one go.
@Suite("Live and back-test", .serialized)
final class BacktestEqualityTests {
    /// Seconds of the trace.
    private static let length = 64
    /// One for both, and not the one that the machine happens to have.
    private static let zone = ["TZ": "UTC"]

    let directory: TemporaryDirectory
    let broker: Mosquitto

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
    }

    deinit { broker.stop() }

    /// The heading of the samples, in which a sensor may be silent for 9 s: long enough for a
    /// replay to begin after the daemon is ready.
    private func site() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let sample = root.appending(path: "Deploy/samples/heading.yaml")
        let text = try String(contentsOf: sample, encoding: .utf8)
            .replacingOccurrences(of: "interval: 1s", with: "interval: 3s")
        try directory.write(Array(text.utf8), to: "heading.yaml")
        return directory.file("heading.yaml")
    }

    /// At the face gas rises over the alarm, the cut and the step above it, and falls again; the
    /// sensor in the return sends no number once, and later nothing at all for a while. Some
    /// readings come twice, some once more with another value for an instant that is over, and one
    /// of the return comes half a minute late, over the limit.
    private func trace() throws -> String {
        var text = "ts,sensor,value\n"
        for second in 0..<Self.length {
            let time = "2026-03-02T08:0\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60)Z"
            let rise = min(max(second - 10, 0), 36)
            let fall = max(second - 46, 0)
            let face = 40 + rise * 5 - min(fall, 15) * 12
            let value = "\(face / 100).\(face % 100 < 10 ? "0" : "")\(face % 100)"
            let row = "\(time),H101-T1,\(value)\n"
            text += second % 7 == 3 ? row + row : row
            if second > 10, second < 60, second % 11 == 5 {
                text += "2026-03-02T08:00:\(second - 4)Z,H101-T1,0.41\n"
            }
            if second == 58 { text += "2026-03-02T08:00:28Z,H101-T2,1.20\n" }
            if !(40..<54 ~= second) {
                text += "\(time),H101-T2,\(second == 5 ? "nan" : "0.30")\n"
            }
        }
        try directory.write(Array(text.utf8), to: "trace.csv")
        return directory.file("trace.csv")
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let (output, errors) = (directory.file("output"), directory.file("errors"))
        for file in [output, errors] { try Data().write(to: URL(filePath: file)) }
        let process = try ChildProcess(
            program, arguments, errors: errors, output: output, environment: Self.zone)
        let code = process.wait(seconds: 150)
        let told = try String(contentsOfFile: errors, encoding: .utf8)
        guard code == 0 else { throw TestFailure(description: "\(program) ended \(code): \(told)") }
        return try String(contentsOfFile: output, encoding: .utf8)
    }

    /// All but what a daemon says of itself, up to the second in which the trace ends.
    private func judgements(_ lines: [String], through end: String) -> [String] {
        lines.filter { line in
            let fields = line.split(separator: " ")
            return fields.count > 9 && !["NOTICE", "HEARTBEAT"].contains(fields[0])
                && fields[2] <= end
        }
    }

    @Test("a back-test from the second in which a replay began writes the alert log of the daemon")
    func equality() throws {
        let (site, trace) = (try site(), try trace())
        let daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"),
            environment: Self.zone)
        defer { daemon.kill9() }
        try daemon.start()
        let report = try run(
            DaemonProcess.simulator,
            [
                "replay", trace, "--broker", "mqtt://127.0.0.1:\(broker.port)", "--mine", "demo",
            ])
        let line = try #require(report.split(separator: "\n").first { $0.hasPrefix("started at") })
        let start = String(try #require(line.split(separator: " ").last))
        let log = try run(
            DaemonProcess.executable,
            ["backtest", site, trace, "--start", start, "--summary", "none"])
        let tested = log.split(separator: "\n").map(String.init)
        let began = try #require(ISO8601DateFormatter().date(from: start.droppingFraction))
        let end = ISO8601DateFormatter().string(
            from: began.addingTimeInterval(Double(Self.length - 1)))
        let last = end.replacingOccurrences(of: "Z", with: "+00:00")
        let wanted = judgements(tested, through: last)
        let gist = wanted.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        for expected in [
            "FAULT RAISED", "FAULT GONE", "ALARM RAISED", "WARNING RAISED", "HALT RAISED",
            "WARNING GONE", "HALT WORSE", "HALT GONE", "ALARM GONE",
        ] {
            #expect(gist.contains(expected), "the trace has it all, or the test tests little")
        }
        #expect(gist.count(where: { $0 == "FAULT RAISED" }) == 2, "one fault, one silence")
        #expect(wanted.contains { $0.contains("LATE: the reading was 3") })
        try eventually("the daemon has told all of it") {
            judgements(daemon.alerts, through: last).count >= wanted.count
        }
        #expect(judgements(daemon.alerts, through: last) == wanted)
    }
}

extension String {
    /// An RFC 3339 stamp without its milliseconds.
    fileprivate var droppingFraction: String {
        replacingOccurrences(of: ".000", with: "").replacingOccurrences(of: "+00:00", with: "Z")
    }
}
