internal import GasModel

// MARK: Alarm and cut

extension SensorState {
    /// Holds a value against the limits, `seconds` after the good value before it.
    ///
    /// The cut is judged by every single reading; only the alarm has delays, and only where the
    /// site asks for them.
    mutating func judgeLevel(
        _ reading: Reading, isInOrder: Bool, after seconds: Double,
        into findings: inout [Finding]
    ) {
        if reading.value >= bounds.cut {
            judgeOverCut(reading, isInOrder: isInOrder, into: &findings)
        }
        guard isInOrder else { return }
        if reading.value >= bounds.alarm {
            judgeOverAlarm(reading, into: &findings)
        } else if !alarm.isOver {
            turnSince = .distantPast
        }
        if alarm.isOn || turnSince > .distantPast { alarm.excursion.see(reading.value) }
        guard reading.isFresh, !isOverdriven else { return }
        let isGap = seconds * 1e9 > Double(bounds.silentNanoseconds)
        if cut.isOver, reading.value < bounds.repower, reading.eventTime > glimpsed {
            cut.isOver = false
            crossed(at: reading)
        }
        judgeBelowAlarm(reading, isGap: isGap)
        judgeCalm(reading, isGap: isGap, into: &findings)
        if !chatter.isOn { tellEnds(reading, into: &findings) }
    }

    /// Whether a reading over the cut may begin a halt. A late one must not tell anew what was
    /// told; by a clock that was put back none is late, nor is one with the newest stamp, which may
    /// be all that a gateway has for a second.
    func mayBeginCut(_ reading: Reading, step: Int, isInOrder: Bool) -> Bool {
        isInOrder || isClockPutBack || reading.eventTime == newest
            || told.isNews(reading.eventTime, step: step, silence: bounds.silentNanoseconds)
    }

    /// Takes note of a reading that is older than the newest in order. Where it is plain by it that
    /// a clock was put back, what those before it showed is judged too: no peak may get lost.
    mutating func seeOld(_ reading: Reading, into findings: inout [Finding]) {
        let wasPutBack = isClockPutBack
        old.note(reading, than: newest, silence: bounds.silentNanoseconds)
        guard isClockPutBack, !wasPutBack, !cut.isOn, old.highest >= bounds.cut else { return }
        var highest = reading
        highest.kind = .measurement
        highest.value = old.highest
        highest.sourceTime = old.highestTime
        guard !isTestGas(highest, isInOrder: false) else { return }
        judgeOverCut(highest, isInOrder: false, into: &findings)
    }

    mutating func beginCut(
        _ reading: Reading, step: Int, isInOrder: Bool, into findings: inout [Finding]
    ) {
        cut.isOn = true
        gravity = step
        told.begin(reading.eventTime, step: step)
        cut.excursion = Excursion()
        findings.append(Finding(.cut, .began, by: reading, isInOrder: isInOrder))
    }

    mutating func judgeOverCut(
        _ reading: Reading, isInOrder: Bool, into findings: inout [Finding]
    ) {
        let step = bounds.step(at: reading.value)
        defer { told.see(reading.eventTime, silence: bounds.silentNanoseconds) }
        let stood = cut.isOn
        if !stood {
            guard mayBeginCut(reading, step: step, isInOrder: isInOrder) else { return }
            beginCut(reading, step: step, isInOrder: isInOrder, into: &findings)
        } else if step > gravity {
            gravity = step
            told.step = step
            findings.append(Finding(.cut, .worsened, by: reading, isInOrder: isInOrder))
        }
        cut.excursion.see(reading.value)
        // One that is late is not of now: beside a cut that chatter holds it is no crossing.
        guard !cut.isOver, isInOrder || !stood else { return }
        cut.isOver = true
        if isInOrder { began(cut.beginnings.note(reading.eventTime), reading, into: &findings) }
    }

    private mutating func judgeOverAlarm(_ reading: Reading, into findings: inout [Finding]) {
        guard !alarm.isOver, !cut.isOn else {
            // Neither on its way to an end, nor to a beginning beside a cut.
            turnSince = .distantPast
            return
        }
        if turnSince == .distantPast {
            turnSince = reading.eventTime
            turnUptime = reading.arrivalUptime
            if !alarm.isOn { alarm.excursion = Excursion() }
        }
        guard reading.eventTime.nanoseconds &- turnSince.nanoseconds >= bounds.alarmOnNanoseconds
        else { return }
        beginAlarm(reading, into: &findings)
    }

