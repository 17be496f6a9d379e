internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import Foundation
internal import GasModel
internal import HaltAdvisory
internal import Logging
internal import SensorIngest

// MARK: The ways out, and what is told of them on the others

extension AdvisoryDesk {
    /// Seconds that outlets get for the last words when the daemon ends.
    static let outletDrainSeconds = 1.0

    /// The names of the ways out that are always there.
    private enum Channel {
        static let alertLog = "alert-log"
        static let journal = "journal"
        static let journalDirectory = "journal-directory"
        static let mqtt = "mqtt"
        static let ring = "ring"
    }

    /// The outlets of a daemon, none of them started. `isRead`: whether the journal could be read;
    /// of one that could not, the marks that say how far it was delivered are not touched.
    static func outlets(_ options: DaemonOptions, isRead: Bool, log: Logger) -> Outlets {
        let directory = options.stateDirectory
        let marks = isRead ? directory : options.runtimeDirectory ?? directory
        return Outlets(
            parts: OutletParts(
                journal: JournalTail(
                    directory: DaemonOptions.journalPath(stateDirectory: directory)),
                directory: marks + "/outlets",
                clock: OutletClock(steady: { HostClock.uptime() }, civil: { HostClock.now() }),
                log: { log.warning("outlet \($0)") }))
    }

    /// How every way out stands, in `language`: alert log, broker, then the outlets in the order of
    /// the site. On the desk's queue.
    func outletStates(in language: Language) -> [OutletState] {
        let fault = state.alertLog.fault
        let link =
            state.isLinked
            ? (state.hasToldRefusal ? Phrase("link-refuses") : nil)
            : state.hasConnected ? Phrase("link-lost") : Phrase("broker-not-reached")
        return [
            OutletState(
                name: Channel.alertLog, kind: "alert-log",
                health: fault == nil ? .delivering : .failing,
                waiting: state.alertLog.heldCount, reason: fault.map { "\($0)" }),
            OutletState(
                name: Channel.mqtt, kind: "mqtt", health: link == nil ? .delivering : .failing,
                waiting: state.outbox.pendingCount,
                reason: link.map { [$0].saidAnyway(in: language) }),
        ] + outlets.states.map { $0.said(in: language) }
    }

    /// Goes over to the outlets of the site that holds now.
    func changeOutlets() {
        outlets.apply(site.delivery, newest: state.journal.lastNumber)
    }

    /// Somebody asks the broker's readers' part: publish again all that stands. Done with the next
    /// tick, so that however many ask, it is done once a second.
    func resendAsked() { queue.async { [self] in state.isResendAsked = true } }

    /// Has all that stands published again.
    func resend() {
        for item in state.standing.values.sorted(by: { $0.number < $1.number }) {
            state.outbox.take(item)
        }
    }

    /// What delivers nothing, by name, as far as that was told; and the ring, while it is no file
    /// on a disk.
    var failingChannels: [String] {
        (state.ringFault == nil ? [] : [Channel.ring]) + state.channels.told + outlets.failing
    }

    /// Tells of ways out that fail or work again, through the journal and so on all others. Called
    /// with every tick, once a second.
    func lookAtChannels() {
        if state.isResendAsked {
            state.isResendAsked = false
            resend()
            resendWithoutJournal()
            publishStatus(force: true)
            pump()
        }
        let now = HostClock.uptime()
        let alertLog = state.channels.look(
            at: Channel.alertLog, failing: state.alertLog.fault.map { "\($0)" }, now: now)
        let directory = state.channels.look(
            at: Channel.journalDirectory, failing: probeJournal(), now: now)
        let reports = outlets.look()
        tell(alertLog)
        tell(directory)
        for report in reports { tell(report) }
        // That it fails was said at once, by `journalFailed`.
        if let since = state.journalFaultSince, state.journalFault == nil {
            state.journalFaultSince = nil
            let seconds = Double(now - since) / 1e9
            tell(ChannelWatch.Report.works(name: Channel.journal, afterSeconds: seconds))
        }
        if alertLog != nil || directory != nil || !reports.isEmpty { publishStatus() }
    }

    /// What the journal cannot hold: to the alert log, and to every outlet at once.
    func tellUnnumbered(
        _ severity: Severity, _ transition: Transition, why: [Phrase], action: [Phrase] = []
    ) {
        outlets.offerUnnumbered(
            writeUnnumbered(severity, transition, why: why, action: action))
    }

    private func tell(_ report: ChannelWatch.Report?) {
        switch report {
        case .fails(let name, let reason):
            var why = [
                Phrase("channel-fails", Phrase.term(name.replacing("-", with: " ")), reason)
            ]
            // The same disk may hold both.
            if let fault = state.journalFault { why.append(Phrase("nor-journal", fault)) }
            tell(.fault, .raised, why: why, action: [Phrase("do-mend-disk")])
        case .works(let name, let seconds):
            let channel = Phrase.term(name.replacing("-", with: " "))
            tell(
                .notice, .gone, why: [Phrase("channel-again", channel, Int(seconds.rounded()))])
        case nil: break
        }
    }

    private func tell(_ report: Outlets.Report) {
        switch report {
        case .fails(let name, let reason):
            tell(
                .fault, .raised, why: [Phrase("outlet-fails", name, Phrase.term(reason))],
                action: [Phrase("do-mend-outlet")])
        case .works(let name, let seconds):
            tell(.notice, .gone, why: [Phrase("outlet-again", name, Int(seconds.rounded()))])
        case .gaveUp(let name, let count, let reason):
            tell(
                .fault, .refused, why: [Phrase("outlet-gave-up", name, count, reason)],
                action: [Phrase("do-ask-receiver")])
        }
    }
}
