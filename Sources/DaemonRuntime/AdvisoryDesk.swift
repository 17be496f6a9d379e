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
internal import Synchronization

/// Where findings become advisories: decided, written to the journal and synced, and only then
/// told, first in the alert log, then to the broker.
///
/// **Thread:** a serial queue of its own; every call may come from any thread and returns at once,
/// except `stop` and `sync`. **Errors:** while the journal cannot be written nothing is told of
/// what it should hold; that it cannot is itself told at once, and tried again with every tick.
// @unchecked: `state` is touched only on `queue`.
final class AdvisoryDesk: @unchecked Sendable {
    struct State: ~Copyable {
        var journal: AdvisoryJournal
        var book: AdvisoryBook
        var alertLog: AlertLog
        var outbox: AdvisoryOutbox
        var ledger: SessionLedger
        /// What the broker is told of each advisory that stands, by its identifier.
        var standing: [String: AdvisoryOutbox.Item] = [:]
        /// Decided, not yet in the journal, in order.
        var undelivered: [Announcement] = []
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
        /// The readings that are still to be put aside.
        var evidence = EvidencePlan(EvidenceWindow())
        var recorder: ReadingRecorder?
        var evidenceFault: String?
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
    private let pulse: @Sendable () -> Pulse
    private let send: @Sendable (MQTTMessage, UInt64) -> Void
    let evidenceWriter: EvidenceWriter
    var state: State
    private let newestNumber: Atomic<UInt64>
    /// Stands for the site that all workers have gone over to; see `UInt64.init(nameHash:)`.
    /// **Thread:** any. Relaxed: a snapshot that is written in the midst of a change may as well
    /// carry the old one.
    let settledSite: Atomic<UInt64>

    /// Number of the journal's newest line. **Thread:** any. Relaxed: who asks has been told of
    /// that line through a queue.
    var journaled: UInt64 { newestNumber.load(ordering: .relaxed) }

    /// The site that holds now.
    var site: Site { state.book.site }

    init(
        state: consuming State, options: DaemonOptions, log: Logger,
        pulse: @escaping @Sendable () -> Pulse,
        send: @escaping @Sendable (MQTTMessage, UInt64) -> Void
    ) {
        newestNumber = Atomic(state.journal.lastNumber)
        settledSite = Atomic(UInt64(nameHash: state.book.site.fingerprint))
        self.state = state
        self.state.evidence = EvidencePlan(options.evidence)
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
        _ severity: Severity = .notice, _ transition: Transition, why: String, action: String = ""
    ) {
        queue.async { [self] in tell(severity, transition, why: why, action: action) }
    }

    /// A tick record passed the threshold worker.
    func tick(_ tick: Reading, heard: Int, watched: Int) {
        queue.async { [self] in
            if state.isLinked { state.ledger.note(tick.arrivalTime) }
            state.undelivered += state.book.tick(tick)
            putEvidenceAside(at: tick)
            state.alertLog.flush()
            deliver()
            guard tick.arrivalUptime >= state.nextHeartbeat else { return }
            state.nextHeartbeat = tick.arrivalUptime + heartbeatNanoseconds
            state.journal.keepReserve()
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
                state.ledger.note(Clock.now())
            case .subscriptionRefused(let filter):
                tell(
                    .fault, .refused, why: "the broker refuses the subscription to \(filter)",
                    action: "check the broker's access list")
            case .connectFailed(let reason, let retry), .disconnected(let reason, let retry):
                state.isLinked = false
                log.warning("broker: \(reason); next attempt in \(hundredths(retry)) s")
            case .takenOver(let clientID):
                tell(
                    .fault, .rival,
                    why: "a second client connects to the broker as '\(clientID)' and takes our "
                        + "readings",
                    action: "end the other one, or give it another --client-id")
            case .notPublished(let token, let reason):
                // Sending it again would be refused again, and hold up every message after it.
                log.error("the broker did not take a message of ours: \(reason)")
                state.outbox.acknowledged(token: token)
                if !state.hasToldRefusal {
                    state.hasToldRefusal = true
                    tell(
                        .fault, .refused,
                        why: "the broker takes no advisory from us: \(reason)",
                        action: "check the broker's access list; watch the alert log meanwhile")
                }
                pump()
            }
        }
    }

