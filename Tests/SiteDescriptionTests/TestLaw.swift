import GasModel

/// A small limit table and a policy for the tests: every kind of row that the reader can meet.
enum TestLaw {
    static let tables = [table, classless]
    static let policies = [policy]

    static let table = LimitTable(
        name: "law", jurisdiction: "Nowhere", edition: "2025", title: "A small table",
        fingerprint: "7ab1e",
        rows: [
            row("heading-t1", "T1", .heading, 1.0, 1.5, 1.0, .secondary),
            row("heading-t2", "T2", .heading, 1.0, 1.0, 1.0, .yes, [.high, .outburst]),
            row("heading-machine", "machine", .heading, 1.0, 1.5, 1.0, .no),
            row("longwall-t1", "T1", .longwall, 1.0, 1.5, 1.0, .yes),
            row("district-return", "district-return", .districtReturn, 1.0, 1.0, 1.0, .yes),
            row("main-return", "main-return", .mainReturn, 0.75, nil, nil, .no),
            LimitRow(
                id: "intake", role: SensorRole(rawValue: "intake"), title: "Intake",
                places: [.intake], gasClasses: [], alarm: Limit(0.25, beyond: true),
                cut: Limit(0.5, beyond: true), repower: nil, steps: [], scope: "all",
                duty: "withdraw", basis: basis("s 242", .yes)),
        ],
        requirements: [
            requirement("heading-t1", .methane, "T1", .heading, []),
            requirement("heading-t2", .methane, "T2", .heading, [.high, .outburst]),
            requirement("feed-state", .feedPower, nil, .districtReturn, []),
        ])

    /// A law that knows no gas class.
    static let classless = LimitTable(
        name: "classless", jurisdiction: "Elsewhere", edition: "1", title: "No gas class",
        fingerprint: "c1a55", rows: [row("face", "face", .heading, 1.0, 1.5, 1.0, .yes)],
        requirements: [])

    static let policy = ProvincePolicy(
        name: "province", title: "Rules of the province", outputTonnesMin: 300_000,
        outputBasis: basis("output", .yes), haltDays: [3, 6, 9], cycleMonths: 2,
        haltBasis: basis("halts", .secondary), calibrationDays: 15,
        calibrationBasis: basis("calibration", .secondary), fingerprint: "ba5e")

    private static func basis(_ article: String, _ verified: Verification) -> LegalBasis {
        LegalBasis(
            instrument: "Mine Act", edition: "2025", article: article, verified: verified)
    }

    private static func row(
        _ id: String, _ role: String, _ kind: PlaceKind, _ alarm: Double, _ cut: Double?,
        _ repower: Double?, _ verified: Verification, _ classes: [GasClass] = []
    ) -> LimitRow {
        LimitRow(
            id: id, role: SensorRole(rawValue: role), title: id, places: [kind],
            gasClasses: classes, alarm: Limit(alarm), cut: cut.map { Limit($0) },
            repower: repower, steps: [LimitStep(at: Limit(3), duty: "report")], scope: "all",
            duty: "stop work", basis: basis("table, \(id)", verified))
    }

    private static func requirement(
        _ id: String, _ quantity: Quantity, _ role: String?, _ kind: PlaceKind,
        _ classes: [GasClass]
    ) -> SensorRequirement {
        SensorRequirement(
            id: id, quantity: quantity, role: role.map { SensorRole(rawValue: $0) },
            places: [kind], gasClasses: classes, onlyInSeries: false, title: id,
            basis: basis("sensors, \(id)", .yes))
    }
}
