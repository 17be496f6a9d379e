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

    @Option(help: "From when on, RFC 3339; a day before the end if not said.")
    var since: Instant?

    @Option(help: "Until when, RFC 3339; now if not said.")
    var until: Instant?

    @Option(help: "text or json.")
    var format = CheckCommand.Format.text

    func run() throws {
        let site = try self.site.map(readSite)
        let end = (until ?? .now).time
        let from = since?.time ?? end.advanced(byNanoseconds: -86_400_000_000_000)
        guard from < end else { throw ValidationError("--since is not before --until") }
        var counter = AlarmCounter(from: from, site: site)
        let path = stateDir + "/journal/" + AdvisoryJournal.fileName
        guard FileManager.default.isReadableFile(atPath: path) else {
            complain("\(path): cannot be read")
            throw Exit.noInput
        }
        let contents = try readJournal(path: path)
        if let damage = contents.damage { complain("\(damage); counted is what stands before it") }
        for line in contents.lines where line.record.entry.decidedAt < end {
            counter.take(line.record.entry)
        }
        let report = counter.report(to: end)
        switch format {
        case .text: print(report.text)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
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
