import GasDetection
import GasModel
import Support

/// A heading with everything that control asks of: three gas sensors of one role, two fans, a duct,
/// the feed, the station's cut command and the header, in one bench whose clock goes second by
/// second.
struct ControlBench {
    static let gas: [UInt32] = [0, 1, 2]
    static let fans: [UInt32] = [3, 4]
    static let duct: UInt32 = 5
    static let feed: UInt32 = 6
    static let command: UInt32 = 7
    static let header: UInt32 = 8
    static let accepted = ["H101", "H102"].flatMap {
        acceptances(of: $0, until: "2099-12-31")
    }
    /// Alone in another place.
    static let elsewhere: UInt32 = 9

    static var sensors: [Sensor?] {
        var sensors: [Sensor?] = (1...3).map {
            Heading.sensor("T1-\($0)", .face, alarm: 1, cut: 1.5, repower: 1)
        }
        for (id, quantity) in [
            ("fan-1", Quantity.fanRunning), ("fan-2", .fanRunning), ("duct", .ductFlow),
            ("feed", .feedPower), ("command", .cutCommand), ("header", .production),
        ] { sensors.append(state(id, quantity)) }
        var other = Heading.sensor("E1", .face, alarm: 1, cut: 1.5, repower: 1)
        other.place = "H102"
        sensors.append(other)
        return sensors
    }

    static func state(_ id: String, _ quantity: Quantity) -> Sensor {
        Sensor(
            id: id, place: "H101", role: SensorRole(rawValue: quantity.rawValue),
            quantity: quantity, limits: nil, intervalSeconds: 1, range: 0...1)
    }

    /// A table that asks for a T2 and a T3 in every heading; the bench has neither.
    static var table: LimitTable {
        let basis = LegalBasis(instrument: "law", edition: "1", article: "1", verified: .yes)
        let asked = ["T2", "T3"].map { role in
            SensorRequirement(
                id: "heading-\(role)", quantity: .methane, role: SensorRole(rawValue: role),
                places: [.heading], gasClasses: [], onlyInSeries: false, title: role, basis: basis)
        }
        return LimitTable(
            name: "law", jurisdiction: "", edition: "1", title: "", fingerprint: "", rows: [],
            requirements: asked)
    }

    static func acceptances(of place: String, until day: String) -> [AcceptedGap] {
        ["heading-T2", "heading-T3"].map {
            AcceptedGap(
                requirement: $0, place: place, acceptedBy: "Chief Engineer", reason: "short",
                until: day)
        }
    }

    static func roster(
        _ sensors: [Sensor?], decommissioned: [Decommission] = [],
        acceptedGaps: [AcceptedGap] = ControlBench.accepted
    ) -> SensorRoster {
        var site = Heading.site
        site.places = [
            Place(id: "H101", name: "Heading 101", kind: .heading, production: ["header"]),
            Place(id: "H102", name: "Heading 102", kind: .heading),
        ]
        site.sensors = sensors.compactMap { $0 }
        site.decommissioned = decommissioned
        site.needsDrainage = true
        site.table = table
        site.acceptedGaps = acceptedGaps
        return SensorRoster(site: site, sensors: sensors)
    }

    var sensors: [Sensor?]
    var acceptedGaps: [AcceptedGap]
    var detector: ThresholdDetector
    var source = ReadingSource()
    var findings: [Finding] = []
    /// The second that comes next.
    var second = 0
    /// From which second on the machine counts its uptime.
    var startedAt = 0
    /// How late the tick of a second is written. Seconds.
    var lag: (Int) -> Double = { _ in 0 }
    /// What each sensor shows; one that is absent sends nothing.
    var shown: [UInt32: Double] = [
        0: 0.4, 1: 0.4, 2: 0.4, 3: 1, 4: 0, 5: 1, 6: 1, 7: 0, 8: 1, 9: 0.4,
    ]

    init(
        _ sensors: [Sensor?] = ControlBench.sensors,
        acceptedGaps: [AcceptedGap] = ControlBench.accepted
    ) {
        self.sensors = sensors
        self.acceptedGaps = acceptedGaps
        detector = ThresholdDetector(Self.roster(sensors, acceptedGaps: acceptedGaps))
        see(source.event(.linkUp, at: 0))
    }

