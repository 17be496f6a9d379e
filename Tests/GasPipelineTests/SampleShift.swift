import GasDetection
import GasModel
import Support

/// A small mine with everything that detectors look at, and three hours of its records by seed:
/// shearer cycles, rises, spikes, faults, gaps, a calibration, a gateway that is gone, a link that
/// breaks, and what is done to heads so that they do not see.
struct SampleShift {
    /// Seconds between two readings of a sensor.
    static let interval = 5
    static let seconds = 10_800

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
            evidence("HD-Q", .ductFlow, "HD"), methane("TR-A", "T1", "TR", 1.5),
            methane("TR-B", "T1", "TR", 1.5), methane("TR-C", "T1", "TR", 1.5),
        ]
        let places = [
            Place(id: "LW", name: "Longwall", kind: .longwall, production: ["LW-P"]),
            Place(id: "HD", name: "Heading", kind: .heading, ventilates: ["LW"]),
            Place(id: "TR", name: "Three of one role", kind: .heading),
        ]
        var site = Site(
            mine: "demo", name: "Demo", places: places, sensors: sensors,
            people: [Person(name: "Li Wei", duty: .gasInspector, contact: nil)],
            fingerprint: "f00d")
        site.grounds = Heading.grounds
        return SensorRoster(site: site, sensors: sensors)
    }()

    private var records: [Reading] = []
    private var generator: SeededGenerator
    /// By sensor and slot what it showed; `.nan` where it showed nothing.
    private var shown: [[Double]] = []

    static func course(seed: UInt64) -> SampleCourse {
        SampleCourse(
            roster, interval: interval, tick: 1, records: SampleShift(seed: seed).records)
    }

    private init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        append(.linkUp, at: 0)
        let count = Self.roster.sensors.count
        var walks = (0..<count).map { _ in Double.random(in: 0.3...0.6, using: &generator) }
        var sequences = [UInt64](repeating: 0, count: count)
        shown = Array(repeating: [], count: count)
        let events = plan()
        for second in 0..<Self.seconds {
            append(.tick, at: Double(second))
            for event in events where event.at == second { begin(event) }
            for event in events where event.at + event.length == second { end(event) }
            for sensor in 0..<count where (second + sensor) % Self.interval == 0 {
                walks[sensor] += Double.random(in: -0.02...0.02, using: &generator)
                walks[sensor] = min(max(walks[sensor], 0.15), 0.8)
                // The three of one role see the same air.
                if sensor > Self.triple[0] { walks[sensor] = walks[Self.triple[0]] }
                let noise = Double.random(in: -0.01...0.01, using: &generator)
                let reading = reading(
                    sensor, second, walks[sensor] + (sensor > 10 ? noise : 0), events)
                shown[sensor].append(reading?.value ?? .nan)
                guard let reading else { continue }
                records.append(reading)
                records[records.count - 1].sequence = sequences[sensor]
                sequences[sensor] += 1
            }
        }
    }
}

// MARK: What happens

extension SampleShift {
    fileprivate struct Event {
        enum Kind: CaseIterable {
            case rise, spike, fault, gap, cover, calibration, gateway, link, fan, cut
            case flap, blown, dead, copy, negative, replay, rewrite, fresh, apart, timely, duct
            case overrun, inGas

            /// For how many seconds it goes on.
            var lengths: Range<Int> {
                switch self {
                case .cover, .copy, .replay, .fresh: 1500..<1800
                case .flap, .apart, .dead: 400..<700
                case .timely: 480..<481
                case .overrun: 1850..<1900
                case .blown: 150..<400
                default: 60..<600
                }
            }
        }
        var kind: Kind
        var sensor: Int
        var at: Int
        var length: Int
    }

    private static let triple = [11, 12, 13]
    private static let methane = [0, 1, 2, 5, 6]

    private mutating func plan() -> [Event] {
        (Event.Kind.allCases + [.rise, .spike, .gap, .flap]).map { kind in
            let length = Int.random(in: kind.lengths, using: &generator)
            let sensor =
                switch kind {
                case .dead: 1
                case .copy: 2
                case .overrun, .inGas: 0
                case .apart: 12
                default: Self.methane.randomElement(using: &generator) ?? 0
                }
            let from = kind == .dead ? 0 : 500
            let to = kind == .dead ? 60 : Self.seconds - length - 100
            return Event(
                kind: kind, sensor: sensor, at: Int.random(in: from..<to, using: &generator),
                length: length)
        }
    }

