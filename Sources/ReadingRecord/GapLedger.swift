internal import GasDetection
package import GasModel

/// What was *not* seen, as far as the records of the ring show it: numbers left out, doubled or out
/// of order, gateways that began anew, the link, clocks that were set, and seconds in which nobody
/// looked. Silence is the threshold detector's.
///
/// Pure: the same records give the same events, wherever it is saved and loaded in between. A
/// number is missing when the gateway's numbers are believed, see `GatewayNumbers`, and it has not
/// come within `GatewayNumbers.lateSecondsMax`. What one sensor's numbers told is gathered and told
/// once a minute, what tells nothing (a gateway that counts all sensors in one row) once an hour.
///
/// **Cost:** two comparisons and four stores for a reading in order, no allocation. **Memory:** 72
/// bytes a sensor, 40 for each of at most `holesMax` holes, 112 for each sensor with something to
/// tell.
package struct GapLedger: Sendable {
    /// The most holes that are remembered, of all sensors together; beyond, the oldest is
    /// forgotten, and what comes to fill it counts as doubled.
    package static let holesMax = 1024
    /// Ticks that are further apart show a stall; nanoseconds of uptime.
    static let stallMin: Int64 = 3_000_000_000
    /// A civil clock that went so much more or less than the uptime between two ticks was set;
    /// nanoseconds.
    static let stepMin: Int64 = 500_000_000
    /// More numbers than this are left out by no loss: the gateway counts anew.
    static let holeMax: UInt64 = 1 << 20
    /// An overrun counter was so near its end, and begins so near its start.
    static let wrapSlack: UInt64 = 64

    struct Lane: Sendable, Equatable {
        var numbers = GatewayNumbers()
        /// The number that this boot began with; `.max` while none is known.
        var low = UInt64.max
        /// How many holes of the sensor are remembered.
        var holes: UInt16 = 0
        /// Its place in `tallies`; -1 when there is nothing to tell.
        var tally: Int32 = -1
    }

    struct Hole: Sendable, Equatable {
        var sensor: UInt32
        var from: UInt64
        /// The number after the last that is missing.
        var to: UInt64
        var uptime: Int64
        var arrival: Timestamp
        /// Whether it was counted as missing.
        var isTold = false
    }

    struct Tick: Sendable, Equatable {
        var time: Timestamp
        var uptime: Int64
    }

    var lanes: [Lane]
    var holes: [Hole] = []
    var tallies: [NumberTally] = []
    var lastTick: Tick?

    /// A ledger for a registry of `sensors` sensors; it grows with the registry.
    package init(sensors: Int) {
        lanes = Array(repeating: Lane(), count: sensors)
        holes.reserveCapacity(Self.holesMax + 1)
    }

    /// Takes note of a record; what it shows is put behind `events`.
    package mutating func observe(_ record: Reading, into events: inout [GapEvent]) {
        let index = Int(record.sensor)
        guard record.kind == .measurement || record.kind == .fault else {
            return happened(record, into: &events)
        }
        guard record.marks.contains(.hasSequence) else { return }
        while index >= lanes.count { lanes.append(Lane()) }
        if record.sequence == lanes[index].numbers.next, record.boot == lanes[index].numbers.boot {
            return lanes[index].numbers.pass(record)
        }
        number(record, index)
    }

    private mutating func happened(_ record: Reading, into events: inout [GapEvent]) {
        let time = record.arrivalTime
        let kind: GapEvent.Kind
        switch record.kind {
        case .tick: return tick(record, into: &events)
        case .linkUp: kind = .link(isUp: true)
        case .linkDown: kind = .link(isUp: false)
        case .gatewayUp: kind = .gateway(record.boot, isUp: true)
        case .gatewayDown: kind = .gateway(record.boot, isUp: false)
        default: return
        }
        events.append(GapEvent(kind, from: time, to: time, position: record.position))
    }
}

// MARK: Time

extension GapLedger {
    private mutating func tick(_ tick: Reading, into events: inout [GapEvent]) {
        let now = tick.arrivalTime
        if let last = lastTick {
            let passed = tick.arrivalUptime &- last.uptime
            if passed < 0 {
                events.append(
                    GapEvent(.machineReboot, from: last.time, to: now, position: tick.position))
            } else {
                if passed > Self.stallMin {
                    events.append(
                        GapEvent(
                            .stall, from: now.advanced(byNanoseconds: -passed), to: now,
                            position: tick.position))
                }
                let step = now.nanoseconds &- last.time.nanoseconds &- passed
                if step.magnitude >= UInt64(Self.stepMin) {
                    events.append(
                        GapEvent(
                            .clockStep(nanoseconds: step), from: last.time, to: now,
                            position: tick.position))
                }
            }
        }
        giveUpHoles(at: tick)
        let minute = Self.minute(now)
        if let last = lastTick, Self.minute(last.time) != minute {
            tell(isHour: Self.minute(last.time) / 60 != minute / 60, at: tick, into: &events)
        }
        lastTick = Tick(time: now, uptime: tick.arrivalUptime)
    }

