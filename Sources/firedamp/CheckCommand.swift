import ArgumentParser
import Foundation
import GasModel
import SiteDescription

/// `firedamp check SITE`: is this site file right, and what does it say?
struct CheckCommand: ParsableCommand {
    /// What the answer is written in.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a site file and show what will be judged by it, or compare two.",
        usage: """
            firedamp check SITE [--format text|json] [--strict] [--today YYYY-MM-DD]
            firedamp check --diff OLD NEW [--format text|json]
            firedamp check --schema
            """,
        discussion: """
            Lists every problem of the file with line, column and what is allowed. When there is \
            none: the mine, its sensors by place with limits and legal basis, the sensors that \
            the law asks for and that are missing, and what needs attention.

            Exit codes of a check: 0 the file is in order, even if sensors are missing; 65 it is \
            not, or, with --strict, a sensor is missing that nobody has accepted; 66 it cannot be \
            read. Of --diff: 0 readings are judged as before; 1 they may be judged otherwise; 65 \
            a file is wrong; 66 a file cannot be read.
            """)

    @Argument(help: ArgumentHelp("The site file; with --diff the old and the new one."))
    var files: [String] = []

    @Flag(help: "Say what a reload from the first file to the second would change.")
    var diff = false

    @Flag(help: "Print the JSON Schema of site files, for editors, in place of checking one.")
    var schema = false

    @Option(help: "text, or json with the keys of Deploy/samples/CHECK.md.")
    var format = Format.text

    @Flag(help: "End with 65 when a sensor is missing that nobody has accepted.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "The day as of which is judged; unless given, that of now in UTC, as in the daemon.",
            valueName: "YYYY-MM-DD"))
    var today = CalendarDay.of(
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)))

    func validate() throws {
        switch (diff, schema) {
        case (true, true): throw ValidationError("--diff does not go with --schema")
        case (false, true) where !files.isEmpty: throw ValidationError("--schema takes no file")
        case (true, false) where files.count != 2:
            throw ValidationError("--diff takes two site files, OLD and NEW")
        case (false, false) where files.count != 1:
            throw ValidationError("check takes one site file")
        default: break
        }
        guard !diff || !strict else { throw ValidationError("--diff does not go with --strict") }
        guard CalendarDay.isValid(today) else {
            throw ValidationError("--today takes a day as in 2026-12-01, not '\(today)'")
        }
    }

    func run() throws {
        if schema { return Terminal.write(SiteFile.schema()) }
        // All files are looked at before anything is said, so that every problem is seen at once.
        let inputs = files.map(SiteInput.init)
        let answer = diff ? compare(inputs[0], inputs[1]) : report(inputs[0])
        let failures = inputs.compactMap(\.failure).map(\.exit)
        if let code = failures.first(where: { $0 == Exit.noInput }) ?? failures.first {
            throw code
        }
        if answer != .success { throw answer }
    }

    private func report(_ input: SiteInput) -> ExitCode {
        let report = input.site.map { SiteReport($0, today: today) }
        switch format {
        case .text: show(report?.text(width: Terminal.columns), inputs: [input])
        case .json:
            let head = [("format", JSONValue.text("firedamp-check/1"))] + input.members
            show(JSONValue.object(head + (report?.members ?? [])))
        }
        guard let report else { return Exit.badData }
        return strict && !report.coverage.unaccepted.isEmpty ? Exit.badData : .success
    }

    private func compare(_ old: SiteInput, _ new: SiteInput) -> ExitCode {
        var difference: SiteDiff?
        if let before = old.site, let after = new.site {
            difference = SiteDiff(from: before, to: after)
        }
        switch format {
        case .text: show(difference?.text(width: Terminal.columns), inputs: [old, new])
        case .json:
            let head = [
                ("format", JSONValue.text("firedamp-diff/1")), ("old", .object(old.members)),
                ("new", .object(new.members)),
            ]
            show(JSONValue.object(head + (difference?.members ?? [])))
        }
        return difference?.touchesJudgement == true ? ExitCode(1) : .success
    }

    /// What is wrong goes to standard error, what is right to standard output.
    private func show(_ text: String?, inputs: [SiteInput]) {
        for input in inputs {
            if let failure = input.failure { complain(failure.text(input.path)) }
        }
        if let text { Terminal.write(text) }
    }

    private func show(_ json: JSONValue) { Terminal.write(json.rendered + "\n") }
}

/// A site file that a command was given, and what came of reading it.
private struct SiteInput {
    let path: String
    private let result: Result<Site, SiteFailure>

    init(_ path: String) {
        self.path = path
        result = Result { () throws(SiteFailure) in
            try loadSite(path, checksSecrets: true)
        }
    }

    var site: Site? { try? result.get() }

    var failure: SiteFailure? {
        guard case .failure(let failure) = result else { return nil }
        return failure
    }

    /// Whether the file is in order, and if not, why, as members of a JSON object.
    var members: [(key: String, value: JSONValue)] {
        var error: String?
        var problems: [SiteProblem] = []
        switch failure {
        case .unreadable(let reason): error = "cannot be read: \(reason)"
        case .refused(let found): problems = found.list
        case nil: break
        }
        return [
            ("file", .text(path)), ("ok", .bool(failure == nil)), ("error", .text(orNull: error)),
            ("problems", .list(problems.map(\.json))),
        ]
    }
}