    private mutating func begin(_ event: Event) {
        let at = Double(event.at)
        switch event.kind {
        case .calibration:
            append(
                .calibration, at: at, sensor: UInt32(event.sensor),
                value: Double(event.length) / 60, boot: UInt64(nameHash: "Li Wei"))
        case .inGas:
            append(
                .calibration, at: at, sensor: UInt32(event.sensor), value: 10,
                boot: UInt64(nameHash: "Li Wei"))
        case .overrun:
            append(
                .calibration, at: at, sensor: UInt32(event.sensor), value: 120,
                boot: UInt64(nameHash: "Li Wei"))
        case .rewrite: rewrite(UInt32(event.sensor), at: at)
        case .gateway: append(.gatewayDown, at: at, boot: UInt64(nameHash: "G1"))
        case .link: append(.linkDown, at: at)
        default: break
        }
    }

    private mutating func end(_ event: Event) {
        let at = Double(event.at + event.length)
        switch event.kind {
        case .gateway: append(.gatewayUp, at: at, boot: UInt64(nameHash: "G1"))
        case .link: append(.linkUp, at: at)
        default: break
        }
    }

    /// The newest readings of a sensor once more, with their numbers and other values.
    private mutating func rewrite(_ sensor: UInt32, at second: Double) {
        let newest = records.filter { $0.sensor == sensor && $0.kind == .measurement }.suffix(20)
        for var record in newest {
            record.value = (record.value * 60).rounded() / 100
            record.arrivalTime = .at(second)
            record.arrivalUptime = Int64(second * 1e9)
            records.append(record)
        }
    }

    private mutating func append(
        _ kind: Reading.Kind, at second: Double, sensor: UInt32 = 0, value: Double = .nan,
        boot: UInt64 = 0
    ) {
        records.append(
            .sample(kind, at: second, sensor: sensor, value: value, boot: boot))
    }

    /// What a sensor shows where nothing happens.
    private func usual(_ sensor: Int, _ second: Int, _ walk: Double) -> Double {
        let isStanding = second / 900 % 4 == 3
        switch sensor {
        case 3: return isStanding ? 0 : 1
        case 4: return 2 + walk / 10
        case 7, 8, 10: return 1
        case 9: return 0
        default: return isStanding ? 0.3 + (walk - 0.3) / 10 : walk
        }
    }

    /// The reading of a sensor at a second; `nil` while it is silent.
    private func reading(
        _ sensor: Int, _ second: Int, _ walk: Double, _ events: [Event]
    ) -> Reading? {
        var value = usual(sensor, second, walk)
        var quality = Reading.Quality.good
        for event in events where (event.at..<event.at + event.length).contains(second) {
            let share = Double(second - event.at) / Double(event.length)
            switch event.kind {
            case .rise where event.sensor == sensor: value += 1.6 * share
            case .spike where event.sensor == sensor && second < event.at + 10: value = 2.4
            case .fault where event.sensor == sensor: quality = .null
            case .gap where event.sensor == sensor: return nil
            case .gateway where (Self.methane + Self.triple).contains(sensor): return nil
            case .link: return nil
            case .cover where event.sensor == sensor: value = 0.41
            case .fan where sensor == 7: value = 0
            case .cut where sensor == 9: value = 1
            case .duct where sensor == 10: value = 0
            case .flap where event.sensor == sensor:
                value = second / Self.interval % 2 == 0 ? 0.97 : 1.03
            case .blown where event.sensor == sensor: value = 0.01
            case .dead where sensor == 1: value = 0
            case .dead where [0, 2].contains(sensor): value = 0.6 + walk / 10
            case .copy where event.sensor == sensor: value = shown[0].last ?? value
            case .negative where event.sensor == sensor: quality = .belowRange
            case .replay where event.sensor == sensor:
                let earlier = shown[sensor].count - 1800 / Self.interval
                if earlier >= 0, !shown[sensor][earlier].isNaN { value = shown[sensor][earlier] }
            case .fresh where event.sensor == sensor: value *= 0.15
            case .apart where event.sensor == sensor: value += 0.6
            case .timely where event.sensor == sensor:
                if (second - event.at) % 120 >= 60 { return nil }
                value = 0.92
            case .inGas where [1, 2].contains(sensor): value = 0.95
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
