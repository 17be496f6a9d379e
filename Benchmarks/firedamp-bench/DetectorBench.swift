import ArgumentParser
import GasDetection
import GasModel

/// One detector alone, behind its stage, at a large mine whose windows are full.
struct DetectorBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detector", abstract: "One detector: threshold, trend or integrity.")

    @Argument(help: "Which one.")
    var detector: Rule.Detector

    @OptionGroup var length: RunLength

    @Option(help: "Sensors, in places of five: four of methane, one that tells of work.")
    var sensors = 20_000

    @Option(help: "Seconds between two readings of a sensor.")
    var interval = 1

    @Option(help: "Seconds of readings that fill the windows first, and are not measured.")
    var warmUp = 1200

    func run() throws {
        let mine = try LargeMine(sensors: sensors, interval: interval)
        let roster = mine.roster
        switch detector {
        case .threshold: run(InOrder(ThresholdDetector(roster), roster), mine)
        case .trend: run(InOrder(TrendDetector(roster), roster), mine)
        case .integrity: run(InOrder(IntegrityDetector(roster), roster), mine)
        }
    }

    private func run<D: RecordDetector>(_ detector: InOrder<D>, _ mine: LargeMine) {
        var detector = detector
        var findings: [Finding] = []
        findings.reserveCapacity(1 << 20)
        let warm = warmUp / interval * sensors
        for index in 0..<warm { mine.feed(index, to: &detector, &findings) }
        let (records, told) = (length.records, findings.count)
        measure("detector \(self.detector.rawValue)", length) {
            for index in warm..<warm + records { mine.feed(index, to: &detector, &findings) }
            return Double(findings.count - told)
        }
    }
}

extension Rule.Detector: ExpressibleByArgument {}

/// A mine of any size whose sensors tremble around levels of their own, and its readings by number.
struct LargeMine {
    let roster: SensorRoster
    private let count: Int
    private let interval: Int

    init(sensors count: Int, interval: Int) throws {
        self.count = count
        self.interval = interval
        let limits = try GasLimits(alarm: 1.0, cut: 1.5, repower: 1.0)
        let sensors = (0..<count).map { index in
            let isWork = index % 5 == 4
            return Sensor(
                id: SampleMine.name(index), place: "P\(index / 5)",
                role: SensorRole(rawValue: isWork ? "production" : "T\(index % 5)"),
                quantity: isWork ? .production : .methane, limits: isWork ? nil : limits,
                intervalSeconds: Double(interval), range: isWork ? 0...1 : 0...4,
                resolution: isWork ? nil : 0.01)
        }
        let places = (0..<(count + 4) / 5).map { place in
            Place(
                id: "P\(place)", name: "Place \(place)", kind: .longwall,
                ventilates: place > 0 ? ["P\(place - 1)"] : [],
                production: place * 5 + 4 < count ? [SampleMine.name(place * 5 + 4)] : [])
        }
        roster = SensorRoster(
            site: Site(
                mine: "bench", name: "Bench", places: places, sensors: sensors, fingerprint: ""),
            sensors: sensors)
    }

    /// Hands over reading number `index`, and the ticks of the seconds that begin with it.
    @inline(__always)
    func feed<D: RecordDetector>(
        _ index: Int, to detector: inout InOrder<D>, _ findings: inout [Finding]
    ) {
        let (sensor, round) = (index % count, index / count)
        let second = round * interval
        if sensor == 0 {
            for tick in second..<second + interval {
                detector.observe(record(.tick, tick, index), into: &findings)
            }
        }
        var reading = record(.measurement, second, index)
        reading.sensor = UInt32(sensor)
        reading.marks = .hasSequence
        reading.sequence = UInt64(round)
        reading.boot = 7
        reading.value = value(sensor, second, index)
        detector.observe(reading, into: &findings)
    }

    private func record(_ kind: Reading.Kind, _ second: Int, _ index: Int) -> Reading {
        let time = Timestamp(nanoseconds: 1_795_456_800_000_000_000 + Int64(second) * 1_000_000_000)
        var record = Reading(
            sensor: 0, kind: kind, sourceTime: time, arrivalTime: time,
            arrivalUptime: Int64(second) * 1_000_000_000)
        record.position = UInt64(index)
        return record
    }

    /// Levels from 0.30 to 0.79, with work on and off every ten minutes, and some noise.
    private func value(_ sensor: Int, _ second: Int, _ index: Int) -> Double {
        let isWork = second / 600 % 2
        if sensor % 5 == 4 { return Double(isWork) }
        let noise = (UInt64(truncatingIfNeeded: index) &* 0x9e37_79b9_7f4a_7c15) >> 33
        return Double(30 + sensor % 45 + isWork * 4 + Int(noise % 5)) / 100
    }
}
