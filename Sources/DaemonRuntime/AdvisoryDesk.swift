internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Dispatch
internal import Foundation
internal import GasModel
internal import GasPipeline
internal import HaltAdvisory
internal import Logging
internal import MQTTSession
internal import ReadingRecord
internal import SensorIngest
internal import Synchronization

/// Where findings become advisories: decided, written to the journal and synced, and only then
/// told, first in the alert log, then to the broker.
///
/// **Thread:** a serial queue of its own; every call may come from any thread and returns at once,
/// except `stop` and `sync`. **Errors:** that the journal cannot be written is told at once; what
/// is decided meanwhile is told without it, see `tellWithoutJournal`, and once more when it is
/// written.
// @unchecked: `state` is touched only on `queue`.
final class AdvisoryDesk: @unchecked Sendable {
    struct State: ~Copyable {
        var journal: AdvisoryJournal
        /// Where what it does not take is kept meanwhile.
        var standIn: JournalStandIn
        /// Decided, not yet in the journal, in order.
        var undelivered: [Announcement]
        var withoutJournal: WithoutJournal
        var book: AdvisoryBook
        var alertLog: AlertLog
        /// What of it is held back in a flood.
        var grouping = AlarmGrouping()
        var outbox: AdvisoryOutbox
        var ledger: SessionLedger
        /// What the broker is told of each advisory that stands, by its identifier.
        var standing: [String: AdvisoryOutbox.Item] = [:]
        /// What is to be said once they are.
        var confirmations: [() -> Void] = []
        var journalFault: String?
        var isLinked = false
        var hasConnected = false
        /// Whether it was told on this link that the broker refuses our messages.
        var hasToldRefusal = false
        var nextHeartbeat: Int64 = 0
        var readingsAtHeartbeat: UInt64 = 0
        var lastStatus = ""
        /// The change of the site that is under way, and how many workers have still to go over.
        var changing: (change: SiteChange, left: Int)?
        /// See `hold`.
        var held: [Held] = []
        var isReleasing = false
        var care: JournalCare
        var gauges = DeskGauges()
        /// See `Permits`.
        var permits = Permits()
        /// What the detectors were told of halts, and who tells them.
        var halts = HaltWatch(isAfterRestart: true)
        var tellHalts: (@Sendable ([HaltNews]) -> Void)?
        /// See `lookAtChannels`.
        var channels = ChannelWatch()
        /// Since when the journal fails, or failed, until that it works again is told; uptime.
        var journalFaultSince: Int64?
        var isResendAsked = false
        /// The readings that are still to be put aside.
        var evidence = EvidencePlan(EvidenceWindow())
        var recorder: ReadingRecorder?
        var evidenceFault: String?
        /// Why the ring is in memory only, if it is.
        var ringFault: String?
    }

    /// What a heartbeat tells besides the advisories.
    struct Pulse: Sendable {
        var readings: UInt64
        var refused: UInt64
        var ringFill: Double
    }

    let log: Logger
    let queue = DispatchQueue(label: "firedamp.advisory", qos: .userInitiated)
    private let heartbeatNanoseconds: Int64
    let pulse: @Sendable () -> Pulse
    let send: @Sendable (MQTTMessage, UInt64) -> Void
    let evidenceWriter: EvidenceWriter
    var state: State
    let newestNumber: Atomic<UInt64>
    /// Stands for the site that all workers have gone over to; see `UInt64.init(nameHash:)`.
    /// **Thread:** any. Relaxed: a snapshot that is written in the midst of a change may as well
    /// carry the old one.
    let settledSite: Atomic<UInt64>
    /// Index in `Language.allCases` of the site's language. **Thread:** any. Relaxed: nothing else
    /// is inferred from it.
    let spoken: Atomic<Int>
    /// The further ways out. Touched on `queue`.
    let outlets: Outlets

    /// Number of the newest line that no kill can reach: of the journal, or of what stands in for
    /// it. **Thread:** any. Relaxed: who asks has been told of that line through a queue.
    var journaled: UInt64 { newestNumber.load(ordering: .relaxed) }

    /// The site that holds now.
    var site: Site { state.book.site }

    /// Its language, for whoever may not wait for the desk. **Thread:** any.
    var language: Language { Language.allCases[spoken.load(ordering: .relaxed)] }

    /// See `spoken`.
    static func index(of language: Language) -> Int {
        Language.allCases.firstIndex(of: language) ?? 0
    }