    private static func minute(_ time: Timestamp) -> Int64 { time.nanoseconds / 60_000_000_000 }

    /// Tells what was gathered, and begins to gather anew.
    private mutating func tell(isHour: Bool, at tick: Reading, into events: inout [GapEvent]) {
        guard !tallies.isEmpty else { return }
        var kept = 0
        for index in tallies.indices {
            let tally = tallies[index]
            if tally.isTelling || isHour {
                lanes[Int(tally.sensor)].tally = -1
                events.append(
                    GapEvent(
                        .numbers(tally), from: tally.from, to: tally.to, position: tick.position))
            } else {
                lanes[Int(tally.sensor)].tally = Int32(kept)
                tallies[kept] = tally
                kept += 1
            }
        }
        tallies.removeLast(tallies.count - kept)
    }

    private mutating func giveUpHoles(at tick: Reading) {
        guard !holes.isEmpty else { return }
        let bound = tick.arrivalUptime &- Int64(GatewayNumbers.lateSecondsMax * 1e9)
        // A machine that began anew has a smaller uptime.
        for index in holes.indices
        where !holes[index].isTold
            && (holes[index].uptime <= bound || holes[index].uptime > tick.arrivalUptime)
        {
            giveUp(index)
        }
    }
}

// MARK: State

extension GapLedger {
    /// Writes its state, to go on from there.
    package func save(to state: inout StateWriter) {
        state.write(lastTick != nil)
        state.write(lastTick?.time ?? .distantPast as Timestamp)
        state.write(lastTick?.uptime ?? 0)
        state.write(lanes.count)
        for lane in lanes {
            lane.numbers.save(to: &state)
            state.write(lane.low)
        }
        state.write(holes.count)
        for hole in holes {
            state.write(hole.sensor)
            state.write(hole.from)
            state.write(hole.to)
            state.write(hole.uptime)
            state.write(hole.arrival)
            state.write(hole.isTold)
        }
        state.write(tallies.count)
        for tally in tallies { tally.save(to: &state) }
    }

    /// Reads what `save` wrote. **Errors:** it is something else; nothing has changed then.
    package mutating func load(from state: inout StateReader) throws(StateError) {
        var next = GapLedger(sensors: 0)
        let hasTick: Bool = try state.read()
        let tick = Tick(time: try state.read(), uptime: try state.read())
        next.lastTick = hasTick ? tick : nil
        for _ in 0..<(try state.readCount()) { next.lanes.append(try Lane(from: &state)) }
        while next.lanes.count < lanes.count { next.lanes.append(Lane()) }
        for _ in 0..<(try state.readCount()) {
            var hole = Hole(
                sensor: try state.read(), from: try state.read(), to: try state.read(),
                uptime: try state.read(), arrival: try state.read())
            hole.isTold = try state.read()
            guard Int(hole.sensor) < next.lanes.count else {
                throw StateError(offset: 0, reason: "a hole of no sensor")
            }
            next.lanes[Int(hole.sensor)].holes += 1
            next.holes.append(hole)
        }
        for index in 0..<(try state.readCount()) {
            let tally = try NumberTally(from: &state)
            guard Int(tally.sensor) < next.lanes.count else {
                throw StateError(offset: 0, reason: "a tally of no sensor")
            }
            next.lanes[Int(tally.sensor)].tally = Int32(index)
            next.tallies.append(tally)
        }
        self = next
    }
}

extension GapLedger.Lane {
    fileprivate init(from state: inout StateReader) throws(StateError) {
        numbers = try GatewayNumbers(from: &state)
        low = try state.read()
    }
}

extension NumberTally {
    fileprivate func save(to state: inout StateWriter) {
        state.write(sensor)
        state.write(from)
        state.write(to)
        for count in [
            missing, firstMissing, lastMissing, filled, duplicates, reordered, reboots, wraps,
            skipped,
        ] { state.write(count) }
    }

    fileprivate init(from state: inout StateReader) throws(StateError) {
        sensor = try state.read()
        from = try state.read()
        to = try state.read()
        missing = try state.read()
        firstMissing = try state.read()
        lastMissing = try state.read()
        filled = try state.read()
        duplicates = try state.read()
        reordered = try state.read()
        reboots = try state.read()
        wraps = try state.read()
        skipped = try state.read()
    }
}