    mutating func see(_ reading: Reading) {
        var reading = reading
        reading.arrivalUptime -= Int64(startedAt) * 1_000_000_000
        detector.observe(reading, into: &findings)
    }

    /// `seconds` in which each sensor shows what it shows, a reading and a tick a second.
    mutating func run(_ seconds: Int) {
        for _ in 0..<seconds {
            for index in 0..<UInt32(sensors.count) {
                guard let value = shown[index] else { continue }
                see(source.value(value, of: index, at: Double(second)))
            }
            see(source.event(.tick, at: Double(second) + 0.5 + lag(second)))
            second += 1
        }
    }

    /// A record of calibration; 0 minutes end it.
    mutating func calibrate(
        _ sensor: UInt32, minutes: Double, by person: String = "A. Engineer"
    ) {
        var record = source.event(.calibration, at: Double(second) - 0.5)
        record.sensor = sensor
        record.value = minutes
        record.boot = UInt64(nameHash: person)
        see(record)
    }

    mutating func gateway(_ kind: Reading.Kind, _ code: String) {
        var record = source.event(kind, at: Double(second) - 0.25)
        record.boot = UInt64(nameHash: code)
        see(record)
    }

    /// What the book tells of the halts of a place.
    mutating func halt(_ place: String, stands: Bool) {
        var record = source.event(.halt, at: Double(second) - 0.25)
        record.value = stands ? 1 : 0
        record.boot = UInt64(nameHash: place)
        see(record)
    }

    /// Goes over to other sensors.
    mutating func adopt(
        _ new: [Sensor?], decommissioned: [String] = [], acceptedGaps: [AcceptedGap]? = nil
    ) {
        let taken = decommissioned.map {
            Decommission(sensor: $0, by: "Chief Engineer", reason: "gone")
        }
        let names = (0..<max(new.count, sensors.count)).map { index in
            (index < sensors.count ? sensors[index]?.id : nil) ?? new[index]?.id ?? "none"
        }
        let change = SiteChange(
            run: 1, generation: 1, from: Self.roster(sensors, acceptedGaps: self.acceptedGaps),
            to: Self.roster(
                new, decommissioned: taken, acceptedGaps: acceptedGaps ?? self.acceptedGaps),
            names: names)
        detector.adopt(
            change, at: source.siteChange(change, at: Double(second) - 0.25), into: &findings)
        sensors = new
        self.acceptedGaps = acceptedGaps ?? self.acceptedGaps
    }

    /// Ends the run of the detector and goes on with another that reads its state.
    mutating func restart(_ sensors: [Sensor?]? = nil) throws {
        var writer = StateWriter()
        detector.save(to: &writer)
        self.sensors = sensors ?? self.sensors
        var next = ThresholdDetector(Self.roster(self.sensors, acceptedGaps: acceptedGaps))
        var reader = StateReader(writer.words)
        try next.load(from: &reader)
        guard reader.isAtEnd else { throw StateError(offset: 0, reason: "not all was read") }
        detector = next
    }

    /// What was found since the last time, as `rule change subject`.
    mutating func take() -> [String] {
        defer { findings = [] }
        return findings.map { finding in
            let subject =
                switch finding.subject {
                case .sensor(let index): sensors[Int(index)]?.id ?? "\(index)"
                case .place(let id), .gateway(let id): id
                case .link: "link"
                }
            return "\(finding.rule.rawValue) \(finding.change) \(subject)"
        }
    }

    /// The figure of the newest finding whose name begins with `name`.
    func figure(_ name: String) -> Double? {
        findings.last?.evidence.first { $0.name.hasPrefix(name) }?.value
    }
}

extension ControlBench {
    /// Three sensors that report every second through the gateway `gw`, and one without a gateway.
    static func atGateway() -> ControlBench {
        var sensors: [Sensor?] = (0..<3).map { index in
            var sensor = Heading.sensor("S\(index)", .face, alarm: 1, cut: 1.5, repower: 1)
            sensor.gateway = "gw"
            return sensor
        }
        sensors.append(Heading.sensor("alone", .faceReturn, alarm: 1, cut: 1, repower: 1))
        var bench = ControlBench(sensors)
        bench.shown = [:]
        for index in 0...UInt32(3) { bench.shown[index] = 0.4 }
        bench.run(10)
        return bench
    }
}
