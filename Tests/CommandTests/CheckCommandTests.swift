import BrokerSupport
import Foundation
import Support
import Testing

/// The built command on real files: what it says, where, and with which exit code it ends.
@Suite("firedamp check")
struct CheckCommandTests {
    private struct Answer {
        var code: Int32
        var output: String
        var errors: String

        func json() throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return try #require(value as? [String: Any])
        }
    }

    private let directory: TemporaryDirectory

    /// A heading under a shipped table, with fewer sensors than that asks for.
    private let sample = """
        mine: {code: demo, name: Demonstration mine, gas-class: low, licensed-output: 450000}
        limit-table: cn-2025
        policy: guizhou-2019
        places:
          - {id: H101, name: Heading 101, kind: heading}
        sensors:
          - {id: H101-T1, place: H101, role: T1, interval: 1s}
          - {id: H101-T2, place: H101, role: T2, interval: 1s}

        """

    init() throws { directory = try TemporaryDirectory() }

    private func file(_ name: String, _ text: String) throws -> String {
        try directory.write(Array(text.utf8), to: name)
        return directory.file(name)
    }

    private func check(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Answer {
        let (output, errors) = (try file("output", ""), try file("errors", ""))
        let process = try ChildProcess(
            DaemonProcess.executable, ["check"] + arguments, errors: errors, output: output,
            environment: environment)
        let code = process.wait()
        return Answer(
            code: code, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    @Test("a file in order: the picture on standard output, and 0")
    func inOrder() throws {
        let answer = try check(try file("site.yaml", sample))
        #expect(answer.code == 0)
        #expect(answer.errors == "")
        #expect(answer.output.hasPrefix("MINE demo: Demonstration mine\n"))
        #expect(answer.output.contains("H101-T1"))
    }

    @Test("the day is that of UTC, whatever the clock of the machine shows")
    func today() throws {
        let path = try file("site.yaml", sample)
        // Their days differ at any time.
        let days = try ["Etc/GMT+12", "Etc/GMT-14"].map { zone in
            let answer = try check(path, "--format", "json", environment: ["TZ": zone])
            let json = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
            return try #require((json as? [String: Any])?["today"] as? String)
        }
        #expect(days[0] == days[1])
    }

    @Test("what is no file is said to be none", arguments: ["/", "/dev/null", "/nowhere"])
    func noFile(_ path: String) throws {
        let answer = try check(path)
        let reasons = [
            "/": "Is a directory", "/dev/null": "it is no regular file",
            "/nowhere": "No such file or directory",
        ]
        #expect(answer.code == 66)
        #expect(answer.errors == "\(path): cannot be read: \(reasons[path] ?? "")\n")
    }

    @Test("a broken file: every problem on standard error, nothing else, and 65")
    func broken() throws {
        let path = try file("site.yaml", sample + "placse: []\nsensosr: []\n")
        let answer = try check(path)
        let line = sample.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(answer.code == 65)
        #expect(answer.output == "")
        #expect(answer.errors.contains("\(path):\(line):1: unknown key \"placse\""))
        #expect(answer.errors.contains("did you mean \"places\"?"))
        #expect(answer.errors.hasSuffix("2 problems in \(path)\n"))
    }

    @Test("a broken file as JSON: the problems on standard output, and 65")
    func brokenJSON() throws {
        let path = try file("site.yaml", sample + "placse: []\n")
        let answer = try check(path, "--format", "json")
        #expect(answer.code == 65)
        let report = try answer.json()
        #expect(report["format"] as? String == "firedamp-check/1")
        #expect(report["file"] as? String == path)
        #expect(report["ok"] as? Bool == false)
        #expect(report["places"] == nil)
        let problem = try #require((report["problems"] as? [[String: Any]])?.first)
        #expect(problem["message"] as? String == "unknown key \"placse\" in the site file")
        #expect(problem["hint"] as? String == "did you mean \"places\"?")
        #expect(problem["column"] as? Int == 1)
    }

    @Test("a file in order as JSON")
    func json() throws {
        let report = try check(try file("site.yaml", sample), "--format", "json").json()
        #expect(report["ok"] as? Bool == true)
        #expect((report["problems"] as? [Any])?.isEmpty == true)
        #expect((report["mine"] as? [String: Any])?["code"] as? String == "demo")
    }

    @Test("--strict: 65 for a missing sensor, until each is accepted and again when that has ended")
    func strict() throws {
        let path = try file("site.yaml", sample)
        #expect(try check(path).code == 0)
        #expect(try check(path, "--strict").code == 65)
        let coverage = try check(path, "--format", "json").json()["coverage"] as? [String: Any]
        let gaps = try #require(coverage?["gaps"] as? [[String: Any]])
        #expect(!gaps.isEmpty)
        let accepted = try gaps.map { gap in
            let requirement = try #require(gap["requirement"] as? String)
            return "  - {requirement: \(requirement), place: H101, accepted-by: Chen Jun, "
                + "reason: on order, until: 2026-12-31}\n"
        }
        let mended = try file("mended.yaml", sample + "accepted-gaps:\n" + accepted.joined())
        #expect(try check(mended, "--strict", "--today", "2026-12-31").code == 0)
        let late = try check(mended, "--strict", "--today", "2027-01-01")
        #expect(late.code == 65)
        #expect(
            late.output.split(separator: "\n").count { $0.hasPrefix("  EXPIRED") } == gaps.count)
        #expect(try check(mended, "--today", "2027-01-01").code == 0)
    }

    @Test("a mine below the least licensed output of its province: standing halt, and still 0")
    func standingHalt() throws {
        let small = sample.replacing("450000", with: "299999")
        let answer = try check(try file("site.yaml", small))
        #expect(answer.code == 0)
        #expect(answer.output.contains("STANDING HALT: the licensed output of 299,999 t/yr"))
    }

    @Test("a missing file: 66, as JSON too")
    func missing() throws {
        let answer = try check(directory.file("nowhere.yaml"))
        #expect(answer.code == 66)
        #expect(answer.errors.contains("nowhere.yaml: cannot be read"))
        let machine = try check(directory.file("nowhere.yaml"), "--format", "json")
        #expect(machine.code == 66)
        let reason = try machine.json()["error"] as? String
        #expect(reason == "cannot be read: No such file or directory")
        #expect(try check("/").errors.contains("/: cannot be read: Is a directory"))
    }

    @Test("--schema prints a JSON Schema, and nothing else")
    func schema() throws {
        let answer = try check("--schema")
        #expect(answer.code == 0)
        #expect(try answer.json()["$schema"] is String)
    }

    @Test("wrong arguments: 64")
    func arguments() throws {
        let path = try file("site.yaml", sample)
        #expect(try check().code == 64)
        #expect(try check(path, path).code == 64)
        #expect(try check("--diff", path).code == 64)
        #expect(try check("--schema", path).code == 64)
        #expect(try check("--schema", "--diff", path, path).code == 64)
        #expect(try check("--diff", path, path, "--strict").code == 64)
        #expect(try check(path, "--today", "2026-02-30").code == 64)
        #expect(try check(path, "--format", "xml").code == 64)
    }

    @Test("--diff: 0 for the same judgement, be the bytes the same or not")
    func sameJudgement() throws {
        let path = try file("site.yaml", sample)
        let commented = try file("commented.yaml", sample + "# a comment\n")
        for new in [path, commented] {
            let answer = try check("--diff", path, new)
            #expect(answer.code == 0)
            #expect(answer.output.hasPrefix("cosmetic only"))
        }
        let named = try file("named.yaml", sample.replacing("Heading 101", with: "Heading 1O1"))
        let answer = try check("--diff", path, named)
        #expect(answer.code == 0)
        #expect(answer.output.contains("place H101 name: Heading 101 -> Heading 1O1"))
    }

    @Test("--diff: 1 when readings may be judged otherwise, and what differs")
    func differs() throws {
        let path = try file("site.yaml", sample)
        let slower = try file(
            "slower.yaml", sample.replacing("T1, interval: 1s", with: "T1, interval: 2s"))
        let answer = try check("--diff", path, slower)
        #expect(answer.code == 1)
        #expect(answer.output.contains("sensor H101-T1 interval: 1.0 s -> 2.0 s (laxer)"))
        let machine = try check("--diff", path, slower, "--format", "json")
        #expect(machine.code == 1)
        let report = try machine.json()
        #expect(report["format"] as? String == "firedamp-diff/1")
        #expect(report["same-judgement"] as? Bool == false)
        let change = try #require((report["changes"] as? [[String: Any]])?.first)
        #expect(change["id"] as? String == "H101-T1")
        #expect(change["key"] as? String == "interval")
        #expect(change["direction"] as? String == "laxer")
    }

    @Test("--diff of two broken files lists the problems of both, and a missing one is 66")
    func brokenDiff() throws {
        let (one, two) = (
            try file("one.yaml", sample + "a: 1\n"), try file("two.yaml", sample + "b: 1\n")
        )
        let answer = try check("--diff", one, two)
        #expect(answer.code == 65)
        #expect(answer.errors.contains("problem in \(one)"))
        #expect(answer.errors.contains("problem in \(two)"))
        let machine = try check("--diff", one, two, "--format", "json").json()
        for side in ["old", "new"] {
            let members = try #require(machine[side] as? [String: Any])
            #expect((members["problems"] as? [Any])?.count == 1)
        }
        #expect(try check("--diff", directory.file("nowhere.yaml"), two).code == 66)
        #expect(try check("--diff", two, directory.file("nowhere.yaml")).code == 66)
    }
}
