internal import AdvisoryJournal
internal import Dispatch
internal import GasModel
internal import HaltAdvisory
internal import Logging
internal import SensorIngest

/// When the journal is looked after, and whether the civil clock may be believed when it says that
/// records are old.
struct JournalCare {
    /// After a failure it is tried again only after so long, in nanoseconds.
    static let retryNanoseconds: Int64 = 60_000_000_000
    /// How often old segments are looked for, in nanoseconds.
    static let retirementNanoseconds: Int64 = 86_400_000_000_000
    /// A segment is at most a month old when it is closed: who finds a journal that ended much
    /// longer ago than this, in days, has been away for long, or has a wrong clock.
    static let absenceDaysMax = 62.0

    /// Before this uptime nothing is tried.
    var nextTry: Int64 = 0
    /// From this uptime on old segments are looked for.
    var nextRetirement: Int64 = 0
    /// Whether it was told that the journal lives on its reserve.
    var hasToldReserve = false
    /// What is wrong with rotation or deletion, if anything is.
    var fault: String?
    private let newestAt: Timestamp?
    private let startUptime: Int64

    /// `newestAt`: the newest time in the journal before this run.
    init(newestAt: Timestamp?, uptime: Int64) {
        self.newestAt = newestAt
        startUptime = uptime
    }

    /// Whether `now` can be true: not much later than the journal's own newest time and what has
    /// passed since. A clock that was set years ahead must not delete what it makes old.
    func believes(_ now: Timestamp, uptime: Int64) -> Bool {
        guard let newestAt else { return false }
        let passed = Double(max(0, uptime - startUptime)) / 1e9
        return now.seconds(since: newestAt) <= passed + Self.absenceDaysMax * 86_400
    }
}

// MARK: The journal's segments

extension AdvisoryDesk {
    /// Looks whether the journal can be written although nothing is decided, so that this is not
    /// found out by the next halt. Returns what is wrong with its directory, if anything is: the
    /// old segment may go on without it.
    func probeJournal() -> String? {
        // While something waits, `deliver` has just tried.
        if state.undelivered.isEmpty {
            do {
                try state.journal.probe()
                // That it works again is told by `lookAtChannels`.
                state.journalFault = nil
            } catch {
                journalFailed("\(error)")
                publishStatus()
                assessSoon()
            }
        }
        guard state.journalFault == nil else { return nil }
        do {
            try state.journal.probeDirectory()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Tells that the journal has had to give up its reserve, and that it has one again: what is
    /// left is a matter of time, and everything else on that disk has stopped already.
    func lookAtReserve() {
        guard state.journal.isOnReserve != state.care.hasToldReserve else { return }
        state.care.hasToldReserve = state.journal.isOnReserve
        guard state.journal.isOnReserve else {
            return tell(.notice, .gone, why: [Phrase("reserve-again")])
        }
        let mebibytes = AdvisoryJournal.reserveBytes >> 20
        tell(
            .fault, .raised, why: [Phrase("on-reserve", mebibytes)],
            action: [Phrase("do-free-disk")])
    }

    /// Begins a new segment when the old one has come to its end, and deletes what is older than
    /// the site keeps it. At a tick, so never between a finding and its line; only while everything
    /// that was decided is in the journal.
    func careForJournal() {
        let (now, uptime) = (HostClock.now(), HostClock.uptime())
        guard state.undelivered.isEmpty, state.journalFault == nil, uptime >= state.care.nextTry
        else { return }
        do {
            if state.journal.isRotationDue(now: now) {
                try state.journal.begin(AdvisoryJournal.Opening(state.book, at: now))
                noteNewest()
                state.care.nextRetirement = uptime
                log.info("the journal goes on in a new segment, from line \(journaled) on")
            }
            if uptime >= state.care.nextRetirement {
                state.care.nextRetirement = uptime + JournalCare.retirementNanoseconds
                try retire(now: now, uptime: uptime)
            }
            if state.care.fault != nil { log.notice("the journal's segments can be changed again") }
            state.care.fault = nil
        } catch {
            state.care.nextTry = uptime + JournalCare.retryNanoseconds
            let isNew = state.care.fault == nil
            state.care.fault = "\(error)"
            log.error("journal: \(error); it goes on in its old segment")
            guard isNew else { return }
            tell(
                .fault, .raised,
                why: [Phrase("segments-stuck", "\(error)")], action: [Phrase("do-see-disk")])
        }
    }

    private func retire(now: Timestamp, uptime: Int64) throws {
        let old = try state.journal.expired(days: site.retention.journalDays, now: now)
        guard !old.isEmpty else { return }
        guard state.care.believes(now, uptime: uptime) else {
            log.warning("the clock is far ahead of the journal: no old segment is deleted")
            return
        }
        let names = old.map {
            Phrase("segment-lines", $0.file, "\($0.first)", "\($0.last)", $0.until)
        }
        let lines = try state.journal.announce(
            retirementOf: old,
            notice: .notice(
                .notice, .retired, at: now, site: site,
                why: [
                    Phrase(
                        "segments-retired", site.retention.journalDays, Phrase.list(names))
                ]))
        noteNewest()
        for line in lines { show(line) }
        try state.journal.delete(old)
    }
}
