package import GasModel

/// Warns while the trend of a sensor leads to its cut limit within the horizon: a standing state,
/// begun and ended once per excursion, and never a ground to halt.
///
/// Pure: (state, record) -> (state, findings), without clock, I/O or randomness, so the same
/// records always give the same findings. **Ordering:** records in ring order. Only a measurement
/// newer (by event time) than the newest of its sensor counts: what is late, repeated or re-ordered
/// leaves the state as it is, and so do faults, ticks and silence. **Thread:** its owner. **Cost:**
/// no allocation unless a finding is appended to a full array. Method and scores: TREND.md.
package struct TrendDetector: RecordDetector, Equatable {
    /// How far ahead a sensor's trend is drawn, in seconds; the sensitivity of the detector. Chosen
    /// on recorded data for at most 3 false warnings per sensor and day.
    package static let horizonSecondsDefault = 80.0
    /// A silence longer than this, in seconds, makes the estimate start anew.
    package static let gapSecondsMax = 300.0
    /// Time in seconds after a start before the estimate may end a warning: by then it knows the
    /// slope.
    package static let settlingSeconds = 60.0
    /// An excursion is over when level and projection are both below this fraction of the limit;
    /// the distance to 1 keeps a level that trembles below the limit from warning again and again.
    package static let rearmFraction = 0.93

    /// Where a sensor stands in its excursion.
    fileprivate enum Phase: UInt8 {
        /// No excursion.
        case armed
        /// The warning stands.
        case standing
        /// The limit was reached; the threshold rule speaks, until the excursion is over.
        case spent
    }

    /// All that is known of one sensor.
    fileprivate struct Track: Equatable {
        /// 1 / limit; 0 for an index without sensor, or without limits: its readings are passed
        /// over.
        var inverseLimit: Double
        /// Event time of the newest reading taken in; `.distantPast` before the first.
        var newest = Timestamp.distantPast
        /// Event time of the reading that the estimate started at.
        var start = Timestamp.distantPast
        var phase = Phase.armed
        /// The newest reading taken in, in the sensor's unit; 0 before the first.
        var value = 0.0
        var trend = LocalLinearTrend(startingAt: 0)

        init(_ sensor: Sensor?) {
            inverseLimit = sensor?.limits.map { 1 / ($0.cut ?? $0.alarm).value } ?? 0
        }
    }

    /// By registry index, in one piece of memory.
    private var tracks: [Track]
    private let horizonSeconds: Double

    /// A detector that knows the limits of `sensors` and no reading yet.
    ///
    /// `sensors` by registry index, `nil` where nothing is to be watched. A sensor is held to its
    /// cut limit, and to its alarm limit where the law knows no cut.
    package init(
        _ roster: SensorRoster, horizonSeconds: Double = TrendDetector.horizonSecondsDefault
    ) {
        precondition(horizonSeconds > 0, "a trend is drawn ahead, never back")
        self.horizonSeconds = horizonSeconds
        tracks = roster.sensors.map { Track($0) }
    }

    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {
        guard rule == .trend, isActive, case .sensor(let index) = subject, index < tracks.count
        else { return }
        tracks[Int(index)].phase = .standing
    }

    /// Judges one record and appends what it means: `.trend` began, or ended.
    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        guard reading.kind == .measurement, reading.value.isFinite,
            reading.sensor < tracks.count
        else { return }
        let index = Int(reading.sensor)
        guard tracks[index].newest < reading.eventTime, tracks[index].inverseLimit > 0 else {
            return
        }
        tracks[index].take(reading)
        // What was measured long ago moves the estimate; it foretells nothing, and it ends nothing.
        let isMute = !reading.isFresh
        guard let change = tracks[index].judge(isMute: isMute, horizonSeconds: horizonSeconds)
        else { return }
        findings.append(tracks[index].finding(change, by: reading))
    }

    /// Goes over to another site at `record`. An estimate whose limit changed is expressed as a
    /// fraction of the new one and judged at once, if its newest reading is fresh; it is not begun
    /// anew. A warning of a sensor that has no limit any more is over.
    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {
        for change in change.sensors {
            let index = Int(change.index)
            while tracks.count <= index { tracks.append(Track(nil)) }
            tracks[index].adopt(change)
            guard change.after != nil,
                let verdict = tracks[index].verdict(
                    of: change.kind, at: record, horizonSeconds: horizonSeconds)
            else { continue }
            var finding = tracks[index].finding(
                verdict, by: tracks[index].newestReading(of: change.index, at: record))
            finding.changedAt = record.arrivalTime
            findings.append(finding)
        }
    }

    /// Nothing: the next reading of each sensor is judged by the estimate that the warm-up left.
    package func reconsider(at record: Reading, into findings: inout [Finding]) {}

    package func save(to state: inout StateWriter) {}

    package mutating func load(from state: inout StateReader) throws(StateError) {}
}

