import AdvisoryDelivery
import ArgumentParser
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription

/// `firedamp status`: is gas control proven, and what is to be done?
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether gas control is proven, what stands open, and how the daemon does.",
        discussion: """
            Exit codes: 0 everything is proven, the broker is reached and the journal is written; \
            1 anything else; 64 wrong arguments; 69 no daemon runs; 75 no answer in time; 77 not \
            allowed to ask.
            """)

    @OptionGroup var control: ControlArguments

    func run() throws {
        let answer = try control.ask(ControlRequest(.status))
        guard let status = answer.status else {
            complain("the daemon's answer is of another version")
            throw Exit.software
        }
        switch control.format {
        case .json: try writeJSON(StatusDocument(proven: status.isProven, status: status))
        case .table: Terminal.write(StatusText(status, in: answer.language).text)
        }
        if !status.isProven { throw ExitCode(1) }
    }

    private struct StatusDocument: Encodable {
        var format = "firedamp-status/1"
        var proven: Bool
        var status: ControlStatus
    }
}

/// A status as a person reads it.
struct StatusText {
    /// Most evidence that is shown of one place; JSON holds it all.
    private static let evidenceMax = 3

    private let status: ControlStatus
    private let language: Language
    private let width = Terminal.columns

    init(_ status: ControlStatus, in language: Language) {
        self.status = status
        self.language = language
    }

    var text: String {
        let mine = status.assessment.mine
        let title = Phrase(
            "status-title", mine.code, mine.name, Phrase.term(words(mine.verdict)), status.at)
        var text = Terminal.coloured(wrapped(say(title), width: width), colour(mine.verdict))
        text += "\n\(word("PLACES"))\n" + areas(status.assessment.places)
        if !status.assessment.districts.isEmpty {
            text += "\n\(word("DISTRICTS"))\n" + areas(status.assessment.districts)
        }
        text += "\n" + say(Phrase("status-open", status.advisories.count)) + "\n"
        for advisory in status.advisories { text += self.text(advisory) }
        return text + "\n\(word("DAEMON"))\n" + daemon
    }

    private func say(_ phrase: Phrase) -> String { [phrase].saidAnyway(in: language) }

    private func word(_ term: String) -> String { say(.term(term)) }

    private func areas(_ areas: [Assessment.Area]) -> String {
        let lines = aligned(areas.map { [$0.code, word(words($0.verdict)), $0.name] })
        return zip(areas, lines).map { area, line in
            var text = Terminal.coloured("  \(line)", colour(area.verdict)) + "\n"
            for evidence in area.evidence.prefix(Self.evidenceMax) {
                let shown =
                    evidence.from.map { say(Phrase("from-place", $0, evidence.text)) }
                    ?? evidence.text
                text += wrapped(shown, first: "    - ", width: width)
            }
            let more = area.evidence.count - Self.evidenceMax
            return text + (more > 0 ? "    - \(say(Phrase("more-evidence", more)))\n" : "")
        }.joined()
    }

    private func text(_ advisory: ControlStatus.Advisory) -> String {
        let last = advisory.last
        let head = [
            padded(last.severity.rawValue, to: 7), padded(advisory.stage, to: 12),
            padded(TimeWords.length(advisory.ageSeconds), to: 8),
            padded(last.place ?? "-", to: 8), last.advisory?.id ?? "",
        ]
        var text = Terminal.coloured("  " + head.joined(separator: " "), last.severity) + "\n"
        text += wrapped(last.why, first: "      ", width: width)
        if let seconds = advisory.shelvedSeconds {
            text += "      \(say(Phrase("aside-for", TimeWords.length(seconds))))\n"
        }
        return text + wrapped(say(Phrase("next", advisory.next)), first: "      ", width: width)
    }

    private var daemon: String {
        let (flow, journal) = (status.flow, status.journal)
        var rows = [
            [
                word("broker"), word(status.link.isUp ? "connected" : "OUT OF REACH"),
                status.link.lastContact.map { say(Phrase("last-contact", $0)) }
                    ?? word("no contact yet"),
            ],
            [
                word("readings"), say(Phrase("per-second", hundredths(flow.readingsPerSecond))),
                say(
                    Phrase(
                        "flow", flow.heard, flow.watched, "\(flow.refused)",
                        Int((flow.ringFill * 100).rounded()))),
            ],
            [
                word("journal"), journal.fault == nil ? "#\(journal.number)" : word("FAILING"),
                journal.fault.map { say(Phrase("journal-waits", $0, journal.waiting)) }
                    ?? word("written and synced"),
            ],
        ]
        rows += flow.ringFault.map { [[word("ring"), word("IN MEMORY"), $0]] } ?? []
        rows += status.outlets.map { outlet in
            [
                outlet.name, word(outlet.health.rawValue),
                say(
                    .list(
                        [
                            Phrase("waiting", outlet.waiting),
                            outlet.since.map { Phrase("since", $0) },
                            outlet.reason.map { Phrase.verbatim($0) },
                        ].compactMap { $0 })),
            ]
        }
        rows.append([
            word("site"), String(status.site.prefix(12)), word("of the site file that holds"),
        ])
        return aligned(rows).map { "  \($0)\n" }.joined()
    }

    private func words(_ verdict: Verdict) -> String {
        switch verdict {
        case .proven: "PROVEN"
        case .doubtful: "DOUBTFUL"
        case .notProven: "NOT PROVEN"
        }
    }

    private func colour(_ verdict: Verdict) -> Severity {
        switch verdict {
        case .proven: .heartbeat
        case .doubtful: .fault
        case .notProven: .halt
        }
    }
}
