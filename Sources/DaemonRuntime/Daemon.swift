internal import AdvisoryJournal
internal import Foundation
internal import GasModel
internal import HaltAdvisory
package import Logging
internal import MQTTSession
internal import ReadingRing
internal import SensorIngest
internal import Synchronization

/// The whole daemon: made, started, stopped; a test starts it in its own process.
///
/// Start order: ring, registry, journal, alert log, workers, session. Stop order is the reverse:
/// the session first, so that nothing new comes, then the workers judge what the ring holds, then
/// the desk tells it.
///
/// **Thread:** `init` and `stop` block, on whatever thread calls them; `reopenLog` and `reload` do
/// not.
package final class Daemon: Sendable {
    /// Seconds that the last messages get to reach the broker when the daemon ends.
    private static let drainSeconds = 1.5

    private let ring: RingStorage
    private let session: MQTTSession
    private let workers: Workers
    private let record: RecordKeeping
    private let snapshots: SnapshotStore
    private let desk: AdvisoryDesk
    private let siteReload: SiteReload
    private let control: ControlServer?
    private let notification = ServiceNotification()
    private let log: Logger

    /// Opens everything, takes up what stood when the daemon last ended, and starts to guard.
    ///
    /// Returns before the broker is reached. `whenReady` is called once, with a word on how: when
    /// readings arrive, or when the first attempt to reach the broker has failed and the daemon
    /// stands ready and blind. **Errors:** `FileError`, `RingError`, `RegistryError`,
    /// `MQTTSessionError`; each names the place.
    package init(
        options: DaemonOptions, log: Logger, whenReady: @escaping @Sendable (String) -> Void
    ) throws {
        let directory = try StateDirectory(options: options)
        let (ring, restored) = (directory.ring, directory.restored)
        self.ring = ring
        let (backlog, notices) = (directory.backlog, directory.notices)
        let (ringDirectory, elsewhere) = (directory.ringDirectory, directory.elsewhere)
        let (roster, registry) = (directory.roster, directory.registry)
        let session = try MQTTSession(options: Self.sessionOptions(options))
        let counters = IngestCounters()
        let desk = AdvisoryDesk(
            state: directory.takeDesk(), options: options, log: log,
            pulse: { Self.pulse(counters, ring) },
            send: { message, token in session.send(message, token: token) })
        let known = KnownChanges()
        snapshots = SnapshotStore(
            directory: ringDirectory, ring: ring.creation, log: log,
            site: { desk.settledSite.load(ordering: .relaxed) }, journal: { desk.journaled })
        let parts = Workers.Parts(
            ring: ring, restored: restored, roster: roster, desk: desk, known: known,
            watch: WorkerWatch { [notification] in notification.watchdog() },
            snapshots: snapshots, log: log)
        workers = Workers(parts)
        let record = RecordKeeping(
            options, ring: ring, elsewhere: elsewhere, names: registry.names,
            workers: parts, counters: counters)
        (self.record, self.session, self.desk) = (record, session, desk)
        self.log = log
        let ready = ReadyOnce { [notification] word in
            notification.ready(status: word)
            whenReady(word)
        }
        let ingest = SensorIngest(
            roster, writer: ring.writer(), counters: counters, log: log,
            reports: Self.reports(ready: ready, desk: desk, workers: workers, record: record))
        siteReload = SiteReload(
            roster: roster, registry: registry, known: known, desk: desk,
            parts: Self.reloadParts(
                options, session: session, ingest: ingest, ready: ready,
                notification: notification, record: record))
        desk.tellHalts { halts in session.perform { ingest.take(halts) } }
        desk.start(backlog: backlog, notices: notices)
        record.begin()
        control = Self.control(options, desk: desk, log: log)
        // What the last run left in the ring is judged at once, not with the first new reading.
        workers.wake()
        try session.start(handler: ingest)
    }

    /// Ends in good order, within five seconds. The state directory is then free for the next.
    /// `reason`: a term of the catalogue, or what is said as it is.
    package func stop(reason: String) {
        notification.stopping()
        control?.stop()
        siteReload.stop()
        desk.announceEnd()
        let hasEnded = session.stop(drainSeconds: Self.drainSeconds)
        if !hasEnded { log.warning("the MQTT thread did not end in time") }
        workers.stop()
        record.stop()
        snapshots.sync()
        desk.stop(reason: reason)
        // The ring stands for the whole state directory. A thread that still writes keeps it.
        if hasEnded { ring.release() }
    }

    /// Somebody has renamed the alert log: from here on lines go to a new file.
    package func reopenLog() { desk.reopenLog() }

    /// Takes the site from `source`, which is called on a thread that nobody waits for, and goes
    /// over to it without a restart; or refuses it, and the old one goes on. The alert log says
    /// which. Returns at once.
    package func reload(_ source: @escaping SiteSource) { siteReload.begin(source) }

    /// What ingest tells, from the session's thread.
    private static func reports(
        ready: ReadyOnce, desk: AdvisoryDesk, workers: Workers, record: RecordKeeping
    ) -> SensorIngest.Reports {
        SensorIngest.Reports(
            published: {
                workers.wake()
                record.wake()
            },
            sessionChanged: { event in
                desk.sessionChanged(event)
                ready.consider(event)
            },
            delivered: { token in desk.delivered(token: token) },
            resendAsked: { desk.resendAsked() })
    }

    /// Where people's orders come in; `nil` where that cannot be, which ends no guarding.
    private static func control(
        _ options: DaemonOptions, desk: AdvisoryDesk, log: Logger
    ) -> ControlServer? {
        func listen(in directory: String) throws(FileError) -> ControlServer {
            try ControlServer(directory: directory, log: log, language: { desk.language }) {
                desk.meet($0, of: $1, answer: $2)
            }
        }
        do throws(FileError) {
            return try listen(in: options.stateDirectory)
        } catch {
            log.error("control socket: \(error)")
            let other = options.runtimeDirectory
            let server = other.flatMap { try? listen(in: $0) }
            let why =
                server == nil
                ? Phrase("no-orders", "\(error)")
                : Phrase("orders-elsewhere", "\(error)", other ?? "")
            desk.notice(.fault, .refused, why: [why], action: [Phrase("do-see-state")])
            return server
        }
    }

    private static func reloadParts(
        _ options: DaemonOptions, session: MQTTSession, ingest: SensorIngest, ready: ReadyOnce,
        notification: ServiceNotification, record: RecordKeeping
    ) -> SiteReload.Parts {
        SiteReload.Parts(
            took: { roster, names in record.take(roster, names: names) },
            // Held strongly: a weak reference would slow down every message that ingest takes.
            stage: { site in session.perform { ingest.take(site) } },
            // Before the daemon is ready, "ready again" would be a lie.
            began: { if ready.hasSaid { notification.reloading() } },
            ended: { word in if ready.hasSaid { notification.ready(status: word) } },
            problemsPath: DaemonOptions.problemsPath(stateDirectory: options.stateDirectory))
    }

    private static func sessionOptions(_ options: DaemonOptions) -> MQTTSessionOptions {
        var session = MQTTSessionOptions(
            host: options.brokerHost, port: options.brokerPort, clientID: options.clientID)
        session.version = options.mqttVersion
        session.filters = SensorIngest.filters(mine: options.site.mine)
        session.will = StatusMessage.blind(
            mine: options.site.mine, site: options.site.fingerprint)
        return session
    }

    private static func pulse(
        _ counters: IngestCounters, _ ring: RingStorage
    ) -> AdvisoryDesk.Pulse {
        let held = ring.held.map(\.records).max() ?? 0
        return AdvisoryDesk.Pulse(
            readings: counters.readings,
            refused: counters.refused.reduce(0) { $0 + $1.count },
            ringFill: Double(held) / Double(ring.capacity))
    }
}
