internal import GasModel

/// An assessment while it is filled in: what is added first stands first.
struct Sheet {
    /// How far something reaches.
    enum Reach {
        /// Everything. `from`: the place that it comes from, if it is one.
        case mine(from: String?)
        /// These places, and, where one is named, those that its air goes to.
        case places([Int], from: String?, downstreamOf: Int?)
        /// A place that the site does not have: only the mine as a whole answers for it.
        case noPlace(from: String)

        /// The same without the places that the air goes to.
        var withoutDownstream: Reach {
            guard case .places(let places, let from, _) = self else { return self }
            return .places(places, from: from, downstreamOf: nil)
        }
    }

    /// Most places that a text names one by one.
    private static let namesMax = 5

    private let site: Site
    private let map: SiteMap
    private var mine: [Assessment.Evidence] = []
    private var districts: [[Assessment.Evidence]]
    private var places: [[Assessment.Evidence]]
    private var downstream: [Int: [Int]] = [:]

    init(_ site: Site, _ map: SiteMap) {
        self.site = site
        self.map = map
        districts = site.districts.map { _ in [] }
        places = site.places.map { _ in [] }
    }

    var assessment: Assessment {
        Assessment(
            mine: .init(.mine, site.mine, site.name, evidence: mine),
            districts: zip(site.districts, districts).map {
                .init(.district, $0.id, $0.name, evidence: $1)
            },
            places: zip(site.places, places).map { .init(.place, $0.id, $0.name, evidence: $1) })
    }

    mutating func add(_ evidence: Assessment.Evidence, _ reach: Reach) {
        switch reach {
        case .mine(let from):
            let told = evidence.coming(from: from)
            mine.append(told)
            for index in districts.indices { districts[index].append(told) }
            for index in places.indices {
                places[index].append(site.places[index].id == from ? evidence : told)
            }
        case .noPlace(let from): mine.append(evidence.coming(from: from))
        case .places(let own, let from, let source):
            let told = evidence.coming(from: from)
            mine.append(told)
            var reached: Set<Int> = []
            var all = own
            if let source {
                let known = Set(own)
                all += flow(from: source).filter { !known.contains($0) }
            }
            for place in all {
                places[place].append(site.places[place].id == from ? evidence : told)
                let district = map.district[place]
                if district >= 0, reached.insert(district).inserted {
                    districts[district].append(told)
                }
            }
        }
    }

    /// Adds a doubt about the whole mine that no advisory tells of.
    mutating func add(doubt: Phrase) { add(evidence(doubt), .mine(from: nil)) }

    /// Adds a doubt about one place and no area above it.
    mutating func add(doubt: Phrase, toPlace place: Int) { places[place].append(evidence(doubt)) }

    private func evidence(_ doubt: Phrase) -> Assessment.Evidence {
        .init(.doubtful, [doubt], in: site.language)
    }

    /// Adds one doubt about all of `found` to the mine, and to each district about those in it.
    mutating func addToAreas(of found: [Int], _ doubt: (Phrase) -> Phrase) {
        if found.isEmpty { return }
        mine.append(evidence(doubt(names(found))))
        let byDistrict = Dictionary(grouping: found) { map.district[$0] }
        for index in districts.indices {
            guard let here = byDistrict[index] else { continue }
            districts[index].append(evidence(doubt(names(here))))
        }
    }

    private func names(_ found: [Int]) -> Phrase {
        let shown = found.prefix(Self.namesMax).map { site.places[$0].id }
        let more = found.count - shown.count
        return more > 0 ? Phrase("more-places", Phrase.list(shown), more) : Phrase.list(shown)
    }

    private mutating func flow(from place: Int) -> [Int] {
        if let known = downstream[place] { return known }
        let found = map.downstream(of: place)
        downstream[place] = found
        return found
    }
}

extension Assessment.Evidence {
    /// The same as it is told of another area than the place that it comes from.
    fileprivate func coming(from place: String?) -> Self {
        var evidence = self
        evidence.from = place
        return evidence
    }
}
