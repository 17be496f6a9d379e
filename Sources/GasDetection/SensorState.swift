internal import GasModel

/// What the threshold detector remembers of one sensor.
struct SensorState: Sendable {
    /// Whether the site knows the sensor; if not, its records are passed over.
    var isWatched: Bool
    /// Whether any condition stands, so that the short way through `passes` is closed.
    var standsOut = false
    private(set) var bounds: SensorBounds
    var newest = Timestamp.distantPast
    /// When it was heard last, on the clock that nobody can set; -1 before the first message.
    var heardUptime: Int64 = -1
    /// Since when it is waited for, on the same clock, where it came into the site later than the
    /// link came up.
    private var watchedUptime: Int64 = 0
    /// The newest good value in order.
    private(set) var lastValue = Double.nan
    /// When that was measured, where only faults came in order since; `newest` otherwise.
    private var lastValueTime: Timestamp?
    private(set) var alarmIsOn = false
    private(set) var cutIsOn = false
    /// Whether a halt was ever begun by this sensor and not released: a late reading adds nothing.
    private var cutIsLatched = false
    private var gravity = 0
    private var isFaulty = false
    private var lastFaultArrival = Timestamp.distantPast
    var isSilent = false {
        didSet { noteStanding() }
    }
    var wasHeard: Bool { heardUptime >= 0 }

    init(_ sensor: Sensor?) {
        isWatched = sensor != nil
        bounds = SensorBounds(sensor)
    }

    /// The newest value in order, with its time; `nil` while the newest message holds none.
    var current: (value: Double, eventTime: Timestamp)? {
        lastValue.isNaN || lastValueTime != nil ? nil : (lastValue, newest)
    }

    /// The way of nearly every reading: in order, below every limit, nothing stands. Takes note of
    /// it and returns true; false sends the reading the long way.
    mutating func passes(_ reading: Reading) -> Bool {
        let time = reading.eventTime
        guard !standsOut, isWatched, reading.value < bounds.alarm, time > newest else {
            return false
        }
        newest = time
        heardUptime = reading.arrivalUptime
        lastValue = reading.value
        return true
    }

    mutating func judge(_ reading: Reading, into findings: inout [Finding]) {
        heardUptime = reading.arrivalUptime
        let isInOrder = reading.eventTime > newest
        if isInOrder { takeNewest(reading) }
        defer { noteStanding() }
        if isSilent {
            isSilent = false
            findings.append(Finding(.silence, .ended, by: reading, isInOrder: isInOrder))
        }
        if reading.kind == .fault {
            judgeFault(reading, into: &findings)
        } else {
            judgeValue(reading, isInOrder: isInOrder, into: &findings)
        }
    }

    private mutating func takeNewest(_ reading: Reading) {
        if reading.kind == .measurement {
            lastValue = reading.value
            lastValueTime = nil
        } else {
            lastValueTime = lastValueTime ?? newest
        }
        newest = reading.eventTime
    }

    /// A fault ends nothing. A value above the measuring range is a fault and yet may be gas: it
    /// begins a cut, because a head that is driven past its scale must not read as "no number, no
    /// halt".
    private mutating func judgeFault(_ reading: Reading, into findings: inout [Finding]) {
        lastFaultArrival = reading.arrivalTime
        if !isFaulty {
            isFaulty = true
            findings.append(Finding(.fault, .began, by: reading))
        }
        if reading.quality == .aboveRange, bounds.cut.isFinite, !cutIsOn {
            cutIsOn = true
            cutIsLatched = true
            findings.append(Finding(.cut, .began, by: reading))
        }
    }

    private mutating func judgeValue(
        _ reading: Reading, isInOrder: Bool, into findings: inout [Finding]
    ) {
        if isFaulty, isInOrder,
            reading.arrivalTime.seconds(since: lastFaultArrival)
                >= ThresholdDetector.faultQuietSeconds
        {
            isFaulty = false
            findings.append(Finding(.fault, .ended, by: reading))
        }
        judgeLevel(reading, isInOrder: isInOrder, into: &findings)
    }

