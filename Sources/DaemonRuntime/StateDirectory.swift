internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Foundation
internal import GasModel
internal import HaltAdvisory
internal import ReadingRecord
internal import ReadingRing
internal import SensorIngest

/// Everything that the state directory holds, opened, repaired where a crash left it torn, and
/// taken up.
struct StateDirectory: ~Copyable {
    let ring: RingStorage
    /// Which index in the ring's records means which sensor.
    let registry: SensorRegistry
    /// The site with its sensors at those indexes.
    let roster: SensorRoster
    /// What the journal says of the time before the start.
    let restored: Restoration
    /// The journal's lines, oldest first.
    let found: [JournalLine]
    /// What the start has to tell, in order.
    let notices: [(Severity, Transition, String)]
    private let desk: AdvisoryDesk.State

    /// Opens all of it. The ring comes first: its lock keeps a second daemon out of the directory.
    init(options: DaemonOptions) throws {
        let path = options.stateDirectory
        if unsafe mkdir(path, 0o750) != 0, errno != EEXIST { throw FileError("make", path) }
        let now = Clock.now()
        let ring = try RingStorage.open(
            path: path + "/ring", capacity: options.ringCapacity,
            readers: Rule.Detector.allCases.map(\.rawValue) + [ReadingRecorder.readerName])
        let registry = try SensorRegistry(path: path + "/ring.sensors", site: options.site)
        let roster = SensorRoster(
            site: options.site, sensors: registry.sensors(of: options.site))
        let alertLog = try AlertLog(path: DaemonOptions.alertLogPath(stateDirectory: path))
        var journal = try AdvisoryJournal.open(directory: path + "/journal", now: now)
        let found = journal.takeFound()
        let restored = Restoration(
            found: found, roster: roster, names: registry.names, ring: ring.creation)
        let ledger = SessionLedger(path: path + "/session", clientID: options.clientID)
        notices = Self.notices(
            ring: ring, repairs: journal.repairs, book: restored.book,
            lastContact: ledger.lastContact, now: now)
        self.ring = ring
        (self.registry, self.roster) = (registry, roster)
        (self.found, self.restored) = (found, restored)
        desk = AdvisoryDesk.State(
            journal: journal, book: restored.book, alertLog: alertLog,
            outbox: AdvisoryOutbox(mine: options.site.mine, markPath: path + "/outbox"),
            ledger: ledger)
    }

    /// Hands over what the desk owns from now on.
    consuming func takeDesk() -> AdvisoryDesk.State { desk }

    private static func notices(
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
