internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import GasModel
internal import HaltAdvisory
internal import SensorIngest

// MARK: How the daemon stands, for everybody

extension AdvisoryDesk {
    /// Tells the broker how the daemon stands, if that has changed or `force` says so.
    func publishStatus(state name: String? = nil, force: Bool = false) {
        let failing = failingChannels
        let isWhole =
            state.journalFault == nil && state.alertLog.fault == nil && state.ringFault == nil
        let word = name ?? (isWhole ? "guarding" : "degraded")
        let status = StatusMessage(
            state: word, mine: site.mine, at: HostClock.now().rfc3339(),
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

    /// A line that says that all this goes on, and how much of it.
    func beat(heard: Int, watched: Int) {
        let pulse = pulse()
        let readings = pulse.readings &- state.readingsAtHeartbeat
        state.readingsAtHeartbeat = pulse.readings
        let link =
            state.isLinked
            ? Phrase("broker-connected")
            : state.hasConnected ? Phrase("broker-lost") : Phrase("broker-not-reached")
        let halts = state.book.openHaltCount
        writeUnnumbered(
            .heartbeat, .alive,
            why: [
                Phrase(
                    "heartbeat", heard, watched, "\(readings)", "\(pulse.refused)", halts,
                    state.book.openCount - halts, link, Int((pulse.ringFill * 100).rounded()))
            ])
    }
}
