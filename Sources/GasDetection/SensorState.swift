internal import GasModel

/// What the threshold detector remembers of one sensor: at most 544 bytes, whatever it sends.
struct SensorState: Sendable {
    // What the short way touches stands first, so that it lies in one or two lines of the cache.

    /// Whether the site knows the sensor; if not, its records are passed over.
    var isWatched: Bool
    /// Whether any condition stands, so that the short way through `passes` is closed.
    var standsOut = false
    var newest = Timestamp.distantPast
    /// When it was heard last, on the clock that nobody can set; -1 before the first message.
    var heardUptime: Int64 = -1
    /// The newest good value in order.
    var lastValue = Double.nan
    var bounds: SensorBounds

    /// Since when it is waited for, on the clock that nobody can set, where that is later than the
    /// link came up.
    var watchedUptime: Int64 = 0
    /// When `lastValue` was measured, where only faults came in order since; `newest` otherwise.
    var lastValueTime: Timestamp?
    var alarm = Level()
    var cut = Level()
    /// Whether a halt was ever begun by this sensor and not released: a late reading adds nothing.
    var cutIsLatched = false
    var gravity = 0
    /// Since when an alarm is on its way to begin or to end; `.distantPast` when it is not.
    var turnSince = Timestamp.distantPast
    /// The same on the clock that nobody can set, for one that is to begin.
    var turnUptime: Int64 = 0
    var chatter = Chatter()
    private(set) var isFaulty = false
    private var lastFaultArrival = Timestamp.distantPast
    var isSilent = false {
        didSet { noteStanding() }
    }
    /// What the silence that stands was begun with, where it began while the value was high.
    var highBeforeSilence = Double.nan
    /// Whether its gateway is gone, so that nothing can be heard of it.
    var isCutOff = false
    /// Whether other sensors share its gateway, which must be looked at before it is called silent.
    var sharesGateway = false
    /// Whether what it shows is test gas.
    private(set) var isCalibrating = false
    /// When the newest calibration began and ended.
    private var calibrated = (from: Timestamp.distantPast, until: Timestamp.distantPast)
    /// The value of one minute ago and of two, taken by ticks, to tell whether it rises.
    private var minuteAgo = Double.nan
    private var twoMinutesAgo = Double.nan

    var wasHeard: Bool { heardUptime >= 0 }

    init(_ sensor: Sensor?) {
        isWatched = sensor != nil
        bounds = SensorBounds(sensor)
    }

    /// The newest value in order, with its time; `nil` while the newest message holds none.
    var current: (value: Double, eventTime: Timestamp)? {
        lastValue.isNaN || lastValueTime != nil ? nil : (lastValue, newest)
    }

    /// 0 below the cut, 1 over it, one more for each graver step.
    var tier: Int { cut.isOn ? 1 + gravity : 0 }

    /// The newest good value as a share of the cut, or of the alarm where there is no cut.
    var share: Double { lastValue / (bounds.cut.isFinite ? bounds.cut : bounds.alarm) }

    /// The way of nearly every reading: in order, below every limit, nothing stands. Takes note of
    /// it and returns true; false sends the reading the long way.
    @inline(__always)
    mutating func passes(_ reading: Reading) -> Bool {
        let time = reading.eventTime
        guard !standsOut, isWatched, reading.value < bounds.alarm, time > newest else {
            return false
        }
        newest = time
        heardUptime = reading.arrivalUptime
        lastValue = reading.value
        return true
    }

    mutating func judge(_ reading: Reading, into findings: inout [Finding]) {
        heardUptime = reading.arrivalUptime
        let isInOrder = reading.eventTime > newest
        let seconds = isInOrder ? secondsSinceValue(at: reading.eventTime) : 0
        if isInOrder { takeNewest(reading, after: seconds) }
        defer { noteStanding() }
        if isSilent {
            isSilent = false
            findings.append(
                Finding(
                    .silence, .ended, by: reading, isInOrder: isInOrder,
                    evidence: silenceEndEvidence()))
        }
        if reading.kind == .fault {
            judgeFault(reading, into: &findings)
        } else {
            judgeValue(reading, isInOrder: isInOrder, after: seconds, into: &findings)
        }
    }

    /// From the newest good value to `time`; endless where there is none.
    private func secondsSinceValue(at time: Timestamp) -> Double {
        lastValue.isNaN ? .infinity : time.seconds(since: lastValueTime ?? newest)
    }

