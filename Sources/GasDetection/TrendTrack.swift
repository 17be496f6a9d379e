import GasModel

/// All that the trend detector knows of one sensor, and how it judges it.
///
/// **Unit:** fractions of the limit.
struct TrendTrack: Sendable, Equatable {
    /// Where a sensor stands in its excursion.
    enum Phase: UInt8 {
        /// No excursion.
        case armed
        /// The warning stands.
        case standing
        /// The limit was reached; the threshold rule speaks, until the excursion is over: until the
        /// forecast is below the bar, or the level was below the limit for long enough.
        case spent
    }

    /// How far ahead the plain projection looks in calm air, in seconds, ...
    static let horizonSeconds = 33.0
    /// ... and by how much less far in turbulent air, where a part of each rise is turbulence and
    /// does not go on so long.
    private static let turbulentSeconds = 18.0
    /// By how much gas rises in answer to the start of work.
    static let answer = 0.16
    /// Turbulence comes back to the mean of the last minutes, ...
    private static let recentSeconds = 600.0
    /// ... this part of the way by the horizon. ...
    private static let returning = 0.175
    /// ... What lies farther from the mean than so many usual errors is more than turbulence, and
    /// no more of it comes back. ...
    private static let turbulenceErrors = 3.0
    /// ... So much makes up for what the shorter horizon and what comes back take off the forecast,
    /// so that the bar need not.
    private static let turbulenceOffset = 0.011
    /// A warning stands this long at least, in seconds, and then until the forecast is this far
    /// below the bar.
    private static let standingSecondsMin = 120.0
    private static let margin = 0.03
    /// A level that was below the limit for so long, in seconds, would reach it anew, however near
    /// it stayed. Where the bar is far below the limit that is the rule, and a forecast below the
    /// bar the exception.
    private static let spentSecondsMax = 240.0

    /// What the sensor watches, see `Sensor.identity`; 0 for an index without sensor.
    var identity: UInt64 = 0
    /// 1 / limit; 0 for an index without sensor, or without limits: its readings are passed over.
    var inverseLimit = 0.0
    /// The alarm limit.
    var alarm = 1.0
    /// The place whose work and air bear on it, by its index in the detector; -1 for none.
    var surroundings: Int32 = -1
    var phase = Phase.armed
    /// Whether it is told that the limit may be reached before everybody can be withdrawn.
    var isPressing = false
    /// Event time of the newest reading taken in; `.distantPast` before the first.
    var newest = Timestamp.distantPast
    /// Event time of the reading that the estimate started at.
    var start = Timestamp.distantPast
    /// When the standing warning was given, or, where the phase is `spent`, when the level was at
    /// the limit last; `.distantPast` when that was in an earlier life.
    var since = Timestamp.distantPast
    /// The newest reading taken in, in the sensor's unit; 0 before the first.
    var value = 0.0
    var trend = LocalLinearTrend(startingAt: 0)
    /// The mean level of the last minutes.
    private var recent = 0.0
    var fast = FastRise()
    var steady = SteadyRise()
    var slow = SlowRise()
    var bar = TrendBar()

    init(_ sensor: Sensor?, surroundings: Int32) {
        self.surroundings = surroundings
        guard let sensor else { return }
        identity = sensor.identity
        guard let limits = sensor.limits else { return }
        inverseLimit = 1 / (limits.cut ?? limits.alarm).value
        alarm = limits.alarm.value * inverseLimit
    }

    var isAtLimit: Bool { value * inverseLimit >= 1 }

    /// Moves the estimate on to `reading`, which is newer than all before. Returns what begins or
    /// ends in the long run.
    mutating func take(
        _ reading: Reading, isMute: Bool, at sensitivity: TrendBar.Sensitivity
    ) -> Finding.Change? {
        let time = reading.eventTime
        let level = reading.value * inverseLimit
        let seconds = time.seconds(since: newest)
        // Not above zero only before the first reading, since the start of time is too far away.
        if seconds > 0, seconds <= TrendDetector.gapSecondsMax {
            trend.update(with: level, after: seconds)
            recent += (level - recent) * (1 - vanishing(seconds / Self.recentSeconds))
        } else {
            trend = LocalLinearTrend(startingAt: level)
            recent = level
            start = time
            fast.restart()
            steady.restart()
        }
        newest = time
        value = reading.value
        if isAtLimit { bar.confirm() }
        bar.pass(max(seconds, 0), to: time, at: sensitivity)
        fast.take(level, at: time)
        steady.take(level, at: time, trend)
        return slow.take(level, at: time, isMute: isMute)
    }

    /// What the newest reading changes, where `coming` of the answer to work is still to come.
    ///
    /// A warning begins only below the limit and while a rise goes on or is to come; it ends when
    /// the limit is reached, since the threshold rule then speaks, when it did not come true in
    /// time, or when the excursion is over.
    /// With `isAnew` (the limit is another) what stands need not have stood for long.
    mutating func judge(
        isMute: Bool, isAnew: Bool = false, coming: Double, at sensitivity: TrendBar.Sensitivity
    ) -> Finding.Change? {
        let forecast = forecast(coming: coming, at: sensitivity)
        let height = bar.height(at: sensitivity)
        switch phase {
        case .armed:
            if isAtLimit {
                phase = .spent
                since = newest
            } else if !isMute,
                forecast >= height && isRising(coming: coming, at: sensitivity)
                    || trend.slope > 0 && isCertain
            {
                phase = .standing
                since = newest
                bar.open(at: newest)
                return .began
            }
        case .standing:
            guard !isMute else { return nil }
            if since == .distantPast { since = newest }
            let age = newest.seconds(since: since)
            if isAtLimit || age >= TrendBar.trueSeconds && isSettled
                || (isAnew || age >= Self.standingSecondsMin * sensitivity.patience)
                    && isOver(forecast, below: height, at: sensitivity)
            {
                phase = isAtLimit ? .spent : .armed
                since = newest
                return .ended
            }
        case .spent:
            if isAtLimit {
                since = newest
            } else if isOver(forecast, below: height, at: sensitivity)
                || newest.seconds(since: since) >= Self.spentSecondsMax * sensitivity.patience
            {
                phase = .armed
            }
        }
        return nil
    }

