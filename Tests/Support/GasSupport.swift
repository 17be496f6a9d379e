package import GasModel
internal import SiteDescription

/// Builders that tests of every floor share: a heading with two sensors, and readings of them.
package enum Heading {
    /// Face: alarm 1.0, cut 1.5, re-power 1.0, every second; index 0.
    package static let face: UInt32 = 0
    /// Return: alarm, cut and re-power 1.0, every second; index 1.
    package static let faceReturn: UInt32 = 1

    /// The two sensors, by index.
    package static var sensors: [Sensor?] {
        [
            sensor("H101-T1", .face, alarm: 1.0, cut: 1.5, repower: 1.0),
            sensor("H101-T2", .faceReturn, alarm: 1.0, cut: 1.0, repower: 1.0),
        ]
    }

    /// Mine `demo`, place `H101`, both sensors.
    package static var site: Site {
        var site = Site(
            mine: "demo", name: "Demo", places: [Place(id: "H101", name: "Heading 101")],
            sensors: sensors.compactMap { $0 }, fingerprint: "f00d")
        site.grounds = grounds
        return site
    }

    /// The grounds for a halt that hold under any law.
    package static var grounds: [HaltGround] { HaltGrounds.grounds(under: nil) }

    /// The titles of all grounds that are part of the program.
    package static var groundTitles: [String] { HaltGrounds.all.flatMap(\.grounds).map(\.title) }

    /// The site with its sensors by index.
    package static var roster: SensorRoster { SensorRoster(site: site, sensors: sensors) }

    /// The change from `old` to `new`, both by index, as the daemon makes it. `decommissioned`: the
    /// codes that the new site names.
    package static func change(
        from old: [Sensor?], to new: [Sensor?], run: UInt64 = 1, generation: UInt64 = 1,
        decommissioned: [String] = []
    ) -> SiteChange {
        let names = (0..<max(old.count, new.count)).map { index in
            let sensor =
                (index < new.count ? new[index] : nil) ?? (index < old.count ? old[index] : nil)
            return sensor?.id ?? decommissioned.first ?? "none-\(index)"
        }
        return SiteChange(
            run: run, generation: generation, from: roster(old, fingerprint: "f00d"),
            to: roster(
                new, fingerprint: "f00d-\(generation)",
                decommissioned: decommissioned.map {
                    Decommission(sensor: $0, by: "Chief Engineer", reason: "sealed off")
                }), names: names)
    }

    /// A roster of the heading with other sensors.
    package static func roster(
        _ sensors: [Sensor?], fingerprint: String = "f00d", decommissioned: [Decommission] = []
    ) -> SensorRoster {
        var site = site
        site.sensors = sensors.compactMap { $0 }
        site.fingerprint = fingerprint
        site.decommissioned = decommissioned
        return SensorRoster(site: site, sensors: sensors)
    }

    /// The steps at which an over-limit grows graver, as the Chinese tables have them.
    package static let steps = [2.0, 3.0].map { LimitStep(at: Limit($0), duty: "report at once") }

    /// A sensor of the heading that reports every second from 0 to 100 %.
    package static func sensor(
        _ id: String, _ role: SensorRole, alarm: Double, cut: Double?, repower: Double,
        range: ClosedRange<Double> = 0...100
    ) -> Sensor {
        guard let limits = try? GasLimits(alarm: alarm, cut: cut, repower: repower) else {
            preconditionFailure("a test asks for limits that are none")
        }
        return Sensor(
            id: id, place: "H101", role: role, limits: limits, steps: steps, intervalSeconds: 1,
            range: range)
    }
}

extension SensorRole {
    /// At the face.
    package static let face = SensorRole(rawValue: "T1")
    /// In the return of the face.
    package static let faceReturn = SensorRole(rawValue: "T2")
}

/// Second 0 of every test: 2026-11-23T18:00:00Z.
package let testStart = Timestamp(milliseconds: 1_795_456_800_000)

extension Timestamp {
    /// `seconds` after the start of the test.
    package static func at(_ seconds: Double) -> Timestamp {
        testStart.advanced(byNanoseconds: Int64(seconds * 1e9))
    }
}

/// Readings with rising positions, as a ring would hand them out.
package struct ReadingSource {
    /// Position of the next record.
    package var position: UInt64

    /// Records from `position` on.
    package init(position: UInt64 = 0) { self.position = position }

    /// A measurement of `sensor`, measured at `second` and arrived `delay` seconds later.
    package mutating func value(
        _ value: Double, of sensor: UInt32 = Heading.face, at second: Double, delay: Double = 0
    ) -> Reading {
        take(
            Reading(
                sensor: sensor, kind: .measurement, sourceTime: .at(second),
                arrivalTime: .at(second + delay), value: value,
                arrivalUptime: Int64((second + delay) * 1e9)))
    }

    /// A message of `sensor` without a usable number.
    package mutating func fault(
        _ quality: Reading.Quality, of sensor: UInt32 = Heading.face, at second: Double
    ) -> Reading {
        take(
            Reading(
                sensor: sensor, kind: .fault, quality: quality, sourceTime: .at(second),
                arrivalTime: .at(second), arrivalUptime: Int64(second * 1e9)))
    }

    /// A record of time or link.
    package mutating func event(_ kind: Reading.Kind, at second: Double) -> Reading {
        take(
            Reading(
                sensor: 0, kind: kind, sourceTime: .at(second), arrivalTime: .at(second),
                arrivalUptime: Int64(second * 1e9)))
    }

    /// The record at which the site changes, as ingest writes it.
    package mutating func siteChange(_ change: SiteChange, at second: Double) -> Reading {
        take(
            Reading(
                sensor: 0, kind: .siteChange, sourceTime: .at(second), arrivalTime: .at(second),
                sequence: change.generation, boot: change.run,
                arrivalUptime: Int64(second * 1e9)))
    }

    private mutating func take(_ reading: Reading) -> Reading {
        var reading = reading
        reading.position = position
        position += 1
        return reading
    }
}
