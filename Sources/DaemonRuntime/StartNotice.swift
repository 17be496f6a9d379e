internal import HaltAdvisory
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

    /// A ring was moved aside.
    init(_ refusal: RingRefusal) { self.init(.fault, .repaired, why: [refusal.phrase]) }
}
