/// Which sensors belong together: a site's places with their sensors by index, for detectors that
/// look at more than one sensor.
package struct SiteLayout: Sendable, Equatable {
    /// One working place.
    package struct Room: Sendable, Equatable {
        /// The place.
        package var place: Place
        /// Its sensors, by index in the registry, rising.
        package var sensors: [UInt32]
        /// Those of them, or of other places, that tell whether work goes on in it.
        package var production: [UInt32]
        /// Indexes in `rooms` of the places that its air goes to next, rising.
        package var downstream: [Int]
        /// Indexes in `rooms` of the places whose air comes here, rising.
        package var upstream: [Int]
    }

    /// The places, in the order of the site file.
    package let rooms: [Room]
    /// For each sensor of the registry the index in `rooms` of its place; -1 for one that is not in
    /// the site.
    package let room: [Int32]

    /// The layout of `roster`. **Cost:** a look at every sensor and place; for a start or a change
    /// of the site.
    package init(_ roster: SensorRoster) {
        let places = roster.site.places
        let number = Dictionary(
            places.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var index: [String: UInt32] = [:]
        var sensors = [[UInt32]](repeating: [], count: places.count)
        var room = [Int32](repeating: -1, count: roster.sensors.count)
        for (place, sensor) in roster.sensors.enumerated() {
            guard let sensor else { continue }
            index[sensor.id] = UInt32(place)
            guard let at = number[sensor.place] else { continue }
            sensors[at].append(UInt32(place))
            room[place] = Int32(at)
        }
        var upstream = [[Int]](repeating: [], count: places.count)
        let downstream = places.enumerated().map { from, place in
            let next = place.ventilates.compactMap { number[$0] }.sorted()
            for to in next { upstream[to].append(from) }
            return next
        }
        rooms = places.indices.map { at in
            Room(
                place: places[at], sensors: sensors[at],
                production: places[at].production.compactMap { index[$0] }.sorted(),
                downstream: downstream[at], upstream: upstream[at])
        }
        self.room = room
    }

    /// The place of the sensor at `index`; `nil` for one that is not in the site.
    package func room(of index: UInt32) -> Room? {
        guard Int(index) < room.count, room[Int(index)] >= 0 else { return nil }
        return rooms[Int(room[Int(index)])]
    }
}