    private mutating func takeNewest(_ reading: Reading, after seconds: Double) {
        if reading.kind == .measurement {
            if !isCalibrating { count(seconds) }
            lastValue = reading.value
            lastValueTime = nil
        } else {
            lastValueTime = lastValueTime ?? newest
        }
        newest = reading.eventTime
    }

    /// A fault ends nothing. A value above the measuring range is a fault and yet may be gas: it
    /// begins a cut, because a head that is driven past its scale must not read as "no number, no
    /// halt". Test gas may drive it there, too.
    private mutating func judgeFault(_ reading: Reading, into findings: inout [Finding]) {
        lastFaultArrival = reading.arrivalTime
        if !isFaulty {
            isFaulty = true
            findings.append(Finding(.fault, .began, by: reading))
        }
        if reading.quality == .aboveRange, bounds.cut.isFinite, !cut.isOn, !isTestGas(reading) {
            cut.isOn = true
            cut.isOver = true
            cut.excursion = Excursion()
            cutIsLatched = true
            findings.append(Finding(.cut, .began, by: reading))
        }
    }

    private mutating func judgeValue(
        _ reading: Reading, isInOrder: Bool, after seconds: Double,
        into findings: inout [Finding]
    ) {
        if isFaulty, isInOrder,
            reading.arrivalTime.seconds(since: lastFaultArrival)
                >= ThresholdDetector.faultQuietSeconds
        {
            isFaulty = false
            findings.append(Finding(.fault, .ended, by: reading))
        }
        guard !isTestGas(reading, isInOrder: isInOrder) else { return }
        judgeLevel(reading, isInOrder: isInOrder, after: seconds, into: &findings)
    }

    /// Whether a reading shows test gas. One in order behind the calibration never does, whatever
    /// the clock of its gateway says: the first good value afterwards is judged again.
    private func isTestGas(_ reading: Reading, isInOrder: Bool = true) -> Bool {
        if isCalibrating { return isInOrder || reading.eventTime >= calibrated.from }
        return !isInOrder && reading.eventTime >= calibrated.from
            && reading.eventTime <= calibrated.until
    }

    mutating func noteStanding() {
        standsOut =
            alarm.isOn || cut.isOn || isFaulty || isSilent || chatter.isOn || isCalibrating
            || lastValueTime != nil || turnSince > .distantPast
    }
}

// MARK: Calibration

extension SensorState {
    /// From `time` on what it shows is test gas. What stands goes on standing.
    mutating func beginCalibration(at time: Timestamp) {
        if !isCalibrating { calibrated.from = time }
        isCalibrating = true
        if !alarm.isOver { turnSince = .distantPast }
        noteStanding()
    }

    /// From `time` on it measures again. Nothing is known until the first good value, which is
    /// judged at once.
    mutating func endCalibration(at time: Timestamp) {
        isCalibrating = false
        calibrated.until = time
        lastValue = .nan
        minuteAgo = .nan
        twoMinutesAgo = .nan
        noteStanding()
    }
}

// MARK: Silence

extension SensorState {
    /// Whether its newest value tells of now: anything else is not known, and never taken for good.
    func isKnown(atUptime now: Int64) -> Bool {
        isWatched && !isSilent && !isCutOff && !isCalibrating && current != nil
            && heardUptime <= now && now &- heardUptime <= bounds.silentNanoseconds
    }

    /// When it was last heard, or since when it is waited for.
    ///
    /// On the clock that nobody can set: a civil clock that is put back must not make a silent
    /// sensor look alive. What was heard before the machine was started anew counts as not heard.
    func waitedSince(atUptime now: Int64, sinceUptime linkUp: Int64) -> Int64 {
        let since = max(linkUp, watchedUptime)
        return heardUptime <= now ? max(heardUptime, since) : since
    }

    /// Whether it has been quiet for longer than its bound, and for the time beyond it that is left
    /// to recognise that its gateway is gone.
    func hasGoneSilent(atUptime now: Int64, sinceUptime linkUp: Int64) -> Bool {
        let grace = sharesGateway ? ThresholdDetector.gatewayGraceNanoseconds : 0
        return now &- waitedSince(atUptime: now, sinceUptime: linkUp)
            > bounds.silentNanoseconds + grace
    }

    /// Takes note of the value once a minute, while the sensor is heard.
    mutating func sample(sinceUptime last: Int64) {
        guard heardUptime > last else { return }
        twoMinutesAgo = minuteAgo
        minuteAgo = lastValue
    }

