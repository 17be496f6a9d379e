import Foundation
import GasDetection
import GasModel
import Support

/// A day and a half of another small mine by seed, with what takes hours to be seen: a bag over a
/// head, heads in fresh air, one that hangs and two that show too little, gas that rises for hours,
/// and days that the site file names.
struct SampleDays {
    static let interval = 30
    static let hours = 36.0

    /// The sensors by index.
    private enum Index {
        static let face: UInt32 = 0
        static let faceReturn: UInt32 = 1
        static let intake: UInt32 = 2
        static let faceWork: UInt32 = 3
        static let coarse: UInt32 = 4
        static let fine: UInt32 = 5
        static let headingWork: UInt32 = 6
        static let ceiling: UInt32 = 7
        static let alone: UInt32 = 8
        static let pump: UInt32 = 9
    }

    static let roster: SensorRoster = {
        func methane(_ id: String, _ role: String, _ place: String, _ resolution: Double) -> Sensor
        {
            let limits = try? GasLimits(alarm: 1.0, cut: 1.5, repower: 1.0)
            return Sensor(
                id: id, place: place, role: SensorRole(rawValue: role), limits: limits,
                intervalSeconds: Double(interval), range: 0...10, resolution: resolution)
        }
        func state(_ id: String, _ quantity: Quantity, _ place: String) -> Sensor {
            Sensor(
                id: id, place: place, role: SensorRole(rawValue: quantity.rawValue),
                quantity: quantity, limits: nil, intervalSeconds: Double(interval), range: 0...1)
        }
        var sensors = [
            methane("LW-T1", "T1", "LW", 0.01), methane("LW-T2", "T2", "LW", 0.01),
            methane("LW-T3", "T3", "LW", 0.01), state("LW-P", .production, "LW"),
            methane("HD-T1", "T1", "HD", 0.1), methane("HD-T2", "T2", "HD", 0.01),
            state("HD-P", .production, "HD"), methane("CL-T1", "T1", "CL", 0.01),
            methane("RT-T1", "T1", "RT", 0.01), state("RT-D", .drainagePump, "RT"),
        ]
        sensors[Int(Index.alone)].calibrationDue = firstDay
        var drained = Place(id: "RT", name: "Return", kind: .heading)
        drained.needsDrainage = true
        let places = [
            Place(id: "LW", name: "Longwall", kind: .longwall, production: ["LW-P"]),
            Place(id: "HD", name: "Heading", kind: .heading, production: ["HD-P"]),
            Place(id: "CL", name: "Gassy", kind: .heading), drained,
        ]
        var site = Site(
            mine: "demo", name: "Demo", places: places, sensors: sensors,
            people: [Person(name: "Li Wei", duty: .gasInspector, contact: nil)],
            fingerprint: "f00d")
        site.grounds = Heading.grounds
        site.table = table
        site.acceptedGaps = [
            AcceptedGap(
                requirement: "longwall-T4", place: "LW", acceptedBy: "Chief Engineer",
                reason: "ordered", until: firstDay)
        ]
        return SensorRoster(site: site, sensors: sensors)
    }()

    /// The day of `testStart`, in UTC; six hours of it are left.
    private static let firstDay = "2026-11-23"

    /// A law that asks for one more sensor than the longwall has.
    private static var table: LimitTable {
        let basis = LegalBasis(instrument: "law", edition: "1", article: "1", verified: .yes)
        let asked = SensorRequirement(
            id: "longwall-T4", quantity: .methane, role: SensorRole(rawValue: "T4"),
            places: [.longwall], gasClasses: [], onlyInSeries: false, title: "T4", basis: basis)
        return LimitTable(
            name: "law", jurisdiction: "", edition: "1", title: "", fingerprint: "", rows: [],
            requirements: [asked])
    }

    private let longwall: FaceTrace
    private let heading: FaceTrace
    private let gassy: FaceTrace
    private var random: SeededGenerator
    private var records: [Reading] = [.sample(.linkUp, at: 0)]
    /// How much later than planned all of it happens. Seconds.
    private let late: Double
    private let bagLag: Double

    static func course(seed: UInt64) -> SampleCourse {
        var days = SampleDays(seed: seed)
        days.compose()
        return SampleCourse(roster, interval: interval, tick: tick, records: days.records)
    }

