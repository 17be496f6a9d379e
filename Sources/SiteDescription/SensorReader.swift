import GasModel

/// What the rest of the file may ask of a sensor.
struct SensorFacts {
    var place: String?
    var quantity: Quantity?
}

/// Reads the sensors.
struct SensorReader {
    /// Most sensors of one site: the ring's registry numbers them in 16 bits, and 0 is nobody.
    static let sensorsMax = 65_535

    private let problems: ProblemList
    private let places: PlaceReader
    private let measures: MeasureReader
    private let limits: LimitReader
    private let delays: AlarmDelayReader
    private let source: LimitSource
    private(set) var codes = UniqueCodes(of: "sensor")
    private(set) var facts: [String: SensorFacts] = [:]
    /// The places that sensors name; `nil` once a sensor does not say which.
    private(set) var guardedPlaces: Set<String>? = []

    init(_ problems: ProblemList, _ mine: MineFacts, _ places: PlaceReader) {
        self.problems = problems
        self.places = places
        measures = MeasureReader(problems)
        limits = LimitReader(problems, mine)
        delays = AlarmDelayReader(problems)
        source = mine.source
    }

    /// The sensors that can be read.
    mutating func sensors(_ items: [Item]) -> [Sensor] {
        if items.count > Self.sensorsMax {
            problems.add(
                items[Self.sensorsMax].position, "the site has \(items.count) sensors",
                hint: "allowed: at most \(Self.sensorsMax)")
        }
        return items.prefix(Self.sensorsMax).enumerated().compactMap {
            sensor($1, number: $0 + 1)
        }
    }

    private mutating func sensor(_ item: Item, number: Int) -> Sensor? {
        guard var block = Block(item, of: "sensor", number: number, problems: problems) else {
            guardedPlaces = nil
            return nil
        }
        let id = block.required("id", .code)
        let place = block.required("place", .code)
        let role = block.optional("role", .code)
        let measure = measures.measure(&block)
        let title = { [block] in "limits of \(block.title)" }
        let limitBlock = block.block("limits", title: title(), isRequired: false)
        let stated = limits.stated(limitBlock)
        let delay = delays.delay(&block)
        let interval = block.required("interval", .interval)
        let due = block.optional("calibration-due", .day)
        let gateway = block.optional("gateway", .code)
        block.refuseUnknownKeys()

        if let id {
            codes.insert(id, problems)
            facts[id.value] = SensorFacts(place: place?.value, quantity: measure?.quantity)
        }
        note(place, of: block)
        guard let measure else { return nil }
        if measure.quantity == .methane, !block.states("role") {
            block.refuseLack(of: "role", hint: "methane is judged by what the sensor watches")
        }
        let subject = LimitSubject(
            block: block, measure: measure, role: role,
            kind: place.flatMap { places.kinds[$0.value] }, stated: stated)
        // What is stated but no block of keys was reported as such.
        let judged =
            stated == nil && block.states("limits") ? (nil, nil) : limits.limits(of: subject)
        if measure.isState || measure.quantity != .methane && !block.states("limits") {
            delays.refuse(delay, ofNoLimitsIn: block)
        }
        guard let id, let place, let interval, let conversion = measure.conversion,
            let range = measure.range
        else { return nil }
        var sensor = Sensor(
            id: id.value, place: place.value,
            role: SensorRole(rawValue: role?.value ?? measure.quantity.rawValue),
            quantity: measure.quantity, conversion: conversion, type: measure.type,
            limits: judged.0, steps: judged.1?.steps ?? [], row: judged.1,
            intervalSeconds: interval.value, range: range.value,
            resolution: measure.resolution?.value, calibrationDue: due?.value,
            gateway: gateway?.value, alarmDelay: delay?.value)
        sensor.sentUnit = measure.isConverted ? measure.unit : nil
        return sensor
    }

    /// Notes which place a sensor guards, and refuses one that does not exist.
    private mutating func note(_ place: Found<String>?, of block: Block) {
        guard let place else {
            guardedPlaces = nil
            return
        }
        guardedPlaces?.insert(place.value)
        // Without a single readable place, every sensor would be said to stand nowhere.
        guard !places.codes.positions.isEmpty else { return }
        _ = places.codes.holds(place, "\(block.title) stands in the place", problems)
    }
}
