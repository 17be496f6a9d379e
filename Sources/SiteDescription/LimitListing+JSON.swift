package import GasModel

extension LimitListing {
    /// What there is to choose from, as JSON: `{"tables": [...], "policies": [...]}`.
    package static func overviewJSON() -> String {
        func entry(_ name: String, _ title: String, _ fingerprint: String) -> JSONValue {
            .object([
                ("name", .text(name)), ("title", .text(title)),
                ("fingerprint", .text(fingerprint)),
            ])
        }
        let tables = LimitTables.all.map { entry($0.name, $0.title, $0.fingerprint) }
        let policies = ProvincePolicies.all.map { entry($0.name, $0.title, $0.fingerprint) }
        return JSONValue.object([("tables", .list(tables)), ("policies", .list(policies))]).rendered
    }

    /// The table or the policy with that name, as JSON with the keys of its file; `nil` when there
    /// is none.
    package static func json(_ name: String) -> String? {
        LimitTables.table(name).map(json) ?? ProvincePolicies.policy(name).map(json)
    }

    /// A table as JSON, with the keys of its file. Figures are in % by volume; `null` where the law
    /// has none. A limit carries its own operator, a basis the words that must stand beside it.
    package static func json(_ table: LimitTable) -> String {
        JSONValue.object([
            ("name", .text(table.name)), ("jurisdiction", .text(table.jurisdiction)),
            ("edition", .text(table.edition)), ("title", .text(table.title)),
            ("fingerprint", .text(table.fingerprint)), ("rows", .list(table.rows.map(node))),
            ("requirements", .list(table.requirements.map(node))),
        ]).rendered
    }

    /// A policy as JSON, with the keys of its file.
    package static func json(_ policy: ProvincePolicy) -> String {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        let output = JSONValue.object([
            ("least", number(policy.outputTonnesMin)), ("basis", node(policy.outputBasis)),
        ])
        let halts = JSONValue.object([
            ("days", .list(policy.haltDays.map { .number(Double($0)) })),
            ("cycle-months", .number(Double(policy.cycleMonths))),
            ("basis", node(policy.haltBasis)),
        ])
        let calibration = JSONValue.object([
            ("every-days", number(policy.calibrationDays.map(Double.init))),
            ("basis", node(policy.calibrationBasis)),
        ])
        return JSONValue.object([
            ("name", .text(policy.name)), ("title", .text(policy.title)),
            ("fingerprint", .text(policy.fingerprint)), ("licensed-output", output),
            ("cumulative-halts", halts), ("calibration", calibration),
        ]).rendered
    }

    private static func node(_ row: LimitRow) -> JSONValue {
        .object([
            ("id", .text(row.id)), ("role", .text(row.role.rawValue)), ("title", .text(row.title)),
            ("places", .texts(row.places.map(\.rawValue))),
            ("gas-class", .texts(row.gasClasses.map(\.rawValue))), ("alarm", node(row.alarm)),
            ("cut", node(row.cut)), ("repower", row.repower.map { .number($0) } ?? .null),
            ("steps", .list(row.steps.map(node))), ("scope", .text(row.scope)),
            ("duty", .text(row.duty)), ("basis", node(row.basis)), ("domain", .texts(row.domain)),
        ])
    }

    private static func node(_ requirement: SensorRequirement) -> JSONValue {
        .object([
            ("id", .text(requirement.id)), ("quantity", .text(requirement.quantity.rawValue)),
            ("role", requirement.role.map { .text($0.rawValue) } ?? .null),
            ("title", .text(requirement.title)),
            ("places", .texts(requirement.places.map(\.rawValue))),
            ("gas-class", .texts(requirement.gasClasses.map(\.rawValue))),
            ("only-in-series", .bool(requirement.onlyInSeries)),
            ("basis", node(requirement.basis)),
        ])
    }

    private static func node(_ limit: Limit?) -> JSONValue {
        guard let limit else { return .null }
        return .object([("operator", .text(limit.comparison)), ("at", .number(limit.value))])
    }

    private static func node(_ step: LimitStep) -> JSONValue {
        .object([
            ("operator", .text(step.at.comparison)), ("at", .number(step.at.value)),
            ("duty", .text(step.duty)), ("basis", step.basis.map(node) ?? .null),
        ])
    }

    private static func node(_ basis: LegalBasis) -> JSONValue {
        .object([
            ("instrument", .text(basis.instrument)), ("edition", .text(basis.edition)),
            ("article", .text(basis.article)), ("verified", .text(basis.verified.rawValue)),
            ("remark", .text(basis.verified.remark)),
        ])
    }
}