    mutating func beginAlarm(_ reading: Reading, into findings: inout [Finding]) {
        turnSince = .distantPast
        alarm.isOver = true
        if !alarm.isOn {
            alarm.isOn = true
            findings.append(Finding(.alarm, .began, by: reading))
        }
        began(alarm.beginnings.note(reading.eventTime), reading, into: &findings)
    }

    private mutating func judgeBelowAlarm(_ reading: Reading, isGap: Bool) {
        guard alarm.isOver else { return }
        guard reading.value < bounds.alarmEnd else {
            turnSince = .distantPast
            return
        }
        // In a gap nobody saw it stay below.
        if turnSince == .distantPast || isGap { turnSince = reading.eventTime }
        guard reading.eventTime.nanoseconds &- turnSince.nanoseconds >= bounds.alarmOffNanoseconds
        else { return }
        turnSince = .distantPast
        alarm.isOver = false
        crossed(at: reading)
    }

    /// An alarm on its way begins by the clock too: that its sensor fell silent holds nothing back.
    mutating func beginDueAlarm(
        _ sensor: UInt32, at tick: Reading, into findings: inout [Finding]
    ) {
        guard turnSince > .distantPast, !alarm.isOver, !isCalibrating,
            tick.arrivalUptime &- turnUptime >= bounds.alarmOnNanoseconds
        else { return }
        var reading = Reading(
            sensor: sensor, kind: .measurement, sourceTime: lastValueTime ?? newest,
            arrivalTime: tick.arrivalTime, value: lastValue)
        reading.position = tick.position
        beginAlarm(reading, into: &findings)
        noteStanding()
    }

    /// What was held back by chatter is told to be over once it is, and not of a value in between.
    private mutating func tellEnds(_ reading: Reading, into findings: inout [Finding]) {
        if cut.isOn, !cut.isOver, reading.value < bounds.repower {
            cut.isOn = false
            gravity = 0
            findings.append(
                Finding(
                    .cut, .ended, by: reading, evidence: cut.excursion.evidence(unit: bounds.unit)))
            // Where the alarm lies below re-power, the end of the one is the onset of the other.
            if reading.value >= bounds.alarm { judgeOverAlarm(reading, into: &findings) }
        }
        if alarm.isOn, !alarm.isOver, reading.value < bounds.alarmEnd {
            alarm.isOn = false
            findings.append(
                Finding(
                    .alarm, .ended, by: reading,
                    evidence: alarm.excursion.evidence(unit: bounds.unit)))
        }
    }

    /// Counts the time since the good value before for what stands over its limit.
    mutating func count(_ seconds: Double) {
        let longest = Double(bounds.silentNanoseconds) / 1e9
        if alarm.isOn || turnSince > .distantPast {
            alarm.excursion.hold(
                lastValue, limit: bounds.alarm, seconds: seconds, secondsMax: longest)
        }
        if cut.isOn {
            cut.excursion.hold(
                lastValue, limit: bounds.cut, seconds: seconds, secondsMax: longest)
        }
    }
}

// MARK: Chatter

extension SensorState {
    /// A limit was reached once more. `isMany`: for the fourth time in ten minutes.
    private mutating func began(
        _ isMany: Bool, _ reading: Reading, into findings: inout [Finding]
    ) {
        crossed(at: reading)
        if chatter.isOn {
            chatter.count += 1
        } else if isMany {
            chatter.isOn = true
            chatter.count = ThresholdDetector.chatterBeginnings
            chatter.began = reading.eventTime
            findings.append(
                Finding(
                    .chatter, .began, by: reading,
                    evidence: [.init("times over its limit in 10 min", Double(chatter.count))]))
        }
    }

    private mutating func crossed(at reading: Reading) { chatter.calmSince = reading.eventTime }

    private mutating func judgeCalm(
        _ reading: Reading, isGap: Bool, into findings: inout [Finding]
    ) {
        guard chatter.isOn else { return }
        if isGap { chatter.calmSince = reading.eventTime }
        guard
            reading.eventTime.seconds(since: chatter.calmSince) >= ThresholdDetector.calmSeconds
        else { return }
        chatter.isOn = false
        alarm.beginnings = Beginnings()
        cut.beginnings = Beginnings()
        findings.append(
            Finding(
                .chatter, .ended, by: reading,
                evidence: [
                    .init("times over its limit", Double(chatter.count)),
                    .init("in", reading.eventTime.seconds(since: chatter.began), "s"),
                ]))
    }
}
