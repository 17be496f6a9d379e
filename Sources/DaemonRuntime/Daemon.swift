internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Foundation
internal import GasDetection
internal import GasModel
internal import GasPipeline
internal import HaltAdvisory
package import Logging
internal import MQTTSession
internal import ReadingRing
internal import SensorIngest
internal import Synchronization

/// The whole daemon: made, started, stopped; a test starts it in its own process.
///
/// Start order: ring, registry, journal, alert log, workers, session. Stop order is the reverse: the
/// session first, so that nothing new comes, then the workers judge what the ring holds, then the desk
/// tells it, then the broker is told.
///
/// **Thread:** `init` and `stop` block, on whatever thread calls them; `reopenLog` does not.
package final class Daemon: Sendable {
    /// Names of the cursors in the ring.
    private static let thresholdReader = "threshold"
    private static let trendReader = "trend"
    /// Seconds that the last messages get to reach the broker when the daemon ends.
    private static let drainSeconds = 1.5

    private let session: MQTTSession
    private let threshold: DetectorWorker
    private let trend: DetectorWorker
    private let desk: AdvisoryDesk
    private let notification: ServiceNotification
    private let log: Logger

    /// Opens everything, takes up what stood when the daemon last ended, and starts to guard.
    ///
    /// Returns before the broker is reached. `whenReady` is called once, with a word on how: when
    /// readings arrive, or when the first attempt to reach the broker has failed and the daemon stands
    /// ready and blind. **Errors:** `FileError`, `RingError`, `RegistryError`, `MQTTSessionError`; each
    /// names the place.
    package init(
        options: DaemonOptions, log: Logger, whenReady: @escaping @Sendable (String) -> Void
    ) throws {
        let directory = options.stateDirectory
        if unsafe mkdir(directory, 0o750) != 0, errno != EEXIST {
            throw FileError("make", directory)
        }
        let site = options.site
        let ring = try RingStorage.open(
            path: directory + "/ring", capacity: options.ringCapacity,
            readers: [Self.thresholdReader, Self.trendReader])
        let registry = try SensorRegistry(path: directory + "/ring.sensors", site: site)
        let sensors = registry.sensors(of: site)
        let now = Clock.now()
        var journal = try AdvisoryJournal.open(directory: directory + "/journal", now: now)
        let found = journal.found
        let repairs = journal.repairs
        journal.forgetFound()
        let restored = Restoration(
            found: found, site: site, sensors: sensors, ring: ring.creation)
        let ledger = SessionLedger(path: directory + "/session", clientID: options.clientID)
        let lastContact = ledger.lastContact
        let session = try MQTTSession(options: Self.sessionOptions(options))
        let counters = IngestCounters()
        let notification = ServiceNotification()
        let desk = AdvisoryDesk(
            state: AdvisoryDesk.State(
                journal: journal, book: restored.book,
                alertLog: try AlertLog(
                    path: DaemonOptions.alertLogPath(stateDirectory: directory)),
                outbox: AdvisoryOutbox(mine: site.mine, markPath: directory + "/outbox"),
                ledger: ledger),
            options: options, log: log,
            pulse: { Self.pulse(counters, ring) },
            send: { message, token in session.send(message, token: token) })
        let watch = WorkerWatch { notification.watchdog() }
        let warmUp = options.ringCapacity / 2
        threshold = DetectorWorker.threshold(
            Self.thresholdDetector(sensors, restored),
            reader: ring.reader(Self.thresholdReader, warmUp: warmUp)
        ) { report in
            switch report {
            case .findings(let findings, let confirm): desk.take(findings, confirm: confirm)
            case .tick(let tick, let heard, let watched):
                watch.thresholdTicked(at: tick.arrivalUptime)
                desk.tick(tick, heard: heard, watched: watched)
            }
        }
        trend = DetectorWorker.trend(
            Self.trendDetector(sensors, restored),
            reader: ring.reader(Self.trendReader, warmUp: warmUp)
        ) { report in
            switch report {
            case .findings(let findings, let confirm): desk.take(findings, confirm: confirm)
            case .tick(let tick, _, _): watch.trendTicked(at: tick.arrivalUptime)
            }
        }
        let announceReady = Once { word in
            notification.ready(status: word)
            whenReady(word)
        }
        let ingest = SensorIngest(
            mine: site.mine, sensors: sensors, writer: ring.writer(), counters: counters, log: log,
            reports: SensorIngest.Reports(
                published: { [threshold, trend] in
                    threshold.wake()
                    trend.wake()
                },
                sessionChanged: { event in
                    desk.sessionChanged(event)
                    announceReady.consider(event)
                },
                delivered: { desk.delivered(token: $0) }))
        self.session = session
        self.desk = desk
        self.notification = notification
        self.log = log
        desk.start(
            found: found,
            notices: Self.openingNotices(
                ring: ring, repairs: repairs, book: restored.book, lastContact: lastContact,
                now: now))
        // What the last run left in the ring is judged at once, not with the first new reading.
        threshold.wake()
        trend.wake()
        try session.start(handler: ingest)
    }

    /// Ends in good order, within five seconds.
    package func stop(reason: String) {
        notification.stopping()
        desk.announceEnd()
        if !session.stop(drainSeconds: Self.drainSeconds) {
            log.warning("the MQTT thread did not end in time")
        }
        threshold.stop()
        trend.stop()
        desk.stop(reason: reason)
    }

    /// Somebody has renamed the alert log: from here on lines go to a new file.
    package func reopenLog() { desk.reopenLog() }

    private static func sessionOptions(_ options: DaemonOptions) -> MQTTSessionOptions {
        var session = MQTTSessionOptions(
            host: options.brokerHost, port: options.brokerPort, clientID: options.clientID)
        session.version = options.mqttVersion
        session.filters = SensorIngest.filters(mine: options.site.mine)
        session.will = StatusMessage.blind(
            mine: options.site.mine, site: options.site.fingerprint)
        return session
    }

    private static func thresholdDetector(
        _ sensors: [Sensor?], _ restored: Restoration
    ) -> ThresholdDetector {
        var detector = ThresholdDetector(sensors: sensors)
        restored.apply(to: &detector)
        return detector
    }

    private static func trendDetector(
        _ sensors: [Sensor?], _ restored: Restoration
    ) -> TrendDetector {
        var detector = TrendDetector(sensors: sensors)
        restored.apply(to: &detector)
        return detector
    }

    private static func pulse(_ counters: IngestCounters, _ ring: RingStorage) -> AdvisoryDesk.Pulse
    {
        let held = ring.held.map(\.records).max() ?? 0
        return AdvisoryDesk.Pulse(
            readings: counters.readings,
            refused: counters.refused.reduce(0) { $0 + $1.count },
            ringFill: Double(held) / Double(ring.capacity))
    }

    private static func openingNotices(
        ring: RingStorage, repairs: [String], book: AdvisoryBook, lastContact: Timestamp?,
        now: Timestamp
    ) -> [(Severity, Transition, String)] {
        var notices: [(Severity, Transition, String)] = []
        if let refusal = ring.refusal { notices.append((.fault, .repaired, "\(refusal)")) }
        notices += repairs.map { (.fault, .repaired, $0) }
        let others = book.open.count - book.openHaltCount
        var why = "guarding with \(book.openHaltCount) halts and \(others) other advisories open"
        if let lastContact {
            let blind = Int(now.seconds(since: lastContact).rounded())
            why += "; nobody looked since \(lastContact.rfc3339()) (\(blind) s)"
        }
        notices.append((.notice, .started, why))
        return notices
    }
}

