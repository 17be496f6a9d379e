import BrokerSupport
import Foundation
import Support
import Testing

/// `firedamp backtest` and `firedamp test` on real files: what they say, where, and how they end.
@Suite("firedamp backtest and test")
struct BacktestCommandTests {
    private struct Answer {
        var code: Int32
        var output: String
        var errors: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)
    private static let site = root + "Deploy/samples/heading.yaml"
    private static let trace = root + "Simulator/Traces/heading-fan-stop.csv"
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ arguments: String...) throws -> Answer {
        let (output, errors) = (directory.file("output"), directory.file("errors"))
        for name in ["output", "errors"] { try directory.write([], to: name) }
        let process = try ChildProcess(
            DaemonProcess.executable, arguments, errors: errors, output: output)
        let code = process.wait()
        return Answer(
            code: code, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    @Test("the alert log is on standard output and the summary beside it, or the log has its file")
    func streams() throws {
        let plain = try run("backtest", Self.site, Self.trace)
        #expect(plain.code == 0)
        #expect(plain.output.hasPrefix("NOTICE    STARTED  2026-03-02T"))
        #expect(plain.errors.hasPrefix("BACK-TEST of"))
        let files = try run(
            "backtest", Self.site, Self.trace, "--alerts", directory.file("alerts"), "--svg",
            directory.file("picture.svg"), "--json", directory.file("summary.json"))
        #expect(files.output == plain.errors)
        #expect(files.errors == "")
        #expect(String(decoding: try directory.bytes("alerts"), as: UTF8.self) == plain.output)
        #expect(try directory.bytes("picture.svg").starts(with: Array("<?xml".utf8)))
        let json = try JSONSerialization.jsonObject(with: Data(directory.bytes("summary.json")))
        #expect((json as? [String: Any])?["format"] as? String == "firedamp-backtest/1")
    }

    @Test("a sweep is a table with a line for each value")
    func sweep() throws {
        let answer = try run(
            "backtest", Self.site, Self.trace, "--sweep", "trend.false-per-day=1..3/3")
        #expect(answer.code == 0)
        #expect(answer.output.split(separator: "\n").count == 4)
    }

    @Test("what is wrong ends it with the code of its kind, and says what is allowed")
    func refusals() throws {
        try directory.write(Array("ts,sensor\n".utf8), to: "header.csv")
        try directory.write(Array("ts,sensor,value\n1772438400,X,1\n".utf8), to: "other.csv")
        try directory.write(
            Array("ts,sensor,value\nnever,H101-T1,1\n1772438400,H101-T1,1\n".utf8), to: "bad.csv")
        for (arguments, code, text) in [
            (["backtest", Self.site, directory.file("none.csv")], 66, "none.csv: No such file"),
            (["backtest", directory.file("none.yaml"), Self.trace], 66, "cannot be read"),
            (
                ["backtest", Self.site, directory.file("header.csv")], 65,
                "header.csv:1: the header"
            ),
            (["backtest", Self.site, directory.file("other.csv")], 65, "nothing was judged"),
            (
                ["backtest", Self.site, directory.file("bad.csv"), "--strict"], 65,
                "bad.csv:2: ts is"
            ),
            (["backtest", Self.site, directory.file("bad.csv")], 0, "BAD LINES, left out: 1"),
            (["backtest", Self.site, Self.trace, "--start", "noon"], 64, "--start is 'noon'"),
            (["backtest", Self.site, Self.trace, "--sweep", "x=1..2"], 64, "'x' cannot be set"),
            (["backtest", Self.site, Self.trace, "--svg", "/none/x.svg"], 73, "cannot be written"),
            (["backtest", Self.site], 64, "traces"),
            (["test", directory.file("none.yaml")], 66, "cannot be read"),
            (["test", Self.site], 65, "unknown key \"mine\" in the file of tests"),
        ] as [([String], Int32, String)] {
            let (output, errors) = (directory.file("output"), directory.file("errors"))
            for name in ["output", "errors"] { try directory.write([], to: name) }
            let process = try ChildProcess(
                DaemonProcess.executable, arguments, errors: errors, output: output)
            #expect(process.wait() == code, "\(arguments)")
            let told = try String(contentsOfFile: errors, encoding: .utf8)
            #expect(told.contains(text), "\(arguments): \(told)")
        }
    }

    @Test("tests that hold end with 0, one that does not with 1 and its place")
    func tests() throws {
        let sample = Self.root + "Deploy/samples/rules/heading.yaml"
        let held = try run("test", sample)
        #expect(held.code == 0)
        #expect(held.output.hasPrefix("ok      "))
        #expect(held.errors == "")
        let text = try String(contentsOfFile: sample, encoding: .utf8)
            .replacingOccurrences(of: "site: ..", with: "site: \(Self.root)Deploy/samples")
            .replacingOccurrences(
                of: "expect: [ALARM RAISED H101-T1], none: [HALT]", with: "none: [ALARM]")
        try directory.write(Array(text.utf8), to: "rules.yaml")
        let failed = try run("test", directory.file("rules.yaml"))
        #expect(failed.code == 1)
        #expect(failed.output.hasPrefix("FAILED  "))
        #expect(failed.errors.contains("rules.yaml:16:26: "))
        #expect(failed.errors.contains("    + 90s ALARM RAISED H101-T1\n"))
        let json = try run("test", directory.file("rules.yaml"), sample, "--format", "json")
        #expect(json.code == 1)
        let members = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let files = (members as? [String: Any])?["files"] as? [[String: Any]]
        #expect(files?.map { $0["ok"] as? Bool } == [false, true])
    }
}
