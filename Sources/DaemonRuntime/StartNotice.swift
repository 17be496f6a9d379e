internal import GasModel
internal import HaltAdvisory
internal import Logging
internal import ReadingRing

/// What a start has to tell.
struct StartNotice {
    var severity: Severity
    var transition: Transition
    var why: [Phrase]
    var action: [Phrase] = []

    init(
        _ severity: Severity, _ transition: Transition, why: [Phrase], action: [Phrase] = []
    ) {
        (self.severity, self.transition) = (severity, transition)
        (self.why, self.action) = (why, action)
    }

    /// What is told through a journal that may not be written stands on standard error too.
    func log(to log: Logger) {
        guard severity == .fault, let text = why.said(in: .english) else { return }
        log.error("\(text)")
    }

    /// A ring was moved aside.
    init(_ refusal: RingRefusal) { self.init(.fault, .repaired, why: [refusal.phrase]) }
}
