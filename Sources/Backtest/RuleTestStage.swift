internal import GasModel
internal import GasPipeline
internal import HaltAdvisory
internal import SiteDescription

extension RuleTestRun {
    /// The judge of one test, and what was told and found since its last check.
    struct Stage {
        var judge: MineJudge
        /// Seconds of the last check.
        private var since = 0.0
        private var start: Timestamp?
        private var told: [Entry] = []
        private var found: [Entry] = []

        private struct Entry {
            var words: [String]
            var at: Timestamp
        }

        init(judge: MineJudge) { self.judge = judge }

        mutating func take(_ record: Reading) {
            if start == nil { start = record.arrivalTime }
            let site = judge.book.site
            judge.take(record) { finding, announcement in
                if let finding {
                    found.append(
                        Entry(
                            words: [
                                finding.rule.rawValue, finding.change.rawValue,
                                Self.subject(finding, site),
                            ], at: finding.arrivalTime))
                }
                guard let announcement else { return }
                told.append(
                    Entry(
                        words: [
                            announcement.severity.rawValue, announcement.transition.rawValue,
                            announcement.subject,
                        ], at: announcement.decidedAt))
            }
        }

        /// From here on things count for the next check.
        mutating func begin(at seconds: Double) {
            since = seconds
            told = []
            found = []
        }

        func failures(of check: RuleTest.Check, in test: RuleTest) -> [RuleFailure] {
            var failures: [RuleFailure] = []
            func fail<Value>(_ place: Placed<Value>, _ message: String, _ instead: [String]) {
                failures.append(
                    RuleFailure(
                        line: place.line, column: place.column, test: test.name, at: check.at,
                        message: message, instead: instead))
            }
            for wanted in Self.missing(check.told, in: told) {
                fail(wanted, "not told: \(Self.text(wanted.value))", shown(told, "was told"))
            }
            for wanted in Self.missing(check.findings, in: found) {
                fail(wanted, "not found: \(Self.text(wanted.value))", shown(found, "was found"))
            }
            for unwanted in check.notTold {
                let lines = told.filter { $0.words.starts(with: unwanted.value) }
                guard !lines.isEmpty else { continue }
                fail(unwanted, "told: \(Self.text(unwanted.value))", shown(lines, "was told"))
            }
            if let open = check.open { compare(open, fail) }
            return failures
        }

        /// Exactly these advisories are open.
        private func compare(
            _ wanted: Placed<[[String]]>, _ fail: (Placed<[[String]]>, String, [String]) -> Void
        ) {
            let open = judge.book.open.map { [$0.advisory?.rule ?? "", $0.subject] }
            let missing = wanted.value.filter { !open.contains($0) }
            let extra = open.filter { !wanted.value.contains($0) }
            guard !missing.isEmpty || !extra.isEmpty else { return }
            fail(
                wanted, "open are other advisories",
                missing.map { "- \(Self.text($0))" } + extra.map { "+ \(Self.text($0))" })
        }

        /// Those of `wanted` that do not occur in this order.
        private static func missing(
            _ wanted: [Placed<[String]>], in entries: [Entry]
        ) -> [Placed<[String]>] {
            var rest = entries[...]
            return wanted.filter { phrase in
                guard let at = rest.firstIndex(where: { $0.words == phrase.value }) else {
                    return true
                }
                rest = rest[(at + 1)...]
                return false
            }
        }

        private func shown(_ entries: [Entry], _ verb: String) -> [String] {
            let linesMax = 20
            let from = "since \(RuleTestRun.seconds(since))"
            if entries.isEmpty { return ["nothing \(verb) \(from)"] }
            let lines = entries.prefix(linesMax).map { entry in
                "+ \(RuleTestRun.seconds(entry.at.seconds(since: start ?? entry.at))) "
                    + Self.text(entry.words)
            }
            let rest = entries.count - linesMax
            return ["\(verb) \(from):"] + lines + (rest > 0 ? ["and \(rest) more"] : [])
        }

        private static func text(_ words: [String]) -> String { words.joined(separator: " ") }

        private static func subject(_ finding: Finding, _ site: Site) -> String {
            switch finding.subject {
            case .sensor(let index):
                Int(index) < site.sensors.count ? site.sensors[Int(index)].id : "-"
            case .place(let id), .gateway(let id): id
            case .link: Announcement.linkSubject
            }
        }
    }

    /// `61s`, `0.5s`.
    package static func seconds(_ value: Double) -> String {
        let text = fixed(value, 3)
        let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()
        return (value == value.rounded() ? fixed(value, 0) : String(short)) + "s"
    }
}