extension TrendDetector.Track {
    /// Moves the estimate on to `reading`, which is newer than all before.
    fileprivate mutating func take(_ reading: Reading) {
        let time = reading.eventTime
        let value = reading.value * inverseLimit
        let seconds = time.seconds(since: newest)
        // Not above zero only before the first reading, since the start of time is too far away.
        if seconds > 0, seconds <= TrendDetector.gapSecondsMax {
            trend.update(with: value, after: seconds)
        } else {
            trend = LocalLinearTrend(startingAt: value)
            start = time
        }
        newest = time
        self.value = reading.value
    }

    /// What the newest reading changes.
    ///
    /// A warning begins only below the limit and while the level rises; it ends when the limit is
    /// reached, since the threshold rule then speaks, or when the excursion is over.
    fileprivate mutating func judge(isMute: Bool, horizonSeconds: Double) -> Finding.Change? {
        let isAtLimit = value * inverseLimit >= 1
        let projection = trend.projected(seconds: horizonSeconds)
        switch phase {
        case .armed:
            if isAtLimit {
                phase = .spent
            } else if !isMute, projection >= 1, trend.slope > 0 {
                phase = .standing
                return .began
            }
        case .standing:
            if !isMute, isAtLimit || isOver(projection) {
                phase = isAtLimit ? .spent : .armed
                return .ended
            }
        case .spent:
            if !isAtLimit, isOver(projection) { phase = .armed }
        }
        return nil
    }

    /// Whether the excursion is over; never said by an estimate too young to know the slope.
    private func isOver(_ projection: Double) -> Bool {
        max(trend.level, projection) < TrendDetector.rearmFraction
            && newest.seconds(since: start) >= TrendDetector.settlingSeconds
    }

    fileprivate func finding(_ change: Finding.Change, by reading: Reading) -> Finding {
        Finding(
            .trend, change, by: reading,
            projection: change == .began
                ? Projection(
                    toCut: .init(earliest: minutesLeft, likely: minutesLeft, latest: nil)) : nil)
    }

    /// Goes over to the sensor as it is now; what stands goes on standing.
    fileprivate mutating func adopt(_ change: SensorChange) {
        var next = Self(change.after)
        next.phase = phase
        switch change.kind {
        case .limits where inverseLimit > 0 && next.inverseLimit > 0:
            let ratio = next.inverseLimit / inverseLimit
            inverseLimit = next.inverseLimit
            // A limit that stays what it was leaves the estimate as it is, to the last bit.
            if ratio != 1 { trend.scale(by: ratio) }
            return
        case .tuned: return
        case .decommissioned: next.phase = .armed
        case .added, .renewed, .removed, .limits: if phase == .spent { next.phase = .armed }
        }
        self = next
    }

    /// The newest reading as it is seen again at `record`; no value where none is known.
    fileprivate func newestReading(of sensor: UInt32, at record: Reading) -> Reading {
        let isKnown = newest > .distantPast
        var reading = Reading(
            sensor: sensor, kind: .measurement,
            sourceTime: isKnown ? newest : record.eventTime, arrivalTime: record.arrivalTime,
            value: isKnown ? value : .nan)
        reading.position = record.position
        return reading
    }

    /// What the change of the sensor at `record` means, judged by its newest reading.
    fileprivate mutating func verdict(
        of kind: SensorChange.Kind, at record: Reading, horizonSeconds: Double
    ) -> Finding.Change? {
        if inverseLimit == 0, phase == .standing {
            phase = .armed
            return .ended
        }
        guard kind == .limits, newest > .distantPast,
            record.arrivalTime.seconds(since: newest) <= Reading.freshSecondsMax
        else { return nil }
        return judge(isMute: false, horizonSeconds: horizonSeconds)
    }

    /// Minutes until the level reaches the limit at its slope (above zero): a second or more.
    fileprivate var minutesLeft: Double { max((1 - trend.level) / trend.slope, 1) / 60 }
}
