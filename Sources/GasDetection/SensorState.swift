internal import GasModel

/// What the threshold detector remembers of one sensor.
struct SensorState: Sendable {
    /// Whether the site knows the sensor; if not, its records are passed over.
    var isWatched: Bool
    /// Whether any condition stands, so that the short way through `passes` is closed.
    var standsOut = false
    var alarm: Double
    var newest = Timestamp.distantPast
    /// When it was heard last, on the clock that nobody can set; -1 before the first message.
    var heardUptime: Int64 = -1
    var lastValue = Double.nan
    /// Records before this position were judged, and told, before a restart.
    var judgedBefore: UInt64?

    private let cut: Double
    private let repower: Double
    /// Where an over-limit grows graver, rising, above the cut.
    private let steps: [Double]
    private let silentNanoseconds: Int64
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
        let limits = sensor?.limits
        alarm = limits?.alarm.reachedAt ?? .infinity
        let cut = limits?.cut?.reachedAt ?? .infinity
        self.cut = cut
        repower = limits?.repower ?? .infinity
        steps = sensor?.steps.map(\.at.reachedAt).filter { $0 > cut } ?? []
        let silence = max(
            (sensor?.intervalSeconds ?? 0) * ThresholdDetector.silentIntervals,
            ThresholdDetector.silentSecondsMin)
        silentNanoseconds = Int64(silence * 1e9)
    }

    /// The way of nearly every reading: in order, below every limit, nothing stands. Takes note of
    /// it and returns true; false sends the reading the long way.
    mutating func passes(_ reading: Reading) -> Bool {
        let time = reading.eventTime
        guard !standsOut, isWatched, reading.value < alarm, time > newest else { return false }
        newest = time
        heardUptime = reading.arrivalUptime
        lastValue = reading.value
        return true
    }

    mutating func judge(_ reading: Reading, mute: Bool, into findings: inout [Finding]) {
        heardUptime = reading.arrivalUptime
        let isInOrder = reading.eventTime > newest
        if isInOrder {
            newest = reading.eventTime
            lastValue = reading.kind == .measurement ? reading.value : .nan
        }
        defer { noteStanding() }
        if mute { return }
        if let before = judgedBefore {
            if reading.position < before { return }
            judgedBefore = nil
        }
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

    /// A fault ends nothing. A value above the measuring range is a fault and yet may be gas: it
    /// begins a cut, because a head that is driven past its scale must not read as "no number, no
    /// halt".
    private mutating func judgeFault(_ reading: Reading, into findings: inout [Finding]) {
        lastFaultArrival = reading.arrivalTime
        if !isFaulty {
            isFaulty = true
            findings.append(Finding(.fault, .began, by: reading))
        }
        if reading.quality == .aboveRange, cut.isFinite, !cutIsOn {
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
        if reading.value >= cut {
            judgeOverCut(reading, isInOrder: isInOrder, into: &findings)
        } else if reading.value >= alarm, isInOrder, !alarmIsOn, !cutIsOn {
            alarmIsOn = true
            findings.append(Finding(.alarm, .began, by: reading))
        }
        guard isInOrder, reading.isFresh else { return }
        if cutIsOn, reading.value < repower {
            cutIsOn = false
            gravity = 0
            findings.append(Finding(.cut, .ended, by: reading))
        }
        if alarmIsOn, reading.value < min(alarm, repower) {
            alarmIsOn = false
            findings.append(Finding(.alarm, .ended, by: reading))
        }
    }

    private mutating func judgeOverCut(
        _ reading: Reading, isInOrder: Bool, into findings: inout [Finding]
    ) {
        let step = step(at: reading.value)
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
        let heard = heardUptime <= now ? max(heardUptime, linkUp) : linkUp
        return now &- heard > silentNanoseconds
    }

    mutating func restore(
        rule: Finding.Rule, isActive: Bool, value: Double, eventTime: Timestamp
    ) {
        switch rule {
        case .cut:
            cutIsOn = isActive
            cutIsLatched = true
            gravity = step(at: value)
        case .alarm: alarmIsOn = isActive
        case .fault: isFaulty = isActive
        case .silence: isSilent = isActive
        case .trend, .link: return
        }
        // Just before that record: the ring brings it again, and it may have more to say; see
        // `skip`.
        newest = max(newest, eventTime.advanced(byNanoseconds: -1))
        noteStanding()
    }

    mutating func skip(before position: UInt64) {
        judgedBefore = max(judgedBefore ?? 0, position)
        noteStanding()
    }

    /// How many steps above its cut limit a value stands: 0 at the limit itself.
    private func step(at value: Double) -> Int { steps.count { value >= $0 } }

    private mutating func noteStanding() {
        standsOut = alarmIsOn || cutIsOn || isFaulty || isSilent || judgedBefore != nil
    }
}
