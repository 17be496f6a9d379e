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
/// - What goes to and fro over a limit is told as such, and not to be over until it is calm. So is
///   what is lost and back.
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
    /// One that is heard, but only with readings that are old when they come, is silent after so
    /// long: a store may take minutes to empty. Seconds, our own figure; it proves nothing from the
    /// first of them on.
    package static let staleSecondsMax = 300.0
    /// A sensor that shares a gateway is told to be silent so much later than one that does not:
    /// two ticks, within which the gateway is recognised if it is the one that is gone.
    package static let gatewayGraceNanoseconds: Int64 = 2_000_000_000
    /// A silence that begins at this fraction of the alarm or above is told as a graver one.
    package static let highFraction = 0.8
    /// A limit that is reached so many times ...
    package static let chatterBeginnings = 4
    /// ... within so many seconds is chatter, ...
    package static let chatterSeconds = 600.0
    /// ... until nothing has crossed it for this long. The same three hold for a sensor or a
    /// gateway that is lost and back.
    package static let calmSeconds = 300.0
    /// A loss that lasts for so long is told while its sensor or gateway is flapping, too; sooner
    /// where the site allows less time before a halt. Seconds, our own figure.
    package static let heldSecondsMax = 60.0
    /// A cut must have switched off after so many seconds, beside the interval of the sensor that
    /// tells. Source: AQ 6201 (local cut, methane-electric interlock), read in the standard of 2010
    /// as a secondary copy.
    package static let cutSecondsMax = 2.0
    /// Power must be off for this long before it counts as off. Seconds.
    package static let powerOffSeconds = 3.0
    /// A fan, a duct or work must have stopped, or go on, for this long: a change-over from the
    /// main to the standby fan is no stop. Seconds, our own figure.
    package static let stateSeconds = 10.0
    /// Drainage must have stood for this long, and run for as long before it runs again: the pumps
    /// of a station take turns. Seconds, our own figure.
    package static let drainageSeconds = 60.0
    /// Work must rest for this long before it counts as stopped: a shearer stands for minutes in
    /// every cycle, and each of them is not the end of it. Seconds; nine rests in ten on the
    /// recorded longwall are shorter.
    package static let workRestSeconds = 1800.0
    /// One of three must disagree with the two others for this long, ...
    package static let disagreementSeconds = 300.0
    /// ... and agree for this long before it is over: several times the response of a head and the
    /// mixing of the air. Seconds, our own figures.
    package static let agreementSeconds = 60.0
    /// A place must be guarded again for this long before it counts as guarded: two calibrations
    /// with a moment between them are one time without a guard. Seconds, our own figure.
    package static let guardedSeconds = 600.0
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
    var gateways = GatewayWatch()
    var isLinked = false
    var linkIsFaulty = false
    var linkUptime: Int64 = 0
    /// What the civil clock showed when the clock that nobody can set began; by the first tick of
    /// the run. Before it, what no time is later than.
    var civilStart = Int64.max / 2
    var newestUptime: Int64 = 0
    /// The sensors with limits that are waited for since the last tick; see `Hearing`.
    var awaited: [UInt32] = []
    /// When the values were last taken note of, see `SensorState.sample`; -1 before the first tick.
    var sampledUptime: Int64 = -1
    /// For how long a loss may be held back while its subject is flapping.
    var patience: Flapping.Patience

    /// A detector for the sensors of a site, each at its index in the registry; `nil` at an index
    /// whose sensor is no longer in the site: its records are passed over.
    package init(_ roster: SensorRoster) {
        states = roster.sensors.map { SensorState($0) }
        watchedCount = states.count { $0.isWatched }
        patience = Flapping.Patience(roster.site)
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

    /// Who was heard at the newest tick.
    package var hearing: Hearing {
        Hearing(isLinked: isLinked, linkUptime: linkUptime, awaited: awaited)
    }

    /// How many sensors the site has.
    package internal(set) var watchedCount: Int

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
        case .gatewayUp, .gatewayDown:
            gateways.take(reading, sinceUptime: linkUptime, &states, into: &findings)
        case .calibration: calibrate(reading, into: &findings)
        case .halt: control.takeHalt(reading)
        case .runBegins: beginRun(reading)
        default: break
        }
    }

    private mutating func judge(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard index < states.count, states[index].isWatched else { return }
        if states[index].isCalibrating { seeTestGas(reading, into: &findings) }
        let (first, previous) = (findings.count, states[index].newest)
        states[index].judge(reading, age: age(of: reading), into: &findings)
        addPlace(to: &findings, from: first)
        note(previous, in: &findings, from: first)
    }

    /// How old a reading was when it came, in nanoseconds: by the civil clock, or by what it would
    /// show had nobody set it since the run began; whichever is less.
    private func age(of reading: Reading) -> Int64 {
        let arrival = min(
            reading.arrivalTime.nanoseconds, civilStart &+ reading.arrivalUptime)
        return arrival &- reading.eventTime.nanoseconds
    }

    /// A reading that is held back because one before it may still come: it is a sign of life, and
    /// a cut limit that it reaches is reached at once.
    package mutating func glimpse(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard index < states.count, states[index].isWatched else { return }
        let (first, previous) = (findings.count, states[index].newest)
        states[index].glimpse(reading, into: &findings)
        addPlace(to: &findings, from: first)
        note(previous, in: &findings, from: first)
    }

    private func note(_ previous: Timestamp, in findings: inout [Finding], from first: Int) {
        guard previous > .distantPast else { return }
        for index in first..<findings.count { findings[index].previousTime = previous }
    }

    /// A finding on a cut names the worst sensor of the place, and its tier.
    func addPlace(to findings: inout [Finding], from first: Int) {
        for index in first..<findings.count where findings[index].rule == .cut {
            guard let sensor = findings[index].sensor else { continue }
            findings[index].evidence += control.evidenceOfPlace(
                of: sensor, value: findings[index].value, states)
        }
    }

    private mutating func link(
        isUp: Bool, _ reading: Reading, into findings: inout [Finding]
    ) {
        if !isUp { endTerms(atUptime: reading.arrivalUptime) }
        isLinked = isUp
        linkUptime = reading.arrivalUptime
        guard linkIsFaulty == isUp else { return }
        linkIsFaulty = !isUp
        var evidence: [Finding.Evidence] = []
        if !isUp {
            let high = GatewayWatch.evidenceOfHigh(0..<UInt32(states.count), states)
            if !high.isEmpty { evidence = [.init("sensors", Double(watchedCount))] + high }
        }
        findings.append(
            Finding(.link, isUp ? .ended : .began, by: reading, of: .link, evidence: evidence))
    }
}

