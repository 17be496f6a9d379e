import AdvisoryJournal
import ArgumentParser
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription

/// `firedamp show ID`: who did what when, and what the release still lacks.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything that the journal tells of an advisory.",
        discussion: """
            What its release still lacks is asked of the running daemon; all else is read from the \
            journal. With --document the advisory's document in twelve parts, from the journal, \
            the gap ledger and the site file; as JSON it satisfies \
            Deploy/schema/advisory-1.schema.json. Exit codes: 0 done; 64 wrong arguments; 65 the \
            site file is wrong, or of another mine; 66 no such advisory, more than one, or no \
            journal.
            """)

    @Argument(
        help: "The advisory, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Flag(help: "The document in twelve parts, in place of the history.")
    var document = false

    @Option(help: "With --document: the site file.")
    var site = "/etc/firedamp/site.yaml"

    @Option(
        help: "With --document: en or zh; the language of the site if not said.",
        transform: TailCommand.language)
    var language: Language?

    @OptionGroup var control: ControlArguments

    func run() throws {
        let history = try find()
        if document {
            let document = try document(history.id, site: site, in: language)
            switch control.format {
            case .json: print(String(decoding: try document.json(isPretty: true), as: UTF8.self))
            case .table: Terminal.write(document.text(width: Terminal.columns) + "\n")
            }
            return
        }
        var standing: ControlStatus.Advisory?
        if history.stage != .closed {
            let client = ControlClient(stateDirectory: control.stateDir)
            standing =
                (try? client.ask(
                    ControlRequest(.show, advisory: history.id), seconds: control.wait))?.advisory
        }
        switch control.format {
        case .json:
            try writeJSON(
                ShowDocument(
                    id: history.id, stage: history.stage.rawValue, next: standing?.next,
                    releaseLacks: standing?.lacks, lines: history.lines))
        case .table: Terminal.write(text(history, standing))
        }
    }

    private func find() throws -> AdvisoryHistory {
        let all = try AdvisoryHistory.all(stateDirectory: control.stateDir)
        if let exact = all.first(where: { $0.id == id }) { return exact }
        let fitting = id.isEmpty ? [] : all.filter { $0.id.contains(id) }
        // Whoever shortens means what stands open, where only one does.
        let open = fitting.filter { $0.stage != .closed }
        if let one = fitting.count == 1 ? fitting.first : open.count == 1 ? open.first : nil {
            return one
        }
        if fitting.isEmpty {
            complain("the journal has no advisory '\(id)'")
        } else {
            complain("'\(id)' fits \(fitting.count):")
            for history in fitting.suffix(10) { complain("  \(history.id)") }
        }
        throw Exit.noInput
    }

    private func text(_ history: AdvisoryHistory, _ standing: ControlStatus.Advisory?) -> String {
        let width = Terminal.columns
        let last = history.last
        let place = last.place.map { " in \($0)" } ?? ""
        var text =
            Terminal.coloured(
                "\(last.severity.rawValue) \(history.id)\(place): \(history.stage.rawValue)",
                last.severity) + "\n"
        let rows = history.lines.map { line in
            [
                "#\(line.number)", TimeWords.local(line.entry.decidedAt),
                line.entry.transition.rawValue,
                line.entry.advisory.map { "revision \($0.revision)" } ?? "",
            ]
        }
        for (line, head) in zip(history.lines, aligned(rows)) {
            text += "\n  \(head)\n" + wrapped(line.entry.why, first: "      ", width: width)
            guard let act = line.entry.act else { continue }
            let login = act.login.map { ", login \($0)" } ?? ""
            text += wrapped(
                "by \(act.by) (\(act.duty)\(login)) at \(act.at)", first: "      ", width: width)
        }
        return text + "\n" + outlook(history, standing, width)
    }

    private func outlook(
        _ history: AdvisoryHistory, _ standing: ControlStatus.Advisory?, _ width: Int
    ) -> String {
        guard history.stage != .closed else { return "closed\n" }
        guard let standing else {
            return "what comes next only a running daemon knows, and none answers\n"
        }
        var text = wrapped("next: \(standing.next)", width: width)
        if let lacks = standing.lacks {
            text += lacks.isEmpty ? "the release lacks nothing\n" : "the release still lacks:\n"
            for reason in lacks { text += wrapped(reason, first: "  - ", width: width) }
        }
        return text
    }

    private struct ShowDocument: Encodable {
        var format = "firedamp-show/1"
        var id: String
        var stage: String
        var next: String?
        var releaseLacks: [String]?
        var lines: [AdvisoryHistory.Line]
    }
}
