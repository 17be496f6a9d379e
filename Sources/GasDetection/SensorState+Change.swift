internal import GasModel

// MARK: When the site changes

extension SensorState {
    /// Goes over to the sensor as it is from `record` on.
    mutating func adopt(_ change: SensorChange, at record: Reading) {
        var bounds = SensorBounds(change.after)
        if change.kind == .limits || change.kind == .tuned,
            self.bounds.intervalNanoseconds < Int64((change.before?.intervalSeconds ?? 0) * 1e9)
        {
            // Announced by the sensor itself.
            bounds.announce(intervalSeconds: Double(self.bounds.intervalNanoseconds) / 1e9)
        }
        gravity = bounds.step(forStep: gravity, of: self.bounds)
        self.bounds = bounds
        isWatched = change.after != nil
        switch change.kind {
        case .added, .renewed: beginUnheard(at: record.arrivalUptime)
        case .decommissioned:
            // The book closes these; a latched halt is for a named person to end.
            alarm = Level()
            chatter = Chatter()
            flapping = Flapping()
            turnSince = .distantPast
            isFaulty = false
            isOverdriven = false
            isSilent = false
        case .removed, .limits, .tuned: break
        }
        noteStanding()
    }

    /// Judges the newest good value once more, since the limits are others from `record` on.
    ///
    /// By the rules of a reading: what ends needs a value that is fresh at `record`. What begins
    /// needs one that no more than the sensor's own silence may have passed since, so that a value
    /// of long ago is not told as if it were now.
    mutating func reconsider(
        _ sensor: UInt32, at record: Reading, into findings: inout [Finding]
    ) {
        let measured = lastValueTime ?? newest
        let age = record.arrivalTime.seconds(since: measured)
        let ageMax = max(Double(bounds.silentNanoseconds) / 1e9, Reading.freshSecondsMax)
        guard isWatched, !isCalibrating, !lastValue.isNaN, age <= ageMax else { return }
        var reading = Reading(
            sensor: sensor, kind: .measurement, sourceTime: measured,
            arrivalTime: record.arrivalTime, value: lastValue)
        reading.arrivalUptime = record.arrivalUptime
        reading.position = record.position
        let first = findings.count
        judgeLevel(reading, isInOrder: true, after: 0, into: &findings)
        for index in first..<findings.count { findings[index].changedAt = record.arrivalTime }
        noteStanding()
    }
}

// MARK: Over a restart

extension SensorState {
    mutating func restore(
        _ rule: Rule, isActive: Bool, value: Double, eventTime: Timestamp
    ) {
        switch rule {
        case .cut:
            (cut.isOn, cut.isOver) = (isActive, isActive)
            gravity = bounds.step(at: value)
            told.begin(eventTime, step: gravity)
        case .alarm: (alarm.isOn, alarm.isOver) = (isActive, isActive)
        case .chatter:
            chatter.isOn = isActive
            (chatter.began, chatter.calmSince) = (eventTime, eventTime)
        case .flapping:
            flapping.restore(isActive: isActive, at: eventTime)
            return noteStanding()
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
        state.write(missedNanoseconds)
        state.write(staleSince)
        state.write(staleAge)
        state.write(lastValueTime)
        alarm.save(to: &state)
        cut.save(to: &state)
        told.save(to: &state)
        // The step by its value: the rows may have others when it is read again.
        state.write(gravity > 0 ? bounds.steps[gravity - 1] : -Double.infinity)
        state.write(turnSince)
        state.write(turnUptime)
        state.write(glimpsed)
        chatter.save(to: &state)
        flapping.save(to: &state)
        state.write(isFaulty)
        state.write(isOverdriven)
        state.write(lastFault)
        state.write(isSilent)
        state.write(highBeforeSilence)
        old.save(to: &state)
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
        missedNanoseconds = try state.read()
        staleSince = try state.read()
        staleAge = try state.read()
        lastValueTime = try state.read()
        try alarm.load(from: &state)
        try cut.load(from: &state)
        try told.load(from: &state)
        gravity = bounds.step(at: try state.read())
        turnSince = try state.read()
        turnUptime = try state.read()
        glimpsed = try state.read()
        try chatter.load(from: &state)
        try flapping.load(from: &state)
        isFaulty = try state.read()
        isOverdriven = try state.read()
        lastFault = try state.read()
        isSilent = try state.read()
        highBeforeSilence = try state.read()
        try old.load(from: &state)
        isCutOff = try state.read()
        isCalibrating = try state.read()
        calibrated = (try state.read(), try state.read())
        minuteAgo = try state.read()
        twoMinutesAgo = try state.read()
        noteStanding()
        return identity
    }
}
