internal import GasModel

// MARK: Figures

extension ControlDetector {
    func evidence(
        of check: ControlCheck, _ states: [SensorState], _ now: Int64
    ) -> [Finding.Evidence] {
        let known = check.sensors.filter { states[Int($0)].isKnown(atUptime: now) }
        let on = known.count { states[Int($0)].lastValue >= 0.5 }
        let unknown = check.sensors.count - known.count
        func counts(_ all: String, _ running: String) -> [Finding.Evidence] {
            let figures = [
                Finding.Evidence(all, Double(check.sensors.count)), .init(running, Double(on)),
            ]
            return unknown > 0 ? figures + [.init("not known", Double(unknown))] : figures
        }
        let worst = worst(in: check.room, states).map { evidence("worst in place", $0, states) }
        switch check.rule {
        case .powerOn:
            let commands = rooms[check.room].commands.count { isTrue($0, states, now) == true }
            return [
                .init("power", Double(on)), .init("cuts commanded", Double(commands)),
                .init("allowed", Double(check.onNanoseconds) / 1e9, "s"),
            ] + (worst ?? [])
        case .fanStopped: return counts("fans", "running")
        case .drainageStopped: return counts("pumps", "running")
        case .unguarded:
            let calibrated = check.sensors.count { states[Int($0)].isCalibrating }
            return [
                .init("methane sensors", Double(check.sensors.count)),
                .init("being calibrated", Double(calibrated)),
            ]
        case .airShort: return [.init("enough air", Double(on))] + (worst ?? [])
        case .work: return (worst ?? []) + counts("production sensors", "at work")
        default:
            return ["shows", "others show", "and"].enumerated().map {
                .init($1, states[Int(check.sensors[$0])].lastValue, "%CH4")
            }
        }
    }

    /// The newest value of a sensor, with its code in the name; none where it is not known.
    func evidence(
        _ name: String, _ sensor: UInt32, _ states: [SensorState]
    ) -> [Finding.Evidence] {
        let state = states[Int(sensor)]
        return state.lastValue.isNaN ? [] : [state.evidence(name)]
    }

    /// How the place stands; `nil` when the site has no such place.
    func status(ofPlace id: String, _ states: [SensorState], _ now: Int64) -> PlaceStatus? {
        guard let room = rooms.firstIndex(where: { $0.id == id }) else { return nil }
        let worst = worst(in: room, states)
        let methane = rooms[room].methane
        return PlaceStatus(
            tier: methane.map { states[Int($0)].tier }.max() ?? 0, worst: worst,
            value: worst.map { states[Int($0)].lastValue } ?? .nan, isHalted: isOver(room, states),
            unknown: methane.count { !states[Int($0)].isKnown(atUptime: now) })
    }

    /// Figures of the place of `sensor` for a finding on its cut, whose value is `value`: that
    /// stands there, too, where the sensor is the worst, though it came out of turn.
    func evidenceOfPlace(
        of sensor: UInt32, value: Double, _ states: [SensorState]
    ) -> [Finding.Evidence] {
        guard Int(sensor) < roomOf.count, roomOf[Int(sensor)] >= 0 else { return [] }
        let room = Int(roomOf[Int(sensor)])
        guard let worst = worst(in: room, states) else { return [] }
        let tier = rooms[room].methane.map { states[Int($0)].tier }.max() ?? 0
        var figures = evidence("worst in place", worst, states)
        if worst == sensor, value.isFinite, !figures.isEmpty {
            figures[0] = .init(figures[0].name, value, figures[0].unit)
        }
        return figures + [.init("tier", Double(tier))]
    }

    /// The sensor of a place that stands highest, test gas and unknown values left out.
    func worst(in room: Int, _ states: [SensorState]) -> UInt32? {
        var worst: UInt32?
        for sensor in rooms[room].methane {
            let state = states[Int(sensor)]
            guard !state.isCalibrating, !state.lastValue.isNaN else { continue }
            guard let best = worst.map({ states[Int($0)] }) else {
                worst = sensor
                continue
            }
            if (state.tier, state.share) > (best.tier, best.share) { worst = sensor }
        }
        return worst
    }

    /// The highest of the neighbours of `sensor` that are at their alarm; `nil` when none is.
    func worst(besides sensor: UInt32, in states: [SensorState]) -> UInt32? {
        guard Int(sensor) < roomOf.count, roomOf[Int(sensor)] >= 0 else { return nil }
        return rooms[Int(roomOf[Int(sensor)])].methane
            .filter { $0 != sensor && (states[Int($0)].alarm.isOn || states[Int($0)].cut.isOn) }
            .max { states[Int($0)].share < states[Int($1)].share }
    }
}

// MARK: State

extension ControlDetector {
    func save(to state: inout StateWriter, _ states: [SensorState]) {
        state.write(today)
        let open = checks.filter { $0.isOn || $0.turnUptime >= 0 }
        state.write(open.count)
        for check in open {
            state.write(check.number(states))
            state.write(check.isOn)
            state.write(check.turnUptime)
        }
        let overdue = due.filter(\.isOn)
        state.write(overdue.count)
        for entry in overdue { state.write(states[Int(entry.sensor)].bounds.identity) }
        let halted = rooms.filter(\.isHalted)
        state.write(halted.count)
        for room in halted { state.write(UInt64(nameHash: room.id)) }
        saveCoverage(to: &state)
    }

    mutating func load(
        from state: inout StateReader, _ states: [SensorState]
    ) throws(StateError) {
        today = try state.read()
        isDayJudged = false
        var keys: [UInt64: Int] = [:]
        for (index, check) in checks.enumerated() { keys[check.number(states)] = index }
        for _ in 0..<(try state.readCount()) {
            let key: UInt64 = try state.read()
            let isOn: Bool = try state.read()
            let turn: Int64 = try state.read()
            guard let index = keys[key] else { continue }
            checks[index].isOn = isOn
            checks[index].turnUptime = turn
        }
        var sensors: [UInt64: Int] = [:]
        for (index, entry) in due.enumerated() {
            sensors[states[Int(entry.sensor)].bounds.identity] = index
        }
        for _ in 0..<(try state.readCount()) {
            guard let index = sensors[try state.read()] else { continue }
            due[index].isOn = true
        }
        var halted: Set<UInt64> = []
        for _ in 0..<(try state.readCount()) { halted.insert(try state.read()) }
        for index in rooms.indices {
            rooms[index].isHalted = halted.contains(UInt64(nameHash: rooms[index].id))
        }
        try loadCoverage(from: &state)
    }
}

extension ControlCheck {
    /// A number that stands for the check over a restart: rule, subject and what the sensors are.
    fileprivate func number(_ states: [SensorState]) -> UInt64 {
        var text = rule.rawValue
        if case .place(let id) = subject { text += "|\(id)" }
        for sensor in sensors { text += "|\(states[Int(sensor)].bounds.identity)" }
        return UInt64(nameHash: text)
    }
}
