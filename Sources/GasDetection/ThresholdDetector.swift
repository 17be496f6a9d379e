package import GasModel

/// Holds every reading against its sensor's limits, every sensor and gateway against the clock, and
/// every place against what was ordered.
///
/// Pure: the same records in the same order give the same findings, whenever and wherever they run.
/// Time comes in as records. What it judges by:
/// - Alarm and cut at `>=` (`>` where the law says so), at once: one reading is enough. An alarm,
///   never a cut, may have delays where the site asks for them.
/// - Re-power strictly `<`, and only by a fresh reading in order: a fault, silence, a duplicate or
///   a late reading never ends anything.
/// - A late reading over the cut limit still begins a cut, with its own time as onset: evidence
///   that came late is evidence.
/// - What goes to and fro over a limit is told as such, and not to be over until it is calm.
/// - Readings of a sensor in calibration are test gas; its neighbours go on guarding.
///
/// **Cost:** one array element per reading; nothing is allocated unless there is a finding. State
/// per sensor is bounded, see `bytesPerSensor`. **Thread:** a value; whoever owns it calls it.
package struct ThresholdDetector: RecordDetector {
    /// A faulty sensor must send good values for this long before the fault is over. Seconds.
    package static let faultQuietSeconds = 10.0
    /// A sensor is silent after so many of its intervals without a message, ...
    package static let silentIntervals = 3.0
    /// ... but not before this many seconds.
    package static let silentSecondsMin = 5.0
    /// A sensor that shares a gateway is told to be silent so much later than one that does not:
    /// two ticks, within which the gateway is recognised if it is the one that is gone.
    package static let gatewayGraceNanoseconds: Int64 = 2_000_000_000
    /// A silence that begins at this fraction of the alarm or above is told as a graver one.
    package static let highFraction = 0.8
    /// A limit that is reached so many times ...
    package static let chatterBeginnings = 4
    /// ... within so many seconds is chatter, ...
    package static let chatterSeconds = 600.0
    /// ... until nothing has crossed it for this long.
    package static let calmSeconds = 300.0
    /// A cut must have switched off after so many seconds, beside the interval of the sensor that
    /// tells. Source: AQ 6201 (local cut, methane-electric interlock), read in the standard of 2010
    /// as a secondary copy.
    package static let cutSecondsMax = 2.0
    /// Power must be off for this long before it counts as off. Seconds.
    package static let powerOffSeconds = 3.0
    /// A fan, a duct or work must have stopped, or go on, for this long: a change-over from the
    /// main to the standby fan is no stop. Seconds, our own figure.
    package static let stateSeconds = 10.0
    /// One of three must disagree with the two others for this long, ...
    package static let disagreementSeconds = 300.0
    /// ... and agree for this long before it is over: several times the response of a head and the
    /// mixing of the air. Seconds, our own figures.
    package static let agreementSeconds = 60.0
    /// Longest calibration, together with all those that no rest parts from it. Minutes, our own
    /// figure.
    package static let calibrationMinutesMax = 60.0
    /// So long without calibration is a rest. Minutes, our own figure.
    package static let calibrationRestMinutes = 60.0
    /// Memory that each sensor takes, whatever it sends. Bytes.
    package static var bytesPerSensor: Int { MemoryLayout<SensorState>.stride }

    var states: [SensorState]
    var control = ControlDetector()
    var calibrations: [Calibration] = []
    private var gateways = GatewayWatch()
    private var isLinked = false
    private var linkIsFaulty = false
    private var linkUptime: Int64 = 0
    private var newestUptime: Int64 = 0
    /// When the values were last taken note of, see `SensorState.sample`.
    private var sampledUptime: Int64 = -1

    /// A detector for the sensors of a site, each at its index in the registry; `nil` at an index
    /// whose sensor is no longer in the site: its records are passed over.
    package init(_ roster: SensorRoster) {
        states = roster.sensors.map { SensorState($0) }
        watchedCount = states.count { $0.isWatched }
        gateways.adopt(roster, &states)
        _ = control.adopt(roster)
    }

    /// The newest value of each sensor in order, or `nil` before its first: what a status shows.
    package func latest(of sensor: UInt32) -> (value: Double, eventTime: Timestamp)? {
        Int(sensor) < states.count && states[Int(sensor)].isWatched
            ? states[Int(sensor)].current : nil
    }

    /// How a place stands against its limits; `nil` when the site has no such place.
    package func status(ofPlace id: String) -> PlaceStatus? {
        control.status(ofPlace: id, states, newestUptime)
    }

    /// How many sensors of the site have sent anything within their silence bound.
    package var heardCount: Int {
        states.count { $0.isWatched && $0.wasHeard && !$0.isSilent && !$0.isCutOff }
    }

    /// How many sensors the site has.
    package private(set) var watchedCount: Int

    /// Waits for messages of a sensor as often as it announces them itself. The seam for payload
    /// forms that carry an interval; a longer one than the site's changes nothing.
    package mutating func announce(intervalSeconds: Double, of sensor: UInt32) {
        guard Int(sensor) < states.count else { return }
        states[Int(sensor)].bounds.announce(intervalSeconds: intervalSeconds)
        gateways.boundsChanged(of: sensor, states)
    }

    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        if reading.kind == .measurement, Int(reading.sensor) < states.count {
            if states[Int(reading.sensor)].passes(reading) { return }
        }
        observeSlowly(reading, into: &findings)
    }

    private mutating func observeSlowly(_ reading: Reading, into findings: inout [Finding]) {
        switch reading.kind {
        case .measurement, .fault: judge(reading, into: &findings)
        case .tick: tick(reading, into: &findings)
        case .linkUp: link(isUp: true, reading, into: &findings)
        case .linkDown: link(isUp: false, reading, into: &findings)
        case .gatewayUp, .gatewayDown: gateways.take(reading, &states, into: &findings)
        case .calibration: calibrate(reading, into: &findings)
        default: break
        }
    }

    private mutating func judge(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard index < states.count, states[index].isWatched else { return }
        if states[index].isCalibrating { seeTestGas(reading, into: &findings) }
        let first = findings.count
        states[index].judge(reading, into: &findings)
        addPlace(to: &findings, from: first)
    }

    /// A finding on a cut names the worst sensor of the place, and its tier.
    private func addPlace(to findings: inout [Finding], from first: Int) {
        for index in first..<findings.count where findings[index].rule == .cut {
            guard let sensor = findings[index].sensor else { continue }
            findings[index].evidence += control.evidenceOfPlace(of: sensor, states)
        }
    }

    private mutating func link(
        isUp: Bool, _ reading: Reading, into findings: inout [Finding]
    ) {
        isLinked = isUp
        linkUptime = reading.arrivalUptime
        guard linkIsFaulty == isUp else { return }
        linkIsFaulty = !isUp
        findings.append(Finding(.link, isUp ? .ended : .began, by: reading, of: .link))
    }
}

