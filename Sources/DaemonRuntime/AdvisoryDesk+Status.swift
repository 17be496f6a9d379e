internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import GasModel
internal import HaltAdvisory

// MARK: How the daemon stands, for everybody

extension AdvisoryDesk {
    /// Tells the broker how the daemon stands, if that has changed or `force` says so.
    func publishStatus(state name: String? = nil, force: Bool = false) {
        let failing = failingChannels
        let isWhole =
            state.journalFault == nil && state.alertLog.fault == nil && state.ringFault == nil
        let word = name ?? (isWhole ? "guarding" : "degraded")
        let status = StatusMessage(
            state: word, mine: site.mine, at: Clock.now().rfc3339(),
            openHalts: state.book.openHaltCount, openAdvisories: state.book.openCount,
            journal: state.journal.lastNumber, head: state.journal.lastHash,
            journalFault: state.journalFault, failing: failing.isEmpty ? nil : failing,
            site: site.fingerprint, verdict: state.permits.assessment?.mine.verdict,
            places: VerdictCounts(state.permits.assessment))
        let gist =
            "\(word) \(status.openHalts) \(status.openAdvisories) \(status.site) \(failing) "
            + "\(status.places)"
        guard state.isLinked, force || gist != state.lastStatus else { return }
        state.lastStatus = gist
        send(status.message, 0)
    }
}
