internal import GasModel

// MARK: Silence

extension SensorState {
    /// Whether its newest value tells of now: anything else is not known, and never taken for good.
    func isKnown(atUptime now: Int64) -> Bool {
        isWatched && !isSilent && !isStale && !isCutOff && !isCalibrating && current != nil
            && now &- heardUptime <= bounds.silentNanoseconds
    }

    /// For how long it is waited for: since it was heard, or, where it was not heard in this term,
    /// for this term and for those before it.
    ///
    /// A term begins when the link is up, the gateway is back or the site has the sensor. On the
    /// clock that nobody can set: a civil clock that is put back must not make a silent sensor look
    /// alive. One that sends old readings only is past its bound after `staleSecondsMax`.
    func waitedNanoseconds(atUptime now: Int64, sinceUptime linkUp: Int64) -> Int64 {
        let waited =
            isAwaited(sinceUptime: linkUp)
            ? missedNanoseconds &+ (now &- max(linkUp, watchedUptime)) : now &- heardUptime
        guard isStale else { return waited }
        let allowed = Int64(ThresholdDetector.staleSecondsMax * 1e9)
        return max(waited, now &- staleSince &- allowed &+ bounds.silentNanoseconds)
    }

    /// Whether its newest readings do not tell of now.
    var isStale: Bool { staleSince < .max }

    /// Whether all that comes is older than the newest, and yet tells of now.
    var isClockPutBack: Bool { old.isClockPutBack && old.newest == newest }

    /// Takes note of a message in order that was `age` nanoseconds old when it came: older than is
    /// fresh, and than the sensor may be quiet, it tells nothing of now.
    mutating func hear(_ reading: Reading, age: Int64) {
        heardUptime = reading.arrivalUptime
        if age <= max(Reading.freshNanosecondsMax, bounds.silentNanoseconds) {
            staleSince = .max
        } else {
            staleSince = min(staleSince, reading.arrivalUptime)
            staleAge = age
        }
    }

    /// Whether it was not heard in the term that runs: it proves nothing yet.
    func isAwaited(sinceUptime linkUp: Int64) -> Bool {
        heardUptime < max(linkUp, watchedUptime)
    }

    /// Whether it has a limit, and nothing of now was heard of it.
    func provesNothing(sinceUptime linkUp: Int64) -> Bool {
        bounds.alarm.isFinite && (isStale || isAwaited(sinceUptime: linkUp))
    }

    /// The term ends, since the link or the gateway is gone. Only who was heard in it has a fresh
    /// one next: a link that comes and goes would hide a silence for ever.
    mutating func endTerm(atUptime now: Int64, sinceUptime linkUp: Int64) {
        let length = max(0, now &- max(linkUp, watchedUptime))
        missedNanoseconds = isAwaited(sinceUptime: linkUp) ? missedNanoseconds &+ length : 0
        // What comes next may be out of a store.
        staleSince = .max
    }

    /// Whether it has been quiet for longer than its bound, and for the time beyond it that is left
    /// to recognise that its gateway is gone.
    func hasGoneSilent(atUptime now: Int64, sinceUptime linkUp: Int64) -> Bool {
        let grace = sharesGateway ? ThresholdDetector.gatewayGraceNanoseconds : 0
        return waitedNanoseconds(atUptime: now, sinceUptime: linkUp)
            > bounds.silentNanoseconds + grace
    }

    /// Takes note of the value once a minute, while the sensor is heard: what rose when sight was
    /// lost is still told to have risen when that is told later.
    mutating func sample(sinceUptime last: Int64) {
        guard heardUptime > last, !isSilent, !isCutOff else { return }
        twoMinutesAgo = minuteAgo
        minuteAgo = lastValue
    }

    /// The figures of a loss of sight that begins while the value is high or rises; none otherwise.
    func evidenceOfHigh() -> [Finding.Evidence] {
        guard wasHeard, !lastValue.isNaN, !isCalibrating, bounds.alarm.isFinite else { return [] }
        let rise = lastValue - (twoMinutesAgo.isNaN ? minuteAgo : twoMinutesAgo)
        let isRising = rise >= bounds.riseMin
        guard isRising || lastValue >= ThresholdDetector.highFraction * bounds.alarm else {
            return []
        }
        let figures = [Finding.Evidence("last value", lastValue, bounds.unit)]
        return isRising ? figures + [.init("was rising by", rise, bounds.unit)] : figures
    }

    /// Why nothing was heard of now, where something was heard; no figure of gas, so without unit.
    func evidenceOfOld() -> [Finding.Evidence] {
        if isStale { return [.init("age of its newest reading", Double(staleAge) / 1e9, "s")] }
        guard wasHeard, old.newest == newest, old.count > 0 else { return [] }
        return [.init("readings older than its newest", Double(old.count))]
    }

    /// That it is silent, with the figures of a loss in gas and of old readings.
    func silence(_ sensor: UInt32, at tick: Reading) -> Finding {
        Finding(
            .silence, .began, by: tick, of: .sensor(sensor),
            evidence: evidenceOfHigh() + evidenceOfOld())
    }

    /// With each tick while it is flapping.
    mutating func tickFlapping(
        _ sensor: UInt32, isSeen: Bool, _ patience: Flapping.Patience, at tick: Reading,
        into findings: inout [Finding]
    ) {
        if flapping.isHolding {
            let silence = silence(sensor, at: tick)
            flapping.tellHeld(silence, after: patience, at: tick, into: &findings)
        }
        flapping.judgeRest(of: .sensor(sensor), isSeen: isSeen, at: tick, into: &findings)
        noteStanding()
    }

    mutating func silenceEndEvidence() -> [Finding.Evidence] {
        defer { highBeforeSilence = .nan }
        return highBeforeSilence.isNaN
            ? [] : [.init("last value before", highBeforeSilence, bounds.unit)]
    }

    /// Whatever was measured is forgotten; what stands goes on standing.
    mutating func beginUnheard(at uptime: Int64) {
        newest = .distantPast
        glimpsed = .distantPast
        lastValue = .nan
        lastValueTime = nil
        isOverdriven = false
        minuteAgo = .nan
        twoMinutesAgo = .nan
        turnSince = .distantPast
        heardUptime = Self.neverHeard
        watchedUptime = uptime
        missedNanoseconds = 0
        staleSince = .max
    }

    /// Its gateway is back, which was gone since `gone`.
    mutating func beginTerm(atUptime now: Int64, after gone: Int64) {
        watchedUptime = max(watchedUptime, now)
        if heardUptime > gone { missedNanoseconds = 0 }
    }

    /// The machine was started anew, and counts its uptime from there: `step` less than before.
    mutating func machineStarted(step: Int64) {
        if wasHeard { heardUptime = Self.heardBefore }
        watchedUptime &-= step
        turnUptime &-= step
        flapping.machineStarted(step: step)
        staleSince = .max
        old = OldReadings()
    }
}