/// Says "ready" once: at the first event of the session that tells how the daemon stands.
private final class Once: Sendable {
    private let done = Atomic<Bool>(false)
    private let say: @Sendable (String) -> Void

    init(say: @escaping @Sendable (String) -> Void) { self.say = say }

    func consider(_ event: MQTTSessionEvent) {
        let word: String
        switch event {
        case .subscribed: word = "guarding"
        case .connectFailed(let reason, _): word = "standing ready, broker out of reach: \(reason)"
        case .connected, .subscriptionRefused, .disconnected, .takenOver, .notPublished: return
        }
        // Relaxed: only one thread, the session's, ever comes here.
        if !done.exchange(true, ordering: .relaxed) { say(word) }
    }
}

/// Pets the service manager's watchdog as long as both workers see the ticks that pass the ring: a
/// daemon that receives and does not judge is dead.
private final class WorkerWatch: Sendable {
    /// How far the slower worker may be behind, in nanoseconds.
    private static let behindMax: Int64 = 10_000_000_000
    private let trendTick = Atomic<Int64>(.max)
    private let alive: @Sendable () -> Void

    init(alive: @escaping @Sendable () -> Void) { self.alive = alive }

    // Relaxed: a tick more or less decides nothing.
    func trendTicked(at uptime: Int64) { trendTick.store(uptime, ordering: .relaxed) }

    func thresholdTicked(at uptime: Int64) {
        let trend = trendTick.load(ordering: .relaxed)
        if trend == .max || uptime - trend < Self.behindMax { alive() }
    }
}
