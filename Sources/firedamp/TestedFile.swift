import ArgumentParser
import Backtest
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription
import TraceReplay

/// A file of tests, read and run.
struct TestedFile {
    let path: String
    private(set) var tests: [(test: RuleTest, failures: [RuleFailure])] = []
    /// The site file that it names, from here.
    private(set) var sitePath: String?
    /// Why it could not be run, as a person reads it.
    private(set) var refusal: String?
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
        self.sitePath = sitePath
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
            for index in failures.indices {
                complain(words(failures, index).joined(separator: "\n"))
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

    /// One failure of a test in lines, with its place.
    func words(_ failures: [RuleFailure], _ index: Int) -> [String] {
        let failure = failures[index]
        let head =
            "\(path):\(failure.line):\(failure.column): \(failure.test), at "
            + "\(RuleTestRun.seconds(failure.at)): \(failure.message)"
        // What was told instead of several lines of one check is told behind the last.
        let next = index + 1 < failures.count ? failures[index + 1] : nil
        let isRepeated = next?.at == failure.at && next?.instead == failure.instead
        return [head] + (isRepeated ? [] : failure.instead).map { "    \($0)" }
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
