package import GasModel

/// Warns while the gas of a sensor is on its way to the cut limit: of minutes (`.trend`), a
/// standing state, begun and ended once per excursion; and of hours (`.slowRise`). Never a ground
/// to halt. An outburst gives no lead: it is over the limit before any trend is seen.
///
/// Pure: (state, record) -> (state, findings), without clock, I/O or randomness, so the same
/// records always give the same findings. **Ordering:** records in ring order. Only a measurement
/// newer (by event time) than the newest of its sensor counts: what is late, repeated or re-ordered
/// leaves the state as it is, and so do faults, ticks and silence. **Thread:** its owner. **Cost:**
/// no allocation unless a finding is appended to a full array. **Memory:** `TrendTrack`, below 700
/// bytes, per sensor. Method and scores: TREND.md.
package struct TrendDetector: RecordDetector, Equatable {
    /// How many warnings that do not come true a sensor may give per day in the long run: the
    /// sensitivity of the detector.
    package static let falsePerDayDefault = 3.0
    /// A silence longer than this, in seconds, makes the estimate start anew.
    package static let gapSecondsMax = 300.0
    /// Time in seconds after a start before the estimate may end a warning: by then it knows the
    /// slope.
    package static let settlingSeconds = 60.0
    /// Bytes that are kept of a sensor.
    package static var bytesPerSensor: Int { MemoryLayout<TrendTrack>.stride }

    /// What a sensor tells of its place besides gas.
    private enum Voice: UInt8 {
        case none
        case production
        case air
    }

    /// By registry index, in one piece of memory.
    private var tracks: [TrendTrack]
    /// In the order of the site's places.
    private var surroundings: [Surroundings]
    private var voices: [Voice]
    /// For each sensor the places whose work it tells of, and for each place the sensors that its
    /// work bears on: so that nobody looks for them with each reading.
    private var heardIn: [[Int32]] = []
    private var followers: [[UInt32]] = []
    /// How long it takes to withdraw everybody, for each place; nothing is said where it is 0.
    /// Minutes.
    private var withdrawals: [Double] = []
    private var roster: SensorRoster
    private var layout: SiteLayout
    private let sensitivity: TrendBar.Sensitivity

    /// A detector that knows the site and no reading yet.
    ///
    /// A sensor is held to its cut limit, and to its alarm limit where the law knows no cut.
    /// `falsePerDay` above 0.
    package init(
        _ roster: SensorRoster, falsePerDay: Double = TrendDetector.falsePerDayDefault
    ) {
        precondition(falsePerDay > 0, "a detector that may never err never speaks")
        sensitivity = TrendBar.Sensitivity(falsePerDay: falsePerDay)
        self.roster = roster
        layout = SiteLayout(roster)
        let layout = layout
        surroundings = layout.rooms.map { Surroundings($0) }
        voices = Self.voices(roster, layout)
        tracks = roster.sensors.indices.map {
            TrendTrack(roster.sensors[$0], surroundings: layout.surroundings(of: UInt32($0)))
        }
        listen()
    }

    private mutating func listen() {
        heardIn = Array(repeating: [], count: tracks.count)
        for (room, place) in layout.rooms.enumerated() {
            for machine in place.production { heardIn[Int(machine)].append(Int32(room)) }
        }
        followers = Array(repeating: [], count: layout.rooms.count)
        for (index, track) in tracks.enumerated() where track.surroundings >= 0 {
            followers[Int(track.surroundings)].append(UInt32(index))
        }
        withdrawals = layout.rooms.map {
            (roster.site.withdrawalSeconds(ofPlace: $0.place) ?? 0) / 60
        }
    }

    /// Whether both know the same of the gas; what site it is does not matter.
    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.tracks == rhs.tracks && lhs.surroundings == rhs.surroundings
    }

    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {
        guard isActive, case .sensor(let index) = subject, index < tracks.count else { return }
        if rule == .trend { tracks[Int(index)].phase = .standing }
        if rule == .slowRise { tracks[Int(index)].slow.isStanding = true }
        if rule == .withdrawal { tracks[Int(index)].isPressing = true }
    }

    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard reading.kind == .measurement, reading.value.isFinite, index < tracks.count else {
            return
        }
        if voices[index] != .none { hear(reading, into: &findings) }
        let newest = tracks[index].newest
        guard tracks[index].inverseLimit > 0, newest < reading.eventTime else { return }
        // That the limit is reached is taken note of all the same.
        if reading.value * tracks[index].inverseLimit < 1,
            reading.eventTime < newest.advanced(byNanoseconds: Reading.distinctNanoseconds)
        {
            return
        }
        // What was measured long ago moves the estimate; it foretells nothing, and it ends nothing.
        let isMute = !reading.isFresh
        let slow = tracks[index].take(reading, isMute: isMute, at: sensitivity)
        if let slow { findings.append(finding(.slowRise, slow, by: reading)) }
        judge(index, by: reading, isMute: isMute, into: &findings)
    }

    /// Nothing: the next reading of each sensor is judged by the estimate that the warm-up left.
    package func reconsider(at record: Reading, into findings: inout [Finding]) {}

    private mutating func judge(
        _ index: Int, by reading: Reading, isMute: Bool, isAnew: Bool = false,
        into findings: inout [Finding]
    ) {
        let coming = coming(to: index)
        let change = tracks[index].judge(
            isMute: isMute, isAnew: isAnew, coming: coming, at: sensitivity)
        if let change { findings.append(finding(.trend, change, by: reading)) }
        press(index, by: reading, isMute: isMute, coming: coming, into: &findings)
    }

    /// Looks whether what rises leaves the time that it takes to withdraw everybody. It is over
    /// with the rise itself: a forecast that grows longer for a while brings nobody back.
    private mutating func press(
        _ index: Int, by reading: Reading, isMute: Bool, coming: Double,
        into findings: inout [Finding]
    ) {
        guard tracks[index].phase == .standing else {
            guard tracks[index].isPressing else { return }
            tracks[index].isPressing = false
            return findings.append(finding(.withdrawal, .ended, by: reading))
        }
        let room = Int(layout.room[index])
        guard !isMute, !tracks[index].isPressing, room >= 0, withdrawals[room] > 0,
            roster.sensors[index]?.limits?.cut != nil,
            let earliest = tracks[index].projection(coming: coming)?.toCut?.earliest,
            earliest < withdrawals[room]
        else { return }
        tracks[index].isPressing = true
        findings.append(finding(.withdrawal, .began, by: reading))
    }

    private func coming(to index: Int) -> Double {
        let place = Int(tracks[index].surroundings)
        return place < 0 ? 0 : surroundings[place].coming(at: tracks[index].newest)
    }
}

