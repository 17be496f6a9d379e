internal import GasModel

/// One gateway and the sensors that the site says are behind it.
struct Gateway: Sendable, Equatable {
    let code: String
    let hash: UInt64
    /// By index, rising.
    let sensors: [UInt32]
    /// Longer than this without a word of any sensor, and more than half of them have missed two
    /// messages.
    var quietNanoseconds: Int64
    var isGone = false
    /// When it was found to be gone, on the clock that nobody can set.
    var goneUptime: Int64 = 0
    /// How often it was gone and back.
    var flapping = Flapping()

    init(_ code: String, _ sensors: [UInt32], _ states: [SensorState]) {
        self.code = code
        hash = UInt64(nameHash: code)
        self.sensors = sensors
        quietNanoseconds = 0
        setBound(states)
    }

    mutating func setBound(_ states: [SensorState]) {
        let bounds = sensors.map { index in
            states[Int(index)].bounds.silentNanoseconds
                - states[Int(index)].bounds.intervalNanoseconds
        }
        quietNanoseconds = bounds.sorted()[bounds.count / 2]
    }

    /// Whether nothing comes from it: a sensor of it is past its own bound, and none was heard for
    /// as long as `quietNanoseconds`. One sensor alone cannot tell its own silence from that of its
    /// gateway.
    func hasGoneQuiet(
        atUptime now: Int64, sinceUptime linkUp: Int64, _ states: [SensorState]
    ) -> Bool {
        isQuiet(states) { $0.waitedNanoseconds(atUptime: now, sinceUptime: linkUp) }
    }

    /// Whether it would be quiet as soon as it is back: it came and went, and nothing was heard.
    func isBackInVain(_ states: [SensorState]) -> Bool { isQuiet(states) { $0.missedNanoseconds } }

    private func isQuiet(
        _ states: [SensorState], quiet: (borrowing SensorState) -> Int64
    ) -> Bool {
        guard sensors.count >= 2 else { return false }
        var isOneSilent = false
        for index in sensors {
            let quiet = quiet(states[Int(index)])
            guard quiet > quietNanoseconds else { return false }
            if quiet > states[Int(index)].bounds.silentNanoseconds { isOneSilent = true }
        }
        return isOneSilent
    }

    /// Whether one of its sensors was heard since it was gone.
    func isHeard(_ states: [SensorState]) -> Bool {
        sensors.contains { states[Int($0)].heardUptime > goneUptime && !states[Int($0)].isStale }
    }
}

/// The gateways of a site: one that is gone is told once, and not with each of its sensors.
struct GatewayWatch: Sendable, Equatable {
    /// In the order of their first sensor.
    private(set) var gateways: [Gateway] = []

