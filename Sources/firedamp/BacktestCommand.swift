import AdvisoryDelivery
import ArgumentParser
import Backtest
import Foundation
import GasModel
import SiteDescription
import TraceReplay

/// `firedamp backtest SITE TRACE...`: what the daemon would have said.
struct BacktestCommand: ParsableCommand {
    /// How the summary is written.
    enum Summary: String, ExpressibleByArgument, CaseIterable {
        case text, json, none
    }

    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Judge recorded traces by a site file, as fast as the machine allows.",
        discussion: """
            A trace is CSV with the columns ts, sensor and value; a column arrival says when a \
            reading came, otherwise it came when it was measured, but never before the row above \
            it. Several traces are merged by time. The alert log on standard output is, line for \
            line, what a daemon that is sent the same rows at their own pace writes; with \
            --alerts or --sweep the summary stands there instead.

            Exit codes: 0 done; 64 wrong arguments; 65 the site file is wrong, a trace has no \
            usable header or no row of the site, or, with --strict, a line of it is bad; 66 a file \
            is missing or cannot be read; 73 a file cannot be written.
            """)

    @Argument(help: "The site file.")
    var site: String

    @Argument(help: "The traces.")
    var traces: [String]

    @Option(
        help: ArgumentHelp(
            "Take the first row to arrive at this instant, and the others after it.",
            valueName: "rfc3339"))
    var start: String?

    @Option(help: "Write the alert log to this file.")
    var alerts: String?

    @Option(help: "The summary: text, json or none.")
    var summary = Summary.text

    @Option(help: "Write the summary as JSON to this file too; see Deploy/samples/BACKTEST.md.")
    var json: String?

    @Option(help: "Draw values, limits and advisories over time into this file.")
    var svg: String?

    @Option(help: ArgumentHelp("Another code for a sensor; may be repeated.", valueName: "from=to"))
    var rename: [String] = []

    @Option(
        help: ArgumentHelp(
            "Judge once for each of several values of a detector's setting and compare the "
                + "warnings.", valueName: "key=a..b/steps"))
    var sweep: String?

    @Flag(help: "End at the first line of a trace that is bad; otherwise bad lines are left out.")
    var strict = false

    @Option(help: "Show the progress on standard error: auto (on a terminal), always or never.")
    var progress = ProgressBar.Display.auto

    func validate() throws {
        guard !traces.isEmpty else { throw ValidationError("backtest takes a site and a trace") }
        _ = try instant()
        _ = try renames()
        try refuseOverwriting()
        guard let sweep else { return }
        _ = try parsed(sweep)
        guard alerts == nil, svg == nil else {
            throw ValidationError("--sweep goes with neither --alerts nor --svg")
        }
    }

    func run() throws {
        let mine = try readSite(site)
        // Before half a minute of work, not after.
        for path in [alerts, json, svg].compactMap(\.self) { try WholeFile.refuse(path) }
        do {
            if let sweep { return try run(parsed(sweep), mine) }
            try runOnce(mine)
        } catch let error as TraceError {
            complain("\(error)")
            throw error.line == 0 ? Exit.noInput : Exit.badData
        }
    }

    private func runOnce(_ mine: Site) throws {
        var options = try options()
        options.wantsPicture = svg != nil
        // A slip in the name of a trace is told before the log of another run is emptied.
        let backtest = try Backtest(site: mine, options)
        let log = try LineFile(alerts)
        let result = try judge(backtest, "") { try log.write($0.text) }
        try refuseNothing(result)
        try log.finish()
        if let svg { try WholeFile.write(result.svg, to: svg) }
        if let json { try WholeFile.write(result.json.rendered + "\n", to: json) }
        // Lines for the log and lines for a person do not share a stream.
        let text =
            switch summary {
            case .text: result.text
            case .json: result.json.rendered + "\n"
            case .none: ""
            }
        if alerts == nil {
            Terminal.writeAside(text)
        } else {
            Terminal.write(text)
        }
    }

    private func run(_ sweep: Sweep, _ mine: Site) throws {
        var results: [(value: Double, score: WarningScore)] = []
        for value in sweep.values {
            var options = try options()
            options.tuning = sweep.tuning(value)
            let label = "\(results.count + 1) of \(sweep.values.count)  "
            let result = try judge(try Backtest(site: mine, options), label) { _ in }
            try refuseNothing(result)
            results.append((value, result.warnings))
        }
        if let json { try WholeFile.write(sweep.json(results).rendered + "\n", to: json) }
        switch summary {
        case .text: Terminal.write(sweep.text(results))
        case .json: Terminal.write(sweep.json(results).rendered + "\n")
        case .none: break
        }
    }

    private func judge(
        _ backtest: consuming Backtest, _ label: String, line: (AlertLine) throws -> Void
    ) throws -> BacktestResult {
        var bar = ProgressBar(progress, bytes: traces.reduce(0) { $0 + fileBytes($1) }, label)
        defer { bar.end() }
        return try backtest.run(line: line) { bytes, rows in bar.show(bytes: bytes, rows: rows) }
    }

    /// Nothing judged is no proof of anything: there is no summary of it, and no picture.
    private func refuseNothing(_ result: BacktestResult) throws {
        guard result.judged == 0 else { return }
        Terminal.writeAside(result.refused)
        let why =
            result.rows == 0
            ? "\(traces.joined(separator: ", ")) has no row that can be read"
            : "no row of a trace is of a sensor of \(site)"
        complain("nothing was judged: \(why)")
        throw Exit.badData
    }

    /// A slip in the command line must not cost a trace, nor one result another.
    private func refuseOverwriting() throws {
        var taken = ([site] + traces).map { ($0, WholeFile.identity($0)) }
        for path in [alerts, json, svg].compactMap(\.self) {
            guard let identity = WholeFile.identity(path) else { continue }
            if let other = taken.first(where: { $0.1 == identity })?.0 {
                throw ValidationError("\(path) would be written over \(other)")
            }
            taken.append((path, identity))
        }
        guard sweep != nil, let pipe = traces.first(where: { !WholeFile.isPlain($0) }) else {
            return
        }
        throw ValidationError(
            "--sweep reads a trace once for each value, and \(pipe) can be read but once")
    }

    private func options() throws -> Backtest.Options {
        var options = Backtest.Options(paths: traces)
        options.start = try instant()
        options.renames = try renames()
        options.isStrict = strict
        return options
    }

    private func instant() throws -> Timestamp? {
        guard let start else { return nil }
        guard let time = TraceTimes.instant(start) else {
            throw ValidationError("--start is '\(start)'; allowed is \(TraceTimes.allowed)")
        }
        return time
    }

    private func renames() throws -> [String: String] {
        var renames: [String: String] = [:]
        for text in rename {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
                renames.updateValue(String(parts[1]), forKey: String(parts[0])) == nil
            else { throw ValidationError("--rename takes FROM=TO, each FROM once, not '\(text)'") }
        }
        return renames
    }

    private func parsed(_ text: String) throws -> Sweep {
        do throws(Sweep.Flaw) {
            return try Sweep(text)
        } catch {
            throw ValidationError("--sweep: \(error)")
        }
    }

    private func fileBytes(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}
