import GasModel
import TraceReplay

/// One replay, from its first message to the last acknowledgement.
///
/// **Thread:** the one that calls `play`, which it blocks.
struct ReplayRun: ~Copyable {
    /// How long the broker may acknowledge nothing, once all is sent.
    static let silenceMax = Duration.seconds(30)
    /// How long it may take once a signal has asked for the end.
    static let farewellMax = Duration.seconds(2)

    private let command: ReplayCommand
    private let link: GatewayLink
    private let clock = ContinuousClock()
    /// When the first message is due.
    private var start: ContinuousClock.Instant
    /// What the first row is stamped with, where stamps are those of the replay.
    private var firstStamp: Timestamp?
    private var gateway: GatewayRun
    private var pacer: ReplayPacer
    private var progress: ReplayProgress
    private var line: ProgressLine
    private var messages = 0
    private var nextLook = Duration.zero
    private var duration = Duration.zero

    init(command: ReplayCommand, whole: TraceSummary, link: GatewayLink, gateway: GatewayRun) {
        self.command = command
        self.link = link
        self.gateway = gateway
        start = clock.now
        pacer = ReplayPacer(window: command.window)
        progress = ReplayProgress(whole: whole)
        line = ProgressLine(command.progress)
    }

    /// Sends the trace and waits for its acknowledgements, until `interruption` ends it early.
    mutating func play(unless interruption: Interruption) throws(TraceError) {
        var rows = try command.rows()
        var schedule = ReplaySchedule(
            speed: command.speed, stamps: command.stamps, start: beginAtSecond())
        while let portion = try rows.next(), let first = portion.first {
            let slot = schedule.slot(forRowAt: first.time)
            guard waitForTurn(due: slot.due, unless: interruption) else { break }
            send(portion, stamp: slot.stamp ?? wallClock())
        }
        pacer.end(at: elapsed)
        waitForAcknowledgements(unless: interruption)
        duration = elapsed
        look(at: duration, isLast: true)
        line.end()
    }

    /// Begins with the next second of the civil clock and returns it: a back-test of the trace that
    /// starts at that very second tells the same. At full speed there is no such second.
    private mutating func beginAtSecond() -> Timestamp {
        let now = wallClock()
        // Read after the civil clock: what passes between the two makes the replay late, not early.
        start = clock.now
        guard command.speed != .max else { return now }
        let left = 1_000_000_000 - now.nanoseconds % 1_000_000_000
        start += .nanoseconds(left)
        let second = now.advanced(byNanoseconds: left)
        if command.stamps == .rebased { firstStamp = second }
        return second
    }

    /// Writes what was done into `report`.
    func fill(_ report: inout ReplayReport) {
        let account = link.account
        report.readings = progress.readings
        report.messages = messages
        report.acknowledged = account.acknowledged
        report.unheard = account.unheard
        report.refused = account.refused
        report.refusal = account.refusal
        report.qos = command.qos
        report.duration = duration
        report.firstStamp = firstStamp
        report.window = pacer.window
        report.heldUp = pacer.heldUp
        report.latestBy = command.speed == .max ? nil : pacer.latestBy
    }

    private var elapsed: Duration { clock.now - start }

    /// Returns true as soon as the message that is due at `due` may leave, false to leave it.
    private mutating func waitForTurn(due: Duration, unless interruption: Interruption) -> Bool {
        while interruption.signal == nil {
            let now = elapsed
            look(at: now)
            let settled = link.account.settled
            switch pacer.step(due: due, now: now, unacknowledged: messages - settled) {
            case .send:
                return true
            case .wait(let time):
                link.wait(upTo: min(time, ProgressLine.period))
            case .waitForWindow:
                link.wait(forSettled: messages - pacer.window + 1, upTo: ProgressLine.period)
            }
        }
        return false
    }

    private mutating func send(_ portion: [TraceRow], stamp: Timestamp) {
        let message =
            command.batch
            ? gateway.batch(portion, stamp: stamp) : gateway.message(portion[0], stamp: stamp)
        link.send(topic: message.topic, payload: message.payload)
        messages += 1
        progress.sent(portion)
    }

    private mutating func waitForAcknowledgements(unless interruption: Interruption) {
        var settled = link.account.settled
        var heard = elapsed
        while settled < messages {
            let now = elapsed
            look(at: now)
            let patience = interruption.signal == nil ? Self.silenceMax : Self.farewellMax
            guard now - heard < patience else { return }
            link.wait(forSettled: messages, upTo: ProgressLine.period)
            let found = link.account.settled
            if found > settled, interruption.signal == nil { heard = elapsed }
            settled = found
        }
    }

    /// Shows the progress and passes on what happened to the link, now and then.
    private mutating func look(at now: Duration, isLast: Bool = false) {
        guard isLast || now >= nextLook else { return }
        nextLook = now + ProgressLine.period
        for news in link.takeNews() { line.say(news) }
        progress.unacknowledged = messages - link.account.settled
        line.show(progress.text(elapsed: now))
    }
}
