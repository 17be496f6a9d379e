internal import GasModel

/// What an assessment asks of a site again and again, looked up once: which place is where, whose
/// air goes where, who guards what.
///
/// **Cost:** a look at every sensor and place; for a start or a change of the site.
struct SiteMap: Sendable {
    /// By `Place.id`, the index in `Site.places`.
    let number: [String: Int]
    /// For each place the indexes of the places that its air goes to next.
    let next: [[Int]]
    /// For each place the index of its district; -1 for none.
    let district: [Int]
    /// For each district its places.
    let members: [[Int]]
    /// For each place how many sensors with limits it has.
    let guardCounts: [Int]
    /// By gateway, the places of its sensors, rising.
    let placesOfGateway: [String: [Int]]
    /// By registry index, the place of a sensor; -1 for none.
    let placeOfSensor: [Int32]
    /// The codes of the sensors whose doubt says nothing of gas control: heat, pressure and so on,
    /// where no limit watches it.
    let bystanders: Set<String>
    /// By the code of a pump's sensor, the places whose drainage it tells of.
    let placesOfPump: [String: [Int]]
    /// The place that answers for the drainage of the whole mine, where it is not its own.
    let station: Int?

    init(_ roster: SensorRoster) {
        let site = roster.site
        let places = site.places
        let number = Dictionary(
            places.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        let districts = Dictionary(
            site.districts.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first }
        )
        self.number = number
        next = places.map { $0.ventilates.compactMap { number[$0] } }
        let district = places.map { place in place.district.flatMap { districts[$0] } ?? -1 }
        self.district = district
        members = site.districts.indices.map { index in
            places.indices.filter { district[$0] == index }
        }
        var guards = [Int](repeating: 0, count: places.count)
        var gateways: [String: Set<Int>] = [:]
        var placeOfSensor = [Int32](repeating: -1, count: roster.sensors.count)
        var bystanders: Set<String> = []
        for (index, sensor) in roster.sensors.enumerated() {
            guard let sensor else { continue }
            if !sensor.isWitness { bystanders.insert(sensor.id) }
            guard let place = number[sensor.place] else { continue }
            placeOfSensor[index] = Int32(place)
            if sensor.limits != nil { guards[place] += 1 }
            if let gateway = sensor.gateway { gateways[gateway, default: []].insert(place) }
        }
        guardCounts = guards
        placesOfGateway = gateways.mapValues { $0.sorted() }
        self.placeOfSensor = placeOfSensor
        self.bystanders = bystanders
        var pumps: [String: [Int]] = [:]
        for (place, codes) in site.drainage {
            for code in codes { pumps[code, default: []].append(number[place] ?? 0) }
        }
        placesOfPump = pumps
        station = site.drainageStation.flatMap { number[$0] }.flatMap {
            places[$0].needsDrainage ? nil : $0
        }
    }

    /// The places that the air of `place` goes to, one after the other; rising, without itself.
    func downstream(of place: Int) -> [Int] {
        var seen: Set<Int> = [place]
        var waiting = next[place]
        while let place = waiting.popLast() {
            if seen.insert(place).inserted { waiting += next[place] }
        }
        seen.remove(place)
        return seen.sorted()
    }
}

extension Sensor {
    /// Whether gas control rests on it: it watches a limit, or tells of what proves it.
    var isWitness: Bool { limits != nil || quantity.definition.provesControl }
}
