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
    let notices: [StartNotice]
    /// Where the ring is.
    let ringDirectory: String
    /// What the gap ledger has to say of it.
    let elsewhere: ReadingRecorder.Elsewhere?
    private let desk: AdvisoryDesk.State

    /// Opens all of it. The ring comes first: its lock keeps a second daemon out of the directory.
    ///
    /// Where the directory takes no writes, what is in it is read all the same: the ring goes on
    /// elsewhere, see `RingPlace`, and so does what the journal does not take. Where the journal
    /// cannot even be read, nothing is proven. **Errors:** there is no place for a ring, or none
    /// for what is decided.
    init(options: DaemonOptions) throws {
        let path = options.stateDirectory
        if unsafe mkdir(path, 0o750) != 0, errno != EEXIST { throw FileError("make", path) }
        let now = HostClock.now()
        var place = try RingPlace(options)
        let (ring, registry) = (place.ring, place.registry)
        let roster = SensorRoster(
            site: options.site, sensors: registry.sensors(of: options.site))
        let alertLog = AlertLog(path: DaemonOptions.alertLogPath(stateDirectory: path))
        let outbox = AdvisoryOutbox(mine: options.site.mine, markPath: path + "/outbox")
        var restored = Restoration(
            roster: roster, names: registry.names, ring: ring.creation)
        var backlog = Backlog(
            told: alertLog.told, delivered: outbox.acknowledgedThrough, options: options)
        var standIn = JournalStandIn(paths: options.standInPaths)
        let journal = try Self.openJournal(options, now: now, &standIn, &restored, &backlog)
        if restored.knowsRecords(beyond: ring.published) {
            try place.beginAnew()
            restored.follow(ring: ring.creation)
        }
        let ledger = SessionLedger(path: path + "/session", clientID: options.clientID)
        restored.resume(lookedLast: ledger.lastContact, at: now)
        notices = Self.notices(
            place.notices, of: journal, standIn: standIn, book: restored.book,
            lastContact: ledger.lastContact, now: now)
        let care = JournalCare(newestAt: restored.newestAt, uptime: HostClock.uptime())
        self.ring = ring
        (self.registry, self.roster) = (registry, roster)
        (ringDirectory, elsewhere) = (place.directory, place.elsewhere)
        (self.backlog, self.restored) = (backlog, restored)
        desk = AdvisoryDesk.State(
            journal: journal, standIn: standIn, undelivered: standIn.found.map(\.record.entry),
            withoutJournal: AdvisoryDesk.WithoutJournal(kept: standIn.found.count),
            book: restored.book, alertLog: alertLog, outbox: outbox, ledger: ledger, care: care,
            ringFault: place.reason)
    }

    /// Opens the journal and hands over what it says, in memory that does not grow with it.
    private static func openJournal(
        _ options: DaemonOptions, now: Timestamp, _ standIn: inout JournalStandIn,
        _ restored: inout Restoration, _ backlog: inout Backlog
    ) throws -> AdvisoryJournal {
        let directory = DaemonOptions.journalPath(stateDirectory: options.stateDirectory)
        var journal: AdvisoryJournal
        do throws(FileError) {
            if let number = backlog.readBackFrom {
                try AdvisoryJournal.readBack(directory: directory, after: number) {
                    backlog.take($0)
                }
            }
            journal = try AdvisoryJournal.open(
                directory: directory, now: now, limits: options.journalLimits,
                signer: options.signer
            ) { line in
                restored.take(line)
                backlog.take(line)
            }
        } catch {
            // One that cannot be made is a matter of who installs. And without a place for what is
            // decided meanwhile nothing that is told would be anywhere.
            guard standIn.keepsAnything, error.operation != "make" || error.code == EIO else {
                throw error
            }
            journal = .unread(directory: directory, because: error, signer: options.signer)
            restored.isComplete = false
        }
        standIn.read(behind: journal)
        if journal.needsBeginning {
            do {
                try journal.begin(AdvisoryJournal.Opening(restored.book, at: now))
            } catch is FileError {
                // As any journal that cannot be written: the first line shows it, and it is told.
            }
        }
        for line in standIn.found { restored.take(line) }
        return journal
    }

    /// Hands over what the desk owns from now on.
    consuming func takeDesk() -> AdvisoryDesk.State { desk }

    private static func notices(
        _ ofRing: [StartNotice], of journal: borrowing AdvisoryJournal,
        standIn: borrowing JournalStandIn, book: AdvisoryBook, lastContact: Timestamp?,
        now: Timestamp
    ) -> [StartNotice] {
        var notices = ofRing + journal.repairs.map { StartNotice(.fault, .repaired, why: $0) }
        if let fault = journal.readFault {
            notices.append(
                StartNotice(
                    .fault, .raised, why: [Phrase("journal-unread", "\(fault)")],
                    action: [Phrase("do-mend-state")]))
        }
        if let fault = standIn.fault {
            let why =
                standIn.keepsAnything
                ? Phrase("stand-in-memory", "\(fault)") : Phrase("stand-in-fault", "\(fault)")
            notices.append(StartNotice(.fault, .raised, why: [why]))
        }
        if let flaw = standIn.flaw {
            notices.append(StartNotice(.fault, .repaired, why: [flaw]))
        }
        if !standIn.found.isEmpty {
            let found = Phrase("stand-in-found", standIn.found.count)
            notices.append(StartNotice(.notice, .repaired, why: [found]))
        }
        let others = book.openCount - book.openHaltCount
        var why = [Phrase("started", book.openHaltCount, others)]
        if let lastContact {
            let blind = Int(now.seconds(since: lastContact).rounded())
            why.append(Phrase("blind-since", lastContact.rfc3339(), blind))
        }
        if let signing = journal.signing { why.append(Phrase("and-said", signing)) }
        notices.append(StartNotice(.notice, .started, why: why))
        return notices
    }
}
