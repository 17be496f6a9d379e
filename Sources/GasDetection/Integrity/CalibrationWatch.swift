internal import GasModel

/// What a calibration leaves in the data: a plateau in clean air and one in span gas; and whether
/// an announced one left it.
struct CalibrationWatch: Sendable {
    /// Seconds that a value has to stand to be a plateau: of span gas, of air.
    static let plateauSeconds: (span: Double, air: Double) = (30, 20)
    /// After so many minutes something of it must be seen.
    static let patienceSeconds = 600.0
    /// An announcement that is ended within so many seconds was a slip: it takes longer to walk to
    /// the head and give air and span gas. Our own figure.
    static let takenBackSeconds = 120.0
    /// What looks like a calibration holds the other checks for so long afterwards.
    static let afterglowSeconds = 1800.0

    /// Announced: from, to; `.distantPast` while none is.
    private(set) var from = Timestamp.distantPast
    private(set) var to = Timestamp.distantPast
    /// The level before the plateau or the announcement.
    private(set) var before: Float = 0
    private(set) var sawSpan = false
    private(set) var sawAir = false
    /// The plateaus that were seen.
    private(set) var span: Float = 0
    private(set) var air: Float = 0
    /// Until when the readings look like the wake of a calibration that nobody announced.
    private(set) var likelyUntil = Timestamp.distantPast
    private var plateau: Float = 0
    private var plateauSince = Timestamp.distantPast
    /// When the newest one ended.
    private(set) var over = Timestamp.distantPast
    /// How long those lasted that no rest parts from now.
    private var usedNanoseconds: Int64 = 0

    var isAnnounced: Bool { from > .distantPast }
    var isComplete: Bool { sawSpan && sawAir }

    /// A person announces `minutes`, for the first time or once more; the level before is `level`.
    /// Once more is no new beginning, or who announces every nine minutes need never show a
    /// plateau. Returns false, and takes no note of it, when the time is used up that is allowed
    /// without a rest: it holds nothing back then, see `ThresholdDetector.calibrationMinutesMax`.
    mutating func announce(at time: Timestamp, minutes: Double, level: Float) -> Bool {
        let rest = ThresholdDetector.calibrationRestMinutes * 60
        if !isAnnounced, over == .distantPast || time.seconds(since: over) >= rest {
            usedNanoseconds = 0
        }
        let left = Int64(ThresholdDetector.calibrationMinutesMax * 60e9) - usedNanoseconds
        guard left > 0 else { return false }
        if !isAnnounced {
            from = time
            before = level
            sawSpan = false
            sawAir = false
            plateauSince = .distantPast
        }
        to = min(
            time.advanced(byNanoseconds: Int64(min(max(minutes, 1), 1440) * 60e9)),
            from.advanced(byNanoseconds: left))
        return true
    }

    /// The announced calibration is over.
    mutating func end(at time: Timestamp) {
        if isAnnounced { usedNanoseconds += max(time.nanoseconds &- from.nanoseconds, 0) }
        from = .distantPast
        over = time
    }

    /// Takes a reading; `level`: of the last hours, 0 when not known, outside an announcement.
    /// Whether a plateau of span gas was just seen.
    mutating func take(_ value: Float, at time: Timestamp, level: Float, resolution: Float) -> Bool
    {
        let slack = max(resolution * 1.05, 0.05 * plateau)
        if plateauSince == .distantPast || abs(value - plateau) > slack {
            plateau = value
            plateauSince = time
        }
        let seconds = time.seconds(since: plateauSince)
        let before = isAnnounced ? self.before : level
        if isAnnounced, seconds >= Self.plateauSeconds.air,
            plateau <= max(0.1, resolution, 0.45 * before), !sawAir || plateau < air
        {
            sawAir = true
            air = plateau
        }
        guard seconds >= Self.plateauSeconds.span, plateau >= max(0.8, before + 0.5) else {
            return false
        }
        sawSpan = true
        span = plateau
        return true
    }

    /// What looks like span gas came without an announcement, and no neighbour felt it.
    mutating func noteLikely(at time: Timestamp) {
        likelyUntil = time.advanced(byNanoseconds: Int64(Self.afterglowSeconds * 1e9))
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&from)
        try state.word(&to)
        try state.word(&before)
        try state.word(&sawSpan)
        try state.word(&sawAir)
        try state.word(&span)
        try state.word(&air)
        try state.word(&likelyUntil)
        try state.word(&plateau)
        try state.word(&plateauSince)
        try state.word(&over)
        try state.word(&usedNanoseconds)
    }
}
