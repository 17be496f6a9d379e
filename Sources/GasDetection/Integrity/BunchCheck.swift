internal import GasModel

/// Low gain, seen without a neighbour: the values crowd just below the limit and never reach it,
/// or touch one and the same ceiling there again and again.
struct BunchCheck: Sendable {
    /// Minutes just below the limit that it takes.
    static let minutesMin: Float = 240
    /// Times that one and the same highest value has to be reached.
    static let touchesMin: Float = 6

    /// Minutes whose highest value lies at 0.8 to 0.9 of the limit, and at 0.9 to 1, since the
    /// limit was reached for the last time; halved every day.
    private(set) var below: Float = 0
    private(set) var near: Float = 0
    /// The highest value of the day (and since then), the times and minutes it was touched.
    private(set) var top: Float = 0
    private(set) var touches: Float = 0
    private var topMinutes: Float = 0
    private var touched = Int64.min
    private var day = Int64.min

    /// Counts a closed minute, and judges it where it lies near the limit.
    mutating func judge(
        highest: Float, minute: Int64, limit: Float, resolution: Float, stands: Bool
    ) -> Finding.Change? {
        turn(to: minute / 1440)
        // Where one digit is a band of its own, a crowd in it says nothing.
        guard highest >= 0.8 * limit, resolution <= 0.05 * limit else { return nil }
        if highest >= limit {
            (below, near, top, touches, topMinutes) = (0, 0, 0, 0, 0)
            return stands ? .ended : nil
        }
        if highest >= 0.9 * limit {
            near += 1
            touch(highest, at: minute)
        } else {
            below += 1
        }
        let isClamped =
            resolution <= 0.02 * limit && near >= 20 && touches >= Self.touchesMin
            && topMinutes >= 0.3 * near
        let isCrowded = near >= Self.minutesMin && near >= 1.5 * below
        return !stands && (isClamped || isCrowded) ? .began : nil
    }

    private mutating func touch(_ highest: Float, at minute: Int64) {
        if highest > top {
            top = highest
            touches = 0
            topMinutes = 0
        }
        guard highest == top else { return }
        topMinutes += 1
        if touched == .min || minute &- touched > 5 { touches += 1 }
        touched = minute
    }

    private mutating func turn(to day: Int64) {
        guard day != self.day else { return }
        self.day = day
        below /= 2
        near /= 2
        top = 0
        touches = 0
        topMinutes = 0
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&below)
        try state.word(&near)
        try state.word(&top)
        try state.word(&touches)
        try state.word(&topMinutes)
        try state.word(&touched)
        try state.word(&day)
    }
}
