import AdvisoryJournal
import ArgumentParser
import Foundation
import GasModel
import TraceReplay

/// `firedamp export`: a span of the journal for an auditor, with its proof.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a span of the journal into one file that can be checked anywhere.",
        discussion: """
            The file holds the lines as they stand in the journal, and behind them the lines up to \
            the journal's end, because only they prove that the span belongs to the journal that \
            has this end. `firedamp verify --export FILE --head HASH` checks it on another \
            machine; the head is in the MQTT status and in what `firedamp verify` prints.

            Exit codes: 0 done; 65 the journal is damaged at or behind the span; 66 there is no \
            journal, or no line in the span; 73 the file cannot be written; 75 a segment went \
            away meanwhile, try again.
            """)

    @Option(help: "Lines decided at this instant or later, as in 2026-03-02T08:00:00+08:00.")
    var from: String

    @Option(help: "Lines decided before this instant.")
    var to: String

    @Option(help: "State directory of the daemon, or a directory with a journal's files.")
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(help: "The file to write; standard output unless said otherwise.")
    var out: String?

    @Flag(inversion: .prefixedNo, help: "Give the lines behind the span too, up to the head.")
    var proof = true

    func validate() throws { _ = try (instant(from, "--from"), instant(to, "--to")) }

    func run() throws {
        let place = JournalPlace(stateDir)
        do {
            let export = try JournalExport(
                directory: place.directory, from: instant(from, "--from"), to: instant(to, "--to"),
                hasProof: proof, isLive: place.isLive)
            let file = try LineFile(out)
            let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e3) * 1_000_000)
            try export.write(now: now) { try file.write($0) }
            try file.finish()
        } catch let error as FileError {
            complain("\(error)")
            throw Exit.noInput
        } catch let error as ExportFailure {
            complain("\(error)")
            switch error {
            case .empty: throw Exit.noInput
            case .damaged: throw Exit.badData
            case .changed: throw Exit.tryAgain
            }
        }
    }

    private func instant(_ text: String, _ option: String) throws -> Timestamp {
        guard let time = TraceTimes.instant(text) else {
            throw ValidationError(
                "\(option) takes an instant as in 2026-03-02T08:00:00+08:00, not '\(text)'")
        }
        return time
    }
}
