import GasModel

/// The mine of the benchmarks: what `Deploy/bench` describes in its site file, and readings of it.
struct SampleMine {
    static let sensorsCount = 1000
    /// The epoch of all sample readings, in milliseconds: 2024-11-23T08:20:00.123Z.
    static let startMilliseconds: Int64 = 1_732_350_000_123

    /// A thousand sensors at a face: alarm at 1.0, cut at 1.5, re-power below 1.0 % CH4.
    static func sensors() throws -> [Sensor] {
        let limits = try GasLimits(alarm: 1.0, cut: 1.5, repower: 1.0)
        return (0..<sensorsCount).map { index in
            Sensor(
                id: name(index), place: "P\(index / 20)", role: SensorRole(rawValue: "T1"),
                limits: limits, intervalSeconds: 1, range: 0...4)
        }
    }

    /// All of it, each sensor at the index of its place in the list.
    static func roster() throws -> SensorRoster {
        let sensors = try sensors()
        return SensorRoster(
            site: Site(
                mine: "bench", name: "Bench", places: places(), sensors: sensors, fingerprint: ""),
            sensors: sensors)
    }

    /// Fifty places of twenty sensors each.
    static func places() -> [Place] {
        (0..<sensorsCount / 20).map { Place(id: "P\($0)", name: "Place \($0)") }
    }

    /// `s00042`, as the yardsticks name their sensors.
    static func name(_ index: Int) -> String {
        "s" + String(repeating: "0", count: 5 - String(index).count) + String(index)
    }

    /// The reading number `index` in hundredths of a per cent: each sensor has a level between 0.30
    /// and 0.79, and trembles around it; none ever reaches a limit.
    static func hundredths(_ index: Int) -> Int {
        let sensor = index % sensorsCount
        let noise = (UInt64(index) &* 0x9e37_79b9_7f4a_7c15) >> 33
        return 30 + sensor % 50 + Int(noise % 5)
    }

    /// The time of reading number `index`: every sensor sends once in a millisecond, so that each
    /// reading is newer than the one before it and no detector may skip it.
    static func milliseconds(_ index: Int) -> Int64 {
        startMilliseconds + Int64(index / sensorsCount)
    }

    /// Reading number `index` as ingest would put it into the ring.
    static func reading(_ index: Int) -> Reading {
        let time = Timestamp(nanoseconds: milliseconds(index) * 1_000_000)
        return Reading(
            sensor: UInt32(index % sensorsCount), kind: .measurement, marks: .hasSequence,
            sourceTime: time, arrivalTime: time, value: Double(hundredths(index)) / 100,
            sequence: UInt64(index))
    }

    /// The payload of reading number `index`.
    static func payload(_ index: Int) -> [UInt8] {
        let value = hundredths(index)
        let text =
            "{\"ts\":\(milliseconds(index)),\"v\":0.\(value),\"seq\":\(1_000_000_000 + index)}"
        return Array(text.utf8)
    }
}
