import GasModel

/// Reads the tree of a site file: the one place that knows its keys.
///
/// A new key is one line in the block that it belongs to, and one in `Deploy/samples/README.md`.
struct SiteReader {
    /// Most sensors of one site: the ring's registry numbers them in 16 bits, and 0 is nobody.
    static let sensorsMax = 65_535

    private let problems: ProblemList
    private var placeCodes = UniqueCodes(of: "place")
    private var sensorCodes = UniqueCodes(of: "sensor")
    /// The places that sensors name; `nil` once a sensor does not say which.
    private var guardedPlaces: Set<String>? = []

    init(_ problems: ProblemList) { self.problems = problems }

    /// The site that the tree describes, complete only when no problem was added.
    mutating func site(_ root: Item, fingerprint: String) -> Site? {
        guard var file = Block(root, title: "the site file", problems: problems) else { return nil }
        let mine = file.block("mine", title: "the mine").flatMap(mine)
        let places = file.list("places")
        let sensors = file.list("sensors")
        file.refuseUnknownKeys()
        let knownPlaces = places.map { readPlaces($0) }
        let knownSensors = sensors.map { readSensors($0) }
        if sensors != nil { refusePlacesWithoutSensors() }
        guard let mine, let knownPlaces, let knownSensors else { return nil }
        return Site(
            mine: mine.code, name: mine.name, places: knownPlaces, sensors: knownSensors,
            fingerprint: fingerprint)
    }

    private func mine(_ block: Block) -> (code: String, name: String)? {
        var block = block
        let code = block.required("code", .code)
        let name = block.required("name", .name)
        block.refuseUnknownKeys()
        guard let code, let name else { return nil }
        return (code.value, name.value)
    }

    private mutating func readPlaces(_ items: [Item]) -> [Place] {
        items.enumerated().compactMap { place($1, number: $0 + 1) }
    }

    private mutating func place(_ item: Item, number: Int) -> Place? {
        guard var block = Block(item, of: "place", number: number, problems: problems) else {
            return nil
        }
        let id = block.required("id", .code)
        let name = block.required("name", .name)
        block.refuseUnknownKeys()
        if let id { placeCodes.insert(id, problems) }
        guard let id, let name else { return nil }
        return Place(id: id.value, name: name.value)
    }

    private mutating func readSensors(_ items: [Item]) -> [Sensor] {
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
        let role = block.required("role", .code)
        let unit = block.required("unit", .name)
        let possible = Quantity.methane.definition.possible
        let limitBlock = block.block("limits", title: "limits of \(block.title)")
        let interval = block.required("interval", .interval)
        let range = block.optional("range", .range, standard: possible)
        block.refuseUnknownKeys()

        if let id { sensorCodes.insert(id, problems) }
        note(place, of: block.title)
        if let range { refuseImpossible(range, .methane) }
        let limits = limitBlock.flatMap { LimitReader(problems).limits($0, range: range?.value) }
        guard let id, let place, let role, unit != nil, let limits, let interval, let range else {
            return nil
        }
        return Sensor(
            id: id.value, place: place.value, role: SensorRole(rawValue: role.value),
            limits: limits, intervalSeconds: interval.value, range: range.value)
    }

    /// Notes which place a sensor guards, and refuses one that does not exist.
    private mutating func note(_ place: Found<String>?, of sensor: String) {
        guard let place else {
            guardedPlaces = nil
            return
        }
        guardedPlaces?.insert(place.value)
        // Without a single readable place, every sensor would be said to stand nowhere.
        guard !placeCodes.positions.isEmpty, placeCodes.positions[place.value] == nil else {
            return
        }
        problems.add(
            place.position,
            "\(sensor) stands in the place \(quoted(place.value)), which is not there",
            hint: problems.suggestion(for: place.value, among: placeCodes.positions.keys.sorted()))
    }

    private func refuseImpossible(_ range: Found<ClosedRange<Double>>, _ quantity: Quantity) {
        let possible = quantity.definition.possible
        guard
            !possible.contains(range.value.lowerBound)
                || !possible.contains(range.value.upperBound)
        else { return }
        problems.add(
            range.position, "the range goes beyond what \(quantity.definition.unit) can be",
            hint: "allowed: within [\(possible.lowerBound), \(possible.upperBound)]")
    }

    /// A place that no sensor guards can never be proven safe. Said only when every sensor tells
    /// its place: otherwise the missing one may be there, in a line that could not be read.
    private func refusePlacesWithoutSensors() {
        guard let guardedPlaces else { return }
        for (id, position) in placeCodes.positions where !guardedPlaces.contains(id) {
            problems.add(position, "the place \(quoted(id)) has no sensor")
        }
    }
}

/// The codes of one kind of thing, each given once in the file.
private struct UniqueCodes {
    let kind: String
    /// Where each code stands first.
    private(set) var positions: [String: Position] = [:]

    init(of kind: String) { self.kind = kind }

    /// Adds a code, or reports that it was given before.
    mutating func insert(_ code: Found<String>, _ problems: ProblemList) {
        guard let earlier = positions[code.value] else {
            positions[code.value] = code.position
            return
        }
        problems.add(
            code.position, "the \(kind) \(quoted(code.value)) is described twice",
            hint: "first in line \(earlier.line)")
    }
}
