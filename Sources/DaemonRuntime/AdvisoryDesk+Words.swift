internal import HaltAdvisory

// MARK: What has no keys

extension AdvisoryDesk {
    /// Tells a text that is in no catalogue, the same in every language.
    func tell(
        _ severity: Severity, _ transition: Transition, sensor: String? = nil, why: String,
        action: String = ""
    ) {
        tell(
            severity, transition, sensor: sensor, why: [.verbatim(why)],
            action: action.isEmpty ? [] : [.verbatim(action)])
    }

    /// A notice of the daemon itself that is in no catalogue: journal, alert log, no advisory.
    func notice(
        _ severity: Severity = .notice, _ transition: Transition, why: String, action: String = ""
    ) {
        notice(
            severity, transition, why: [.verbatim(why)],
            action: action.isEmpty ? [] : [.verbatim(action)])
    }
}