extension TrendDetector {
    /// A sensor of production or air speaks. Where work begins, the gas of the place is judged at
    /// once, by its newest readings: the answer is on its way.
    private mutating func hear(_ reading: Reading, into findings: inout [Finding]) {
        let time = reading.eventTime
        if voices[Int(reading.sensor)] == .air {
            let room = Int(layout.room[Int(reading.sensor)])
            surroundings[room].feel(reading.value, at: time)
            return
        }
        for place in 0..<heardIn[Int(reading.sensor)].count {
            let room = Int(heardIn[Int(reading.sensor)][place])
            guard surroundings[room].hear(reading.value, of: reading.sensor, at: time) else {
                continue
            }
            for follower in followers[room] {
                let index = Int(follower)
                guard tracks[index].inverseLimit > 0, isCurrent(index, at: reading) else {
                    continue
                }
                judge(
                    index, by: newestReading(of: index, at: reading), isMute: !reading.isFresh,
                    into: &findings)
            }
        }
    }

    /// Whether the newest reading of the sensor at `index` tells of the time of `record`.
    private func isCurrent(_ index: Int, at record: Reading) -> Bool {
        tracks[index].newest > .distantPast
            && record.arrivalTime.seconds(since: tracks[index].newest) <= Reading.freshSecondsMax
    }

