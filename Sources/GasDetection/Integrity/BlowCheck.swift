internal import GasModel

/// Compressed air: a fall to nothing that is faster than air is exchanged, and stays, while no
/// neighbour falls and no more air flows.
struct BlowCheck: Sendable {
    /// At most this much is left, % (and half a digit more).
    static let restMax: Float = 0.05
    /// The fall in question is at least this deep, %.
    static let fallMin: Float = 0.15
    /// How long nothing has to be left, in seconds: longer than a calibration feeds air, shorter
    /// than two minutes after the fall; and where the gas was high or rises around it.
    static let seconds: (normal: Double, urgent: Double) = (100, 30)
    /// How long the head has to measure again before it is over, in seconds: one that is blown at
    /// in turns is blown at once for all.
    static let backSeconds = 600.0

    /// What was shown so long before counts as the level before, in seconds: in more, the air may
    /// have changed.
    static let gapSecondsMax = 1800.0

    /// Since when nothing is left after a fast fall; `.distantPast` while that is not so.
    private(set) var since = Timestamp.distantPast
    /// The level before it, and the partner's.
    private(set) var before: Float = 0
    private(set) var partnerBefore: Float = 0
    private var backSince = Timestamp.distantPast

    var isLow: Bool { since > .distantPast }

    /// Takes a reading. `level`: the mean of the last minutes, 0 when not known; `partner`: that of
    /// the partner. Whether nothing is left of a fast fall.
    mutating func take(
        _ value: Float, at time: Timestamp, level: Float, partner: Float, resolution: Float
    ) {
        if value > Self.restMax + resolution / 2 {
            since = .distantPast
        } else if since == .distantPast, level - value >= max(Self.fallMin, 3 * resolution),
            level >= 4 * value
        {
            since = time
            before = level
            partnerBefore = partner
        }
    }

    /// Whether it has lasted long enough.
    func hasLasted(at time: Timestamp, isUrgent: Bool) -> Bool {
        isLow
            && time.seconds(since: since)
                >= (isUrgent ? Self.seconds.urgent : Self.seconds.normal)
    }

    /// While the rule stands: whether more than a quarter of the old level is back for good.
    mutating func isBack(_ value: Float, at time: Timestamp, resolution: Float) -> Bool {
        guard value > max(before / 4, Self.restMax + resolution / 2) else {
            backSince = .distantPast
            return false
        }
        if backSince == .distantPast { backSince = time }
        return time.seconds(since: backSince) >= Self.backSeconds
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&since)
        try state.word(&before)
        try state.word(&partnerBefore)
        try state.word(&backSince)
    }
}
