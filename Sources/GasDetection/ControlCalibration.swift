internal import GasModel

/// One sensor's calibration, as announced, with those that came before it without a rest.
struct Calibration: Sendable, Equatable {
    let sensor: UInt32
    /// `Sensor.identity` of it.
    let identity: UInt64
    /// The hash of the name of who announced it.
    var person: UInt64
    var isOn = false
    /// When it began, and how long it may last.
    var from = Timestamp.distantPast
    var fromUptime: Int64 = 0
    var lengthNanoseconds: Int64 = 0
    /// When it ended, where it did.
    var endUptime: Int64 = 0
    /// How long those before it lasted that no rest parts from it.
    var usedNanoseconds: Int64 = 0
    /// Whether more was announced than is allowed.
    var isOverrun = false
    var isInGas = false
    /// Whether the sensor itself was at its alarm when it began.
    var beganInGas = false
    var highest = -Double.infinity
    var lowest = Double.infinity
    var readings = 0

    init(_ sensor: UInt32, identity: UInt64, person: UInt64) {
        self.sensor = sensor
        self.identity = identity
        self.person = person
    }

    /// How long it has lasted at `record`. Both clocks are asked: the one that nobody can set stops
    /// with the machine, and a civil clock that is put back must not make it longer.
    func nanoseconds(at record: Reading) -> Int64 {
        let byUptime = record.arrivalUptime &- fromUptime
        let byClock = record.arrivalTime.nanoseconds &- from.nanoseconds
        return max(byUptime, byClock, 0)
    }

    func isOver(at record: Reading) -> Bool {
        isOn && nanoseconds(at: record) >= lengthNanoseconds
    }

    /// What was seen of the test gas, for the end of it.
    func evidence(at record: Reading, unit: String) -> [Finding.Evidence] {
        var figures = [
            Finding.Evidence(
                "minutes", Double(min(nanoseconds(at: record), lengthNanoseconds)) / 60e9),
            .init("readings of test gas", Double(readings)),
        ]
        if readings > 0 {
            figures.append(.init("highest", highest, unit))
            figures.append(.init("lowest", lowest, unit))
        }
        return figures
    }

    /// The machine was started anew, and counts its uptime from there: `step` less than before.
    mutating func machineStarted(step: Int64) {
        fromUptime &-= step
        endUptime &-= step
    }

    func save(to state: inout StateWriter) {
        state.write(sensor)
        state.write(identity)
        state.write(person)
        state.write(isOn)
        state.write(from)
        state.write(fromUptime)
        state.write(lengthNanoseconds)
        state.write(endUptime)
        state.write(usedNanoseconds)
        state.write(isOverrun)
        state.write(isInGas)
        state.write(beganInGas)
        state.write(highest)
        state.write(lowest)
        state.write(readings)
    }

    init(from state: inout StateReader) throws(StateError) {
        sensor = try state.read()
        identity = try state.read()
        person = try state.read()
        isOn = try state.read()
        from = try state.read()
        fromUptime = try state.read()
        lengthNanoseconds = try state.read()
        endUptime = try state.read()
        usedNanoseconds = try state.read()
        isOverrun = try state.read()
        isInGas = try state.read()
        beganInGas = try state.read()
        highest = try state.read()
        lowest = try state.read()
        readings = try state.read()
    }
}
