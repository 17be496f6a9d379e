internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Dispatch
internal import HaltAdvisory
internal import Logging
internal import SensorIngest
internal import Synchronization

// MARK: While the journal cannot be written

extension AdvisoryDesk {
    /// What is kept in mind meanwhile.
    struct WithoutJournal {
        /// How many of what is undelivered, from the first on, stand in the stand-in.
        var kept = 0
        /// How many of what is undelivered, from the first on, were told without the journal.
        var told = 0
        /// What of their alert lines is held back in a flood.
        var grouping = AlarmGrouping()
        /// Why the stand-in does not take the rest, if it does not.
        var standInFault: String?
        /// Whether it is tried again without waiting for a tick.
        var isTryingAgain = false
        /// Whether it was told that the ring fills up with what waits.
        var hasToldRing = false
    }

    /// From this fill on it is told that the ring will be full.
    private static let ringFillTold = 0.5
    /// The journal is tried again so often where no tick does it: a ring that is full of what waits
    /// for the journal takes no tick.
    private static let tryAgainAfter = DispatchTimeInterval.seconds(1)

    /// The journal cannot be written, for `reason`.
    func journalFailed(_ reason: String) {
        let isNew = state.journalFault == nil
        // It is tried every second: said when it begins, and when something else is the matter.
        if state.journalFault != reason {
            log.error("journal: \(reason); what is decided is told without it")
        }
        state.journalFault = reason
        tryAgainSoon()
        guard isNew else { return }
        state.journalFaultSince = state.journalFaultSince ?? HostClock.uptime()
        state.withoutJournal.hasToldRing = false
        tellUnnumbered(
            .fault, .raised,
            why: [Phrase("journal-fault", reason)], action: [Phrase("do-free-disk")])
    }

    /// A line that is not in the journal: heartbeats, and that the journal itself fails.
    @discardableResult
    func writeUnnumbered(
        _ severity: Severity, _ transition: Transition, why: [Phrase], action: [Phrase] = []
    ) -> Announcement {
        let notice = Announcement.notice(
            severity, transition, at: HostClock.now(), site: site, why: why, action: action)
        writeUnnumbered(notice)
        return notice
    }

    /// Writes alert lines whose numbers stand in no journal yet.
    func writeUnnumbered(_ lines: [AlarmGrouping.Line]) {
        for line in lines { writeUnnumbered(line.announcement) }
    }

    private func writeUnnumbered(_ entry: Announcement) {
        state.alertLog.write(
            AlertLine(
                entry, number: nil, offsetSeconds: LocalTime.offsetSeconds(at: entry.decidedAt)))
    }

    /// Tells what was decided and is not in the journal: a halt must not wait for a disk.
    ///
    /// It has no number, and its key is the one that it keeps when it is written and told once
    /// more. It is in the stand-in before; what that does not take is not confirmed to the ring,
    /// which after a kill leads to the same advisories again.
    func tellWithoutJournal() {
        keepInStandIn()
        let known = state.withoutJournal.told
        state.withoutJournal.told = state.undelivered.count
        for (offset, entry) in state.undelivered[known...].enumerated() {
            let number = state.journal.lastNumber + UInt64(known + offset) + 1
            writeUnnumbered(
                state.withoutJournal.grouping.take(entry, number: number, site: site))
            guard let document = OutletDocument(unnumbered: entry, awaiting: number) else {
                continue
            }
            outlets.offer(document)
            publish(document)
        }
    }

    /// Puts what the journal did not take where no kill can reach it, and lets the ring go on.
    private func keepInStandIn() {
        let waiting = state.undelivered[state.withoutJournal.kept...]
        do {
            if !waiting.isEmpty {
                let lines = try state.journal.layOut(
                    Array(waiting), behind: state.standIn.last)
                try state.standIn.append(lines)
                state.withoutJournal.kept = state.undelivered.count
                noteNewest()
            }
            state.withoutJournal.standInFault = nil
            confirm()
        } catch {
            if state.withoutJournal.standInFault == nil {
                log.error("stand-in of the journal: \(error); what is decided stays in the ring")
            }
            state.withoutJournal.standInFault = "\(error)"
        }
    }

    /// The journal has the first `count` of what was undelivered.
    func journalTook(_ count: Int) {
        state.undelivered.removeFirst(count)
        state.withoutJournal.told = max(0, state.withoutJournal.told - count)
        state.withoutJournal.kept = max(0, state.withoutJournal.kept - count)
        if state.withoutJournal.kept == 0 { state.standIn.clear() }
        // What of it was held back is told with its number now.
        if state.undelivered.isEmpty { state.withoutJournal.grouping = AlarmGrouping() }
        noteNewest()
    }

    /// See `journaled`.
    func noteNewest() {
        let kept = UInt64(state.withoutJournal.kept)
        newestNumber.store(state.journal.lastNumber + kept, ordering: .relaxed)
    }

    /// The broker may have lost what it was told without the journal.
    func resendWithoutJournal() {
        for entry in state.undelivered.prefix(state.withoutJournal.told) {
            if let document = OutletDocument(unnumbered: entry) { publish(document) }
        }
    }

    private func publish(_ document: OutletDocument) {
        guard state.isLinked else { return }
        for message in state.outbox.messages(before: document) { send(message, 0) }
    }

    /// Has the journal tried again in a while, until it can be written.
    func tryAgainSoon() {
        guard !state.withoutJournal.isTryingAgain else { return }
        state.withoutJournal.isTryingAgain = true
        // Weak: a daemon that has ended lets go of its ring at once.
        queue.asyncAfter(deadline: .now() + Self.tryAgainAfter) { [weak self] in
            guard let self else { return }
            state.withoutJournal.isTryingAgain = false
            deliver()
            if state.journalFault != nil { tellRing() }
        }
    }

    /// What neither journal nor stand-in takes must stay in the ring, or a kill would lose it; so
    /// the ring fills up, and then nobody judges what comes. Told while there is time.
    private func tellRing() {
        let fill = pulse().ringFill
        guard state.withoutJournal.kept < state.undelivered.count,
            !state.withoutJournal.hasToldRing, fill >= Self.ringFillTold
        else { return }
        state.withoutJournal.hasToldRing = true
        tellUnnumbered(
            .fault, .raised, why: [Phrase("ring-waits", Int((fill * 100).rounded()))],
            action: [Phrase("do-watch-otherwise")])
    }
}