    /// Goes over to the gateways that the sensors name; one of the same code goes on as it stands.
    mutating func adopt(_ roster: SensorRoster, _ states: inout [SensorState]) {
        var order: [String] = []
        var sensors: [String: [UInt32]] = [:]
        for (index, sensor) in roster.sensors.enumerated() {
            guard let code = sensor?.gateway else { continue }
            if sensors[code] == nil { order.append(code) }
            sensors[code, default: []].append(UInt32(index))
        }
        let before = Dictionary(
            gateways.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        gateways = order.map { code in
            var gateway = Gateway(code, sensors[code] ?? [], states)
            if let old = before[code] {
                gateway.isGone = old.isGone
                gateway.goneUptime = old.goneUptime
                gateway.flapping = old.flapping
            }
            return gateway
        }
        for index in states.indices {
            states[index].sharesGateway = false
            states[index].isCutOff = false
        }
        for gateway in gateways {
            for index in gateway.sensors {
                states[Int(index)].sharesGateway = gateway.sensors.count > 1
                states[Int(index)].isCutOff = gateway.isGone
            }
        }
    }

    /// A sensor is waited for otherwise than before.
    mutating func boundsChanged(of sensor: UInt32, _ states: [SensorState]) {
        for index in gateways.indices where gateways[index].sensors.contains(sensor) {
            gateways[index].setBound(states)
        }
    }

    /// Takes a record of kind `.gatewayUp` or `.gatewayDown`; one that the site does not name is
    /// passed over. So is the return of one from which nothing was heard since the last: a word
    /// alone is no reading.
    mutating func take(
        _ record: Reading, sinceUptime linkUp: Int64, _ states: inout [SensorState],
        into findings: inout [Finding]
    ) {
        let isDown = record.kind == .gatewayDown
        for index in gateways.indices where gateways[index].hash == record.boot {
            guard gateways[index].isGone != isDown,
                isDown || !gateways[index].isBackInVain(states)
            else { return }
            set(
                index, isGone: isDown, by: record, sinceUptime: linkUp, &states, into: &findings)
        }
    }

    /// Looks whether a gateway has gone quiet, or is heard again.
    mutating func tick(
        _ tick: Reading, sinceUptime linkUp: Int64, _ states: inout [SensorState],
        into findings: inout [Finding]
    ) {
        let now = tick.arrivalUptime
        for index in gateways.indices {
            if gateways[index].isGone {
                guard gateways[index].isHeard(states) else { continue }
                set(
                    index, isGone: false, by: tick, sinceUptime: linkUp, &states, into: &findings)
            } else if gateways[index].hasGoneQuiet(atUptime: now, sinceUptime: linkUp, states) {
                set(index, isGone: true, by: tick, sinceUptime: linkUp, &states, into: &findings)
            }
        }
    }

    private mutating func set(
        _ index: Int, isGone: Bool, by record: Reading, sinceUptime linkUp: Int64,
        _ states: inout [SensorState], into findings: inout [Finding]
    ) {
        let now = record.arrivalUptime
        gateways[index].isGone = isGone
        if isGone { gateways[index].goneUptime = now }
        let gateway = gateways[index]
        let word = word(of: gateway, by: record, states)
        if isGone {
            gateways[index].flapping.lose(word, by: record, into: &findings)
        } else {
            gateways[index].flapping.regain(word, by: record, into: &findings)
        }
        for sensor in gateway.sensors {
            states[Int(sensor)].isCutOff = isGone
            if isGone {
                states[Int(sensor)].endTerm(atUptime: now, sinceUptime: linkUp)
            } else {
                states[Int(sensor)].beginTerm(atUptime: now, after: gateway.goneUptime)
            }
        }
    }

    /// That it is gone, with the figures of a loss in gas, or that it is back.
    private func word(
        of gateway: Gateway, by record: Reading, _ states: [SensorState]
    ) -> Finding {
        let count = Finding.Evidence("sensors", Double(gateway.sensors.count))
        let high = gateway.isGone ? Self.evidenceOfHigh(gateway.sensors, states) : []
        return Finding(
            .gateway, gateway.isGone ? .began : .ended, by: record, of: .gateway(gateway.code),
            evidence: [count] + high)
    }

    /// With each tick, whether or not there is a link: what is held back of gateways that are
    /// flapping, once it has lasted too long for that, and that they do so no more.
    mutating func tellFlapping(
        _ tick: Reading, isLinked: Bool, _ patience: Flapping.Patience, _ states: [SensorState],
        into findings: inout [Finding]
    ) {
        for index in gateways.indices where gateways[index].flapping.isOn {
            let gateway = gateways[index]
            if gateway.flapping.isHolding {
                let word = word(of: gateway, by: tick, states)
                gateways[index].flapping.tellHeld(word, after: patience, at: tick, into: &findings)
            }
            gateways[index].flapping.judgeRest(
                of: .gateway(gateway.code), isSeen: isLinked && !gateway.isGone, at: tick,
                into: &findings)
        }
    }

    /// How many of these were high or rising when sight of them was lost, and the worst of those
    /// that can halt; none where no value was high.
    static func evidenceOfHigh(
        _ sensors: some Sequence<UInt32>, _ states: [SensorState]
    ) -> [Finding.Evidence] {
        let high = sensors.map { states[Int($0)] }.filter {
            $0.isWatched && !$0.evidenceOfHigh().isEmpty
        }
        guard !high.isEmpty else { return [] }
        let count = Finding.Evidence("of them high or rising", Double(high.count))
        let worst = high.filter(\.bounds.cut.isFinite).max { $0.share < $1.share }
        return [count] + (worst.map { [$0.evidence("worst of them")] } ?? [])
    }

    mutating func restore(
        _ rule: Rule, of code: String, isActive: Bool, at time: Timestamp,
        _ states: inout [SensorState]
    ) {
        for index in gateways.indices where gateways[index].code == code {
            if rule == .flapping { gateways[index].flapping.restore(isActive: isActive, at: time) }
            guard rule == .gateway else { continue }
            gateways[index].isGone = isActive
            for sensor in gateways[index].sensors { states[Int(sensor)].isCutOff = isActive }
        }
    }

    /// The machine was started anew, and counts its uptime from there: `step` less than before.
    mutating func machineStarted(step: Int64) {
        for index in gateways.indices {
            gateways[index].goneUptime &-= step
            gateways[index].flapping.machineStarted(step: step)
        }
    }

    func save(to state: inout StateWriter) {
        state.write(gateways.count)
        for gateway in gateways {
            state.write(gateway.hash)
            state.write(gateway.isGone)
            state.write(gateway.goneUptime)
            gateway.flapping.save(to: &state)
        }
    }

    mutating func load(
        from state: inout StateReader, _ states: inout [SensorState]
    ) throws(StateError) {
        for _ in 0..<(try state.readCount()) {
            let hash: UInt64 = try state.read()
            let isGone: Bool = try state.read()
            let gone: Int64 = try state.read()
            var flapping = Flapping()
            try flapping.load(from: &state)
            for index in gateways.indices where gateways[index].hash == hash {
                gateways[index].isGone = isGone
                gateways[index].goneUptime = gone
                gateways[index].flapping = flapping
            }
        }
        for gateway in gateways {
            for sensor in gateway.sensors { states[Int(sensor)].isCutOff = gateway.isGone }
        }
    }
}
