internal import GasModel

// MARK: With every tick

extension ControlDetector {
    mutating func tick(
        _ tick: Reading, _ states: [SensorState], into findings: inout [Finding]
    ) {
        let now = tick.arrivalUptime
        for index in checks.indices {
            let isBad = isBad(checks[index], states, now)
            guard let change = checks[index].answer(isBad, atUptime: now) else { continue }
            let check = checks[index]
            findings.append(
                Finding(
                    check.rule, change, by: tick, of: check.subject,
                    evidence: evidence(of: check, states, now)))
        }
        let day = CalendarDay.number(of: tick.arrivalTime)
        if day != today || !isDayJudged {
            judgeDue(on: day, tick, into: &findings)
            judgeCoverage(on: day, tick, into: &findings)
        }
    }

    /// The answer to a check; `nil` when it is not known.
    func isBad(_ check: ControlCheck, _ states: [SensorState], _ now: Int64) -> Bool? {
        switch check.rule {
        case .powerOn:
            let hasPower = isTrue(check.sensors[0], states, now)
            if isCutDue(check.room, states, now) { return hasPower }
            return isCommandKnown(check.room, states, now) ? false : nil
        case .airShort: return isTrue(check.sensors[0], states, now).map { !$0 }
        case .unguarded:
            // Where none is calibrated, silence and faults are told of by themselves.
            return check.sensors.contains { states[Int($0)].isCalibrating }
                && !check.sensors.contains { states[Int($0)].isKnown(atUptime: now) }
        case .fanStopped, .drainageStopped: return isNone(check.sensors, states, now)
        case .work:
            guard isOver(check.room, states) else { return false }
            return isNone(check.sensors, states, now).map { !$0 }
        default: return disagrees(check, states, now)
        }
    }

    /// What a state says; `nil` when it is not known.
    func isTrue(_ sensor: UInt32, _ states: [SensorState], _ now: Int64) -> Bool? {
        let index = Int(sensor)
        return states[index].isKnown(atUptime: now) ? states[index].lastValue >= 0.5 : nil
    }

    /// Whether none of the states is true. One true one answers for all; one false one does if no
    /// other is known to be true: what is not known is not taken for good.
    func isNone(_ sensors: [UInt32], _ states: [SensorState], _ now: Int64) -> Bool? {
        var answer: Bool?
        for sensor in sensors {
            guard let isTrue = isTrue(sensor, states, now) else { continue }
            if isTrue { return false }
            answer = true
        }
        return answer
    }

    /// Whether a cut is due in a place: a sensor of it is over its cut, or the station commands it.
    func isCutDue(_ room: Int, _ states: [SensorState], _ now: Int64) -> Bool {
        rooms[room].methane.contains { states[Int($0)].cut.isOn }
            || rooms[room].commands.contains { isTrue($0, states, now) == true }
    }

    func isCommandKnown(_ room: Int, _ states: [SensorState], _ now: Int64) -> Bool {
        rooms[room].commands.allSatisfy { states[Int($0)].isKnown(atUptime: now) }
    }

    /// Whether a sensor of the place is over its cut, or a halt of it was not released.
    func isOver(_ room: Int, _ states: [SensorState]) -> Bool {
        rooms[room].isHalted || rooms[room].methane.contains { states[Int($0)].cut.isOn }
    }

    /// Takes a record of kind `.halt`; one of a place that the site does not have is passed over.
    mutating func takeHalt(_ record: Reading) {
        for index in rooms.indices where UInt64(nameHash: rooms[index].id) == record.boot {
            rooms[index].isHalted = record.value > 0
        }
    }

    /// Whether the first of three lies apart from both others; `nil` when one of the three is not
    /// known, or when it is the middle one of three of which no two agree: then both outer ones are
    /// told, since nobody knows which of them is right.
    func disagrees(
        _ check: ControlCheck, _ states: [SensorState], _ now: Int64
    ) -> Bool? {
        for sensor in check.sensors where !states[Int(sensor)].isKnown(atUptime: now) {
            return nil
        }
        let value = states[Int(check.sensors[0])].lastValue
        let (a, b) = (
            states[Int(check.sensors[1])].lastValue, states[Int(check.sensors[2])].lastValue
        )
        let isMiddle = min(a, b) < value && value < max(a, b)
        guard abs(a - b) <= Self.tolerance(a, b) || !isMiddle else { return nil }
        let apart = min(
            abs(value - a) - Self.tolerance(value, a), abs(value - b) - Self.tolerance(value, b))
        // What stands ends only well inside the tolerance.
        return check.isOn
            ? apart > -0.25 * Self.tolerance(value, value) : apart > 0
    }

    /// How far two heads may lie apart that show the same: twice the basic error of a catalytic
    /// one, 0.10 to 1.00, 0.20 to 2.00, 0.30 above, in % (AQ 6203-2006, from memory: NOT VERIFIED),
    /// at the higher of the two, and a tenth of it above 4 %. % CH4.
    static func tolerance(_ a: Double, _ b: Double) -> Double {
        let value = max(a, b)
        if value <= 1 { return 0.2 }
        if value <= 2 { return 0.4 }
        return max(0.6, 0.15 * value)
    }

    mutating func judgeDue(on day: Int, _ tick: Reading, into findings: inout [Finding]) {
        today = day
        isDayJudged = true
        for index in due.indices where (day > due[index].day) != due[index].isOn {
            due[index].isOn.toggle()
            findings.append(
                Finding(
                    .calibrationDue, due[index].isOn ? .began : .ended, by: tick,
                    of: .sensor(due[index].sensor),
                    evidence: due[index].isOn
                        ? [.init("days overdue", Double(day - due[index].day))] : []))
        }
    }
}
