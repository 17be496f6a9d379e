internal import GasModel

/// What a sensor lets its neighbours see: small, and side by side with theirs in memory.
struct Summary: Sendable {
    /// When its newest value was measured.
    var newest = Timestamp.distantPast
    /// Its last closed minute, counted from 1970.
    var minute = Int64.min
    /// Of that minute: mean, lowest, highest, last value, number of values.
    var mean: Float = 0
    var lowest: Float = 0
    var highest: Float = 0
    var last: Float = 0
    var count: Int32 = 0
    /// Whether anything moved in that minute, against the one before too.
    var hasMoved = false
    /// Means of the newest 5 and 15 closed minutes.
    var mean5: Float = 0
    var mean15: Float = 0
    /// Highest less lowest mean of 15 minutes; not above 0 while the window is not full.
    var swing: Float = 0
    /// The median of that while there is work.
    var usualSwing: Float = 0
    /// Whether enough was seen for that median to say something.
    var knowsSwing = false
    /// Its resolution.
    var resolution: Float = 0
    /// Where its last gap began, while it is the newest thing that is known of gaps.
    var gapStart = Timestamp.distantPast
    /// Whether its value was high, or rose, when that gap began.
    var gapWasHigh = false
    /// Whether it is no witness now: it is calibrated, or in doubt itself.
    var isHeld = false

    /// How old a summary may be to count as of now, in nanoseconds.
    static let ageMax: Int64 = 180_000_000_000

    /// Whether it speaks of the time `now` and may be asked.
    func speaks(at now: Timestamp) -> Bool {
        !isHeld && minute > .min && now.nanoseconds &- newest.nanoseconds <= Self.ageMax
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&newest)
        try state.word(&minute)
        try state.word(&mean)
        try state.word(&lowest)
        try state.word(&highest)
        try state.word(&last)
        try state.word(&count)
        try state.word(&hasMoved)
        try state.word(&mean5)
        try state.word(&mean15)
        try state.word(&swing)
        try state.word(&usualSwing)
        try state.word(&knowsSwing)
        try state.word(&resolution)
        try state.word(&gapStart)
        try state.word(&gapWasHigh)
        try state.word(&isHeld)
    }
}