// MARK: When nobody can be heard

extension ThresholdDetector {
    /// That nobody was heard while the daemon was down is not the sensors' silence.
    private mutating func beginRun(_ record: Reading) {
        endTerms(atUptime: newestUptime)
        let step = newestUptime &- record.arrivalUptime
        if step > 0 { machineStarted(step: step) }
        isLinked = false
        linkUptime = record.arrivalUptime
        newestUptime = record.arrivalUptime
        noteCivilStart(record)
    }

    /// The machine, too, was started anew, and counts its uptime from there: `step` less than
    /// before. By uptimes of before nobody would be waited for until it has run for as long again.
    private mutating func machineStarted(step: Int64) {
        for index in states.indices { states[index].machineStarted(step: step) }
        for index in calibrations.indices { calibrations[index].machineStarted(step: step) }
        gateways.machineStarted(step: step)
        control.machineStarted()
        sampledUptime = newestUptime &- step
    }

    private mutating func noteCivilStart(_ record: Reading) {
        civilStart = record.arrivalTime.nanoseconds &- record.arrivalUptime
    }

    /// The link is gone. Who is behind a gateway that is gone was not waited for.
    private mutating func endTerms(atUptime now: Int64) {
        guard isLinked else { return }
        for index in states.indices where states[index].isWatched && !states[index].isCutOff {
            states[index].endTerm(atUptime: now, sinceUptime: linkUptime)
        }
    }
}

// MARK: With every tick

extension ThresholdDetector {
    private mutating func tick(_ reading: Reading, into findings: inout [Finding]) {
        newestUptime = reading.arrivalUptime
        if civilStart == .max / 2 { noteCivilStart(reading) }
        if !calibrations.isEmpty {
            endDueCalibrations(at: reading, into: &findings)
            for index in calibrations.indices {
                judgeGasAround(index, at: reading, into: &findings)
            }
        }
        // While the link is down no gateway can be heard: that one finding is on the link.
        if isLinked { gateways.tick(reading, sinceUptime: linkUptime, &states, into: &findings) }
        gateways.tellFlapping(
            reading, isLinked: isLinked, patience, states, into: &findings)
        tickSensors(reading, into: &findings)
        control.tick(reading, states, into: &findings)
    }

    private mutating func tickSensors(_ tick: Reading, into findings: inout [Finding]) {
        let now = tick.arrivalUptime
        let isMinute = sampledUptime < 0 || now &- sampledUptime >= 60_000_000_000
        awaited.removeAll(keepingCapacity: true)
        for index in states.indices where states[index].isWatched {
            if isMinute { states[index].sample(sinceUptime: sampledUptime) }
            if states[index].standsOut { tickStanding(index, tick, into: &findings) }
            guard isLinked || linkIsFaulty, !states[index].isSilent, !states[index].isCutOff
            else { continue }
            guard states[index].hasGoneSilent(atUptime: now, sinceUptime: linkUptime) else {
                if isLinked, states[index].provesNothing(sinceUptime: linkUptime) {
                    awaited.append(UInt32(index))
                }
                continue
            }
            let high = states[index].evidenceOfHigh()
            // Without a link nobody can be heard: one finding, on the link. But that halts the
            // whole mine, and late; where gas stood high, its place must not wait for it.
            guard isLinked || !high.isEmpty else { continue }
            states[index].isSilent = true
            states[index].highBeforeSilence = high.first?.value ?? .nan
            let silence = states[index].silence(UInt32(index), at: tick)
            states[index].flapping.lose(silence, by: tick, into: &findings)
        }
        if isMinute { sampledUptime = now }
    }

    /// What time does to that which stands of a sensor.
    private mutating func tickStanding(
        _ index: Int, _ tick: Reading, into findings: inout [Finding]
    ) {
        let sensor = UInt32(index)
        states[index].beginDueAlarm(sensor, at: tick, into: &findings)
        guard states[index].flapping.isOn else { return }
        let isSeen =
            isLinked && !states[index].isSilent && !states[index].isCutOff
            && !states[index].isStale && !states[index].isAwaited(sinceUptime: linkUptime)
        states[index].tickFlapping(sensor, isSeen: isSeen, patience, at: tick, into: &findings)
    }
}