// MARK: With every tick

extension ThresholdDetector {
    private mutating func tick(_ reading: Reading, into findings: inout [Finding]) {
        newestUptime = reading.arrivalUptime
        if !calibrations.isEmpty {
            endDueCalibrations(at: reading, into: &findings)
            for index in calibrations.indices {
                judgeGasAround(index, at: reading, into: &findings)
            }
        }
        // While the link is down nobody can be heard, so nobody is called silent: that one finding
        // is on the link.
        if isLinked { gateways.tick(reading, sinceUptime: linkUptime, &states, into: &findings) }
        tickSensors(reading, into: &findings)
        control.tick(reading, states, into: &findings)
    }

    private mutating func tickSensors(_ tick: Reading, into findings: inout [Finding]) {
        let now = tick.arrivalUptime
        // Again at once after the machine was started anew.
        let isMinute = sampledUptime < 0 || now < sampledUptime
            || now &- sampledUptime >= 60_000_000_000
        for index in states.indices where states[index].isWatched {
            if isMinute { states[index].sample(sinceUptime: sampledUptime) }
            if states[index].standsOut {
                states[index].beginDueAlarm(UInt32(index), at: tick, into: &findings)
            }
            guard isLinked, !states[index].isSilent, !states[index].isCutOff,
                states[index].hasGoneSilent(atUptime: now, sinceUptime: linkUptime)
            else { continue }
            let evidence = states[index].silenceEvidence()
            states[index].isSilent = true
            states[index].highBeforeSilence = evidence.first?.value ?? .nan
            findings.append(
                Finding(
                    .silence, .began, by: tick, of: .sensor(UInt32(index)), evidence: evidence))
        }
        if isMinute { sampledUptime = now }
    }
}

// MARK: When the site changes

extension ThresholdDetector {
    /// Goes over to another site at `record`: changed limits are held against the last good value
    /// at once, see `SensorState.reconsider`. The short form of all rules: what is not named is not
    /// touched, and nothing that stands is ended but by a good, fresh value.
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
            (.sensor(let index), .silence):
            guard Int(index) < states.count else { return }
            states[Int(index)].restore(
                rule, isActive: isActive, value: value, eventTime: eventTime)
        case (.link, _): linkIsFaulty = isActive && rule == .link
        case (.gateway(let code), _):
            gateways.restore(code, isActive: isActive && rule == .gateway, &states)
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
        newestUptime = try state.read()
        sampledUptime = try state.read()
    }
}