    /// The newest reading of the sensor at `index` as it is seen again at `record`; no value where
    /// none is known.
    private func newestReading(of index: Int, at record: Reading) -> Reading {
        let track = tracks[index]
        let isKnown = track.newest > .distantPast
        var reading = Reading(
            sensor: UInt32(index), kind: .measurement,
            sourceTime: isKnown ? track.newest : record.eventTime,
            arrivalTime: record.arrivalTime, value: isKnown ? track.value : .nan)
        reading.position = record.position
        return reading
    }

    private func finding(_ rule: Rule, _ change: Finding.Change, by reading: Reading) -> Finding {
        var finding = Finding(rule, change, by: reading)
        let index = Int(reading.sensor)
        let track = tracks[index]
        guard change == .began, let sensor = roster.sensors[index], track.inverseLimit > 0 else {
            return finding
        }
        let (limit, unit) = (1 / track.inverseLimit, sensor.quantity.definition.unit)
        if rule == .slowRise {
            finding.projection = track.slowProjection
            finding.evidence = [.init("rise", track.slow.slope * limit, unit + "/h")]
        } else {
            finding.projection = track.projection(coming: coming(to: Int(reading.sensor)))
            finding.evidence = [
                .init("rise", track.trend.slope * 60 * limit, unit + "/min"),
                .init("usual error of 4 min ahead", track.steady.error * limit, unit),
            ]
        }
        if rule == .withdrawal {
            finding.evidence = [
                .init("withdrawal takes", withdrawals[Int(layout.room[index])], "min"),
                finding.evidence[0],
            ]
            return finding
        }
        finding.evidence += context(of: track)
        return finding
    }

    private func context(of track: TrendTrack) -> [Finding.Evidence] {
        guard track.surroundings >= 0 else { return [] }
        let place = surroundings[Int(track.surroundings)]
        var context: [Finding.Evidence] = []
        if let isWorking = place.isWorking(at: track.newest) {
            context.append(.init("producing", isWorking ? 1 : 0))
        }
        if let share = place.airShare(at: track.newest), share < 0.9 {
            context.append(.init("air velocity, part of its hour's mean", share))
        }
        return context
    }
}

extension TrendDetector {
    /// Goes over to another site at `record`. An estimate whose limit changed is expressed as a
    /// fraction of the new one and judged at once, if its newest reading is fresh; it is not begun
    /// anew. A warning of a sensor that has no limit any more is over.
    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {
        roster = change.roster
        settle(in: SiteLayout(roster))
        for change in change.sensors {
            let index = Int(change.index)
            tracks[index].adopt(change)
            guard change.after != nil else { continue }
            reconsider(index, change.kind, at: record, into: &findings)
        }
    }

    /// Finds a place for each sensor in `layout`; what is known of places that are still there is
    /// kept.
    private mutating func settle(in layout: SiteLayout) {
        self.layout = layout
        let before = surroundings
        surroundings = layout.rooms.map { Surroundings($0) }
        for (index, place) in surroundings.enumerated() {
            guard let same = before.first(where: { $0.place == place.place }) else { continue }
            surroundings[index].take(over: same)
        }
        while tracks.count < roster.sensors.count { tracks.append(TrendTrack(nil)) }
        for index in tracks.indices {
            tracks[index].surroundings = layout.surroundings(of: UInt32(index))
        }
        voices = Self.voices(roster, layout)
        while voices.count < tracks.count { voices.append(.none) }
        listen()
    }

