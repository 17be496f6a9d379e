internal import GasModel

/// What the threshold detector remembers of one sensor: at most 608 bytes, whatever it sends.
struct SensorState: Sendable {
    // What the short way touches stands first, so that it lies in one or two lines of the cache.

    /// Whether the site knows the sensor; if not, its records are passed over.
    var isWatched: Bool
    /// Whether any condition stands, so that the short way through `passes` is closed.
    var standsOut = false
    var newest = Timestamp.distantPast
    /// When it was heard last, on the clock that nobody can set; `neverHeard` before the first
    /// message.
    var heardUptime = neverHeard
    /// The newest good value in order.
    var lastValue = Double.nan
    var bounds: SensorBounds

    /// Since when it is waited for, on the clock that nobody can set, where that is later than the
    /// link came up.
    var watchedUptime: Int64 = 0
    /// For how long it was waited for in vain in the terms before the one that runs; it counts
    /// until the sensor is heard.
    var missedNanoseconds: Int64 = 0
    /// When `lastValue` was measured, where only faults came in order since; `newest` otherwise.
    var lastValueTime: Timestamp?
    var alarm = Level()
    var cut = Level()
    /// The newest time over the cut that a halt told of.
    var told = ToldOver()
    var gravity = 0
    /// Since when an alarm is on its way to begin or to end; `.distantPast` when it is not.
    var turnSince = Timestamp.distantPast
    /// The same on the clock that nobody can set, for one that is to begin.
    var turnUptime: Int64 = 0
    var chatter = Chatter()
    /// When the newest value over the cut was measured that was seen before its turn: nothing from
    /// before it proves an end.
    var glimpsed = Timestamp.distantPast
    /// How often it fell silent and was back.
    var flapping = Flapping()
    var isFaulty = false
    /// Whether it was driven past its scale and may have folded back: what it shows proves no end
    /// until it was calibrated.
    var isOverdriven = false
    var lastFault = Timestamp.distantPast
    var isSilent = false {
        didSet { noteStanding() }
    }
    /// Since when its newest readings are old when they come, on the clock that nobody can set;
    /// `.max` when they tell of now. A store that is emptied, or a feed that somebody delays, is
    /// heard, and proves nothing.
    var staleSince = Int64.max {
        didSet { noteStanding() }
    }
    /// How old the newest of them was, in nanoseconds.
    var staleAge: Int64 = 0
    /// The newest readings, where they were older than the newest in order.
    var old = OldReadings()
    /// What the silence that stands was begun with, where it began while the value was high.
    var highBeforeSilence = Double.nan
    /// Whether its gateway is gone, so that nothing can be heard of it.
    var isCutOff = false
    /// Whether other sensors share its gateway, which must be looked at before it is called silent.
    var sharesGateway = false
    /// Whether what it shows is test gas.
    var isCalibrating = false
    /// When the newest calibration began and ended.
    var calibrated = (from: Timestamp.distantPast, until: Timestamp.distantPast)
    /// The value of one minute ago and of two, taken by ticks, to tell whether it rises.
    var minuteAgo = Double.nan
    var twoMinutesAgo = Double.nan

    /// Before every uptime there is, and no sum of two such times runs over.
    static let neverHeard = Int64.min / 4
    /// Heard, but before the machine was started anew, which counts for nothing of now.
    static let heardBefore = neverHeard + 1

    var wasHeard: Bool { heardUptime > Self.neverHeard }

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

    /// The newest good value, with the sensor's code in the name.
    func evidence(_ name: String) -> Finding.Evidence {
        .init("\(name) \(bounds.code)", lastValue, bounds.unit)
    }

    /// The way of nearly every reading: in order, below every limit, nothing stands. Takes note of
    /// it and returns true; false sends the reading the long way.
    @inline(__always)
    mutating func passes(_ reading: Reading) -> Bool {
        let time = reading.eventTime
        guard !standsOut, isWatched, reading.value < bounds.alarm, time > newest,
            reading.isFresh
        else { return false }
        newest = time
        heardUptime = reading.arrivalUptime
        lastValue = reading.value
        return true
    }