    /// The figures of a silence that begins while the value is high or rises; none otherwise.
    func silenceEvidence() -> [Finding.Evidence] {
        guard wasHeard, !lastValue.isNaN, !isCalibrating, bounds.alarm.isFinite else { return [] }
        let rise = lastValue - (twoMinutesAgo.isNaN ? minuteAgo : twoMinutesAgo)
        let isRising = rise >= bounds.riseMin
        guard isRising || lastValue >= ThresholdDetector.highFraction * bounds.alarm else {
            return []
        }
        let figures = [Finding.Evidence("last value", lastValue, bounds.unit)]
        return isRising ? figures + [.init("was rising by", rise, bounds.unit)] : figures
    }

    private mutating func silenceEndEvidence() -> [Finding.Evidence] {
        defer { highBeforeSilence = .nan }
        return highBeforeSilence.isNaN
            ? [] : [.init("last value before", highBeforeSilence, bounds.unit)]
    }

    /// Whatever was measured is forgotten; what stands goes on standing.
    mutating func beginUnheard(at uptime: Int64) {
        newest = .distantPast
        lastValue = .nan
        lastValueTime = nil
        minuteAgo = .nan
        twoMinutesAgo = .nan
        turnSince = .distantPast
        heardUptime = -1
        watchedUptime = uptime
    }
}

// MARK: When the site changes, and over a restart

extension SensorState {
    /// What the book closes when the sensor is taken out; a latched halt is for a person to end.
    mutating func forgetFaults() {
        isFaulty = false
        isSilent = false
    }

    mutating func restore(
        _ rule: Rule, isActive: Bool, value: Double, eventTime: Timestamp
    ) {
        switch rule {
        case .cut:
            (cut.isOn, cut.isOver) = (isActive, isActive)
            cutIsLatched = true
            gravity = bounds.step(at: value)
        case .alarm: (alarm.isOn, alarm.isOver) = (isActive, isActive)
        case .chatter:
            chatter.isOn = isActive
            (chatter.began, chatter.calmSince) = (eventTime, eventTime)
        case .fault: isFaulty = isActive
        case .silence: isSilent = isActive
        default: return
        }
        // Just before that record: the ring may bring it again, and it may have more to say.
        newest = max(newest, eventTime.advanced(byNanoseconds: -1))
        noteStanding()
    }

    func save(to state: inout StateWriter) {
        state.write(bounds.identity)
        state.write(bounds.intervalNanoseconds)
        state.write(newest)
        state.write(heardUptime)
        state.write(lastValue)
        state.write(watchedUptime)
        state.write(lastValueTime)
        alarm.save(to: &state)
        cut.save(to: &state)
        state.write(cutIsLatched)
        // The step by its value: the rows may have others when it is read again.
        state.write(gravity > 0 ? bounds.steps[gravity - 1] : -Double.infinity)
        state.write(turnSince)
        state.write(turnUptime)
        chatter.save(to: &state)
        state.write(isFaulty)
        state.write(lastFaultArrival)
        state.write(isSilent)
        state.write(highBeforeSilence)
        state.write(isCutOff)
        state.write(isCalibrating)
        state.write(calibrated.from)
        state.write(calibrated.until)
        state.write(minuteAgo)
        state.write(twoMinutesAgo)
    }

    /// Takes up what `save` wrote, into a state that was made for the sensor as the site has it.
    /// Returns the identity of the sensor that it was written for.
    mutating func load(from state: inout StateReader) throws(StateError) -> UInt64 {
        let identity: UInt64 = try state.read()
        let interval: Int64 = try state.read()
        bounds.announce(intervalSeconds: Double(interval) / 1e9)
        newest = try state.read()
        heardUptime = try state.read()
        lastValue = try state.read()
        watchedUptime = try state.read()
        lastValueTime = try state.read()
        try alarm.load(from: &state)
        try cut.load(from: &state)
        cutIsLatched = try state.read()
        gravity = bounds.step(at: try state.read())
        turnSince = try state.read()
        turnUptime = try state.read()
        try chatter.load(from: &state)
        isFaulty = try state.read()
        lastFaultArrival = try state.read()
        isSilent = try state.read()
        highBeforeSilence = try state.read()
        isCutOff = try state.read()
        isCalibrating = try state.read()
        calibrated = (try state.read(), try state.read())
        minuteAgo = try state.read()
        twoMinutesAgo = try state.read()
        noteStanding()
        return identity
    }
}