    /// What the change of the sensor at `record` means, judged by its newest reading.
    private mutating func reconsider(
        _ index: Int, _ kind: SensorChange.Kind, at record: Reading,
        into findings: inout [Finding]
    ) {
        let count = findings.count
        let reading = newestReading(of: index, at: record)
        if tracks[index].inverseLimit == 0 {
            for rule in tracks[index].disarm() {
                findings.append(finding(rule, .ended, by: reading))
            }
        } else if kind == .limits, isCurrent(index, at: record) {
            judge(index, by: reading, isMute: false, isAnew: true, into: &findings)
        }
        for place in count..<findings.count { findings[place].changedAt = record.arrivalTime }
    }

    private static func voices(_ roster: SensorRoster, _ layout: SiteLayout) -> [Voice] {
        var voices = roster.sensors.enumerated().map { index, sensor in
            sensor?.quantity == .airVelocity && layout.room[index] >= 0 ? Voice.air : .none
        }
        for machine in layout.rooms.flatMap(\.production) { voices[Int(machine)] = .production }
        return voices
    }

    package func save(to state: inout StateWriter) {
        state.write(tracks.count)
        for track in tracks { track.save(to: &state) }
        state.write(surroundings.count)
        for place in surroundings { place.save(to: &state) }
    }

    package mutating func load(from state: inout StateReader) throws(StateError) {
        for index in 0..<(try state.readCount()) {
            let saved = try TrendTrack(from: &state)
            if index < tracks.count { tracks[index].take(over: saved) }
        }
        for _ in 0..<(try state.readCount()) {
            let saved = try Surroundings(from: &state)
            guard let index = surroundings.firstIndex(where: { $0.place == saved.place }) else {
                continue
            }
            surroundings[index].take(over: saved)
        }
    }
}

extension Surroundings {
    fileprivate init(_ room: SiteLayout.Room) {
        self.init(place: UInt64(nameHash: room.place.id), machines: room.production)
    }
}

extension SiteLayout {
    /// The place whose work bears on the sensor at `index`: its own, or the first one upstream that
    /// tells of work where its own does not; -1 for none.
    fileprivate func surroundings(of index: UInt32) -> Int32 {
        guard Int(index) < room.count, room[Int(index)] >= 0 else { return -1 }
        let own = room[Int(index)]
        guard rooms[Int(own)].production.isEmpty else { return own }
        let upstream = rooms[Int(own)].upstream.first { !rooms[$0].production.isEmpty }
        return upstream.map { Int32($0) } ?? own
    }
}

extension TrendTrack {
    /// An index without sensor.
    fileprivate init(_ sensor: Sensor?) { self.init(sensor, surroundings: -1) }

    /// Goes over to the sensor as it is now; what stands goes on standing.
    fileprivate mutating func adopt(_ change: SensorChange) {
        var next = Self(change.after, surroundings: surroundings)
        next.phase = phase
        next.slow.isStanding = slow.isStanding
        next.isPressing = isPressing
        switch change.kind {
        case .limits where inverseLimit > 0 && next.inverseLimit > 0: return rescale(to: next)
        case .tuned: return
        case .decommissioned:
            next.phase = .armed
            next.slow.isStanding = false
            next.isPressing = false
        case .added, .renewed, .removed, .limits: if phase == .spent { next.phase = .armed }
        }
        self = next
    }

    /// Takes over what was saved of the sensor, if it is still the same.
    fileprivate mutating func take(over saved: TrendTrack) {
        let now = self
        guard saved.identity == now.identity, now.inverseLimit > 0, saved.inverseLimit > 0 else {
            phase = saved.phase
            slow.isStanding = saved.slow.isStanding
            isPressing = saved.isPressing
            return
        }
        self = saved
        surroundings = now.surroundings
        rescale(to: now)
    }

    /// Nothing stands any more; returns what did.
    fileprivate mutating func disarm() -> [Rule] {
        let stood: [Rule] =
            (phase == .standing ? [.trend] : []) + (slow.isStanding ? [.slowRise] : [])
            + (isPressing ? [.withdrawal] : [])
        phase = .armed
        isPressing = false
        slow.isStanding = false
        return stood
    }
}
