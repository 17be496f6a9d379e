package import GasModel

// Not inside the generic type: there each look at a lane would cost one at generic metadata.
/// Where a sensor stands.
private struct OrderLane: Sendable {
    var numbers = GatewayNumbers()
    /// The held reading with the lowest number, by its place in `held`; -1 when there is none.
    var first: Int32 = -1
}

/// A held reading, and the place of the one of the same sensor with the next higher number.
private struct HeldReading: Sendable {
    var reading: Reading
    var next: Int32
}

/// A detector behind a stage that hands it the readings of each sensor in the order in which they
/// were measured, also where the network brought them in another.
///
/// A gateway that counts the readings of each sensor (`seq`, without holes, within one `boot`)
/// makes a hole visible: what comes behind it is held back until the hole is filled, or for
/// `lateSecondsMax`. So disorder within that bound, and duplicates, change no finding. Where a
/// sensor has no such numbers, or numbers with holes of their own (a counter of the whole gateway),
/// nothing is held: what is newer counts, what is older completes the record. Each hole that was
/// waited for in vain doubles the run that it takes to believe the numbers again.
///
/// What is held is not hidden: the detector may `glimpse` it, and a cut limit that it reaches is
/// reached at once.
///
/// **Cost:** a comparison of two numbers for a reading in order; nothing is allocated after
/// `init`. **Memory:** 64 bytes a sensor, and `heldMax` readings.
package struct InOrder<Detector: RecordDetector>: RecordDetector {
    /// How long a reading waits for one before it, in seconds.
    package static var lateSecondsMax: Double { GatewayNumbers.lateSecondsMax }
    /// The most readings that are held, of all sensors together; beyond, the oldest hole is given
    /// up.
    package static var heldMax: Int { 1024 }

    private var lanes: [OrderLane]
    private var held: [HeldReading] = []
    /// Places in `held` that are free.
    private var free: [Int32] = []
    /// The detector behind. The last member: what stands before it then lies where it does whatever
    /// the detector is, and is found without a look at generic metadata.
    package var detector: Detector

    /// How many readings are held now.
    package var heldCount: Int { held.count - free.count }

    /// `detector`, fed in order.
    package init(_ detector: Detector, _ roster: SensorRoster) {
        self.detector = detector
        lanes = Array(repeating: OrderLane(), count: roster.sensors.count)
        held.reserveCapacity(Self.heldMax)
        free.reserveCapacity(Self.heldMax)
    }

    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        let index = Int(reading.sensor)
        guard reading.marks.contains(.hasSequence), index < lanes.count,
            reading.kind == .measurement || reading.kind == .fault
        else {
            if heldCount > 0 {
                if reading.kind == .tick { giveUp(at: reading, into: &findings) }
                if reading.kind == .runBegins { beginRun(reading) }
            }
            return detector.observe(reading, into: &findings)
        }
        if reading.boot == lanes[index].numbers.boot {
            if reading.sequence == lanes[index].numbers.next {
                return pass(reading, index, into: &findings)
            }
            // The way of a gateway that counts all its sensors in one row: never believed.
            if lanes[index].numbers.run < GatewayNumbers.trustedRun {
                lanes[index].numbers.note(reading)
                return detector.observe(reading, into: &findings)
            }
        }
        order(reading, index, into: &findings)
    }

    /// The way of nearly every reading: it is the one that comes next.
    @inline(__always)
    private mutating func pass(
        _ reading: Reading, _ index: Int, into findings: inout [Finding]
    ) {
        lanes[index].numbers.pass(reading)
        detector.observe(reading, into: &findings)
        guard lanes[index].first >= 0 else { return }
        lanes[index].numbers.strikes = 0
        release(index, at: reading, isAll: false, into: &findings)
    }

    private mutating func order(
        _ reading: Reading, _ index: Int, into findings: inout [Finding]
    ) {
        if reading.boot != lanes[index].numbers.boot {
            begin(reading, index, first: reading.sequence, into: &findings)
        } else if !lanes[index].numbers.isTrusted {
            lanes[index].numbers.note(reading)
        } else if reading.sequence > lanes[index].numbers.next {
            return hold(reading, index, into: &findings)
        } else if reading.eventTime > lanes[index].numbers.newest,
            let first = lanes[index].numbers.restart(reading)
        {
            begin(reading, index, first: first, into: &findings)
        }
        detector.observe(reading, into: &findings)
    }

    /// The gateway counts anew, from `first` on: what is held is of the row before.
    private mutating func begin(
        _ reading: Reading, _ index: Int, first: UInt64, into findings: inout [Finding]
    ) {
        release(index, at: reading, isAll: true, into: &findings)
        lanes[index] = OrderLane(numbers: GatewayNumbers(first: first, newest: reading))
    }

    /// Puts `reading` among the held ones of its sensor, by number; one with the same number as
    /// another is a duplicate and left out.
    private mutating func hold(
        _ reading: Reading, _ index: Int, into findings: inout [Finding]
    ) {
        if heldCount == Self.heldMax { giveUpOldest(at: reading, into: &findings) }
        var before: Int32 = -1
        var place = lanes[index].first
        while place >= 0, held[Int(place)].reading.sequence < reading.sequence {
            (before, place) = (place, held[Int(place)].next)
        }
        if place >= 0, held[Int(place)].reading.sequence == reading.sequence { return }
        let new: Int32
        if let last = free.popLast() {
            new = last
            held[Int(new)] = HeldReading(reading: reading, next: place)
        } else {
            new = Int32(held.count)
            held.append(HeldReading(reading: reading, next: place))
        }
        if before >= 0 { held[Int(before)].next = new } else { lanes[index].first = new }
        detector.glimpse(reading, into: &findings)
    }

    /// Hands on what is held of a sensor: as far as no number is missing, or all of it. What is
    /// found is found at the record `record`.
    private mutating func release(
        _ index: Int, at record: Reading, isAll: Bool, into findings: inout [Finding]
    ) {
        while lanes[index].first >= 0 {
            let place = Int(lanes[index].first)
            var reading = held[place].reading
            guard isAll || reading.sequence == lanes[index].numbers.next else { return }
            lanes[index].first = held[place].next
            free.append(Int32(place))
            lanes[index].numbers.next = reading.sequence
            lanes[index].numbers.pass(reading)
            reading.position = record.position
            detector.observe(reading, into: &findings)
        }
    }

    /// Gives up the holes that were waited for long enough. A sensor that lost a reading for good
    /// has to earn its trust anew, so that a bad link does not delay it again and again.
    private mutating func giveUp(at tick: Reading, into findings: inout [Finding]) {
        let bound = tick.arrivalUptime &- Int64(Self.lateSecondsMax * 1e9)
        for index in lanes.indices where lanes[index].first >= 0 {
            guard isHeld(index, since: bound) else { continue }
            giveUp(index, at: tick, into: &findings)
        }
    }

    private mutating func giveUp(
        _ index: Int, at record: Reading, into findings: inout [Finding]
    ) {
        lanes[index].numbers.strike()
        release(index, at: record, isAll: true, into: &findings)
        lanes[index].numbers.begin()
    }

    private mutating func giveUpOldest(at record: Reading, into findings: inout [Finding]) {
        var oldest: (index: Int, uptime: Int64)?
        for index in lanes.indices where lanes[index].first >= 0 {
            let uptime = heldSince(index)
            if uptime < oldest?.uptime ?? .max { oldest = (index, uptime) }
        }
        if let oldest { giveUp(oldest.index, at: record, into: &findings) }
    }

    /// Where the machine was started anew, what is held counts from there.
    private mutating func beginRun(_ record: Reading) {
        for place in held.indices {
            held[place].reading.arrivalUptime = min(
                held[place].reading.arrivalUptime, record.arrivalUptime)
        }
    }

    private func isHeld(_ index: Int, since bound: Int64) -> Bool { heldSince(index) <= bound }

    /// When the longest held reading of a sensor arrived.
    private func heldSince(_ index: Int) -> Int64 {
        var place = lanes[index].first
        var since = Int64.max
        while place >= 0 {
            since = min(since, held[Int(place)].reading.arrivalUptime)
            place = held[Int(place)].next
        }
        return since
    }
}

