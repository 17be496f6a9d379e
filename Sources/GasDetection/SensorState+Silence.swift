internal import GasModel

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

    /// Whether it has a limit and was not heard since it is waited for: it proves nothing yet.
    func isAwaited(atUptime now: Int64, sinceUptime linkUp: Int64) -> Bool {
        bounds.alarm.isFinite && (heardUptime < max(linkUp, watchedUptime) || heardUptime > now)
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
        guard wasHeard, old.than == newest, old.count > 0 else { return [] }
        return [.init("readings older than its newest", Double(old.count))]
    }

    mutating func silenceEndEvidence() -> [Finding.Evidence] {
        defer { highBeforeSilence = .nan }
        return highBeforeSilence.isNaN
            ? [] : [.init("last value before", highBeforeSilence, bounds.unit)]
    }

    /// The machine was started anew, and its clock with it: what went before counts as long ago.
    mutating func beginUptime() {
        heardUptime = min(heardUptime, 0)
        watchedUptime = 0
        turnUptime = 0
    }

    /// Whatever was measured is forgotten; what stands goes on standing.
    mutating func beginUnheard(at uptime: Int64) {
        newest = .distantPast
        glimpsed = .distantPast
        lastValue = .nan
        lastValueTime = nil
        minuteAgo = .nan
        twoMinutesAgo = .nan
        turnSince = .distantPast
        heardUptime = -1
        watchedUptime = uptime
    }
}
