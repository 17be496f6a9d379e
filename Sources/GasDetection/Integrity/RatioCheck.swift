internal import GasModel

/// The level of a head against that of its partner: how much of the partner's gas it usually shows.
/// A sudden and large loss is fresh air; a smaller one for hours is lost gain.
struct RatioCheck: Sendable {
    /// Minutes to be seen before it judges: 6 hours, and a day for the slow one.
    static let lessons: (fast: Int32, slow: Int32) = (360, 1440)
    /// A ratio below the usual one by more than this factor is fresh air.
    static let lossMin: Float = 2.5
    /// A ratio of hours below this fraction of the usual one is lost gain.
    static let gainMax: Float = 0.65

    private(set) var usual = Median()
    private var spread = Median()
    private(set) var slow = Median()
    private var slowLevel = Median()
    /// Means of ratio and level over some hours.
    private(set) var ratio: Float = 0
    private(set) var level: Float = 0
    private var lost: Int32 = 0
    private var back: Int32 = 0
    private var weak: Int32 = 0
    private var strong: Int32 = 0

    /// Below this the ratio is that of fresh air.
    var lossLimit: Float {
        let squared = spread.value * spread.value
        return usual.value / max(Self.lossMin, squared * squared)
    }

    /// One closed minute with a full window here and at the partner. `ratio`: of the 15-minute
    /// means; `level`: of this head; `airGrowth`: the air velocity against that of the last hours.
    mutating func judgeLoss(
        ratio: Float, level: Float, airGrowth: Float, stands: Bool
    ) -> Finding.Change? {
        let isKnown = usual.count >= Self.lessons.fast
        let expected = self.level / max(airGrowth, 1)
        let isLost = isKnown && ratio <= lossLimit && level <= 0.5 * expected
        if stands {
            // Known only from the journal: it stands until enough is seen to judge it.
            guard isKnown else {
                learn(ratio, level)
                return nil
            }
            lost = 0
            back = ratio >= 0.6 * usual.value || level >= 0.8 * expected ? back + 1 : 0
            return back >= 5 ? .ended : nil
        }
        back = 0
        lost = isLost ? lost + 1 : 0
        if lost >= 10 { return .began }
        if lost == 0 { learn(ratio, level) }
        return nil
    }

    private mutating func learn(_ ratio: Float, _ level: Float) {
        usual.learn(ratio, pace: 0.002, floor: 1e-4)
        let factor = ratio > usual.value ? ratio / usual.value : usual.value / ratio
        spread.learn(min(factor, 10), pace: 0.002, floor: 1)
        self.level = self.level == 0 ? level : self.level + (level - self.level) / 120
    }

    /// The same minute, over hours.
    mutating func judgeGain(ratio: Float, level: Float, stands: Bool) -> Finding.Change? {
        self.ratio = self.ratio == 0 ? ratio : self.ratio + (ratio - self.ratio) / 120
        let isKnown = slow.count >= Self.lessons.slow
        let isWeak =
            isKnown && self.ratio <= Self.gainMax * slow.value
            && self.level <= 0.8 * slowLevel.value
        if stands {
            guard isKnown else {
                learnSlowly(ratio, level)
                return nil
            }
            weak = 0
            strong = self.ratio >= 0.8 * slow.value ? strong + 1 : 0
            return strong >= 60 ? .ended : nil
        }
        strong = 0
        weak = isWeak ? weak + 1 : 0
        if weak >= 120 { return .began }
        // What is on its way to a finding does not teach.
        if !isKnown || self.ratio >= 0.75 * slow.value { learnSlowly(ratio, level) }
        return nil
    }

    private mutating func learnSlowly(_ ratio: Float, _ level: Float) {
        slow.learn(ratio, pace: 0.0003, floor: 1e-4)
        slowLevel.learn(level, pace: 0.0003, floor: 1e-4)
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try usual.exchange(&state)
        try spread.exchange(&state)
        try slow.exchange(&state)
        try slowLevel.exchange(&state)
        try state.word(&ratio)
        try state.word(&level)
        try state.word(&lost)
        try state.word(&back)
        try state.word(&weak)
        try state.word(&strong)
    }
}
