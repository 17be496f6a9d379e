internal import GasModel

/// Covered: hardly moves any more, while there is work and a neighbour moves as it does then.
///
/// The sensor is its own yardstick: the medians of unrest and swing are learned in minutes of work
/// alone. A head whose resolution hides its unrest is not judged here; see `HoldCheck`.
struct CoverCheck: Sendable {
    /// Minutes of work that have to be seen before it judges.
    static let lessons: Int32 = 120
    /// Below this fraction of its usual unrest a head does not live.
    static let calmFraction: Float = 0.4
    /// Below this fraction of its usual bend its course is as good as straight.
    static let straightFraction: Float = 0.2
    /// Calm minutes, each a full window, that make a finding; with a witness, and without one.
    static let minutesMin: (witnessed: Int32, alone: Int32) = (4, 10)

    private(set) var unrest = Median()
    private(set) var bend = Median()
    /// What the neighbours ask of it as a witness: how far it moves.
    private(set) var swing = Median()
    private var calm: Int32 = 0
    private var alive: Int32 = 0

    /// What a minute looked like from outside.
    struct Minute {
        /// Whether something happened that the head should have felt.
        var isStirred: Bool
        /// Whether it is known when there is work; if not, all minutes tell how far it swings.
        var knowsWork: Bool
        /// Whether a neighbour felt it; `nil` without one.
        var isWitnessed: Bool?
        var resolution: Float
    }

    /// Judges a window; `stands`: whether the rule stands. `nil`: nothing new.
    mutating func judge(_ minutes: Minutes, _ seen: Minute, stands: Bool) -> Finding.Change? {
        let (unrest, bend) = (minutes.unrest, minutes.bend)
        let isKnown = self.unrest.count >= Self.lessons
        let bendMax = max(1.5 * seen.resolution, Self.straightFraction * self.bend.value)
        let isVisible = self.unrest.value >= 0.3 * seen.resolution
        let isCalm =
            isKnown && isVisible && unrest <= Self.calmFraction * self.unrest.value
            && bend <= bendMax
        if stands {
            let livesAgain =
                isKnown && unrest >= 0.6 * self.unrest.value || bend > 2 * bendMax
            calm = 0
            alive = livesAgain ? alive + 1 : 0
            return alive >= 3 ? .ended : nil
        }
        alive = 0
        let floor = max(seen.resolution / 100, 1e-5)
        if !isCalm, seen.isStirred || !seen.knowsWork {
            swing.learn(minutes.swing, pace: 0.004, floor: floor)
        }
        guard seen.isStirred else { return nil }
        guard isCalm, seen.isWitnessed != false else {
            if !isCalm {
                calm = 0
                self.unrest.learn(unrest, pace: 0.004, floor: floor)
                self.bend.learn(bend, pace: 0.004, floor: floor)
            }
            return nil
        }
        calm += 1
        let needed = seen.isWitnessed == nil ? Self.minutesMin.alone : Self.minutesMin.witnessed
        return calm >= needed ? .began : nil
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try unrest.exchange(&state)
        try bend.exchange(&state)
        try swing.exchange(&state)
        try state.word(&calm)
        try state.word(&alive)
    }
}
