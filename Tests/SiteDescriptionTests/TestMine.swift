import GasModel

/// A mine of as many places as a test wants, under a small table of its own.
enum TestMine {
    static let today = "2026-11-23"

    /// Three kinds of working place, in turn: longwall, heading, district return.
    static func site(places: Int, gasClass: GasClass? = .outburst) -> Site {
        let kinds: [PlaceKind] = [.longwall, .heading, .districtReturn]
        let all = (0..<places).map { index in
            let kind = kinds[index % 3]
            return Place(
                id: "P\(index + 1)", name: "\(kind.rawValue) number \(index + 1)", kind: kind,
                district: "D1")
        }
        return Site(
            mine: "test", name: "Test mine", gasClass: gasClass, outputTonnes: 450_000,
            table: table, policy: policy, districts: [District(id: "D1", name: "District 1")],
            places: all, sensors: all.flatMap { sensors(of: $0, gasClass) }, people: people,
            fingerprint: "f00d")
    }

    /// Everything that the table asks for in `place`, one sensor each.
    static func sensors(of place: Place, _ gasClass: GasClass?) -> [Sensor] {
        table.requirements
            .filter {
                $0.places.contains(place.kind) && !$0.onlyInSeries
                    && ($0.gasClasses.isEmpty || gasClass.map($0.gasClasses.contains) == true)
            }
            .map { sensor($0, in: place, gasClass) }
    }

    /// What `requirement` asks for.
    static func sensor(
        _ requirement: SensorRequirement, in place: Place, _ gasClass: GasClass? = .outburst
    ) -> Sensor {
        let role = requirement.role ?? SensorRole(rawValue: requirement.quantity.rawValue)
        let row = table.row(role: role, in: place.kind, of: gasClass)
        return Sensor(
            id: "\(place.id)-\(role.rawValue)", place: place.id, role: role,
            quantity: requirement.quantity, limits: try? row?.limits(), row: row,
            intervalSeconds: 1, range: requirement.quantity.definition.possible,
            calibrationDue: requirement.quantity == .methane ? "2026-12-01" : nil)
    }

    static let people = [
        Person(name: "Li Ming", duty: .dispatcher, contact: "ext. 110"),
        Person(name: "Zhang Wei", duty: .gasInspector, contact: nil),
        Person(name: "Chen Jun", duty: .chiefEngineer, contact: nil, login: "chen"),
    ]

    static func basis(_ article: String, _ verified: Verification) -> LegalBasis {
        LegalBasis(
            instrument: "Coal Mine Safety Regulations", edition: "2025", article: article,
            verified: verified)
    }

    static let policy = ProvincePolicy(
        name: "province", title: "Rules of the province", outputTonnesMin: 300_000,
        outputBasis: LegalBasis(
            instrument: "Notice of the province", edition: "2019-12-18", article: "item 1",
            verified: .yes), haltDays: [3, 6, 9], cycleMonths: 2,
        haltBasis: basis("halts", .secondary), calibrationDays: 15,
        calibrationBasis: basis("calibration", .secondary), fingerprint: "ba5e")

    static let table = LimitTable(
        name: "small", jurisdiction: "China", edition: "2025", title: "A small table",
        fingerprint: "7ab1e",
        rows: [
            row("face", "T1", [.longwall, .heading], 1, 1.5, 1, basis("table, face", .yes)),
            row(
                "return", "T2", [.longwall, .heading], 1, 1, 1, basis("table, return", .yes)),
            row("series", "T3", [.heading], 0.5, 0.5, 0.5, basis("table, series", .no)),
            row("district", "district-return", [.districtReturn], 1, nil, 1, basis("171", .no)),
        ],
        requirements: [
            requirement("face-t1", .methane, "T1", [.longwall, .heading], [], "working face"),
            requirement(
                "return-t2", .methane, "T2", [.longwall, .heading], [.high, .outburst],
                "return of the face"),
            requirement(
                "heading-t3", .methane, "T3", [.heading], [], "in front of the local fan",
                onlyInSeries: true),
            requirement(
                "feed", .feedPower, nil, [.longwall, .heading, .districtReturn], [],
                "power behind the switch, so that a halt can be seen to have happened"),
            requirement(
                "district-any", .methane, nil, [.districtReturn], [], "return of the district"),
        ])

    private static func row(
        _ id: String, _ role: String, _ places: [PlaceKind], _ alarm: Double, _ cut: Double?,
        _ repower: Double, _ basis: LegalBasis
    ) -> LimitRow {
        LimitRow(
            id: id, role: SensorRole(rawValue: role), title: id, places: places, gasClasses: [],
            alarm: Limit(alarm), cut: cut.map { Limit($0) }, repower: repower, steps: [],
            scope: "the place", duty: "stop work", basis: basis)
    }

    private static func requirement(
        _ id: String, _ quantity: Quantity, _ role: String?, _ places: [PlaceKind],
        _ gasClasses: [GasClass], _ title: String, onlyInSeries: Bool = false
    ) -> SensorRequirement {
        SensorRequirement(
            id: id, quantity: quantity, role: role.map(SensorRole.init), places: places,
            gasClasses: gasClasses, onlyInSeries: onlyInSeries, title: title,
            basis: basis("where sensors stand, \(id)", .secondary))
    }
}
