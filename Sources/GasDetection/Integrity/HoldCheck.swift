internal import GasModel

/// Stuck: not one digit has changed for longer than ever, although its air must have changed.
///
/// Flat is not broken: a head of 0.1 % stood still for 11.8 hours on a day without work. So it
/// takes more than time: work, or a neighbour that moved by what this head could not have missed.
struct HoldCheck: Sendable {
    /// A hold shorter than this, in minutes, is never told.
    static let minutesMin: Float = 30
    /// Minutes of work to be seen before its own longest hold says anything.
    static let lessons: Float = 120

    private(set) var value = Float.nan
    /// Whether the value has changed since it was last found stuck.
    private(set) var hasMoved = false
    /// Minutes since the value changed, and those of them with work.
    private(set) var minutes: Float = 0
    private(set) var workMinutes: Float = 0
    /// The longest of those that it ever ended by itself.
    private(set) var longest: Float = 0
    private(set) var longestAtWork: Float = 0
    private var lessons: Float = 0
    /// Lowest and highest five-minute mean of each neighbour since the value changed.
    private var lowest = SIMD4<Float>(repeating: .infinity)
    private var highest = SIMD4<Float>(repeating: -.infinity)

    /// Takes a reading; `afterGap`: nothing is known of the time between.
    mutating func take(_ value: Float, afterGap: Bool) {
        guard value != self.value || afterGap else { return }
        if !afterGap, self.value == self.value {
            hasMoved = true
            longest = max(minutes, longest > minutes * 2 ? longest : 0.98 * longest)
            longestAtWork = max(
                workMinutes, longestAtWork > workMinutes * 2 ? longestAtWork : 0.98 * longestAtWork)
        }
        self.value = value
        minutes = 0
        workMinutes = 0
        lowest = SIMD4(repeating: .infinity)
        highest = SIMD4(repeating: -.infinity)
    }

    /// Counts a closed minute.
    mutating func count(isAtWork: Bool) {
        minutes += 1
        if isAtWork {
            workMinutes += 1
            lessons += 1
        }
    }

    /// Forgets what neighbour number `place` showed: it was calibrated, or is in doubt.
    mutating func forget(_ place: Int) {
        lowest[place] = .infinity
        highest[place] = -.infinity
    }

    /// Sees the five-minute mean of neighbour number `place`.
    mutating func see(_ mean: Float, of place: Int) {
        // The mean may reach back to before the value stood still.
        guard minutes > 5 else { return }
        lowest[place] = min(lowest[place], mean)
        highest[place] = max(highest[place], mean)
    }

    /// By how much this head should have moved since the value changed, had it followed the
    /// neighbour that moved most, and which that is; `nil` where no neighbour was heard.
    ///
    /// `slack`: what of a neighbour's movement may be its rounding.
    func missed(_ slack: SIMD4<Float>) -> (by: Float, neighbour: Int)? {
        var most: (by: Float, neighbour: Int)?
        for place in 0..<4 where lowest[place] <= highest[place] {
            let level = (lowest[place] + highest[place]) / 2
            let share = level > 0 ? min(1, max(value, 0) / level) : 0
            let moved = max(highest[place] - lowest[place] - slack[place], 0) * share
            if moved > most?.by ?? -1 { most = (moved, place) }
        }
        return most
    }

    /// Notes that it was found stuck.
    mutating func markStuck() { hasMoved = false }

    /// How far neighbour number `place` moved.
    func moved(_ place: Int) -> Float { highest[place] - lowest[place] }

    /// Whether the value is stuck.
    func isStuck(resolution: Float, slack: SIMD4<Float>) -> Bool {
        guard minutes >= Self.minutesMin else { return false }
        guard let missed = missed(slack) else {
            return lessons >= 2 * Self.lessons && workMinutes >= max(60, 3 * longestAtWork)
        }
        let digits = missed.by / max(resolution, 1e-6)
        if digits >= 4, missed.by >= 0.4 * value { return true }
        if lessons >= Self.lessons, digits >= 2,
            workMinutes >= max(Self.minutesMin, 1.5 * longestAtWork)
        {
            return true
        }
        return digits >= 3 && longest > 0 && minutes >= max(60, 1.5 * longest)
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&value)
        try state.word(&hasMoved)
        try state.word(&minutes)
        try state.word(&workMinutes)
        try state.word(&longest)
        try state.word(&longestAtWork)
        try state.word(&lessons)
        for place in 0..<4 { try state.pair(&lowest[place], &highest[place]) }
    }
}
