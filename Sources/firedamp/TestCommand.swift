import ArgumentParser
import Backtest
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription
import TraceReplay

/// `firedamp test RULES...`: unit tests for a site.
struct TestCommand: ParsableCommand {
    /// What the outcome is written in.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Test a site file: what is measured, and what must be told of it.",
        discussion: """
            A file of tests names its site file, what each sensor sends (0.4+0.02x60 _x5 nan dup \
            late 30s), what else happens, and what must have been told, found or stand open at \
            times; Deploy/samples/rules/README.md has every key. The tests run in virtual time.

            Exit codes: 0 all checks hold; 1 some do not, each with file, line and column and \
            what was there instead; 65 a file of tests or its site file is wrong; 66 one is \
            missing or cannot be read.
            """)

    @Argument(help: "The files of tests.")
    var rules: [String]

    @Option(help: "text, or json in the form firedamp-test/1.")
    var format = Format.text

    func run() throws {
        let files = rules.map { TestedFile($0) }
        switch format {
        case .text:
            for file in files { file.tell() }
        case .json:
            let json: JSONValue = [
                "format": "firedamp-test/1", "files": .list(files.map(\.json)),
            ]
            Terminal.write(json.rendered + "\n")
        }
        if let exit = files.compactMap(\.exit).first(where: { $0 != ExitCode(1) }) { throw exit }
        if files.contains(where: { $0.exit != nil }) { throw ExitCode(1) }
    }
}

/// A file of tests, read and run.
private struct TestedFile {
    private let path: String
    private var tests: [(test: RuleTest, failures: [RuleFailure])] = []
    /// Why it could not be run, as a person reads it.
    private var refusal: String?
    private var problems: [SiteProblem] = []
    /// What the command ends with for it; `nil` when all is well.
    private(set) var exit: ExitCode?

    init(_ path: String) {
        self.path = path
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            refusal = "\(path): cannot be read: \(reason(of: error))"
            exit = Exit.noInput
            return
        }
        do throws(SiteProblems) {
            let vocabulary = RuleFile.Vocabulary(
                severities: Severity.allCases.map(\.rawValue),
                transitions: Transition.allCases.map(\.rawValue), instant: TraceTimes.instant)
            run(try RuleFile.read(Array(data), name: path, vocabulary))
        } catch {
            refuse(error.list)
        }
    }

    private mutating func refuse(_ problems: [SiteProblem]) {
        self.problems = problems
        refusal = problems.map { $0.text(inFile: path) }.joined(separator: "\n")
        exit = Exit.badData
    }

    private mutating func run(_ file: RuleFile) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let sitePath =
            file.site.value.hasPrefix("/")
            ? file.site.value : folder.appendingPathComponent(file.site.value).relativePath
        let site: Site
        do {
            site = try loadSite(sitePath)
        } catch {
            refusal =
                "\(path):\(file.site.line):\(file.site.column): the site file cannot be used\n"
                + error.text(sitePath)
            exit = error.exit
            return
        }
        let run = RuleTestRun(site)
        let unknown = run.problems(of: file)
        guard unknown.isEmpty else { return refuse(unknown) }
        tests = file.tests.map { ($0, run.run($0)) }
        if tests.contains(where: { !$0.failures.isEmpty }) { exit = ExitCode(1) }
    }

    /// What went wrong on standard error, the outcome on standard output.
    func tell() {
        if let refusal { return complain(refusal) }
        for (_, failures) in tests {
            for (index, failure) in failures.enumerated() {
                let head =
                    "\(path):\(failure.line):\(failure.column): \(failure.test), at "
                    + "\(RuleTestRun.seconds(failure.at)): \(failure.message)"
                // What was told instead of several lines of one check is told behind the last.
                let next = index + 1 < failures.count ? failures[index + 1] : nil
                let isRepeated = next?.at == failure.at && next?.instead == failure.instead
                let instead = isRepeated ? [] : failure.instead
                complain(([head] + instead.map { "    \($0)" }).joined(separator: "\n"))
            }
        }
        let failed = tests.count { !$0.failures.isEmpty }
        let checks = tests.reduce(0) { $0 + $1.test.checks.count }
        let outcome =
            failed == 0
            ? "ok      \(path): \(counted(tests.count, "test")), \(counted(checks, "check"))"
            : "FAILED  \(path): \(failed) of \(counted(tests.count, "test"))"
        Terminal.write(outcome + "\n")
    }

    var json: JSONValue {
        [
            "file": .text(path), "ok": .bool(exit == nil), "error": .text(orNull: refusal),
            "problems": .list(problems.map(\.json)),
            "tests": .list(
                tests.map { test, failures in
                    [
                        "name": .text(test.name), "ok": .bool(failures.isEmpty),
                        "failures": .list(failures.map(json)),
                    ]
                }),
        ]
    }

    private func json(_ failure: RuleFailure) -> JSONValue {
        [
            "line": .number(Double(failure.line)), "column": .number(Double(failure.column)),
            "atSeconds": .number(failure.at), "message": .text(failure.message),
            "instead": .texts(failure.instead),
        ]
    }
}
