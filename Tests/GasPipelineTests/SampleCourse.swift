import GasModel
import Support
import Testing

/// What the sensors of a small mine send, by seed, with all that befalls them. Composed by
/// `SampleShift` and `SampleDays`.
struct SampleCourse {
    let roster: SensorRoster
    /// Seconds between two readings of a sensor, and between two ticks.
    let interval: Int
    let tick: Int
    private(set) var records: [Reading]

    /// `records`, by arrival, with positions as the ring gives them.
    init(_ roster: SensorRoster, interval: Int, tick: Int, records: [Reading]) {
        self.roster = roster
        self.interval = interval
        self.tick = tick
        self.records = records
        number()
    }

    private mutating func number() {
        for index in records.indices { records[index].position = UInt64(index) }
    }
}

/// Which course a property is held against.
struct Sample: Sendable, CustomTestStringConvertible {
    enum Length: Sendable { case shift, days }
    var length: Length
    var seed: UInt64

    var testDescription: String { "\(length), seed \(seed)" }

    var course: SampleCourse {
        switch length {
        case .shift: SampleShift.course(seed: seed)
        case .days: SampleDays.course(seed: seed)
        }
    }
}

extension Reading {
    /// A record of `second`, whose arrival is the same.
    static func sample(
        _ kind: Kind, at second: Double, sensor: UInt32 = 0, value: Double = .nan, boot: UInt64 = 0
    ) -> Reading {
        Reading(
            sensor: sensor, kind: kind, sourceTime: .at(second), arrivalTime: .at(second),
            value: value, boot: boot, arrivalUptime: Int64(second * 1e9))
    }
}

// MARK: What the network does to it

extension SampleCourse {
    /// Each tenth message comes up to nine seconds late.
    func disordered(seed: UInt64) -> SampleCourse {
        var other = self
        var generator = SeededGenerator(seed: seed)
        for index in other.records.indices where other.records[index].marks.contains(.hasSequence) {
            guard Int.random(in: 0..<10, using: &generator) == 0 else { continue }
            other.delay(index, by: Double.random(in: 0..<9, using: &generator))
        }
        other.sort()
        return other
    }

    /// Each twentieth message comes once more, up to a minute later. Not those that contradict what
    /// was received: such a one says so each time.
    func duplicated(seed: UInt64) -> SampleCourse {
        var other = self
        var generator = SeededGenerator(seed: seed)
        for index in records.indices where records[index].marks.contains(.hasSequence) {
            guard Int.random(in: 0..<20, using: &generator) == 0,
                records[index].arrivalTime == records[index].sourceTime
            else { continue }
            other.records.append(records[index])
            other.delay(
                other.records.count - 1, by: Double.random(in: 0..<60, using: &generator))
        }
        other.sort()
        return other
    }

    private mutating func delay(_ index: Int, by seconds: Double) {
        let delay = Int64(seconds * 1e9)
        records[index].arrivalTime = records[index].arrivalTime.advanced(byNanoseconds: delay)
        records[index].arrivalUptime += delay
    }

    /// By arrival; what arrives together stays as it stands.
    private mutating func sort() {
        records = records.enumerated().sorted {
            ($0.element.arrivalUptime, $0.offset) < ($1.element.arrivalUptime, $1.offset)
        }.map(\.element)
        number()
    }
}
