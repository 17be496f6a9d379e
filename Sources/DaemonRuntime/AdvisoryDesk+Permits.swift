internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Dispatch
internal import GasModel
internal import HaltAdvisory
internal import MQTTSession
internal import SensorIngest

// MARK: Is gas control proven?

extension AdvisoryDesk {
    /// The newest assessment, and what was told of it.
    struct Permits {
        var assessment: Assessment?
        var board = PermitBoard()
        var outbox = PermitOutbox()
        /// What `assessment` was made from.
        var basis = Basis(count: .max, journalFault: nil)
        /// Since when the daemon runs, on the clock that nobody can set: a link from before it is
        /// none.
        var startUptime = HostClock.uptime()
        var assessedUptime: Int64 = .min
        var renewedUptime: Int64 = .min
        var isDue = false
        /// The daemon has told its last words.
        var hasEnded = false
    }

    /// What an assessment rests on beside the site.
    struct Basis: Equatable {
        var count: UInt64
        var journalFault: String?
    }

    /// In a flood it is assessed so often, and with every tick.
    private static let restNanoseconds: Int64 = 100_000_000
    /// A permit is renewed so often, before it expires.
    private static let renewalNanoseconds = Int64(PermitMessage.validSeconds / 3 * 1e9)

    /// How the mine stands now.
    var assessment: Assessment {
        let doubts = [
            state.journalFault.map { Phrase("journal-unwritten", $0) },
            state.ringFault.map { Phrase("ring-in-memory", $0) },
        ]
        return state.book.assess(
            doubts: doubts.compactMap { $0 },
            unknown: state.journal.readFault.map { Phrase("journal-unread", "\($0)") })
    }

    /// Takes note of who was heard, by the detector of a run that has a link of its own.
    func hear(_ hearing: Hearing?) {
        guard let hearing else { return }
        state.book.hear(
            hearing.linkUptime >= state.permits.startUptime ? hearing : Hearing())
    }

    /// From the start on `tell` has the detectors hear of halts.
    func tellHalts(by tell: @escaping @Sendable ([HaltNews]) -> Void) {
        queue.sync { state.tellHalts = tell }
    }

    /// Has the detectors hear of halts that have begun or were released. Before the disk is waited
    /// for, so that they know it by the next tick; a kill in between is mended at the start.
    func tellHalts() {
        guard let tell = state.tellHalts else { return }
        let news = state.halts.news(of: state.book)
        if !news.isEmpty { tell(news) }
    }

    /// Looks how things stand after something has changed, at once or, in a flood, soon.
    func assessSoon() {
        guard !state.permits.hasEnded, hasNewBasis, !state.permits.isDue else { return }
        let rest =
            state.permits.assessedUptime &+ Self.restNanoseconds &- HostClock.uptime()
        guard state.permits.assessedUptime > .min, rest > 0 else { return assessNow() }
        state.permits.isDue = true
        // Weak: a daemon that has ended lets go of its ring at once.
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(rest))) { [weak self] in
            guard let self else { return }
            state.permits.isDue = false
            if hasNewBasis { assessNow() }
        }
    }

    /// With every tick: what is held back may be due, and permits are renewed before they expire.
    func assess(at tick: Reading) {
        guard !state.permits.hasEnded else { return }
        if hasNewBasis || state.permits.board.heldBackCount > 0 { assessNow() }
        let now = tick.arrivalUptime
        let age = now &- state.permits.renewedUptime
        guard state.permits.renewedUptime == .min || age < 0 || age >= Self.renewalNanoseconds
        else { return }
        state.permits.renewedUptime = now
        renewPermits()
    }

    /// Tells every permit once more: the broker may have lost them, or they are about to expire.
    func renewPermits() {
        for (key, entry) in state.permits.board.all { state.permits.outbox.take(key, entry.permit) }
        pumpPermits()
    }

    private var basis: Basis {
        Basis(count: state.book.assessmentCount, journalFault: state.journalFault)
    }

    private var hasNewBasis: Bool { basis != state.permits.basis }

    private func assessNow() {
        guard !state.permits.hasEnded else { return }
        state.permits.assessedUptime = HostClock.uptime()
        if hasNewBasis || state.permits.assessment == nil {
            state.permits.basis = basis
            state.permits.assessment = assessment
        }
        guard let assessment = state.permits.assessment else { return }
        let now = state.book.steadyNanoseconds ?? HostClock.now().nanoseconds
        let (changed, gone) = state.permits.board.take(assessment, at: now)
        for key in changed {
            guard let entry = state.permits.board.entries[key] else { continue }
            state.permits.outbox.take(key, entry.permit)
        }
        forget(gone)
        pumpPermits()
        publishStatus()
    }

    /// Who reads of a place that is no longer there must not go on reading that it may work: an
    /// empty message removes what the broker retains.
    private func forget(_ keys: [PermitBoard.Key]) {
        for key in keys {
            let topic = PermitMessage.topic(mine: site.mine, key)
            send(MQTTMessage(topic: topic, payload: [], retain: true), 0)
        }
    }

    /// The broker has a permit, or refused it.
    func permitSettled(token: UInt64) -> Bool {
        guard state.permits.outbox.settled(token: token) else { return false }
        pumpPermits()
        return true
    }

    /// Hands over what may go out, where there is a link.
    func pumpPermits() {
        guard state.isLinked, !state.permits.hasEnded else { return }
        let render = renderer
        for (message, token) in state.permits.outbox.due({ render($0)?.message }) {
            send(message, token)
        }
    }

    /// Makes the message on an area as things stand; it holds on to nothing of `state`, which may
    /// not be read while the outbox in it is changed.
    private var renderer: (PermitBoard.Key) -> PermitMessage? {
        let (board, site) = (state.permits.board, site)
        let (now, journal) = (HostClock.now(), state.journal.lastNumber)
        return { key in
            board.entries[key].map { PermitMessage($0, of: site, at: now, journal: journal) }
        }
    }

    /// Tells, while there is still a session, that nobody looks from now on. Nothing is told after
    /// it: whatever is still judged is for the journal.
    func endPermits() {
        state.permits.hasEnded = true
        let (now, render) = (HostClock.now(), renderer)
        // What waits in the session goes out before these, so that these are what stays.
        for (key, _) in state.permits.board.all {
            if let last = render(key)?.ending(at: now, in: site.language) { send(last.message, 0) }
        }
    }
}