    /// The broker has the message with `token`.
    func delivered(token: UInt64) {
        queue.async { [self] in
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
        queue.sync { publishStatus(state: "stopped", force: true) }
    }

    /// The last words, in journal and log.
    func stop(reason: String) {
        queue.sync { [self] in
            release { _ in true }
            tell(.notice, .stopped, why: "\(reason); from here on nobody looks")
        }
    }

    /// Tells again what the journal holds and the alert log does not, then that the daemon has
    /// started.
    func start(found: [JournalLine], notices: [(Severity, Transition, String)]) {
        queue.sync {
            retell(found)
            for (severity, transition, why) in notices { tell(severity, transition, why: why) }
            tellStanding()
            settleAbsent()
        }
    }

    // MARK: What goes out

    func tell(
        _ severity: Severity, _ transition: Transition, sensor: String? = nil, why: String,
        action: String = ""
    ) {
        state.undelivered.append(
            .notice(
                severity, transition, at: Clock.now(), site: site, sensor: sensor, why: why,
                action: action))
        deliver()
    }

    /// Journal first; nothing is told that is not on the disk.
    func deliver() {
        guard !state.undelivered.isEmpty || !state.confirmations.isEmpty else { return }
        do {
            if !state.undelivered.isEmpty {
                let lines = try state.journal.append(state.undelivered)
                state.undelivered.removeAll(keepingCapacity: true)
                newestNumber.store(state.journal.lastNumber, ordering: .relaxed)
                for line in lines { show(line) }
            }
            if state.journalFault != nil { log.notice("the journal can be written again") }
            state.journalFault = nil
            let confirmations = state.confirmations
            state.confirmations.removeAll(keepingCapacity: true)
            for confirm in confirmations { confirm() }
        } catch {
            journalFailed("\(error)")
        }
        pump()
        publishStatus()
    }

    private func show(_ line: JournalLine) {
        let entry = line.record.entry
        let text = AlertLine(
            entry, number: line.record.number, toldAt: Clock.now(),
            offsetSeconds: LocalTime.offsetSeconds(at: entry.decidedAt))
        state.alertLog.write(text, number: line.record.number)
        if let fault = state.alertLog.fault {
            log.error("alert log: \(fault); lines are held back")
        }
        if let item = note(line) { state.outbox.take(item) }
    }

    /// Keeps in mind what stands after `line`; returns what the broker has to be told of it.
    private func note(_ line: JournalLine) -> AdvisoryOutbox.Item? {
        state.evidence.note(line.record.entry)
        guard let item = AdvisoryOutbox.Item(line) else { return nil }
        state.standing[item.id] = item.stands ? item : nil
        return item
    }

    private func journalFailed(_ reason: String) {
        let isNew = state.journalFault == nil
        state.journalFault = reason
        log.error("journal: \(reason); \(state.undelivered.count) announcements wait")
        guard isNew else { return }
        writeUnnumbered(
            .fault, .raised,
            why: "the journal cannot be written (\(reason)); advisories wait for it",
            action: "free the disk at once; watch the mine by other means")
    }

    /// A line that is not in the journal: heartbeats, and that the journal itself fails.
    private func writeUnnumbered(
        _ severity: Severity, _ transition: Transition, why: String, action: String = ""
    ) {
        let now = Clock.now()
        let line = AlertLine(
            .notice(severity, transition, at: now, site: site, why: why, action: action),
            number: nil, offsetSeconds: LocalTime.offsetSeconds(at: now))
        state.alertLog.write(line, number: nil)
    }

    private func beat(heard: Int, watched: Int) {
        let pulse = pulse()
        let readings = pulse.readings &- state.readingsAtHeartbeat
        state.readingsAtHeartbeat = pulse.readings
        let link =
            state.isLinked
            ? "broker connected" : state.hasConnected ? "BROKER LOST" : "broker not reached yet"
        writeUnnumbered(
            .heartbeat, .alive,
            why: "\(heard) of \(watched) sensors heard, \(readings) readings since the last, "
                + "\(pulse.refused) refused in all, \(state.book.openHaltCount) halts and "
                + "\(state.book.open.count - state.book.openHaltCount) others open, \(link), "
                + "ring \(Int((pulse.ringFill * 100).rounded())) % full")
    }

    private func retell(_ found: [JournalLine]) {
        // A log that tells nothing (new, or removed) gets what was told since the last start.
        let lastStart = found.last { $0.record.entry.transition == .started }?.record.number ?? 0
        let told = state.alertLog.newestNumber ?? (lastStart > 0 ? lastStart - 1 : 0)
        for line in found {
            let item = note(line)
            if line.record.number > told {
                show(line)
            } else if let item, item.number > state.outbox.acknowledgedThrough {
                state.outbox.take(item)
            }
        }
    }

    private func pump() {
        guard state.isLinked else { return }
        for (message, token) in state.outbox.due() { send(message, token) }
    }

    private func connected(sessionPresent: Bool) {
        state.isLinked = true
        state.hasToldRefusal = false
        log.info("connected; the broker \(sessionPresent ? "kept" : "has no") session of ours")
        if !sessionPresent, let last = state.ledger.lastContact {
            tellLoss(from: last, to: Clock.now())
        }
        if !sessionPresent || !state.hasConnected {
            // The broker may have lost what it retained, and a new reader must find what stands.
            for item in state.standing.values.sorted(by: { $0.number < $1.number }) {
                state.outbox.take(item)
            }
        }
        state.hasConnected = true
        publishStatus(force: true)
        pump()
    }

    private func tellLoss(from start: Timestamp, to end: Timestamp) {
        state.recorder?.lost(from: start, to: end)
        tell(
            .notice, .loss,
            why: "the broker lost our session: readings from \(start.rfc3339()) to "
                + "\(end.rfc3339()) (\(Int(end.seconds(since: start))) s) may be missing",
            action: "compare with the gateway's own record; check the broker's persistence")
    }

    func publishStatus(state name: String? = nil, force: Bool = false) {
        let word = name ?? (state.journalFault == nil ? "guarding" : "degraded")
        let status = StatusMessage(
            state: word, mine: site.mine, at: Clock.now().rfc3339(),
            openHalts: state.book.openHaltCount, openAdvisories: state.book.open.count,
            journal: state.journal.lastNumber, journalFault: state.journalFault,
            site: site.fingerprint)
        let gist = "\(word) \(status.openHalts) \(status.openAdvisories) \(status.site)"
        guard state.isLinked, force || gist != state.lastStatus else { return }
        state.lastStatus = gist
        send(status.message, 0)
    }
}