    private static let tick = 10

    private init(seed: UInt64) {
        func face(_ other: UInt64) -> FaceTrace {
            FaceTrace(hours: Self.hours, interval: Double(Self.interval), seed: seed + other)
        }
        longwall = face(0)
        heading = face(1000)
        gassy = face(2000)
        random = SeededGenerator(seed: seed)
        late = .random(in: 0..<1200, using: &random)
        bagLag = .random(in: 600...1800, using: &random)
    }

    private mutating func compose() {
        var sequences = [UInt64](repeating: 0, count: Self.roster.sensors.count)
        for second in 0..<Int(Self.hours * 3600) {
            if second % Self.tick == 0 { records.append(.sample(.tick, at: Double(second))) }
            if second == Self.calibratedAt {
                records.append(
                    .sample(
                        .calibration, at: Double(second), sensor: Index.alone, value: 10,
                        boot: UInt64(nameHash: "Li Wei")))
            }
            let slot = second % Self.interval
            guard slot < sequences.count else { continue }
            var reading = Reading.sample(
                .measurement, at: Double(second), sensor: UInt32(slot),
                value: shown(UInt32(slot), second / Self.interval), boot: 7)
            reading.marks = .hasSequence
            reading.sequence = sequences[slot]
            sequences[slot] += 1
            records.append(reading)
        }
    }
}

// MARK: What happens

extension SampleDays {
    private static let calibratedAt = 20 * 3600

    /// Seconds since the hour `from` began, where `step` lies between it and `to`.
    private func since(_ from: Double, to: Double, _ step: Int) -> Double? {
        let time = longwall.time(step) - late
        return from * 3600 <= time && time < to * 3600 ? time - from * 3600 : nil
    }

    private mutating func shown(_ sensor: UInt32, _ step: Int) -> Double {
        let resolution = Self.roster.sensors[Int(sensor)]?.resolution ?? 1
        return FaceTrace.shown(level(of: sensor, step), resolution)
    }

    private mutating func level(of sensor: UInt32, _ step: Int) -> Double {
        switch sensor {
        case Index.face: return face(step)
        case Index.faceReturn:
            let gas = longwall.gas[1][step]
            // Hung behind the brattice: less than the air that comes in.
            return since(18, to: 20, step) == nil ? gas : 0.08 + 0.1 * gas
        case Index.intake: return 0.25 + 0.01 * random.normal()
        case Index.faceWork: return longwall.work[step] ? 1 : 0
        case Index.coarse:
            // It hangs.
            guard let seconds = since(12, to: 18, step) else { return heading.gas[0][step] }
            return heading.gas[0][step - Int(seconds) / Self.interval]
        case Index.fine: return 1.7 * heading.gas[1][step]
        case Index.headingWork: return heading.work[step] ? 1 : 0
        case Index.ceiling:
            let gas = 1.6 * gassy.gas[0][step]
            return since(2, to: 30, step) == nil ? gas : min(gas, 0.98)
        case Index.alone: return alone(step)
        default: return since(22, to: 22.2, step) == nil ? 1 : 0
        }
    }

    private mutating func face(_ step: Int) -> Double {
        let gas = longwall.gas[0][step]
        if let seconds = since(8, to: 11, step) {
            // In a bag: what was in it thins out, and hardly moves.
            let before = longwall.gas[0][step - Int(seconds) / Self.interval]
            return 0.5 + (before - 0.5) * exp(-seconds / bagLag) + 0.0025 * random.normal()
        }
        if since(14, to: 16, step) != nil { return 0.08 + 0.1 * gas }
        // A poisoned head.
        return since(28, to: 36, step) == nil ? gas : 0.5 * gas
    }

    /// Gas that rises for eight hours, and a calibration with nobody beside it.
    private mutating func alone(_ step: Int) -> Double {
        let minutes = (step * Self.interval - Self.calibratedAt) / 60
        switch minutes {
        case 1..<5: return 0
        case 5..<9: return 2
        default: break
        }
        let rise = since(3, to: 11, step).map { 0.1 * $0 / 3600 } ?? 0
        return 0.45 + rise + 0.01 * random.normal()
    }
}
