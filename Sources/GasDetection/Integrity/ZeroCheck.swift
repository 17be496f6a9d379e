internal import GasModel

/// Drift: the lowest level of a day wanders although the neighbour's does not, or values lie below
/// zero.
struct ZeroCheck: Sendable {
    /// Days that the usual minimum is learned before it judges.
    static let lessons: Int32 = 4
    /// A wandering of the daily minimum by less, %, is not told (nor by less than 3 digits).
    static let shiftMin: Float = 0.15

    private var day = Int64.min
    private var minimum = Float.infinity
    private var partnerMinimum = Float.infinity
    /// What the minimum of a day usually is, here and at the partner: means over about 60 days.
    private(set) var usual: Float = 0
    private(set) var partnerUsual: Float = 0
    private(set) var days: Int32 = 0
    /// Whether enough days were seen to say what is usual.
    var isKnown: Bool { days >= Self.lessons }
    /// The shift of the last whole day.
    private(set) var shift: Float = 0
    private var isShifted = false
    /// Faults below the range, of late; one is forgotten every 200 s.
    private(set) var negatives: Float = 0
    private var negativeTime = Timestamp.distantPast

    /// Takes a closed minute with a full window; `partner`: its mean, `nil` where it does not
    /// speak. Whether a whole day was judged.
    mutating func take(
        _ mean: Float, partner: Float?, minute: Int64, resolution: Float
    ) {
        if minute / 1440 != day {
            if day > .min, minimum < .infinity { turn(resolution: resolution) }
            day = minute / 1440
            minimum = .infinity
            partnerMinimum = .infinity
        }
        minimum = min(minimum, mean)
        if let partner { partnerMinimum = min(partnerMinimum, partner) }
    }

    private mutating func turn(resolution: Float) {
        let knowsPartner = partnerMinimum < .infinity
        if isKnown {
            let share = partnerUsual > 0 ? min(max(usual / partnerUsual, 0), 3) : 0
            let explained = knowsPartner ? share * (partnerMinimum - partnerUsual) : 0
            shift = minimum - usual - explained
            isShifted = abs(shift) >= max(Self.shiftMin, 3 * resolution, 0.35 * abs(usual))
        }
        // A shifted day does not teach, or the shift would soon be the rule.
        if isShifted, isKnown { return }
        let pace = max(1 / Float(days + 1), 1.0 / 60)
        usual += (minimum - usual) * pace
        if knowsPartner {
            partnerUsual += (partnerMinimum - partnerUsual) * (partnerUsual == 0 ? 1 : pace)
        }
        if days < .max { days += 1 }
    }

    /// A message that said "below the range"; one that came before counts once.
    mutating func noteNegative(at time: Timestamp) {
        guard time > negativeTime else { return }
        forget(until: time)
        negatives += 1
    }

    private mutating func forget(until time: Timestamp) {
        if negativeTime > .distantPast {
            let seconds = max(time.seconds(since: negativeTime), 0)
            negatives = max(negatives - Float(min(seconds, 1e6)) / 200, 0)
        }
        negativeTime = max(time, negativeTime)
    }

    /// Whether the zero point is off now; `mean15` of a full window.
    mutating func isOff(mean15: Float?, at time: Timestamp, resolution: Float) -> Bool {
        forget(until: time)
        let isBelow = mean15.map { $0 < -max(0.02, resolution / 2) } ?? false
        return isShifted || negatives >= 3 || isBelow
    }

    /// Takes up from the journal that it is off: so it stays until enough days were seen.
    mutating func resume() { isShifted = true }

    /// A real calibration: what the minimum was before tells nothing any more.
    mutating func reset() { self = ZeroCheck() }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&day)
        try state.word(&minimum)
        try state.word(&partnerMinimum)
        try state.word(&usual)
        try state.word(&partnerUsual)
        try state.word(&days)
        try state.word(&shift)
        try state.word(&isShifted)
        try state.word(&negatives)
        try state.word(&negativeTime)
    }
}
