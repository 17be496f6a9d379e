import ArgumentParser
import MQTTSession
import TraceReplay

/// `firedamp-sim replay`: a recorded trace goes over the wire again.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publish a recorded trace over MQTT, with its own spacing.",
        discussion: """
            The trace is CSV with the columns ts, sensor and value; other columns are ignored. ts \
            is RFC 3339 with an offset, or seconds or milliseconds since 1970. It is read twice, \
            so it must be a file: once to check it, before anything is sent, and once to send it.

            Each row becomes a message at firedamp/v1/<mine>/reading/<sensor>. The daemon takes \
            only the sensors of its site file: pick them with --only, give them its codes with \
            --rename.

            Rebased, the first row is stamped with the start of the replay, and a row that the \
            trace has d later with d / speed after it. At --speed max there is no such clock: each \
            row is stamped with the instant of its sending. Hours of the trace become a second, \
            and what the daemon makes of slopes and trends means nothing; only what it says of \
            limits does.

            Kept, the readings of an old trace are late: the daemon says LATE of what they raise, \
            and none of them ends anything.
            """)

    @Argument(help: "The trace.")
    var trace: String

    @Option(help: "The broker, as mqtt://HOST:PORT.")
    var broker = BrokerAddress.local

    @Option(help: "Code of the mine, as in the daemon's site file.")
    var mine = "demo"

    @Option(help: "How fast, against the trace's own spacing: \(ReplaySchedule.Speed.allowed).")
    var speed = ReplaySchedule.Speed.times(1)

    @Option(help: "The time stamps that readings carry: those of now, or those of the trace.")
    var stamps = ReplaySchedule.Stamps.rebased

    @Flag(help: "Send rows of one time as one message, at firedamp/v1/<mine>/batch.")
    var batch = false

    @Option(help: "Most messages sent and not yet acknowledged, 1 to 60000.")
    var window = 1000

    @Option(help: "MQTT quality of service: 1, or 0, of which nothing is ever acknowledged.")
    var qos: Int32 = 1

    @Option(help: "MQTT version: 5 or 3.1.1.")
    var mqtt = MQTTSessionOptions.Version.v5

    @Option(help: "Only these sensors, by their codes in the trace, separated by commas.")
    var only = ""

    @Option(help: ArgumentHelp("Another code for a sensor; may be repeated.", valueName: "from=to"))
    var rename: [Renaming] = []

    @Flag(help: "Send nothing if a line of the trace is bad; otherwise bad lines are left out.")
    var strict = false

    @Option(help: "Show the progress on standard error; auto: on a terminal.")
    var progress = ProgressDisplay.auto

    @Option(help: "Seconds to wait for the first connection, 1 to 600.")
    var connectTimeout = 10.0

    func validate() throws {
        guard 1...60_000 ~= window else {
            throw ValidationError("--window takes 1 to 60000 messages, not \(window)")
        }
        guard 0...1 ~= qos else { throw ValidationError("--qos takes 0 or 1, not \(qos)") }
        guard 1...600 ~= connectTimeout else {
            throw ValidationError("--connect-timeout takes 1 to 600 s, not \(connectTimeout)")
        }
        guard SensorSelection.canBeSent(mine) else {
            throw ValidationError("--mine takes a code without /, + and #, not '\(mine)'")
        }
        guard Set(rename.map(\.from)).count == rename.count else {
            throw ValidationError("--rename names a sensor twice")
        }
        guard Set(rename.map(\.to)).count == rename.count else {
            throw ValidationError("--rename gives two sensors one code")
        }
    }

    func run() throws {
        let gateway = GatewayRun(mine: mine)
        do {
            var report = try survey()
            let link = try makeLink(boot: gateway.boot)
            let interruption = Interruption { link.wake() }
            try link.start()
            defer { link.stop() }
            try awaitBroker(link, interruption)
            var run = ReplayRun(command: self, whole: report.whole, link: link, gateway: gateway)
            try run.play(unless: interruption)
            run.fill(&report)
            print(report.text)
            if let signal = interruption.signal { throw Exit.signal(signal) }
            guard report.isComplete else { throw Exit.unavailable }
        } catch let error as TraceError {
            complain("\(error)")
            throw error.line == 0 ? Exit.noInput : Exit.badData
        } catch let error as MQTTSessionError {
            complain("\(error)")
            throw Exit.software
        }
    }

    /// The trace's rows from the first on, as they are to be sent.
    func rows() throws(TraceError) -> ReplayRows {
        var renames: [String: String] = [:]
        for renaming in rename { renames[renaming.from] = renaming.to }
        let names = only.split(separator: ",").map(String.init)
        return try ReplayRows(
            path: trace, selection: SensorSelection(only: Set(names), renames: renames),
            portions: batch ? .instants : .rows, badLines: strict ? .stop : .collect)
    }

    /// Reads the whole trace before anything is sent.
    private func survey() throws -> ReplayReport {
        guard isRegularFile(trace) else {
            complain("\(trace): no such file, or not a regular one")
            throw Exit.noInput
        }
        var rows = try rows()
        var whole = TraceSummary()
        while let portion = try rows.next() { portion.forEach { whole.count($0) } }
        for name in rows.missing { complain("the trace has no sensor \(name)") }
        var report = ReplayReport(file: trace, whole: whole)
        report.leftOut = rows.leftOutCount
        report.badLines = rows.badLines
        report.badLineCount = rows.badLineCount
        guard whole.rows > 0 else {
            complain("\(trace): nothing to send; its sensors are \(rows.sensorList)")
            for bad in report.badLines.prefix(TraceSummary.namedMax) { complain("\(bad)") }
            throw Exit.badData
        }
        return report
    }

    private func makeLink(boot: String) throws -> GatewayLink {
        var options = MQTTSessionOptions(
            host: broker.host, port: broker.port, clientID: "firedamp-sim-\(boot)")
        options.version = mqtt
        options.cleanSession = true
        // A message must not wait for the acknowledgement of the one before; no cost at full speed.
        options.sendsAtOnce = true
        return try GatewayLink(options: options, qos: qos)
    }

    private func awaitBroker(_ link: GatewayLink, _ interruption: Interruption) throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(connectTimeout)
        while !link.hasConnected {
            if let signal = interruption.signal { throw Exit.signal(signal) }
            let left = end - clock.now
            guard left > .zero else {
                complain("\(broker): no connection within \(connectTimeout) s: \(link.trouble)")
                throw Exit.unavailable
            }
            link.wait(upTo: left)
        }
        // Earlier attempts that failed are no news any more.
        _ = link.takeNews()
    }
}
