import AdvisoryDelivery
import ArgumentParser
import Foundation
import GasModel
import ReadingRecord
import SensorWire
import SiteDescription

/// `firedamp gaps`: what was not seen, shift by shift.
struct GapsCommand: ParsableCommand {
    /// How the answer is laid out.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "gaps",
        abstract: "Were you blind? What was not seen, shift by shift and place by place.",
        discussion: """
            Reads the gap ledger and the journal of a state directory; a daemon may run or not. \
            BLIND counts the seconds in which some of a place was not seen: the broker out of \
            reach (LINK), the daemon not running (DOWN) or standing still (STALL), a GATEWAY \
            gone, a SENSOR silent. MISSING counts readings by the gateways' numbers, UNPROVEN \
            numbers that were left out by a gateway whose numbers prove nothing.

            Exit codes: 0 nothing was missed; 1 something was; 66 there is no ledger.
            """)

    @Option(help: "State directory of the daemon.")
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(help: "Since when: RFC 3339, or so long ago: 90m, 24h, 7d.")
    var since = "24h"

    @Option(help: "Until when, in the same forms; the default is now.")
    var until: String?

    @Option(help: "Shifts: 8h from midnight, or when they begin: 06:00,14:00,22:00.")
    var shift = "8h"

    @Option(help: "Only this sensor.")
    var sensor: String?

    @Option(help: "Only this place.")
    var place: String?

    @Option(help: "table or json.")
    var format = Format.table

    func validate() throws {
        let question = try question(now: now())
        guard question.since < question.until else {
            throw ValidationError("--since must be before --until")
        }
    }

    func run() throws {
        let question = try question(now: now())
        let history: GapHistory?
        do {
            history = try GapHistory.read(
                stateDirectory: stateDir, since: question.since, until: question.until)
        } catch {
            complain("\(error)")
            throw Exit.noInput
        }
        guard let history else {
            complain("\(stateDir)/gaps: there is no gap ledger")
            throw Exit.noInput
        }
        let report = GapReport(history, question) { LocalTime.offsetSeconds(at: $0) }
        switch format {
        case .table: print(table(report))
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        if report.hasMissed { throw ExitCode(1) }
    }

    private func now() -> Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    }

    private func question(now: Timestamp) throws -> GapReport.Question {
        guard let shifts = ShiftPlan(shift) else {
            throw ValidationError(
                "--shift takes 8h or the like, of which a day has a whole number, or the times at "
                    + "which shifts begin in rising order: 06:00,14:00,22:00")
        }
        return GapReport.Question(
            since: try instant(since, "--since", now: now),
            until: try until.map { try instant($0, "--until", now: now) } ?? now, shifts: shifts,
            sensor: sensor, place: place)
    }

    private func instant(_ text: String, _ option: String, now: Timestamp) throws -> Timestamp {
        if let time = RFC3339.parse(Array(text.utf8).span) { return time }
        let seconds: [Character: Double] = ["m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ seconds[$0] }), let count = Double(text.dropLast()),
            count > 0, count * unit < 3e9
        else {
            throw ValidationError(
                "\(option) takes an RFC 3339 time, or how long ago: 90m, 24h, 7d; not '\(text)'")
        }
        return now.advanced(byNanoseconds: -Int64(count * unit * 1e9))
    }

    private func table(_ report: GapReport) -> String {
        let causes = BlindSpan.Cause.allCases.map(\.rawValue)
        let header =
            ["SHIFT", "PLACE", "SEEN", "BLIND"] + causes.map { $0.uppercased() }
            + ["MISSING", "LATE", "UNPROVEN", "DOUBLE", "DISORDER", "REBOOTS", "WORST"]
        let rows = report.rows.map { row in
            [row.from, row.place, whole(row.seen), whole(row.blind)]
                + causes.map { whole(row.causes[$0] ?? 0) }
                + [
                    row.missing, row.late, row.unproven, row.duplicates, row.reordered, row.reboots,
                ].map { String($0) } + [row.worst ?? "-"]
        }
        let right = Set(2..<header.count - 1)
        let lines = aligned([header] + rows, rightAligned: right)
        return (lines + report.shifts.flatMap(notes)).joined(separator: "\n")
    }

    /// What belongs to no place, in words; nothing where there was nothing.
    private func notes(_ shift: GapReport.Shift) -> [String] {
        var notes: [String] = []
        if shift.losses > 0 { notes.append("the broker lost our session \(shift.losses) times") }
        if shift.overload > 0 {
            notes.append("nothing was read for \(whole(shift.overload)) s: the ring was full")
        }
        if shift.unrecorded > 0 { notes.append("\(shift.unrecorded) records are not in raw") }
        notes += shift.clockSteps.map { "the clock was set by \($0) s" }
        notes += shift.elsewhere
        notes += shift.refused.sorted { $0.key < $1.key }.map { "\($0.value) refused: \($0.key)" }
        return notes.map { "\(shift.from)  \($0)" }
    }

    /// Whole seconds; what is not nothing is not shown as nothing.
    private func whole(_ seconds: Double) -> String {
        seconds > 0 ? String(max(1, Int(seconds.rounded()))) : "0"
    }
}
