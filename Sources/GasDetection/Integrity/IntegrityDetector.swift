package import GasModel

/// Asks of every methane sensor whether its readings can be what a working head in its place
/// measures, and says what speaks against it, in figures: "inspect", never more.
///
/// Pure: (state, record) -> (state, findings), without clock, I/O or randomness. **Ordering:**
/// records in ring order; only a measurement newer (by event time) than the newest of its sensor
/// moves a window. What is late is held against what was received first, and what is the same again
/// changes nothing. **Thread:** its owner. **Cost:** a fixed 3.4 KB a sensor; no allocation
/// unless there is a finding; nearly all work is done once a minute and sensor. Methods,
/// thresholds and measured rates: INTEGRITY.md.
package struct IntegrityDetector: RecordDetector {
    var heads: [Head]
    var summaries: [Summary]
    var surroundings: [Vicinity]
    /// The sensors of work and of air velocity, by index like the others.
    var meters: [WorkMeter]
    private(set) var kinds: [Kind]
    /// The code of each sensor, for the evidence.
    private(set) var codes: [String]
    /// The sensors that are said to be calibrated.
    var calibrating: [UInt32] = []

    /// What one sensor takes in memory, whatever it sends.
    package static var bytesPerSensor: Int {
        MemoryLayout<Head>.stride + MemoryLayout<Summary>.stride + MemoryLayout<WorkMeter>.stride
            + MemoryLayout<Vicinity>.stride + 1
    }

    /// What a sensor is to this detector.
    enum Kind: UInt8, Sendable {
        /// Judged.
        case head
        /// Asked for work or air.
        case meter
        /// Neither.
        case other

        init(_ sensor: Sensor?) {
            switch sensor?.quantity {
            case .methane: self = .head
            case .production, .airVelocity: self = .meter
            default: self = .other
            }
        }
    }

    /// How long the checks rest after a calibration: the window has to fill anew.
    static let restNanoseconds: Int64 = 300_000_000_000

    /// A detector for the sensors of a site that knows no reading yet.
    package init(_ roster: SensorRoster) {
        heads = roster.sensors.map { Head($0) }
        summaries = roster.sensors.map { _ in Summary() }
        meters = roster.sensors.map { _ in WorkMeter() }
        kinds = roster.sensors.map { Kind($0) }
        codes = roster.sensors.map { $0?.id ?? "" }
        surroundings = Vicinity.all(of: roster)
    }

    /// Judges one record and appends what it finds.
    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        switch reading.kind {
        case .measurement: takeValue(reading, into: &findings)
        case .fault: takeFault(reading, into: &findings)
        case .calibration: takeCalibration(reading, into: &findings)
        case .tick:
            for sensor in calibrating {
                judgeCalibration(Int(sensor), by: reading, into: &findings)
            }
        default: return
        }
    }

    private mutating func takeValue(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard index < kinds.count, reading.value.isFinite else { return }
        switch kinds[index] {
        case .other: return
        case .meter:
            let time = reading.eventTime
            if time > meters[index].newest {
                meters[index].take(Float(reading.value), at: time)
            }
        case .head:
            let newest = summaries[index].newest
            if reading.eventTime > newest,
                reading.eventTime < newest.advanced(byNanoseconds: Reading.distinctNanoseconds)
            {
                return
            }
            if reading.eventTime > heads[index].newest {
                takeNewest(reading, index, into: &findings)
            } else {
                takeLate(reading, index, into: &findings)
            }
        }
    }

    /// Goes over to another site. A sensor that is new, or watches something else, begins anew;
    /// who stands beside whom is worked out anew for all.
    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {
        for sensor in change.sensors {
            let index = Int(sensor.index)
            grow(to: index + 1)
            kinds[index] = Kind(sensor.after)
            codes[index] = sensor.after?.id ?? codes[index]
            switch sensor.kind {
            case .added, .renewed: renew(index, sensor.after)
            case .decommissioned:
                heads[index].doubts = Doubts()
                heads[index].setBounds(nil)
            case .removed, .limits, .tuned: heads[index].setBounds(sensor.after)
            }
        }
        grow(to: change.roster.sensors.count)
        let old = surroundings
        surroundings = Vicinity.all(of: change.roster)
        for index in surroundings.indices
        where index >= old.count || surroundings[index].partner != old[index].partner {
            heads[index].ratio = RatioCheck()
        }
    }

    private mutating func renew(_ index: Int, _ sensor: Sensor?) {
        heads[index].renew(sensor)
        summaries[index] = Summary()
        meters[index] = WorkMeter()
        calibrating.removeAll { $0 == UInt32(index) }
    }

    private mutating func grow(to count: Int) {
        while heads.count < count {
            heads.append(Head(nil))
            summaries.append(Summary())
            meters.append(WorkMeter())
            kinds.append(.other)
            codes.append("")
        }
    }

    /// Nothing: no limit change of the past is judged by these rules.
    package mutating func reconsider(at record: Reading, into findings: inout [Finding]) {}

    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {
        guard rule.detector == .integrity, isActive, case .sensor(let sensor) = subject,
            Int(sensor) < heads.count
        else { return }
        let index = Int(sensor)
        heads[index].doubts[rule] = true
        switch rule {
        case .freshAir: heads[index].lostRatio = true
        case .lowGain: heads[index].lostGain = true
        case .drift: heads[index].zero.resume()
        case .backdated: heads[index].uploads.resume(at: eventTime)
        case .timelyGap: heads[index].gaps.resume(at: eventTime)
        default: break
        }
    }

    /// Lets `rule` begin or end for the sensor at `index`, if that is news. What was measured long
    /// ago ends nothing.
    mutating func set(
        _ rule: Rule, _ change: Finding.Change?, _ index: Int, by reading: Reading,
        into findings: inout [Finding], _ evidence: () -> [Finding.Evidence]
    ) {
        guard let change, heads[index].doubts[rule] == (change == .ended) else { return }
        if change == .ended, !reading.isFresh { return }
        heads[index].doubts[rule] = change == .began
        summaries[index].isHeld = isHeld(index, at: reading.eventTime)
        findings.append(
            Finding(
                rule, change, by: reading, of: .sensor(UInt32(index)), evidence: evidence()))
    }
}
