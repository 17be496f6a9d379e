package import GasModel

// MARK: When the site changes

extension ThresholdDetector {
    /// Goes over to another site at `record`: changed limits are held against the last good value
    /// at once, see `SensorState.reconsider`. The short form of all rules: what is not named is not
    /// touched, and nothing that stands is ended but by a good, fresh value.
    ///
    /// **Cost:** what changed. Where sensors belong together otherwise, a look at all of them:
    /// 20 ms for 20,000.
    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {
        for change in change.sensors {
            let index = Int(change.index)
            while states.count <= index { states.append(SensorState(nil)) }
            adoptCalibrations(change, at: record, into: &findings)
            states[index].adopt(change, at: record)
            guard change.kind == .limits else { continue }
            let first = findings.count
            states[index].reconsider(change.index, at: record, into: &findings)
            addPlace(to: &findings, from: first)
        }
        patience = Flapping.Patience(change.roster.site)
        guard change.regroups else { return }
        watchedCount = states.count { $0.isWatched }
        gateways.adopt(change.roster, &states)
        let takenOut = change.sensors.filter { $0.kind == .decommissioned }.map(\.index)
        for (rule, subject) in control.adopt(change.roster, takenOut: takenOut) {
            findings.append(Finding(rule, .ended, by: record, of: subject))
        }
    }

    /// A daemon that was killed between a change of the site and its findings finds them after the
    /// start: the last good value of every sensor is held against the limits that hold now. Where
    /// they are those that it was held against before, that finds nothing. What ticks judge needs
    /// no second look: the next tick is one.
    package mutating func reconsider(at record: Reading, into findings: inout [Finding]) {
        let first = findings.count
        for index in states.indices {
            states[index].reconsider(UInt32(index), at: record, into: &findings)
        }
        addPlace(to: &findings, from: first)
    }
}

// MARK: Over a restart

extension ThresholdDetector {
    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {
        switch (subject, rule) {
        case (.sensor(let index), .calibrating), (.sensor(let index), .calibrationOverrun),
            (.sensor(let index), .calibrationInGas):
            restoreCalibration(rule, of: index, isActive: isActive, eventTime: eventTime)
        case (.sensor(let index), .alarm), (.sensor(let index), .cut),
            (.sensor(let index), .chatter), (.sensor(let index), .fault),
            (.sensor(let index), .silence), (.sensor(let index), .flapping):
            guard Int(index) < states.count else { return }
            states[Int(index)].restore(
                rule, isActive: isActive, value: value, eventTime: eventTime)
        case (.link, _): linkIsFaulty = isActive && rule == .link
        case (.gateway(let code), _):
            gateways.restore(rule, of: code, isActive: isActive, at: eventTime, &states)
        default: control.restore(rule, of: subject, isActive: isActive)
        }
    }

    package func save(to state: inout StateWriter) {
        state.write(states.count)
        for sensor in states { sensor.save(to: &state) }
        state.write(calibrations.count)
        for calibration in calibrations { calibration.save(to: &state) }
        gateways.save(to: &state)
        control.save(to: &state, states)
        state.write(isLinked)
        state.write(linkIsFaulty)
        state.write(linkUptime)
        state.write(civilStart)
        state.write(newestUptime)
        state.write(sampledUptime)
    }

    package mutating func load(from state: inout StateReader) throws(StateError) {
        for index in 0..<(try state.readCount()) {
            var saved = index < states.count ? states[index] : SensorState(nil)
            let identity = try saved.load(from: &state)
            // A sensor that has left the site may come back, and what stood of it still stands.
            guard index < states.count, identity == saved.bounds.identity || !saved.isWatched
            else { continue }
            states[index] = saved
        }
        calibrations = []
        for _ in 0..<(try state.readCount()) {
            let calibration = try Calibration(from: &state)
            let index = Int(calibration.sensor)
            guard index < states.count, states[index].bounds.identity == calibration.identity
            else { continue }
            calibrations.append(calibration)
        }
        try gateways.load(from: &state, &states)
        try control.load(from: &state, states)
        isLinked = try state.read()
        linkIsFaulty = try state.read()
        linkUptime = try state.read()
        civilStart = try state.read()
        newestUptime = try state.read()
        sampledUptime = try state.read()
    }
}