extension InOrder {
    /// A sensor that begins anew, or left, is handed on with all that is held of it before.
    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {
        for sensor in change.sensors {
            while lanes.count <= sensor.index { lanes.append(OrderLane()) }
            release(Int(sensor.index), at: record, isAll: true, into: &findings)
        }
        detector.adopt(change, at: record, into: &findings)
    }

    package mutating func reconsider(at record: Reading, into findings: inout [Finding]) {
        detector.reconsider(at: record, into: &findings)
    }

    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {
        detector.restore(
            rule, of: subject, isActive: isActive, value: value, eventTime: eventTime)
    }

    package func save(to state: inout StateWriter) {
        state.write(lanes.count)
        for lane in lanes {
            lane.numbers.save(to: &state)
            var place = lane.first
            while place >= 0 {
                state.write(true)
                held[Int(place)].reading.save(to: &state)
                place = held[Int(place)].next
            }
            state.write(false)
        }
        detector.save(to: &state)
    }

    /// The lanes are by index, and an index means the same sensor forever.
    package mutating func load(from state: inout StateReader) throws(StateError) {
        let count = try state.readCount()
        held.removeAll(keepingCapacity: true)
        free.removeAll(keepingCapacity: true)
        lanes = Array(repeating: OrderLane(), count: max(count, lanes.count))
        for index in 0..<count {
            lanes[index].numbers = try GatewayNumbers(from: &state)
            var last: Int32 = -1
            while try state.read() {
                let place = Int32(held.count)
                held.append(HeldReading(reading: try Reading(from: &state), next: -1))
                if last >= 0 { held[Int(last)].next = place } else { lanes[index].first = place }
                last = place
            }
        }
        try detector.load(from: &state)
    }
}

extension Reading {
    fileprivate func save(to state: inout StateWriter) {
        state.write(sensor)
        state.write(UInt64(kind.rawValue) << 32 | UInt64(quality.rawValue) << 16)
        state.write(UInt64(marks.rawValue))
        state.write(sourceTime)
        state.write(arrivalTime)
        state.write(value)
        state.write(sequence)
        state.write(boot)
        state.write(arrivalUptime)
        state.write(position)
    }

    fileprivate init(from state: inout StateReader) throws(StateError) {
        let sensor: UInt32 = try state.read()
        let kinds: UInt64 = try state.read()
        let marks = Marks(rawValue: try state.read())
        self.init(
            sensor: sensor, kind: Kind(rawValue: UInt8(truncatingIfNeeded: kinds >> 32)),
            quality: Quality(rawValue: UInt8(truncatingIfNeeded: kinds >> 16)), marks: marks,
            sourceTime: try state.read(), arrivalTime: try state.read(), value: try state.read(),
            sequence: try state.read(), boot: try state.read(), arrivalUptime: try state.read())
        position = try state.read()
    }
}
