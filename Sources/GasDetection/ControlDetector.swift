internal import GasModel

/// Holds what was ordered, and what the law asks for besides gas limits, against what the site's
/// other sensors say: place by place, with every tick.
///
/// Judged on the newest value of each sensor as the threshold detector knows it. A sensor that is
/// silent, faulty, cut off or in calibration answers nothing: it neither begins nor ends a finding,
/// and is never taken for good. **Cost:** a look at the few sensors of each check, once per tick.
struct ControlDetector: Sendable {
    var rooms: [ControlRoom] = []
    /// For each sensor its place in `rooms`; -1 for one that is in none.
    private(set) var roomOf: [Int32] = []
    var checks: [ControlCheck] = []
    /// Days on which sensors must be calibrated again, by sensor, rising.
    var due: [(sensor: UInt32, day: Int, isOn: Bool)] = []
    /// What the law asks for and is not there, by place.
    var coverage: [CoverageCheck] = []
    /// The day of the newest tick, since 1970 in UTC; `Int.min` before the first.
    var today = Int.min
    var isDayJudged = false
    /// What stands of sensors that left the site and were not taken out by name.
    private var orphans: [ControlCheck] = []

    /// Goes over to the site of `roster`; checks that are still asked go on as they stand. Returns
    /// those that stood and are no longer asked, though their subject is still there. `takenOut`:
    /// the sensors that were decommissioned, whose advisories the book closes.
    mutating func adopt(
        _ roster: SensorRoster, takenOut: [UInt32] = []
    ) -> [(Rule, Finding.Subject)] {
        let layout = SiteLayout(roster)
        roomOf = layout.room
        let halted = Set(rooms.filter(\.isHalted).map(\.id))
        rooms = layout.rooms.map {
            ControlRoom(id: $0.place.id, isHalted: halted.contains($0.place.id))
        }
        var asked: [ControlCheck] = []
        for (index, room) in layout.rooms.enumerated() {
            addChecks(of: room, index, roster, to: &asked)
        }
        addGuards(to: &asked)
        addDrainage(layout, roster, to: &asked)
        let stood = orphans + checks.filter { $0.isOn || $0.turnUptime >= 0 }
        checks = asked
        orphans = []
        let places = Dictionary(
            asked.indices.map { (asked[$0].key, $0) }, uniquingKeysWith: { first, _ in first })
        var gone: [(Rule, Finding.Subject)] = []
        for old in stood {
            if let index = places[old.key] {
                checks[index].isOn = old.isOn
                checks[index].turnUptime = old.turnUptime
            } else if old.isOn, isThere(old.subject, in: roster) {
                gone.append((old.rule, old.subject))
            } else if old.isOn, !takenOut.contains(old.sensors[0]) {
                orphans.append(old)
            }
        }
        return gone + adoptDue(roster) + adoptCoverage(roster.site)
    }

    private func isThere(_ subject: Finding.Subject, in roster: SensorRoster) -> Bool {
        guard case .sensor(let index) = subject else { return true }
        return Int(index) < roster.sensors.count && roster.sensors[Int(index)] != nil
    }

    private mutating func adoptDue(_ roster: SensorRoster) -> [(Rule, Finding.Subject)] {
        let stood = due.filter(\.isOn).map(\.sensor)
        due = roster.sensors.enumerated().compactMap { index, sensor in
            sensor?.calibrationDue.flatMap { CalendarDay.number($0) }.map {
                (UInt32(index), $0, false)
            }
        }
        let places = Dictionary(
            due.indices.map { (due[$0].sensor, $0) }, uniquingKeysWith: { first, _ in first })
        var gone: [(Rule, Finding.Subject)] = []
        for sensor in stood {
            if let index = places[sensor], today == .min || today > due[index].day {
                due[index].isOn = true
            } else if isThere(.sensor(sensor), in: roster) {
                gone.append((.calibrationDue, .sensor(sensor)))
            }
        }
        // Whatever is overdue by the new site is told with the next tick.
        isDayJudged = false
        return gone
    }

    /// The machine was started anew: nobody saw how long an answer held on meanwhile, so that is
    /// counted from the start.
    mutating func machineStarted() {
        for index in checks.indices { checks[index].turnUptime = -1 }
        for index in orphans.indices { orphans[index].turnUptime = -1 }
    }

