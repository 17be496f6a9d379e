import ArgumentParser
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription

/// `firedamp advisories`: what the journal holds, with or without a daemon.
struct AdvisoriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advisories", abstract: "List the advisories of the journal.",
        discussion: """
            Read from the files of the state directory; a daemon need not run. Exit codes: 0 \
            done; 64 wrong arguments; 66 there is no journal, or it cannot be read.
            """)

    @Option(help: "State directory of the daemon.", completion: .directory)
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(
        help: "Only those of which something was told since then: a time, or 90min, 8h, 2d ago.",
        transform: TimeWords.since)
    var since: Timestamp?

    @Flag(help: "Only those that stand open.")
    var open = false

    @Option(
        help: "Only these severities, separated by commas: halt, alarm, warning, fault, notice.",
        transform: TailCommand.severities)
    var severity: Set<Severity>?

    @Option(help: "How the answer is written: table or json.")
    var format = AnswerFormat.table

    func run() throws {
        let found = try AdvisoryHistory.all(stateDirectory: stateDir).filter { history in
            (since.map { history.last.decidedAt >= $0 } ?? true)
                && (!open || history.stage != .closed)
                && (severity?.contains(history.last.severity) ?? true)
        }
        switch format {
        case .json:
            try writeJSON(ListDocument(advisories: found.map(Row.init)))
        case .table:
            let rows = found.map { history -> [String] in
                let last = history.last
                return [
                    last.severity.rawValue, history.stage.rawValue,
                    TimeWords.local(history.lines[0].entry.decidedAt), last.place ?? "-",
                    last.advisory?.answers?.last?.by ?? "-", history.id,
                ]
            }
            let head = ["SEVERITY", "STAGE", "RAISED", "PLACE", "ANSWERED BY", "ID"]
            for (index, line) in aligned([head] + rows).enumerated() {
                Terminal.write(
                    (index == 0 ? line : Terminal.coloured(line, found[index - 1].last.severity))
                        + "\n")
            }
        }
    }

    private struct ListDocument: Encodable {
        var format = "firedamp-advisories/1"
        var advisories: [Row]
    }

    private struct Row: Encodable {
        var id: String
        var stage: String
        var raisedAt: String
        var last: Announcement

        init(_ history: AdvisoryHistory) {
            id = history.id
            stage = history.stage.rawValue
            raisedAt = history.lines[0].entry.at
            last = history.last
        }
    }
}
