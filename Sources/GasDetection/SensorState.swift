internal import GasModel

/// What the threshold detector remembers of one sensor.
struct SensorState: Sendable {
    /// Whether the site knows the sensor; if not, its records are passed over.
    var isWatched: Bool
    /// Whether any condition stands, so that the short way through `passes` is closed.
    var standsOut = false
    var alarm: Double
    var newest = Timestamp.distantPast
    var lastArrival = Timestamp.distantPast
    var lastValue = Double.nan
    /// Records before this position were judged, and told, before a restart.
    var judgedBefore: UInt64?

    private let cut: Double
    private let repower: Double
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
    var wasHeard: Bool { lastArrival > .distantPast }

    init(_ sensor: Sensor?) {
        isWatched = sensor != nil
        alarm = sensor?.limits.alarm ?? .infinity
        cut = sensor?.limits.cut ?? .infinity
        repower = sensor?.limits.repower ?? .infinity
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
        lastArrival = reading.arrivalTime
        lastValue = reading.value
        return true
    }

    mutating func judge(_ reading: Reading, mute: Bool, into findings: inout [Finding]) {
        lastArrival = max(lastArrival, reading.arrivalTime)
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

    func hasGoneSilent(at tick: Reading, since linkUp: Timestamp) -> Bool {
        let heard = max(lastArrival, linkUp)
        return tick.arrivalTime.nanoseconds &- heard.nanoseconds > silentNanoseconds
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
    private func step(at value: Double) -> Int {
        ThresholdDetector.graveSteps.count { value >= $0 && $0 > cut }
    }

    private mutating func noteStanding() {
        standsOut = alarmIsOn || cutIsOn || isFaulty || isSilent || judgedBefore != nil
    }
}
