import AdvisoryDelivery
import Backtest
import SiteDescription

/// The outcome of files of tests as JUnit XML, in the part of it that every CI system reads: a
/// suite for each file, a case for each test, one failure for each that does not hold.
enum JUnitReport {
    static func text(_ files: [TestedFile]) -> String {
        let sums = files.map(Sums.init)
        let all = sums.reduce(Sums()) { $0 + $1 }
        var report = XMLText("testsuites", [("name", "firedamp test")] + all.attributes)
        for (file, sums) in zip(files, sums) {
            report.open("testsuite", [("name", file.path)] + sums.attributes)
            if let refusal = file.refusal { add(refusal, of: file, to: &report) }
            for (test, failures) in file.tests {
                report.open("testcase", names(test.name, file))
                if let first = failures.first {
                    report.add(
                        "failure", [("message", first.message), ("type", "check")],
                        lines: failures.indices.flatMap { file.words(failures, $0) })
                }
                report.close()
            }
            report.close()
        }
        return report.finished
    }

    /// A file that could not be run is a case of its own: no reader takes it for one without tests.
    private static func add(_ refusal: String, of file: TestedFile, to report: inout XMLText) {
        let lines = refusal.split(separator: "\n").map(String.init)
        report.open("testcase", names("the file can be run", file))
        report.add("error", [("message", lines.first ?? ""), ("type", "file")], lines: lines)
        report.close()
    }

    private static func names(_ name: String, _ file: TestedFile) -> [(String, String)] {
        [("name", name), ("classname", file.path), ("file", file.path)]
    }

    /// How many cases there are, and how many of them did not hold or could not be tried.
    private struct Sums {
        var tests = 0
        var failures = 0
        var errors = 0

        init() {}

        init(_ file: TestedFile) {
            errors = file.refusal == nil ? 0 : 1
            tests = file.tests.count + errors
            failures = file.tests.count { !$0.failures.isEmpty }
        }

        static func + (a: Sums, b: Sums) -> Sums {
            var sums = a
            sums.tests += b.tests
            sums.failures += b.failures
            sums.errors += b.errors
            return sums
        }

        var attributes: [(String, String)] {
            [("tests", "\(tests)"), ("failures", "\(failures)"), ("errors", "\(errors)")]
        }
    }
}
