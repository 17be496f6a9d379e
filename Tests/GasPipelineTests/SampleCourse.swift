import GasDetection
import GasModel
import Support

/// A small mine with everything that detectors look at, and two hours of its records by seed:
/// shearer cycles, rises, spikes, faults, gaps, a covered head, a calibration, a gateway that is
/// gone, a link that breaks.
struct SampleCourse {
    /// Seconds between two readings of a sensor.
    static let interval = 5
    static let seconds = 7200

    static let roster: SensorRoster = {
        func methane(_ id: String, _ role: String, _ place: String, _ cut: Double) -> Sensor {
            let limits = try? GasLimits(alarm: 1.0, cut: cut, repower: 1.0)
            return Sensor(
                id: id, place: place, role: SensorRole(rawValue: role), limits: limits,
                intervalSeconds: Double(interval), range: 0...10, resolution: 0.01, gateway: "G1")
        }
        func evidence(_ id: String, _ quantity: Quantity, _ place: String) -> Sensor {
            Sensor(
                id: id, place: place, role: SensorRole(rawValue: quantity.rawValue),
                quantity: quantity, limits: nil, intervalSeconds: Double(interval), range: 0...30)
        }
        let sensors = [
            methane("LW-T0", "T0", "LW", 1.5), methane("LW-T1", "T1", "LW", 1.5),
            methane("LW-T2", "T2", "LW", 1.0), evidence("LW-P", .production, "LW"),
            evidence("LW-V", .airVelocity, "LW"), methane("HD-T1", "T1", "HD", 1.5),
            methane("HD-T2", "T2", "HD", 1.0), evidence("HD-F", .fanRunning, "HD"),
            evidence("HD-K", .feedPower, "HD"), evidence("HD-C", .cutCommand, "HD"),
        ]
        let places = [
            Place(id: "LW", name: "Longwall", kind: .longwall, production: ["LW-P"]),
            Place(id: "HD", name: "Heading", kind: .heading, ventilates: ["LW"]),
        ]
        var site = Site(
            mine: "demo", name: "Demo", places: places, sensors: sensors,
            people: [Person(name: "Li Wei", duty: .gasInspector, contact: nil)],
            fingerprint: "f00d")
        site.grounds = Heading.grounds
        return SensorRoster(site: site, sensors: sensors)
    }()

    private(set) var records: [Reading] = []
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        append(.linkUp, at: 0)
        var walks = (0..<10).map { _ in Double.random(in: 0.3...0.6, using: &generator) }
        var sequences = [UInt64](repeating: 0, count: 10)
        let events = plan()
        for second in 0..<Self.seconds {
            append(.tick, at: Double(second))
            for event in events where event.at == second { append(event) }
            for sensor in 0..<10 where (second + sensor) % Self.interval == 0 {
                walks[sensor] += Double.random(in: -0.02...0.02, using: &generator)
                walks[sensor] = min(max(walks[sensor], 0.15), 0.8)
                guard let reading = reading(sensor, second, walks[sensor], events) else { continue }
                records.append(reading)
                records[records.count - 1].sequence = sequences[sensor]
                sequences[sensor] += 1
            }
        }
        number()
    }

    /// Positions as the ring gives them.
    mutating func number() {
        for index in records.indices { records[index].position = UInt64(index) }
    }
}

// MARK: What happens

extension SampleCourse {
    fileprivate struct Event {
        enum Kind: CaseIterable {
            case rise, spike, fault, gap, cover, calibration, gateway, link, fan, cut
        }
        var kind: Kind
        var sensor: Int
        var at: Int
        var length: Int
    }

    private static let methane = [0, 1, 2, 5, 6]

    private mutating func plan() -> [Event] {
        (0..<24).map { index in
            Event(
                kind: Event.Kind.allCases[index % Event.Kind.allCases.count],
                sensor: Self.methane.randomElement(using: &generator) ?? 0,
                at: Int.random(in: 500..<Self.seconds - 900, using: &generator),
                length: Int.random(in: 60..<600, using: &generator))
        }
    }

    private mutating func append(_ event: Event) {
        let (at, end) = (Double(event.at), Double(event.at))
        switch event.kind {
        case .calibration:
            append(
                .calibration, at: at, sensor: UInt32(event.sensor),
                value: Double(event.length) / 60, boot: UInt64(nameHash: "Li Wei"))
        case .gateway:
            append(.gatewayDown, at: at, boot: UInt64(nameHash: "G1"))
            append(.gatewayUp, at: end, boot: UInt64(nameHash: "G1"))
        case .link:
            append(.linkDown, at: at)
            append(.linkUp, at: end)
        default: break
        }
    }

    private mutating func append(
        _ kind: Reading.Kind, at second: Double, sensor: UInt32 = 0, value: Double = .nan,
        boot: UInt64 = 0
    ) {
        records.append(
            Reading(
                sensor: sensor, kind: kind, sourceTime: .at(second), arrivalTime: .at(second),
                value: value, boot: boot, arrivalUptime: Int64(second * 1e9)))
    }

    /// The reading of a sensor at a second; `nil` while it is silent.
    private func reading(
        _ sensor: Int, _ second: Int, _ walk: Double, _ events: [Event]
    ) -> Reading? {
        var value = walk
        var quality = Reading.Quality.good
        let isStanding = second / 900 % 4 == 3
        switch sensor {
        case 3: value = isStanding ? 0 : 1
        case 4: value = 2 + walk / 10
        case 7, 8: value = 1
        case 9: value = 0
        default: if isStanding { value = 0.3 + (walk - 0.3) / 10 }
        }
        for event in events where (event.at..<event.at + event.length).contains(second) {
            let share = Double(second - event.at) / Double(event.length)
            switch event.kind {
            case .rise where event.sensor == sensor: value += 1.6 * share
            case .spike where event.sensor == sensor && second < event.at + 10: value = 2.4
            case .fault where event.sensor == sensor: quality = .null
            case .gap where event.sensor == sensor: return nil
            case .cover where event.sensor == sensor: value = 0.41
            case .fan where sensor == 7: value = 0
            case .cut where sensor == 9: value = 1
            default: break
            }
        }
        value = (value * 100).rounded() / 100
        return Reading(
            sensor: UInt32(sensor), kind: quality == .good ? .measurement : .fault,
            quality: quality, marks: .hasSequence, sourceTime: .at(Double(second)),
            arrivalTime: .at(Double(second)), value: quality == .good ? value : .nan, boot: 7,
            arrivalUptime: Int64(second) * 1_000_000_000)
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

    /// Each twentieth message comes once more, up to a minute later.
    func duplicated(seed: UInt64) -> SampleCourse {
        var other = self
        var generator = SeededGenerator(seed: seed)
        for index in records.indices where records[index].marks.contains(.hasSequence) {
            guard Int.random(in: 0..<20, using: &generator) == 0 else { continue }
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
