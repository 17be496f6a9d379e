internal import GasModel

/// What the integrity detector remembers of one methane sensor. About 3 KB, whatever comes.
struct Head: Sendable {
    /// What it is judged by.
    private(set) var identity: UInt64 = 0
    /// Whether it is a methane sensor of the site; if not, its records are passed over.
    private(set) var isWatched = false
    private(set) var alarm = Float.infinity
    private(set) var intervalSeconds = 60.0
    private var stated: Float = 0
    /// How rare the landmarks of its readings are.
    private(set) var landmarkMask: UInt32 = 7
    /// The smallest difference that it ever showed, where the site does not state one.
    private var learned = Float.infinity

    var doubts = Doubts()
    var newest = Timestamp.distantPast
    var value: Float = 0
    /// Its level, a mean over about an hour; 0 when not known.
    var level: Float = 0
    /// Which of the two reasons for `.freshAir` stand: the ratio to the partner, the order.
    var lostRatio = false
    var lostOrder = false
    /// Which of the two reasons for `.lowGain` stand: the ratio of hours, the crowd at the limit.
    var lostGain = false
    var crowds = false
    var minutes = Minutes()
    var cover = CoverCheck()
    var hold = HoldCheck()
    var ratio = RatioCheck()
    var bunch = BunchCheck()
    var blow = BlowCheck()
    var calibration = CalibrationWatch()
    var zero = ZeroCheck()
    var gaps = GapCheck()
    var repeats = RepeatCheck()
    var twin = TwinCheck()
    var echo = EchoCheck()
    var uploads = UploadCheck()
    var contrast = ContrastCheck()
    /// Until when the other checks rest, since the sensor is or was calibrated.
    var restsUntil = Timestamp.distantPast

    /// The smallest step of its values, at most 0.1: a head that never moved shows no other. Kept
    /// and not computed: to compute it the compiler would copy all of the head with each reading.
    private(set) var resolution: Float = 0.1

    /// A head of which nothing is known yet.
    init(_ sensor: Sensor?) { setBounds(sensor) }

    /// Takes over what the site says of it; all that was seen holds on.
    mutating func setBounds(_ sensor: Sensor?) {
        identity = sensor?.identity ?? 0
        isWatched = sensor?.quantity == .methane
        alarm = Float(sensor?.limits?.alarm.value ?? .infinity)
        intervalSeconds = max(sensor?.intervalSeconds ?? 60, 0.1)
        stated = Float(sensor?.resolution ?? 0)
        setResolution()
        landmarkMask = intervalSeconds >= 20 ? 7 : intervalSeconds >= 5 ? 15 : 63
    }

    /// Begins anew; what stands goes on standing.
    mutating func renew(_ sensor: Sensor?) {
        let doubts = doubts
        self = Head(sensor)
        self.doubts = doubts
    }

    /// Learns the resolution from a step between two readings.
    mutating func learnResolution(_ value: Float) {
        let step = abs(value - self.value)
        // What single precision adds is no digit.
        guard step > 0.0009, step < learned else { return }
        learned = step
        setResolution()
    }

    private mutating func setResolution() {
        resolution = stated > 0 ? stated : min(learned, 0.1)
    }

    /// Whether the value was high, or rose, in the last minutes.
    var isHighOrRising: Bool {
        if value >= 0.8 * alarm { return true }
        guard alarm.isFinite, minutes.filled >= 6 else { return false }
        let risen = value - minutes.mean(back: 5)
        return risen >= max(3 * resolution, 0.15 * alarm)
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&learned)
        setResolution()
        try state.word(&doubts.bits)
        try state.word(&newest)
        try state.word(&value)
        try state.word(&level)
        try state.word(&lostRatio)
        try state.word(&lostOrder)
        try state.word(&lostGain)
        try state.word(&crowds)
        try minutes.exchange(&state)
        try cover.exchange(&state)
        try hold.exchange(&state)
        try ratio.exchange(&state)
        try bunch.exchange(&state)
        try blow.exchange(&state)
        try calibration.exchange(&state)
        try zero.exchange(&state)
        try gaps.exchange(&state)
        try repeats.exchange(&state)
        try twin.exchange(&state)
        try echo.exchange(&state)
        try uploads.exchange(&state)
        try contrast.exchange(&state)
        try state.word(&restsUntil)
    }
}
