import GasModel

/// Reads districts and places, and what they refer to.
struct PlaceReader {
    private let problems: ProblemList
    private var districtCodes = UniqueCodes(of: "district")
    private(set) var codes = UniqueCodes(of: "place")
    /// The kind of each place that says it.
    private(set) var kinds: [String: PlaceKind] = [:]
    /// The sensors that places name as telling production, by place.
    private var production: [(place: String, sensor: Found<String>)] = []
    /// Where the file says that the gas of a place must be drained.
    private(set) var drained: [Position] = []
    /// Where the air of a place goes to, by place.
    private var ways: [(from: String, to: Found<String>)] = []

    init(_ problems: ProblemList) { self.problems = problems }

    /// The districts.
    mutating func districts(_ items: [Item]) -> [District] {
        items.enumerated().compactMap { number, item in
            guard
                var block = Block(item, of: "district", number: number + 1, problems: problems)
            else { return nil }
            let id = block.required("id", .code)
            let name = block.required("name", .name)
            let position = block.optional("position", .code)
            block.refuseUnknownKeys()
            if let id { districtCodes.insert(id, problems) }
            guard let id, let name else { return nil }
            return District(id: id.value, name: name.value, position: position?.value)
        }
    }

    /// The places; what they refer to among each other is checked.
    mutating func places(_ items: [Item]) -> [Place] {
        let places = items.enumerated().compactMap { place($1, number: $0 + 1) }
        refuseUnknownWays()
        refuseCircles()
        return places
    }

    private mutating func place(_ item: Item, number: Int) -> Place? {
        guard var block = Block(item, of: "place", number: number, problems: problems) else {
            return nil
        }
        let id = block.required("id", .code)
        let name = block.required("name", .name)
        let kind = block.required("kind", Form<PlaceKind>.choice("kind of place"))
        let district = block.optional("district", .code)
        let ventilates = block.optional("ventilates", .codes)
        let production = block.optional("production", .codes)
        let drainage = block.optional("drainage", Form<Demand>.choice("word"))
        let withdrawal = block.optional("withdrawal", .interval)
        block.refuseUnknownKeys()
        if let drainage, drainage.value == .required { drained.append(drainage.position) }

        if let id {
            codes.insert(id, problems)
            kinds[id.value] = kind?.value
            refuseRepeated(ventilates, "ventilates", of: block.title)
            refuseRepeated(production, "production", of: block.title)
            ways += (ventilates?.value ?? []).map { (id.value, $0) }
            self.production += (production?.value ?? []).map { (id.value, $0) }
        }
        if let district {
            _ = districtCodes.holds(
                district, "\(block.title) belongs to the district", problems)
        }
        guard let id, let name, let kind else { return nil }
        var place = Place(
            id: id.value, name: name.value, kind: kind.value, district: district?.value,
            ventilates: ventilates?.value.map(\.value) ?? [],
            production: production?.value.map(\.value) ?? [])
        place.needsDrainage = drainage?.value == .required
        place.withdrawalSeconds = withdrawal?.value
        return place
    }

    private func refuseRepeated(_ list: Found<[Found<String>]>?, _ key: String, of title: String) {
        var seen: Set<String> = []
        for code in list?.value ?? [] where !seen.insert(code.value).inserted {
            problems.add(
                code.position, "\(key) of \(title) names \(quoted(code.value)) twice")
        }
    }

    private func refuseUnknownWays() {
        for way in ways {
            if way.to.value == way.from {
                problems.add(
                    way.to.position, "the place \(quoted(way.from)) ventilates itself",
                    hint: "allowed: the places that its air goes to next")
            } else {
                _ = codes.holds(way.to, "the place \(quoted(way.from)) ventilates", problems)
            }
        }
    }

    /// Reports what no circle of the air can be: a slip of the pen.
    private func refuseCircles() {
        var walk = AirWalk(ways.filter { $0.from != $0.to.value })
        while let circle = walk.nextCircle() {
            problems.add(circle.closedBy, "the air goes in a circle: \(circle.text)")
        }
    }

    /// Checks the sensors that tell production, once all sensors are known.
    func refuseFalseProduction(_ sensors: [String: SensorFacts], _ sensorCodes: UniqueCodes) {
        for (place, code) in production {
            let title = "the place \(quoted(place))"
            guard sensorCodes.holds(code, "production of \(title) is told by", problems),
                let sensor = sensors[code.value]
            else { continue }
            if let elsewhere = sensor.place, elsewhere != place {
                problems.add(
                    code.position,
                    "production of \(title) is told by \(quoted(code.value)), which stands in "
                        + quoted(elsewhere))
            } else if let quantity = sensor.quantity, quantity != .production {
                problems.add(
                    code.position,
                    "\(quoted(code.value)) tells \(quantity.rawValue), not production")
            }
        }
    }

    /// Drainage that no sensor tells of can never be seen to run. Said only when every sensor says
    /// what it measures.
    func refuseUntoldDrainage(_ sensors: [String: SensorFacts], ofMine mine: Position?) {
        let quantities = sensors.values.map(\.quantity)
        guard !quantities.contains(nil), !quantities.contains(.drainagePump) else { return }
        for position in [mine].compactMap({ $0 }) + drained {
            problems.add(
                position, "drainage is required, and no sensor tells whether a pump runs",
                hint: "describe one of the quantity drainage-pump")
        }
    }

    /// A place that no sensor guards can never be proven safe. Said only when every sensor tells
    /// its place: otherwise the missing one may be there, in a line that could not be read.
    func refuseUnguarded(_ guarded: Set<String>?) {
        guard let guarded else { return }
        for (id, position) in codes.positions where !guarded.contains(id) {
            problems.add(position, "the place \(quoted(id)) has no sensor")
        }
    }
}
