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

    @OptionGroup var control: ControlArguments

    func run() throws {
        let history = try find()
        if document {
            let document = try document(history.id, site: site, in: control.language)
            switch control.format {
            case .json: print(String(decoding: try document.json(isPretty: true), as: UTF8.self))
            case .table: Terminal.write(document.text(width: Terminal.columns) + "\n")
            }
            return
        }
        var answer: ControlAnswer?
        if history.stage != .closed {
            let client = ControlClient(stateDirectory: control.stateDir)
            answer = try? client.ask(
                ControlRequest(.show, advisory: history.id, in: control.language),
                seconds: control.wait)
        }
        let standing = answer?.advisory
        switch control.format {
        case .json:
            try writeJSON(
                ShowDocument(
                    id: history.id, stage: history.stage.rawValue, next: standing?.next,
                    releaseLacks: standing?.lacks, lines: history.lines.map(said)))
        case .table:
            let language = control.language ?? answer?.language ?? .english
            Terminal.write(text(history, standing, in: language))
        }
    }

    /// A line in the language that was asked for; as it was told where none was.
    private func said(_ line: AdvisoryHistory.Line) -> AdvisoryHistory.Line {
        var said = line
        if let language = control.language { said.entry = line.entry.said(in: language) }
        return said
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

    private func text(
        _ history: AdvisoryHistory, _ standing: ControlStatus.Advisory?, in language: Language
    ) -> String {
        func say(_ phrase: Phrase) -> String { [phrase].saidAnyway(in: language) }
        let width = Terminal.columns
        let last = history.last
        let place = last.place.map { say(Phrase("in-place", $0)) } ?? ""
        let stage = Phrase.term(history.stage.rawValue)
        let title = Phrase("remark", "\(last.severity.rawValue) \(history.id)\(place)", stage)
        var text = Terminal.coloured(say(title), last.severity) + "\n"
        let lines = history.lines.map(said)
        let rows = lines.map { line in
            [
                "#\(line.number)", TimeWords.local(line.entry.decidedAt),
                line.entry.transition.rawValue,
                line.entry.advisory.map { say(Phrase("revision-number", $0.revision)) } ?? "",
            ]
        }
        for (line, head) in zip(lines, aligned(rows)) {
            text += "\n  \(head)\n" + wrapped(line.entry.why, first: "      ", width: width)
            guard let act = line.entry.act else { continue }
            let who = [Phrase.term(act.duty), act.login.map { Phrase("login", $0) }]
            text += wrapped(
                say(Phrase("act-by", act.by, Phrase.list(who.compactMap { $0 }), act.at)),
                first: "      ", width: width)
        }
        return text + "\n" + outlook(history, standing, width, say)
    }

    private func outlook(
        _ history: AdvisoryHistory, _ standing: ControlStatus.Advisory?, _ width: Int,
        _ say: (Phrase) -> String
    ) -> String {
        guard history.stage != .closed else { return say(.term("closed")) + "\n" }
        guard let standing else { return say(Phrase("next-unknown")) + "\n" }
        var text = wrapped(say(Phrase("next", standing.next)), width: width)
        if let lacks = standing.lacks {
            text += say(lacks.isEmpty ? Phrase("lacks-nothing") : Phrase("still-lacks")) + "\n"
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
