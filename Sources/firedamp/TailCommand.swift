import AdvisoryDelivery
import AdvisoryJournal
import ArgumentParser
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory

/// `firedamp tail`: the alert log as it grows, in colour, filtered.
struct TailCommand: ParsableCommand {
    /// When lines are coloured.
    enum Colour: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follow the alert log, through rotations, in colour on a terminal.")

    @Option(help: "State directory of the daemon.")
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(help: "Only lines of this mine.")
    var mine: String?

    @Option(
        help: "Only these severities, separated by commas: halt, alarm, warning, fault, notice...",
        transform: Self.severities)
    var severity: Set<Severity>?

    @Option(name: .shortAndLong, help: "How many of the lines that stand already are shown.")
    var lines = 10

    @Flag(inversion: .prefixedNo, help: "Go on as the log grows.")
    var follow = true

    @Option(
        help: "Why and what to do in this language: en or zh; otherwise as the log has it.",
        transform: Self.language)
    var language: Language?

    @Option(help: "auto, always or never.")
    var colour = Colour.auto

    func run() throws {
        let path = DaemonOptions.alertLogPath(stateDirectory: stateDir)
        if !follow, !FileManager.default.isReadableFile(atPath: path) {
            complain("\(path): cannot be read")
            throw Exit.noInput
        }
        var follower = LogFollower(path: path)
        show(follower.poll().filter(isWanted).suffix(max(0, lines)))
        while follow {
            // A tenth of a second: below what an operator notices, and no load.
            usleep(100_000)
            show(follower.poll().filter(isWanted)[...])
        }
    }

    private func isWanted(_ line: String) -> Bool {
        guard mine != nil || severity != nil else { return true }
        guard let fields = AlertFields(line: line) else { return false }
        return (mine ?? fields.mine) == fields.mine
            && severity?.contains(fields.severity) != false
    }

    private func show(_ lines: ArraySlice<String>) {
        guard !lines.isEmpty else { return }
        let isColoured = colour == .always || colour == .auto && isatty(STDOUT_FILENO) == 1
        let text = told(lines).map { isColoured ? coloured($0) : $0 }.joined(separator: "\n") + "\n"
        Terminal.write(text)
    }

    /// The lines in the language that was asked for. What the journal does not hold, or what
    /// may not be read here, stays as it is.
    private func told(_ lines: ArraySlice<String>) -> [String] {
        guard let language else { return Array(lines) }
        let numbers = Set(lines.compactMap { AlertFields(line: $0)?.number })
        let journal = JournalLookup(
            directory: DaemonOptions.journalPath(stateDirectory: stateDir))
        let entries = journal.entries(numbers)
        return lines.map { line in
            guard let number = AlertFields(line: line)?.number, let entry = entries[number] else {
                return line
            }
            return AlertLine.told(line, of: entry, in: language)
        }
    }

    static func language(_ text: String) throws -> Language {
        guard let language = Language(rawValue: text) else {
            let known = Language.allCases.map(\.rawValue).joined(separator: " and ")
            throw ValidationError("'\(text)' is no language; known are \(known)")
        }
        return language
    }

    private func coloured(_ line: String) -> String {
        guard let fields = AlertFields(line: line) else { return line }
        let code =
            switch fields.severity {
            case .halt: fields.transition == "GONE" ? "1;31" : "1;97;41"
            case .alarm: fields.transition == "GONE" ? "32" : "1;31"
            case .warning: "33"
            case .fault: fields.transition == "GONE" ? "32" : "1;35"
            case .notice: "36"
            case .heartbeat: "2"
            }
        return "\u{1b}[\(code)m\(line)\u{1b}[0m"
    }

    static func severities(_ text: String) throws -> Set<Severity> {
        try Set(
            text.split(separator: ",").map { word in
                guard let severity = Severity(rawValue: word.uppercased()) else {
                    let known = Severity.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("'\(word)' is no severity; known are \(known)")
                }
                return severity
            })
    }
}
