import AdvisoryDelivery
import ArgumentParser
import DaemonRuntime
import Foundation
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
        guard let status = try control.ask(ControlRequest(.status)).status else {
            complain("the daemon's answer is of another version")
            throw Exit.software
        }
        switch control.format {
        case .json: try writeJSON(StatusDocument(proven: status.isProven, status: status))
        case .table: Terminal.write(StatusText(status).text)
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
    private let width = Terminal.columns

    init(_ status: ControlStatus) { self.status = status }

    var text: String {
        let mine = status.assessment.mine
        var text = Terminal.coloured(
            wrapped(
                "MINE \(mine.code) \(mine.name): \(words(mine.verdict)) at \(status.at)",
                width: width), colour(mine.verdict))
        text += "\nPLACES\n" + areas(status.assessment.places)
        if !status.assessment.districts.isEmpty {
            text += "\nDISTRICTS\n" + areas(status.assessment.districts)
        }
        text += "\nOPEN (\(status.advisories.count))\n"
        for advisory in status.advisories { text += self.text(advisory) }
        return text + "\nDAEMON\n" + daemon
    }

    private func areas(_ areas: [Assessment.Area]) -> String {
        let lines = aligned(areas.map { [$0.code, words($0.verdict), $0.name] })
        return zip(areas, lines).map { area, line in
            var text = Terminal.coloured("  \(line)", colour(area.verdict)) + "\n"
            for evidence in area.evidence.prefix(Self.evidenceMax) {
                let from = evidence.from.map { "from \($0): " } ?? ""
                text += wrapped("\(from)\(evidence.text)", first: "    - ", width: width)
            }
            let more = area.evidence.count - Self.evidenceMax
            return text + (more > 0 ? "    - and \(more) more (--format json has all)\n" : "")
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
            text += "      put aside for \(TimeWords.length(seconds)) more\n"
        }
        return text + wrapped("next: \(advisory.next)", first: "      ", width: width)
    }

    private var daemon: String {
        let (flow, journal) = (status.flow, status.journal)
        var rows = [
            [
                "broker", status.link.isUp ? "connected" : "OUT OF REACH",
                status.link.lastContact.map { "last contact \($0)" } ?? "no contact yet",
            ],
            [
                "readings", "\(hundredths(flow.readingsPerSecond))/s",
                "\(flow.heard) of \(flow.watched) sensors heard, \(flow.refused) refused, ring "
                    + "\(Int((flow.ringFill * 100).rounded())) % full",
            ],
            [
                "journal", journal.fault == nil ? "#\(journal.number)" : "FAILING",
                journal.fault.map { "\($0); \(journal.waiting) wait" } ?? "written and synced",
            ],
        ]
        rows += status.outlets.map { outlet in
            [
                outlet.name, outlet.health.rawValue,
                ["\(outlet.waiting) waiting", outlet.since.map { "since \($0)" }, outlet.reason]
                    .compactMap { $0 }.joined(separator: ", "),
            ]
        }
        rows.append(["site", String(status.site.prefix(12)), "of the site file that holds"])
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
