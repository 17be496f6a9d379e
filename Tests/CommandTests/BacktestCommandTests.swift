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

    private func run(_ arguments: String...) throws -> Answer { try run(arguments) }

    private func run(_ arguments: [String]) throws -> Answer {
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

    @Test("of a trace without a row there is no summary, no picture and no year 1970")
    func nothing() throws {
        try directory.write(Array("ts,sensor,value\n".utf8), to: "rows.csv")
        let files = ["alerts", "picture.svg", "summary.json"]
        let answer = try run(
            "backtest", Self.site, directory.file("rows.csv"), "--alerts",
            directory.file(files[0]), "--svg", directory.file(files[1]), "--json",
            directory.file(files[2]))
        #expect(answer.code == 65)
        #expect(answer.output == "")
        #expect(!answer.errors.contains("1970"))
        #expect(try directory.bytes("alerts").isEmpty)
        for file in files.dropFirst() {
            #expect(!FileManager.default.fileExists(atPath: directory.file(file)))
        }
    }

    @Test("a device or a pipe is written to, and no file put in its place; a link stays a link")
    func devices() throws {
        try directory.write([], to: "target")
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link"), withDestinationPath: directory.file("target"))
        let answer = try run(
            "backtest", Self.site, Self.trace, "--alerts", "/dev/null", "--summary", "none",
            "--json", "/dev/stdout", "--svg", directory.file("link"))
        #expect(answer.code == 0, "\(answer.errors)")
        #expect(answer.output.hasPrefix("{"))
        #expect(try directory.bytes("target").starts(with: Array("<?xml".utf8)))
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("link"))
                == directory.file("target"))
    }

    @Test("what cannot be written to a full disk is said, with its code, and breaks nothing")
    func fullDisk() throws {
        try directory.write([], to: "errors")
        let process = try ChildProcess(
            DaemonProcess.executable,
            ["backtest", Self.site, Self.trace, "--alerts", "/dev/null"],
            errors: directory.file("errors"), output: "/dev/full")
        #expect(process.wait() == 73)
        let told = String(decoding: try directory.bytes("errors"), as: UTF8.self)
        #expect(told.hasPrefix("standard output: cannot be written: No space left on device"))
        let muted = try ChildProcess(
            DaemonProcess.executable, ["backtest", Self.site, Self.trace],
            errors: "/dev/full", output: "/dev/null")
        #expect(muted.wait() == 0, "the log is out; only its summary had no room")
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
            (
                ["backtest", Self.site, directory.file("other.csv")], 65,
                "X: 1 row\nnothing was judged: no row of a trace is of a sensor of"
            ),
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
            let answer = try run(arguments)
            #expect(answer.code == code, "\(arguments)")
            #expect(answer.errors.contains(text), "\(arguments): \(answer.errors)")
        }
    }

    @Test("no slip costs a trace, a site or another result, and a trace without a row is told so")
    func overwriting() throws {
        try directory.write(Array("ts,sensor,value\n".utf8), to: "rows.csv")
        let bad = Array("ts,sensor,value\nnever,H101-T1,1\n1772438400,H101-T1,1\n".utf8)
        try directory.write(bad, to: "bad.csv")
        for (arguments, code, text) in [
            (
                ["backtest", Self.site, directory.file("rows.csv")], 65,
                "rows.csv has no row that can be read"
            ),
            (
                ["backtest", Self.site, directory.file("bad.csv"), "--svg", "/dev/full"], 73,
                "/dev/full: cannot be written: No space left on device"
            ),
            (
                [
                    "backtest", Self.site, directory.file("bad.csv"), "--alerts",
                    directory.path + "/./bad.csv",
                ], 64, "bad.csv would be written over"
            ),
            (
                [
                    "backtest", Self.site, directory.file("bad.csv"), "--json",
                    directory.file("one"), "--svg", directory.file("one"),
                ], 64, "would be written over"
            ),
            (
                [
                    "backtest", Self.site, "/dev/null", "--sweep", "trend.false-per-day=1..2",
                ], 64, "can be read but once"
            ),
        ] as [([String], Int32, String)] {
            let answer = try run(arguments)
            #expect(answer.code == code, "\(arguments)")
            #expect(answer.errors.contains(text), "\(arguments): \(answer.errors)")
        }
        #expect(try directory.bytes("bad.csv") == bad)
        let missing = try run(
            "backtest", Self.site, directory.file("none.csv"), "--alerts",
            directory.file("rows.csv"))
        #expect(missing.code == 66)
        #expect(try !directory.bytes("rows.csv").isEmpty, "the log of another run is still there")
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

    @Test("a report in JUnit XML: what held, what did not, and a file that cannot be run")
    func junit() throws {
        let sample = Self.root + "Deploy/samples/rules/heading.yaml"
        let text = try String(contentsOfFile: sample, encoding: .utf8)
            .replacingOccurrences(of: "site: ..", with: "site: \(Self.root)Deploy/samples")
            .replacingOccurrences(
                of: "expect: [ALARM RAISED H101-T1], none: [HALT]", with: "none: [ALARM]"
            ).replacing(/name: .*/, with: "name: \"a <b> & \\\"c\\\"\"", maxReplacements: 1)
        try directory.write(Array(text.utf8), to: "rules.yaml")
        let rules = directory.file("rules.yaml")
        let failed = try run(
            "test", rules, sample, Self.site, "--junit", directory.file("report.xml"))
        #expect(failed.code == 65)
        #expect(failed.output.hasPrefix("FAILED  "), "\(failed.output)")
        let bytes = try Data(directory.bytes("report.xml"))
        let report = String(decoding: bytes, as: UTF8.self)
        let counts = try Self.counts(ofXML: directory.file("report.xml"))
        #expect(counts == "3 suites, 1 failure, 1 error")
        #expect(report.contains("<testcase name=\"a &lt;b&gt; &amp; &quot;c&quot;\" classname="))
        #expect(report.contains("\n    + 90s ALARM RAISED H101-T1"))
        #expect(report.contains("<error message="))
        for path in [rules, Self.site] {
            let before = try Data(contentsOf: URL(filePath: path))
            let refused = try run("test", rules, "--junit", path)
            #expect(refused.code == 64)
            #expect(refused.errors.contains("would be written over"), "\(refused.errors)")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
        #expect(try run("test", sample, "--junit", "/dev/full").code == 73)
        #expect(try run("test", sample, "--junit", directory.file("none/report.xml")).code == 73)
    }

    /// What a reader of XML that is not ours finds in a report.
    private static func counts(ofXML path: String) throws -> String {
        let script = """
            import sys, xml.etree.ElementTree as E
            root = E.parse(sys.argv[1]).getroot()
            suites = root.findall("testsuite")
            cases = [case for suite in suites for case in suite.findall("testcase")]
            tests = [int(suite.get("tests")) for suite in suites]
            assert root.tag == "testsuites" and int(root.get("tests")) == sum(tests) == len(cases)
            assert all(case.get("name") and case.get("classname") for case in cases)
            failures = root.findall("testsuite/testcase/failure")
            errors = root.findall("testsuite/testcase/error")
            assert int(root.get("failures")) == len(failures)
            print(f"{len(suites)} suites, {len(failures)} failure, {len(errors)} error", end="")
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
