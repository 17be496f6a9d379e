import AdvisoryJournal
import ArgumentParser
import Foundation
import GasModel
import HaltAdvisory

/// `firedamp alarms`: how much the alarms of a span asked of the operators.
struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "The load of alarms on each operator position, in the figures of EEMUA 191.",
        discussion: """
            Counts the alarms of the journal: by position, in the worst ten minutes, in floods; \
            the most frequent, those that chatter or are over at once, and those that have stood \
            for more than a day. Works without a running daemon. The targets are those that are \
            commonly quoted of EEMUA 191 and ISA-18.2.
            """)

    @Option(help: "State directory of the daemon.")
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(help: "The site file whose districts name the operator positions.")
    var site: String?

    @Option(
        help: "From when on: a time, or 90min, 8h, 2d ago; a day before the end if not said.",
        transform: TimeWords.since)
    var since: Timestamp?

    @Option(help: "Until when, in the same words; now if not said.", transform: TimeWords.since)
    var until: Timestamp?

    @Option(help: "How the answer is written: table or json.")
    var format = AnswerFormat.table

    func run() throws {
        let site = try self.site.map { try readSite($0) }
        let end = try until ?? TimeWords.since("0s")
        let from = since ?? end.advanced(byNanoseconds: -86_400_000_000_000)
        guard from < end else { throw ValidationError("--since is not before --until") }
        var counter = AlarmCounter(from: from, site: site)
        let journal = try readEntries(stateDir)
        for (_, entry) in journal.entries where entry.decidedAt < end { counter.take(entry) }
        let report = counter.report(to: end)
        switch format {
        case .table: print(report.text)
        case .json: try writeJSON(report)
        }
    }
}

extension AlarmReport {
    /// The report for a person.
    fileprivate var text: String {
        var lines = ["from \(from) to \(to): \(alarms) alarms", ""]
        lines.append(Self.row(["position", "alarms", "worst 10 min", "floods", "in flood"]))
        lines += positions.map {
            Self.row([
                $0.name, "\($0.alarms)", "\($0.worstTenMinutes)", "\($0.floods)",
                "\($0.floodSeconds) s",
            ])
        }
        if positions.isEmpty { lines.append("none") }
        let order = ["HALT", "ALARM", "WARNING", "FAULT"]
        lines += [
            "",
            "by severity: " + order.map { "\($0) \(severities[$0] ?? 0)" }.joined(separator: ", "),
        ]
        lines.append(Self.list("most frequent", mostFrequent.map(\.text)))
        lines.append(Self.list("chattering (3 or more in a minute)", chattering.map(\.text)))
        lines.append("over within 10 s: \(fleeting); put aside: \(shelved)")
        lines.append(Self.list("stale (more than a day)", stale))
        return lines.joined(separator: "\n")
    }

    private static func list(_ title: String, _ items: [String]) -> String {
        items.isEmpty ? "\(title): none" : "\(title):\n  " + items.joined(separator: "\n  ")
    }

    private static func row(_ cells: [String]) -> String {
        let first = cells[0] + String(repeating: " ", count: max(1, 24 - cells[0].count))
        return first
            + cells.dropFirst().map { cell in
                String(repeating: " ", count: max(1, 14 - cell.count)) + cell
            }.joined()
    }
}

extension AlarmReport.Tag {
    fileprivate var text: String { "\(count) x \(subject) \(rule)" }
}
