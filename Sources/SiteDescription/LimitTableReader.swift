import GasModel

/// Reads the tree of a limit table: the one place that knows its keys.
///
/// A new key is one line in the block that it belongs to, and one in `Tables/README.md`.
struct LimitTableReader {
    private let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// The table that the tree describes, complete only when no problem was added.
    func table(_ root: Item, fingerprint: String) -> LimitTable? {
        guard var file = Block(root, title: "the limit table", problems: problems) else {
            return nil
        }
        let name = file.required("name", .code)
        let jurisdiction = file.required("jurisdiction", .name)
        let edition = file.required("edition", .name)
        let title = file.required("title", .name)
        let steps = file.optional("steps", .each(.step), standard: [])
        let rowItems = file.list("rows")
        let requirementItems = file.optional("requirements", .items, standard: [])
        file.refuseUnknownKeys()

        let rows = (rowItems ?? []).enumerated().compactMap {
            row($1, number: $0 + 1, commonSteps: steps?.value ?? [])
        }
        let requirements = (requirementItems?.value ?? []).enumerated().compactMap {
            requirement($1, number: $0 + 1)
        }
        refuseRepeated(rows.map { ($0.value.id, $0.position) }, "row")
        refuseRepeated(requirements.map { ($0.value.id, $0.position) }, "requirement")
        refuseRivals(rows)
        for requirement in requirements where problems.isEmpty {
            refuseUnlimited(requirement, rows.map(\.value))
        }
        guard let name, let jurisdiction, let edition, let title else { return nil }
        return LimitTable(
            name: name.value, jurisdiction: jurisdiction.value, edition: edition.value,
            title: title.value, fingerprint: fingerprint, rows: rows.map(\.value),
            requirements: requirements.map(\.value))
    }

    private func row(_ item: Item, number: Int, commonSteps: [LimitStep]) -> Found<LimitRow>? {
        guard var block = Block(item, of: "row", number: number, problems: problems) else {
            return nil
        }
        let id = block.required("id", .code)
        let role = block.required("role", .code)
        let title = block.required("title", .name)
        let places = block.required("places", .placeKinds)
        let gasClasses = block.optional("gas-class", .gasClasses, standard: [])
        let figures = RowFigures(&block, commonSteps: commonSteps)
        let scope = block.required("scope", .sentence)
        let duty = block.required("duty", .sentence)
        let basis = block.required("basis", .basis)
        let domain = block.required("domain", .each(.sentence))
        block.refuseUnknownKeys()
        guard let id, let role, let title, let places, let gasClasses, let figures, let scope,
            let duty, let basis, let domain, figures.areSound(in: block, problems)
        else { return nil }
        let row = LimitRow(
            id: id.value, role: SensorRole(rawValue: role.value), title: title.value,
            places: places.value, gasClasses: gasClasses.value, alarm: figures.alarm.value,
            cut: figures.cut.value, repower: figures.repower.value, steps: figures.steps.value,
            scope: scope.value, duty: duty.value, basis: basis.value, domain: domain.value)
        return Found(value: row, position: id.position)
    }

    private func requirement(_ item: Item, number: Int) -> Found<SensorRequirement>? {
        guard var block = Block(item, of: "requirement", number: number, problems: problems) else {
            return nil
        }
        let id = block.required("id", .code)
        let quantity = block.optional("quantity", .choice("quantity"), standard: Quantity.methane)
        // No role: any sensor of the quantity will do.
        let role = block.optional("role", .code, standard: "")
        let title = block.required("title", .name)
        let places = block.required("places", .placeKinds)
        let gasClasses = block.optional("gas-class", .gasClasses, standard: [])
        let series = block.optional("only-in-series", .choice("answer"), standard: Answer.no)
        let basis = block.required("basis", .basis)
        block.refuseUnknownKeys()
        guard let id, let quantity, let role, let title, let places, let gasClasses, let series,
            let basis
        else { return nil }
        let requirement = SensorRequirement(
            id: id.value, quantity: quantity.value,
            role: role.value.isEmpty ? nil : SensorRole(rawValue: role.value),
            places: places.value, gasClasses: gasClasses.value,
            onlyInSeries: series.value == .yes, title: title.value, basis: basis.value)
        return Found(value: requirement, position: id.position)
    }

    private enum Answer: String, CaseIterable {
        case yes, no
    }

    private func refuseRepeated(_ ids: [(id: String, position: Position)], _ kind: String) {
        var first: [String: Position] = [:]
        for (id, position) in ids {
            guard let earlier = first[id] else {
                first[id] = position
                continue
            }
            problems.add(
                position, "the \(kind) \(quoted(id)) is described twice",
                hint: "first in line \(earlier.line)")
        }
    }

    /// Two rows that hold for the same sensor would leave it to their order what it is judged by.
    private func refuseRivals(_ rows: [Found<LimitRow>]) {
        for (index, row) in rows.enumerated() {
            for earlier in rows[..<index] where row.value.isRival(of: earlier.value) {
                problems.add(
                    row.position,
                    "the rows \(quoted(earlier.value.id)) and \(quoted(row.value.id)) hold for the"
                        + " same sensor, role \(row.value.role.rawValue)",
                    hint: "the first in line \(earlier.position.line)")
            }
        }
    }

    /// A sensor that is asked for, in a role that the table has no limits for, could not be
    /// described by any site.
    private func refuseUnlimited(_ requirement: Found<SensorRequirement>, _ rows: [LimitRow]) {
        let asked = requirement.value
        guard asked.quantity == .methane, let role = asked.role else { return }
        let classes: [GasClass?] = asked.gasClasses.isEmpty ? [nil] : asked.gasClasses
        for kind in asked.places {
            for gasClass in classes
            where !rows.contains(where: { $0.mayHold(role: role, in: kind, of: gasClass) }) {
                problems.add(
                    requirement.position,
                    "\(quoted(asked.id)) asks for \(role.rawValue) in \(kind.rawValue), "
                        + "and no row has limits for it")
                break
            }
        }
    }
}

extension LimitRow {
    fileprivate func isRival(of other: LimitRow) -> Bool {
        role == other.role && places.contains(where: other.places.contains)
            && (gasClasses.isEmpty || other.gasClasses.isEmpty
                || gasClasses.contains(where: other.gasClasses.contains))
    }

    /// As `holds`, but in a mine of some class when `gasClass` is not stated.
    fileprivate func mayHold(role: SensorRole, in kind: PlaceKind, of gasClass: GasClass?) -> Bool {
        holds(role: role, in: kind, of: gasClass ?? gasClasses.first)
    }
}