    init(
        state: consuming State, options: DaemonOptions, log: Logger,
        pulse: @escaping @Sendable () -> Pulse,
        send: @escaping @Sendable (MQTTMessage, UInt64) -> Void
    ) {
        newestNumber = Atomic(state.journal.lastNumber)
        settledSite = Atomic(UInt64(nameHash: state.book.site.fingerprint))
        spoken = Atomic(Self.index(of: state.book.site.language))
        outlets = Self.outlets(options, isRead: state.journal.readFault == nil, log: log)
        self.state = state
        evidenceWriter = EvidenceWriter(stateDirectory: options.stateDirectory)
        self.log = log
        heartbeatNanoseconds = Int64(max(1, options.heartbeatSeconds) * 1e9)
        self.pulse = pulse
        self.send = send
    }

    // MARK: What comes in

    /// Findings of the threshold worker; `confirm` is called once what they lead to is in the
    /// journal. Those of the other workers come through `hold`.
    func take(_ findings: [Finding], confirm: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            for finding in findings { decide(finding) }
            state.confirmations.append(confirm)
            deliver()
        }
    }

    func decide(_ finding: Finding) {
        guard let announcement = state.book.take(finding) else { return }
        state.undelivered.append(announcement)
    }

    /// A notice of the daemon itself: journal, alert log, no advisory.
    func notice(
        _ severity: Severity = .notice, _ transition: Transition, why: [Phrase],
        action: [Phrase] = []
    ) {
        queue.async { [self] in tell(severity, transition, why: why, action: action) }
    }

    /// A tick record passed the threshold worker.
    func tick(_ tick: Reading, heard: Int, watched: Int, hearing: Hearing?) {
        queue.async { [self] in
            if state.isLinked { state.ledger.note(tick.arrivalTime) }
            hear(hearing)
            state.undelivered += state.book.tick(tick)
            state.gauges.note(
                uptime: tick.arrivalUptime, readings: pulse().readings, heard: heard,
                watched: watched)
            putEvidenceAside(at: tick)
            state.alertLog.flush()
            deliver()
            assess(at: tick)
            write(state.grouping.tick(at: tick.arrivalTime, site: site))
            writeUnnumbered(
                state.withoutJournal.grouping.tick(at: tick.arrivalTime, site: site))
            lookAtReserve()
            careForJournal()
            lookAtChannels()
            guard tick.arrivalUptime >= state.nextHeartbeat else { return }
            state.nextHeartbeat = tick.arrivalUptime + heartbeatNanoseconds
            state.journal.keepReserve()
            state.standIn.keepRoom()
            beat(heard: heard, watched: watched)
            publishStatus(force: true)
        }
    }

    /// The session with the broker changed.
    func sessionChanged(_ event: MQTTSessionEvent) {
        queue.async { [self] in
            switch event {
            case .connected(let sessionPresent): connected(sessionPresent: sessionPresent)
            case .subscribed:
                log.info("subscribed; readings arrive from now on")
                state.ledger.note(HostClock.now())
            case .subscriptionRefused(let filter):
                tell(
                    .fault, .refused, why: [Phrase("no-subscription", filter)],
                    action: [Phrase("do-access-list")])
            case .connectFailed(let reason, let retry), .disconnected(let reason, let retry):
                state.isLinked = false
                log.warning("broker: \(reason); next attempt in \(hundredths(retry)) s")
            case .takenOver(let clientID):
                tell(
                    .fault, .rival, why: [Phrase("rival", clientID)],
                    action: [Phrase("do-end-rival")])
            case .notPublished(let token, let reason):
                // Sending it again would be refused again, and hold up every message after it.
                log.error("the broker did not take a message of ours: \(reason)")
                if !permitSettled(token: token) { state.outbox.acknowledged(token: token) }
                if !state.hasToldRefusal {
                    state.hasToldRefusal = true
                    tell(
                        .fault, .refused, why: [Phrase("not-taken", reason)],
                        action: [Phrase("do-watch-log")])
                }
                pump()
            }
        }
    }

    /// The broker has the message with `token`.
    func delivered(token: UInt64) {
        queue.async { [self] in
            if permitSettled(token: token) { return }
            state.outbox.acknowledged(token: token)
            pump()
        }
    }

    /// Somebody has renamed the alert log.
    func reopenLog() { queue.async { [self] in state.alertLog.reopen() } }

    /// Returns when everything that came in before is done.
    func sync() { queue.sync {} }

    /// Tells the broker, while there is still a session, that from now on nobody looks.
    func announceEnd() {
        queue.sync {
            publishStatus(state: "stopped", force: true)
            endPermits()
        }
    }

    /// The last words, in journal and log.
    func stop(reason: String) {
        queue.sync { [self] in
            release { _ in true }
            write(state.grouping.flush(at: HostClock.now(), site: site))
            writeUnnumbered(state.withoutJournal.grouping.flush(at: HostClock.now(), site: site))
            tell(.notice, .stopped, why: [Phrase("stopped", Phrase.term(reason))])
            outlets.stop(drainSeconds: Self.outletDrainSeconds)
            state.tellHalts = nil
        }
    }

    /// Tells again what the journal holds and the alert log does not, then that the daemon has
    /// started.
    func start(backlog: Backlog, notices: [StartNotice]) {
        queue.sync {
            changeOutlets()
            retell(backlog)
            for notice in notices {
                notice.log(to: log)
                tell(notice.severity, notice.transition, why: notice.why, action: notice.action)
            }
            state.undelivered += state.book.closeSuperseded(at: HostClock.now())
            tellStanding()
            settleAbsent()
        }
    }

    // MARK: What goes out

    func tell(
        _ severity: Severity, _ transition: Transition, sensor: String? = nil, why: [Phrase],
        action: [Phrase] = []
    ) {
        state.undelivered.append(
            .notice(
                severity, transition, at: HostClock.now(), site: site, sensor: sensor, why: why,
                action: action))
        deliver()
    }

    /// Journal first, then everybody; without the journal where it cannot be written, unless it
    /// `needsJournal`.
    func deliver(needsJournal: Bool = false) {
        guard !state.undelivered.isEmpty || !state.confirmations.isEmpty else { return }
        tellHalts()
        do {
            while !state.undelivered.isEmpty {
                // A journal that failed is tried with one line: to lay out in vain all that waits,
                // every second, would keep the desk from what it is here for.
                let count = state.journalFault == nil ? state.undelivered.count : 1
                let lines = try state.journal.append(Array(state.undelivered.prefix(count)))
                if state.journalFault != nil { log.notice("the journal can be written again") }
                state.journalFault = nil
                journalTook(count)
                for line in lines { show(line) }
                outlets.offer(lines)
            }
            // Nothing that waited proves nothing of the disk: the fault stays as it was.
            confirm()
        } catch {
            journalFailed("\(error)")
            if !needsJournal { tellWithoutJournal() }
        }
        pump()
        publishStatus()
        assessSoon()
    }

    /// Says to whoever asked that all that was decided is safe.
    func confirm() {
        let confirmations = state.confirmations
        state.confirmations.removeAll(keepingCapacity: true)
        for confirm in confirmations { confirm() }
    }

    func show(_ line: JournalLine) {
        write(state.grouping.take(line.record.entry, number: line.record.number, site: site))
        if let item = note(line) { state.outbox.take(item) }
    }

    private func write(_ lines: [AlarmGrouping.Line]) {
        for line in lines {
            let entry = line.announcement
            state.alertLog.write(
                AlertLine(
                    entry, numbers: line.numbers,
                    toldAt: line.numbers == nil ? nil : HostClock.now(),
                    offsetSeconds: LocalTime.offsetSeconds(at: entry.decidedAt)))
        }
        if !lines.isEmpty, let fault = state.alertLog.fault {
            log.error("alert log: \(fault); lines are held back")
        }
    }

    /// Keeps in mind what stands after `line`; returns what the broker has to be told of it.
    private func note(_ line: JournalLine) -> AdvisoryOutbox.Item? {
        state.evidence.note(line.record.entry)
        guard let item = AdvisoryOutbox.Item(line) else { return nil }
        state.standing[item.id] = item.stands ? item : nil
        return item
    }

    private func retell(_ backlog: Backlog) {
        state.grouping = backlog.grouping
        write(backlog.shown)
        for line in backlog.lines {
            guard let item = note(line) else { continue }
            let isTold = backlog.told.contains(item.number)
            if !isTold || item.number > state.outbox.acknowledgedThrough { state.outbox.take(item) }
        }
        // In the place of what the lines above brought into it: those are not all.
        state.evidence = backlog.evidence
    }

    func pump() {
        guard state.isLinked else { return }
        for (message, token) in state.outbox.due() { send(message, token) }
        pumpPermits()
    }

    private func connected(sessionPresent: Bool) {
        state.isLinked = true
        state.hasToldRefusal = false
        log.info("connected; the broker \(sessionPresent ? "kept" : "has no") session of ours")
        if !sessionPresent, let last = state.ledger.lastContact {
            tellLoss(from: last, to: HostClock.now())
        }
        if !sessionPresent || !state.hasConnected {
            // The broker may have lost what it retained, and a new reader must find what stands.
            resend()
            renewPermits()
        }
        resendWithoutJournal()
        state.hasConnected = true
        publishStatus(force: true)
        pump()
    }

    private func tellLoss(from start: Timestamp, to end: Timestamp) {
        state.recorder?.lost(from: start, to: end)
        tell(
            .notice, .loss,
            why: [
                Phrase(
                    "session-lost", start.rfc3339(), end.rfc3339(), Int(end.seconds(since: start)))
            ], action: [Phrase("do-compare")])
    }
}
