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
    /// What of the journal was not told yet, and what stands.
    let backlog: Backlog
    /// What the start has to tell, in order.
    let notices: [(Severity, Transition, [Phrase])]
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
        let outbox = AdvisoryOutbox(mine: options.site.mine, markPath: path + "/outbox")
        var restored = Restoration(
            roster: roster, names: registry.names, ring: ring.creation)
        var backlog = Backlog(
            told: alertLog.told, delivered: outbox.acknowledgedThrough, options: options)
        var standIn = JournalStandIn(paths: options.standInPaths)
        let journal = try Self.openJournal(options, now: now, &standIn, &restored, &backlog)
        let ledger = SessionLedger(path: path + "/session", clientID: options.clientID)
        restored.resume(lookedLast: ledger.lastContact, at: now)
        notices = Self.notices(
            ring: ring, repairs: journal.repairs, standIn: standIn, signing: journal.signing,
            book: restored.book, lastContact: ledger.lastContact, now: now)
        let care = JournalCare(newestAt: restored.newestAt, uptime: Clock.uptime())
        self.ring = ring
        (self.registry, self.roster) = (registry, roster)
        (self.backlog, self.restored) = (backlog, restored)
        desk = AdvisoryDesk.State(
            journal: journal, standIn: standIn, undelivered: standIn.found.map(\.record.entry),
            withoutJournal: AdvisoryDesk.WithoutJournal(kept: standIn.found.count),
            book: restored.book, alertLog: alertLog, outbox: outbox, ledger: ledger, care: care)
    }

    /// Opens the journal and hands over what it says, in memory that does not grow with it.
    private static func openJournal(
        _ options: DaemonOptions, now: Timestamp, _ standIn: inout JournalStandIn,
        _ restored: inout Restoration, _ backlog: inout Backlog
    ) throws -> AdvisoryJournal {
        let directory = DaemonOptions.journalPath(stateDirectory: options.stateDirectory)
        if let number = backlog.readBackFrom {
            try AdvisoryJournal.readBack(directory: directory, after: number) { backlog.take($0) }
        }
        var journal = try AdvisoryJournal.open(
            directory: directory, now: now, limits: options.journalLimits, signer: options.signer
        ) { line in
            restored.take(line)
            backlog.take(line)
        }
        standIn.read(behind: journal)
        if journal.needsBeginning {
            try journal.begin(AdvisoryJournal.Opening(restored.book, at: now))
        }
        for line in standIn.found { restored.take(line) }
        return journal
    }

    /// Hands over what the desk owns from now on.
    consuming func takeDesk() -> AdvisoryDesk.State { desk }

    private static func notices(
        ring: RingStorage, repairs: [[Phrase]], standIn: borrowing JournalStandIn, signing: Phrase?,
        book: AdvisoryBook, lastContact: Timestamp?, now: Timestamp
    ) -> [(Severity, Transition, [Phrase])] {
        var notices: [(Severity, Transition, [Phrase])] = []
        if let refusal = ring.refusal {
            notices.append((.fault, .repaired, [refusal.phrase]))
        }
        notices += repairs.map { (.fault, .repaired, $0) }
        if let fault = standIn.fault {
            notices.append((.fault, .raised, [Phrase("stand-in-fault", "\(fault)")]))
        }
        if let flaw = standIn.flaw { notices.append((.fault, .repaired, [flaw])) }
        if !standIn.found.isEmpty {
            notices.append((.notice, .repaired, [Phrase("stand-in-found", standIn.found.count)]))
        }
        let others = book.openCount - book.openHaltCount
        var why = [Phrase("started", book.openHaltCount, others)]
        if let lastContact {
            let blind = Int(now.seconds(since: lastContact).rounded())
            why.append(Phrase("blind-since", lastContact.rfc3339(), blind))
        }
        if let signing { why.append(Phrase("and-said", signing)) }
        notices.append((.notice, .started, why))
        return notices
    }
}
