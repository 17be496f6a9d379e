import GasModel

/// What a place tells of itself besides gas: whether work goes on in it, and how its air moves.
///
/// Gas answers to work with a delay: after the shearer starts it rises for minutes, after it stops
/// it falls. `coming` is the part of that answer that is still to come. It is the difference of the
/// state and its own low-pass, so it is 0 again once a state has lasted.
struct Surroundings: Sendable, Equatable {
    /// The time constant of the answer, in seconds.
    static let answerSeconds = 220.0
    /// A state that was not heard of for longer is not known, in seconds.
    private static let knownSeconds = 3600.0
    /// Time constants of the two means of the air velocity, in seconds.
    private static let airNowSeconds = 120.0
    private static let airKnownSeconds = 600.0
    private static let airHourSeconds = 3600.0

    /// The place, by `UInt64.init(nameHash:)` of its code: what state is taken over by.
    let place: UInt64
    /// A sensor of production, by index: whether it says that work goes on, and when it said so.
    private struct Machine: Sendable, Equatable {
        let sensor: UInt32
        var isOn = false
        var heard = Timestamp.distantPast
    }

    private var machines: [Machine]
    /// The state, since when, and what was still to come then; heard of last.
    private var isWorking = false
    private var coming = 0.0
    private var since: Timestamp?
    private var heard: Timestamp?
    /// The means of the air velocity in m/s, and when it was measured last.
    private var airNow = 0.0
    private var airHour = 0.0
    private var airAt: Timestamp?

    init(place: UInt64, machines: [UInt32]) {
        self.place = place
        self.machines = machines.map { Machine(sensor: $0) }
    }

    /// Whether work goes on at `time`; `nil` where that is not known.
    func isWorking(at time: Timestamp) -> Bool? {
        guard let heard, time.seconds(since: heard) <= Self.knownSeconds else { return nil }
        return isWorking
    }

    /// The part of the answer to the newest change that is still to come at `time`, from -1 to 1:
    /// above 0 the gas will rise, below it will fall.
    func coming(at time: Timestamp) -> Double {
        guard let since else { return 0 }
        return coming * vanishing(max(time.seconds(since: since), 0) / Self.answerSeconds)
    }

    /// The air velocity of the last minutes as a fraction of its mean of an hour; `nil` where it is
    /// not known.
    func airShare(at time: Timestamp) -> Double? {
        guard let airAt, time.seconds(since: airAt) <= Self.airKnownSeconds, airHour > 0.05 else {
            return nil
        }
        return airNow / airHour
    }

    /// The sensor at `index` says at `time` whether work goes on. Returns whether that began.
    mutating func hear(_ value: Double, of index: UInt32, at time: Timestamp) -> Bool {
        // What is late, or comes twice, tells of the past.
        guard let machine = machines.firstIndex(where: { $0.sensor == index }),
            machines[machine].heard < time
        else { return false }
        machines[machine].isOn = value >= 0.5
        machines[machine].heard = time
        let isNow = machines.contains { $0.isOn }
        let isFirst = isWorking(at: time) == nil
        let isChanged = isNow != isWorking && !isFirst
        if isChanged {
            coming = coming(at: time) + (isNow ? 1 : -1)
            since = time
        } else if isFirst {
            coming = 0
            since = time
        }
        isWorking = isNow
        heard = max(heard ?? time, time)
        return isChanged && isNow
    }

    /// The air moves at `velocity` m/s at `time`.
    mutating func feel(_ velocity: Double, at time: Timestamp) {
        if let airAt, airAt >= time { return }
        defer { airAt = time }
        guard let airAt, time.seconds(since: airAt) < Self.airKnownSeconds else {
            airNow = abs(velocity)
            if airAt == nil { airHour = airNow }
            return
        }
        let seconds = max(time.seconds(since: airAt), 0)
        airNow += (abs(velocity) - airNow) * (1 - vanishing(seconds / Self.airNowSeconds))
        airHour += (abs(velocity) - airHour) * (1 - vanishing(seconds / Self.airHourSeconds))
    }

    /// Takes over what `other` knew, which was the same place.
    mutating func take(over other: Surroundings) {
        let known = machines.map { machine in
            other.machines.first { $0.sensor == machine.sensor } ?? machine
        }
        self = other
        machines = known
    }

    func save(to state: inout StateWriter) {
        state.write(place)
        state.write(machines.count)
        for machine in machines {
            state.write(machine.sensor)
            state.write(machine.isOn)
            state.write(machine.heard)
        }
        state.write(isWorking)
        state.write(coming)
        state.write(since)
        state.write(heard)
        state.write(airNow)
        state.write(airHour)
        state.write(airAt)
    }

    init(from state: inout StateReader) throws(StateError) {
        place = try state.read()
        machines = []
        for _ in 0..<(try state.readCount()) {
            machines.append(
                Machine(
                    sensor: try state.read(), isOn: try state.read(), heard: try state.read()))
        }
        isWorking = try state.read()
        coming = try state.read()
        since = try state.read()
        heard = try state.read()
        airNow = try state.read()
        airHour = try state.read()
        airAt = try state.read()
    }
}