    /// The level at the horizon: as the trend goes on, with what work has set going, and without
    /// what turbulence takes back.
    private func forecast(coming: Double, at sensitivity: TrendBar.Sensitivity) -> Double {
        let turbulence = steady.turbulence
        let swingMax = Self.turbulenceErrors * steady.error
        let swing = min(max(trend.level - recent, -swingMax), swingMax)
        let back = Self.returning * sensitivity.foresight * swing - Self.turbulenceOffset
        return trend.projected(
            seconds: Self.horizonSeconds - Self.turbulentSeconds * turbulence)
            + Self.answer * sensitivity.foresight * coming - back * turbulence
    }

    /// Whether the level rises, or is about to by the answer to work.
    private func isRising(coming: Double, at sensitivity: TrendBar.Sensitivity) -> Bool {
        let answer = Self.answer * sensitivity.foresight
        return trend.slope + answer * coming / Surroundings.answerSeconds > 0
    }

    /// Whether the estimate is old enough to know the slope.
    private var isSettled: Bool { newest.seconds(since: start) >= TrendDetector.settlingSeconds }

    /// Whether the rise reaches the limit by itself, whatever the bar is.
    private var isCertain: Bool {
        steady.reaches(trend) || fast.leads(from: value * inverseLimit)
    }

    private func isOver(
        _ forecast: Double, below height: Double, at sensitivity: TrendBar.Sensitivity
    ) -> Bool {
        isSettled && forecast < height - Self.margin * sensitivity.patience && !isCertain
    }

    /// Expresses all as a fraction of the limits of `next`, which watches the same.
    mutating func rescale(to next: TrendTrack) {
        let ratio = next.inverseLimit / inverseLimit
        inverseLimit = next.inverseLimit
        alarm = next.alarm
        // A limit that stays what it was leaves the estimate as it is, to the last bit.
        guard ratio != 1 else { return }
        trend.scale(by: ratio)
        recent *= ratio
        fast.scale(by: ratio)
        steady.scale(by: ratio)
        slow.scale(by: ratio)
    }
}

extension TrendTrack {
    /// When the limits are reached if it goes on like this and `coming` is still to come; with a
    /// band that holds four cases in five by the errors of the forecasts so far.
    func projection(coming: Double) -> Projection? {
        let answer = Self.answer * max(coming, 0) / Surroundings.answerSeconds
        let slope = max(trend.slope, fast.rate) + answer
        let cut = band(to: 1, slope)
        let toAlarm = alarm < 1 ? band(to: alarm, slope) : nil
        return cut == nil && toAlarm == nil ? nil : Projection(toAlarm: toAlarm, toCut: cut)
    }

    /// `nil` where the level is at `limit` already, or would come there later than the rule claims.
    private func band(to limit: Double, _ slope: Double) -> Projection.Band? {
        let left = limit - trend.level
        guard slope > 0, value * inverseLimit < limit, left <= slope * TrendBar.trueSeconds else {
            return nil
        }
        // Nine cases in ten lie below 1.28 standard deviations, one in ten below -1.28.
        let doubt = 1.28 * steady.error / SteadyRise.horizonSeconds
        let depth = 1.28 * trend.levelVariance.squareRoot()
        let likely = max(left / slope, 1)
        let earliest = min(max((left - depth) / (slope + doubt), 0), likely)
        let latest = slope > doubt ? max((left + depth) / (slope - doubt), likely) : nil
        return Projection.Band(
            earliest: earliest / 60, likely: likely / 60, latest: latest.map { $0 / 60 })
    }

    /// The same of the rise over hours.
    var slowProjection: Projection? {
        slow.ahead.map {
            Projection(
                toCut: .init(
                    earliest: $0.earliest * 60, likely: $0.likely * 60,
                    latest: $0.latest.map { $0 * 60 }))
        }
    }
}

extension TrendTrack {
    func save(to state: inout StateWriter) {
        state.write(identity)
        state.write(inverseLimit)
        state.write(alarm)
        state.write(phase.rawValue)
        state.write(isPressing)
        state.write(newest)
        state.write(start)
        state.write(since)
        state.write(value)
        trend.save(to: &state)
        state.write(recent)
        fast.save(to: &state)
        steady.save(to: &state)
        slow.save(to: &state)
        bar.save(to: &state)
    }

    init(from state: inout StateReader) throws(StateError) {
        identity = try state.read()
        inverseLimit = try state.read()
        alarm = try state.read()
        phase = Phase(rawValue: try state.read()) ?? .armed
        isPressing = try state.read()
        newest = try state.read()
        start = try state.read()
        since = try state.read()
        value = try state.read()
        trend = try LocalLinearTrend(from: &state)
        recent = try state.read()
        fast = try FastRise(from: &state)
        steady = try SteadyRise(from: &state)
        slow = try SlowRise(from: &state)
        bar = try TrendBar(from: &state)
    }
}
