internal import GasModel

/// Timely gaps: too many of a sensor's gaps begin just when its value is high or rises.
struct GapCheck: Sendable {
    /// A gap is this many declared intervals without a value, and at least so many seconds.
    static let intervals = 3.0
    static let secondsMin = 10.0
    /// A longer one, in seconds, is an outage and no trick.
    static let secondsMax = 7200.0
    /// This many gaps at high values at least, and at most this chance that they fell there.
    static let highMin: Float = 3
    static let chanceMax = 0.002

    /// Minutes seen, and those with a high or rising value; halved every ten days.
    private var minutes: Float = 0
    private var highMinutes: Float = 0
    /// Gaps, and those that began at a high or rising value; halved likewise.
    private(set) var gaps: Float = 0
    private(set) var highGaps: Float = 0
    private var day = Int64.min
    /// The last gap that was counted, and whether as high.
    private(set) var start = Timestamp.distantPast
    private(set) var end = Timestamp.distantPast
    private var wasHigh = false
    /// When the last high one began.
    private(set) var newestHigh = Timestamp.distantPast

    /// The share of time at high values: what chance gives to a gap.
    var share: Float { minutes > 0 ? max(highMinutes / minutes, 0.002) : 1 }

    /// Counts a closed minute.
    mutating func count(isHigh: Bool, minute: Int64) {
        let day = minute / 1440
        if day != self.day {
            self.day = day
            minutes *= 0.933
            highMinutes *= 0.933
            gaps *= 0.933
            highGaps *= 0.933
        }
        minutes += 1
        if isHigh { highMinutes += 1 }
    }

    /// Counts a gap.
    mutating func note(from start: Timestamp, to end: Timestamp, isHigh: Bool) {
        gaps += 1
        if isHigh {
            highGaps += 1
            newestHigh = start
        }
        (self.start, self.end, wasHigh) = (start, end, isHigh)
    }

    /// A late reading from inside the last gap: it was a line that failed, and no value is missing.
    mutating func fill(at time: Timestamp) {
        guard time > start, time < end else { return }
        gaps = max(gaps - 1, 0)
        if wasHigh { highGaps = max(highGaps - 1, 0) }
        (start, end) = (.distantPast, .distantPast)
    }

    /// The chance that so many of the gaps begin at high values: the tail of a binomial.
    var chance: Double {
        let (n, k) = (Int(min(gaps, 60).rounded()), Int(highGaps.rounded()))
        guard k > 0, n >= k else { return 1 }
        let p = Double(min(share, 0.999))
        var term = 1.0
        for _ in 0..<n { term *= 1 - p }
        var tail = 1.0
        for hit in 0..<k {
            tail -= term
            term *= Double(n - hit) / Double(hit + 1) * p / (1 - p)
        }
        return max(tail, 0)
    }

    /// Whether that is no chance any more.
    var isTimely: Bool { highGaps >= Self.highMin - 0.3 && chance <= Self.chanceMax }
    /// Whether it may well be chance after all, once it was told.
    var isUnlikely: Bool { chance > 20 * Self.chanceMax }

    /// Takes up from the journal that there were some.
    mutating func resume(at time: Timestamp) { newestHigh = time }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&minutes)
        try state.word(&highMinutes)
        try state.word(&gaps)
        try state.word(&highGaps)
        try state.word(&day)
        try state.word(&start)
        try state.word(&end)
        try state.word(&wasHigh)
        try state.word(&newestHigh)
    }
}
