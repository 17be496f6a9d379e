internal import GasModel

// MARK: Calibration mode

extension ThresholdDetector {
    /// Takes a record of kind `.calibration`: begins one, makes it longer, or ends it.
    mutating func calibrate(_ record: Reading, into findings: inout [Finding]) {
        let sensor = record.sensor
        // Where no limit is, nothing is held back: whether power is off, or work stands, is not a
        // thing that a person can announce away.
        guard Int(sensor) < states.count, states[Int(sensor)].isWatched,
            states[Int(sensor)].bounds.alarm.isFinite
        else { return }
        endDueCalibrations(at: record, into: &findings)
        let known = calibrations.firstIndex { $0.sensor == sensor }
        guard record.value > 0 else {
            if let known, calibrations[known].isOn { end(known, at: record, into: &findings) }
            return
        }
        let index = known ?? calibrations.count
        if known == nil {
            calibrations.append(
                Calibration(
                    sensor, identity: states[Int(sensor)].bounds.identity, person: record.boot))
        }
        announce(index, record, into: &findings)
    }

    /// What was announced is allowed as far as all of them together, without a rest between them,
    /// stay within the longest time; what goes beyond is a finding and holds nothing back.
    private mutating func announce(
        _ index: Int, _ record: Reading, into findings: inout [Finding]
    ) {
        let longest = Int64(Self.calibrationMinutesMax * 60e9)
        let asked = Int64(min(record.value, 1e6) * 60e9)
        let gone = calibrations[index].isOn ? calibrations[index].nanoseconds(at: record) : 0
        let left = longest - calibrations[index].usedNanoseconds - gone
        calibrations[index].person = record.boot
        calibrations[index].endUptime = record.arrivalUptime
        if left > 0 {
            if !calibrations[index].isOn { begin(index, at: record, into: &findings) }
            calibrations[index].lengthNanoseconds = gone + min(asked, left)
        }
        guard asked > left, !calibrations[index].isOverrun else { return }
        calibrations[index].isOverrun = true
        findings.append(
            finding(
                .calibrationOverrun, .began, index, at: record,
                evidence: [
                    .init("minutes announced", record.value),
                    .init("minutes left of those allowed", Double(max(left, 0)) / 60e9),
                ]))
    }

    private mutating func begin(_ index: Int, at record: Reading, into findings: inout [Finding]) {
        let sensor = Int(calibrations[index].sensor)
        let state = states[sensor]
        calibrations[index].isOn = true
        calibrations[index].from = record.arrivalTime
        calibrations[index].fromUptime = record.arrivalUptime
        calibrations[index].highest = -.infinity
        calibrations[index].lowest = .infinity
        calibrations[index].readings = 0
        calibrations[index].beganInGas =
            state.alarm.isOn || state.cut.isOn || state.lastValue >= state.bounds.alarm
        states[sensor].beginCalibration(at: record.arrivalTime)
        findings.append(
            finding(
                .calibrating, .began, index, at: record,
                evidence: [.init("minutes announced", record.value)]))
        judgeGasAround(index, at: record, into: &findings)
    }

    private mutating func end(_ index: Int, at record: Reading, into findings: inout [Finding]) {
        let length = min(
            calibrations[index].nanoseconds(at: record), calibrations[index].lengthNanoseconds)
        calibrations[index].usedNanoseconds += length
        calibrations[index].isOn = false
        calibrations[index].endUptime = record.arrivalUptime
        states[Int(calibrations[index].sensor)].endCalibration(at: record.arrivalTime)
        if calibrations[index].isInGas {
            calibrations[index].isInGas = false
            findings.append(finding(.calibrationInGas, .ended, index, at: record))
        }
        findings.append(
            finding(
                .calibrating, .ended, index, at: record,
                evidence: calibrations[index].evidence(
                    at: record,
                    unit: states[Int(calibrations[index].sensor)].bounds.unit)))
    }