    private mutating func judgeLevel(
        _ reading: Reading, isInOrder: Bool, into findings: inout [Finding]
    ) {
        if reading.value >= bounds.cut {
            judgeOverCut(reading, isInOrder: isInOrder, into: &findings)
        } else if reading.value >= bounds.alarm, isInOrder, !alarmIsOn, !cutIsOn {
            alarmIsOn = true
            findings.append(Finding(.alarm, .began, by: reading))
        }
        guard isInOrder, reading.isFresh else { return }
        if cutIsOn, reading.value < bounds.repower {
            cutIsOn = false
            gravity = 0
            findings.append(Finding(.cut, .ended, by: reading))
        }
        if alarmIsOn, reading.value < min(bounds.alarm, bounds.repower) {
            alarmIsOn = false
            findings.append(Finding(.alarm, .ended, by: reading))
        }
    }

    private mutating func judgeOverCut(
        _ reading: Reading, isInOrder: Bool, into findings: inout [Finding]
    ) {
        let step = bounds.step(at: reading.value)
        if !cutIsOn {
            // Once a halt stands, a late reading over the limit completes the record and no more.
            guard isInOrder || !cutIsLatched else { return }
            cutIsOn = true
            cutIsLatched = true
            gravity = step
            findings.append(Finding(.cut, .began, by: reading, isInOrder: isInOrder))
        } else if step > gravity {
            gravity = step
            findings.append(Finding(.cut, .worsened, by: reading, isInOrder: isInOrder))
        }
    }

    /// Judged on the clock that nobody can set: a civil clock that is put back must not make a
    /// silent sensor look alive. What was heard before the machine was started anew counts as not
    /// heard.
    func hasGoneSilent(atUptime now: Int64, sinceUptime linkUp: Int64) -> Bool {
        let since = max(linkUp, watchedUptime)
        let heard = heardUptime <= now ? max(heardUptime, since) : since
        return now &- heard > bounds.silentNanoseconds
    }

    mutating func restore(
        _ rule: Rule, isActive: Bool, value: Double, eventTime: Timestamp
    ) {
        switch rule {
        case .cut:
            cutIsOn = isActive
            cutIsLatched = true
            gravity = bounds.step(at: value)
        case .alarm: alarmIsOn = isActive
        case .fault: isFaulty = isActive
        case .silence: isSilent = isActive
        default: return
        }
        // Just before that record: the ring may bring it again, and it may have more to say.
        newest = max(newest, eventTime.advanced(byNanoseconds: -1))
        noteStanding()
    }

    private mutating func noteStanding() {
        standsOut =
            alarmIsOn || cutIsOn || isFaulty || isSilent || lastValueTime != nil
    }
}

// MARK: When the site changes

extension SensorState {
    /// Goes over to the sensor as it is from `record` on.
    mutating func adopt(_ change: SensorChange, at record: Reading) {
        let bounds = SensorBounds(change.after)
        gravity = bounds.step(forStep: gravity, of: self.bounds)
        self.bounds = bounds
        isWatched = change.after != nil
        switch change.kind {
        case .added, .renewed: beginUnheard(at: record.arrivalUptime)
        case .decommissioned:
            // The book closes these; a latched halt is for a named person to end.
            alarmIsOn = false
            isFaulty = false
            isSilent = false
        case .removed, .limits, .tuned: break
        }
        noteStanding()
    }

    /// Whatever was measured is forgotten; what stands goes on standing.
    private mutating func beginUnheard(at uptime: Int64) {
        newest = .distantPast
        lastValue = .nan
        lastValueTime = nil
        heardUptime = -1
        watchedUptime = uptime
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
        guard isWatched, !lastValue.isNaN, age <= ageMax else { return }
        var reading = Reading(
            sensor: sensor, kind: .measurement, sourceTime: measured,
            arrivalTime: record.arrivalTime, value: lastValue)
        reading.position = record.position
        let first = findings.count
        judgeLevel(reading, isInOrder: true, into: &findings)
        for index in first..<findings.count { findings[index].changedAt = record.arrivalTime }
        noteStanding()
    }
}