    /// Judges a reading that was `age` nanoseconds old when it came.
    mutating func judge(_ reading: Reading, age: Int64, into findings: inout [Finding]) {
        // What is late, or comes twice, proves nothing of now: it does not count as heard.
        let isInOrder = reading.eventTime > newest
        if isInOrder { hear(reading, age: age) }
        if reading.eventTime < newest { seeOld(reading, into: &findings) }
        let seconds = isInOrder ? secondsSinceValue(at: reading.eventTime) : 0
        if isInOrder { takeNewest(reading, after: seconds) }
        defer { noteStanding() }
        if isSilent, isInOrder, !isStale {
            isSilent = false
            let heard = Finding(
                .silence, .ended, by: reading, isInOrder: isInOrder, evidence: silenceEndEvidence())
            flapping.regain(heard, by: reading, into: &findings)
        }
        if reading.kind == .fault {
            judgeFault(reading, isInOrder: isInOrder, into: &findings)
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
    /// begins a cut, or an alarm at once where the law knows no cut, because a head that is driven
    /// past its scale must not read as "no number, no halt". Test gas may drive it there, too.
    private mutating func judgeFault(
        _ reading: Reading, isInOrder: Bool, into findings: inout [Finding]
    ) {
        if isInOrder {
            noteOverdriven(reading)
            lastFault = reading.eventTime
            if !isFaulty {
                isFaulty = true
                // Beside a cut it says nothing graver.
                let isCut = cut.isOn || isAboveCut(reading)
                findings.append(
                    Finding(.fault, .began, by: reading, evidence: isCut ? [] : evidenceOfHigh()))
            }
        }
        if isInOrder, isAboveAlarm(reading), !alarm.isOver, !isTestGas(reading) {
            if !alarm.isOn { alarm.excursion = Excursion() }
            beginAlarm(reading, into: &findings)
        }
        guard isAboveCut(reading), !isTestGas(reading, isInOrder: isInOrder) else { return }
        if !cut.isOn, mayBeginCut(reading, step: 0, isInOrder: isInOrder) {
            beginCut(reading, step: 0, isInOrder: isInOrder, into: &findings)
            cut.isOver = true
            noteOverdriven(reading)
        }
        told.see(reading.eventTime, silence: bounds.silentNanoseconds)
    }

    /// A catalytic head in too much gas shows less and less of it, down to nothing.
    private mutating func noteOverdriven(_ reading: Reading) {
        guard isAtEndOfScale(reading), !isTestGas(reading) else { return }
        isOverdriven = true
    }

    /// Whether a head that may fold back there has come to the end of its scale, or beyond.
    private func isAtEndOfScale(_ reading: Reading) -> Bool {
        bounds.foldsBackAt.isFinite && reading.quality == .aboveRange
            || reading.value >= bounds.foldsBackAt
    }

    /// A head that stops at the end of its scale is as faulty as one that says to be above it.
    private mutating func judgeEndOfScale(_ reading: Reading, into findings: inout [Finding]) {
        guard isAtEndOfScale(reading) else { return }
        isOverdriven = true
        lastFault = reading.eventTime
        guard !isFaulty else { return }
        isFaulty = true
        var fault = reading
        fault.quality = .aboveRange
        findings.append(Finding(.fault, .began, by: fault))
    }

    /// Whether a message without a number says that the head is driven past its scale.
    private func isAboveCut(_ reading: Reading) -> Bool {
        reading.kind == .fault && reading.quality == .aboveRange && bounds.cut.isFinite
    }

    /// The same, of a sensor that has an alarm and no cut.
    private func isAboveAlarm(_ reading: Reading) -> Bool {
        reading.quality == .aboveRange && bounds.alarm.isFinite && !bounds.cut.isFinite
    }

    /// Looks at a reading before its turn: it is a sign of life, and a cut does not wait. All else
    /// is judged when its turn comes.
    mutating func glimpse(_ reading: Reading, into findings: inout [Finding]) {
        heardUptime = reading.arrivalUptime
        let isAbove = isAboveCut(reading)
        guard reading.value >= bounds.cut || isAbove, !isTestGas(reading),
            reading.eventTime > newest
        else { return }
        glimpsed = max(glimpsed, reading.eventTime)
        noteOverdriven(reading)
        if isAbove {
            if !cut.isOn { beginCut(reading, step: 0, isInOrder: true, into: &findings) }
            cut.isOver = true
        } else {
            judgeOverCut(reading, isInOrder: true, into: &findings)
        }
        noteStanding()
    }

    private mutating func judgeValue(
        _ reading: Reading, isInOrder: Bool, after seconds: Double,
        into findings: inout [Finding]
    ) {
        if isFaulty, isInOrder, !isOverdriven,
            reading.eventTime.seconds(since: lastFault)
                >= ThresholdDetector.faultQuietSeconds
        {
            isFaulty = false
            findings.append(Finding(.fault, .ended, by: reading))
        }
        guard !isTestGas(reading, isInOrder: isInOrder) else { return }
        if isInOrder { judgeEndOfScale(reading, into: &findings) }
        judgeLevel(reading, isInOrder: isInOrder, after: seconds, into: &findings)
    }

    /// Whether a reading shows test gas: what was measured before the calibration and comes while
    /// it lasts, as out of a gateway's store, does not. One in order behind the calibration never
    /// does, whatever the clock of its gateway says: the first good value afterwards is judged
    /// again.
    func isTestGas(_ reading: Reading, isInOrder: Bool = true) -> Bool {
        // By a clock that was put back nothing was measured when it says.
        if !isInOrder, isClockPutBack { return isCalibrating }
        guard reading.eventTime >= calibrated.from else { return false }
        return isCalibrating || !isInOrder && reading.eventTime <= calibrated.until
    }

    mutating func noteStanding() {
        standsOut =
            alarm.isOn || cut.isOn || isFaulty || isSilent || isStale || chatter.isOn
            || flapping.isOn || isCalibrating || lastValueTime != nil || turnSince > .distantPast
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
        isOverdriven = false
        calibrated.until = time
        lastValue = .nan
        minuteAgo = .nan
        twoMinutesAgo = .nan
        noteStanding()
    }
}