    /// Ends what has lasted as long as announced, and forgets what a rest lies behind.
    mutating func endDueCalibrations(at record: Reading, into findings: inout [Finding]) {
        let rest = Int64(Self.calibrationRestMinutes * 60e9)
        for index in calibrations.indices.reversed() {
            if calibrations[index].isOver(at: record) { end(index, at: record, into: &findings) }
            guard !calibrations[index].isOn,
                record.arrivalUptime &- calibrations[index].endUptime >= rest
            else { continue }
            if calibrations[index].isOverrun {
                findings.append(finding(.calibrationOverrun, .ended, index, at: record))
            }
            calibrations.remove(at: index)
        }
    }

    /// Takes note of a reading of test gas; by its arrival it may be the first behind it.
    mutating func seeTestGas(_ reading: Reading, into findings: inout [Finding]) {
        guard let index = calibrations.firstIndex(where: { $0.sensor == reading.sensor }) else {
            return
        }
        guard !calibrations[index].isOver(at: reading) else {
            return end(index, at: reading, into: &findings)
        }
        guard reading.kind == .measurement, reading.eventTime >= calibrations[index].from else {
            return
        }
        calibrations[index].readings += 1
        calibrations[index].highest = max(calibrations[index].highest, reading.value)
        calibrations[index].lowest = min(calibrations[index].lowest, reading.value)
    }

    /// Test gas hides what there is: that is a finding while a neighbour is at its alarm.
    mutating func judgeGasAround(
        _ index: Int, at record: Reading, into findings: inout [Finding]
    ) {
        guard calibrations[index].isOn else { return }
        let sensor = calibrations[index].sensor
        let neighbour = control.worst(besides: sensor, in: states)
        let isInGas = calibrations[index].beganInGas || neighbour != nil
        guard isInGas != calibrations[index].isInGas else { return }
        calibrations[index].isInGas = isInGas
        var evidence: [Finding.Evidence] = []
        if isInGas, let neighbour {
            evidence += control.evidence("neighbour", neighbour, states)
        }
        if isInGas, calibrations[index].beganInGas {
            evidence += control.evidence("before it began", sensor, states)
        }
        findings.append(
            finding(
                .calibrationInGas, isInGas ? .began : .ended, index, at: record,
                evidence: evidence))
    }

    private func finding(
        _ rule: Rule, _ change: Finding.Change, _ index: Int, at record: Reading,
        evidence: [Finding.Evidence] = []
    ) -> Finding {
        var finding = Finding(
            rule, change, of: .sensor(calibrations[index].sensor), eventTime: record.arrivalTime,
            arrivalTime: record.arrivalTime, position: record.position, evidence: evidence)
        finding.person = calibrations[index].person
        return finding
    }

    /// Takes up from the journal what stands of a calibration whose length nobody knows any more:
    /// it ends with the next record of time, so that nothing is held back without proof.
    mutating func restoreCalibration(
        _ rule: Rule, of sensor: UInt32, isActive: Bool, eventTime: Timestamp
    ) {
        guard isActive, Int(sensor) < states.count else { return }
        var index = calibrations.firstIndex { $0.sensor == sensor }
        if index == nil {
            calibrations.append(
                Calibration(sensor, identity: states[Int(sensor)].bounds.identity, person: 0))
            index = calibrations.count - 1
        }
        guard let index else { return }
        switch rule {
        case .calibrating:
            calibrations[index].isOn = true
            calibrations[index].from = eventTime
            states[Int(sensor)].beginCalibration(at: eventTime)
        case .calibrationOverrun: calibrations[index].isOverrun = true
        default: calibrations[index].isInGas = true
        }
    }

    /// A sensor that is another one now, or none, is not calibrated any more.
    mutating func adoptCalibrations(
        _ change: SensorChange, at record: Reading, into findings: inout [Finding]
    ) {
        guard change.kind != .limits, change.kind != .tuned,
            let index = calibrations.firstIndex(where: { $0.sensor == change.index })
        else { return }
        if calibrations[index].isOn { end(index, at: record, into: &findings) }
        if calibrations[index].isOverrun {
            findings.append(finding(.calibrationOverrun, .ended, index, at: record))
        }
        calibrations.remove(at: index)
    }
}