    mutating func restore(_ rule: Rule, of subject: Finding.Subject, isActive: Bool) {
        for index in checks.indices
        where checks[index].rule == rule && checks[index].subject == subject {
            checks[index].isOn = isActive
        }
        if rule == .uncovered, case .place(let place) = subject {
            restoreCoverage(of: place, isActive: isActive)
        }
        guard rule == .calibrationDue, case .sensor(let sensor) = subject else { return }
        for index in due.indices where due[index].sensor == sensor { due[index].isOn = isActive }
    }
}

// MARK: What is asked

extension ControlDetector {
    private mutating func addChecks(
        of room: SiteLayout.Room, _ index: Int, _ roster: SensorRoster,
        to checks: inout [ControlCheck]
    ) {
        func sensors(_ quantity: Quantity) -> [UInt32] {
            room.sensors.filter { roster.sensors[Int($0)]?.quantity == quantity }
        }
        func interval(_ sensors: [UInt32]) -> Double {
            sensors.map { roster.sensors[Int($0)]?.intervalSeconds ?? 0 }.max() ?? 0
        }
        let methane = sensors(.methane).filter { roster.sensors[Int($0)]?.limits != nil }
        rooms[index].methane = methane
        rooms[index].commands = sensors(.cutCommand)
        let place = Finding.Subject.place(room.place.id)
        func add(
            _ rule: Rule, _ subject: Finding.Subject, _ sensors: [UInt32], on: Double, off: Double
        ) {
            checks.append(
                ControlCheck(
                    rule, subject, room: index, sensors: sensors, onSeconds: on, offSeconds: off))
        }
        for feed in sensors(.feedPower) {
            add(
                .powerOn, .sensor(feed), [feed],
                on: ThresholdDetector.cutSecondsMax + interval([feed]),
                off: ThresholdDetector.powerOffSeconds)
        }
        let steady = ThresholdDetector.stateSeconds
        let fans = sensors(.fanRunning)
        if !fans.isEmpty { add(.fanStopped, place, fans, on: steady, off: steady) }
        for duct in sensors(.ductFlow) {
            add(.airShort, .sensor(duct), [duct], on: steady, off: steady)
        }
        if !room.production.isEmpty {
            add(
                .work, place, room.production,
                on: ThresholdDetector.cutSecondsMax + interval(room.production),
                off: ThresholdDetector.workRestSeconds)
        }
        for three in threes(methane, roster) {
            for turn in 0..<3 {
                add(
                    .disagreement, .sensor(three[turn]),
                    [three[turn], three[(turn + 1) % 3], three[(turn + 2) % 3]],
                    on: ThresholdDetector.disagreementSeconds,
                    off: ThresholdDetector.agreementSeconds)
            }
        }
    }

    /// While a sensor of a place is calibrated, another one must guard it.
    private func addGuards(to checks: inout [ControlCheck]) {
        for (index, room) in rooms.enumerated() where !room.methane.isEmpty {
            checks.append(
                ControlCheck(
                    .unguarded, .place(room.id), room: index, sensors: room.methane,
                    onSeconds: ThresholdDetector.stateSeconds,
                    offSeconds: ThresholdDetector.guardedSeconds))
        }
    }

    /// Where gas must be drained, a pump must run, there or wherever it draws from.
    private func addDrainage(
        _ layout: SiteLayout, _ roster: SensorRoster, to checks: inout [ControlCheck]
    ) {
        let asked = roster.site.drainage
        if asked.isEmpty { return }
        var pumps: [String: UInt32] = [:]
        for (index, sensor) in roster.sensors.enumerated() where sensor?.quantity == .drainagePump {
            if let sensor { pumps[sensor.id] = UInt32(index) }
        }
        for (place, names) in asked {
            guard let room = layout.rooms.firstIndex(where: { $0.place.id == place }) else {
                continue
            }
            checks.append(
                ControlCheck(
                    .drainageStopped, .place(place), room: room,
                    sensors: names.compactMap { pumps[$0] }.sorted(),
                    onSeconds: ThresholdDetector.drainageSeconds,
                    offSeconds: ThresholdDetector.drainageSeconds))
        }
    }

    /// The sensors of one role, where there are exactly three of it.
    private func threes(_ methane: [UInt32], _ roster: SensorRoster) -> [[UInt32]] {
        var roles: [(role: SensorRole, sensors: [UInt32])] = []
        for sensor in methane {
            guard let role = roster.sensors[Int(sensor)]?.role else { continue }
            if let known = roles.firstIndex(where: { $0.role == role }) {
                roles[known].sensors.append(sensor)
            } else {
                roles.append((role, [sensor]))
            }
        }
        return roles.map(\.sensors).filter { $0.count == 3 }
    }
}
