import GasModel

/// The limits that a sensor states: any of the three may be missing.
struct StatedLimits {
    let block: Block
    let alarm: Found<Double>?
    let cut: Found<Double?>?
    let repower: Found<Double>?

    /// Whether a key is there whose value could not be read: nothing may then take its place.
    var isUnreadable: Bool {
        (alarm == nil && block.states("alarm")) || (cut == nil && block.states("cut"))
            || (repower == nil && block.states("repower"))
    }
}

/// The sensor that limits are for, as far as they depend on it.
struct LimitSubject {
    let block: Block
    let measure: Measure
    let role: Found<String>?
    let kind: PlaceKind?
    let stated: StatedLimits?
}

/// Reads the limits of one sensor and checks them: against the row of the limit table, against
/// each other, and against what the sensor can show.
struct LimitReader {
    private let problems: ProblemList
    private let source: LimitSource
    private let gasClass: GasClass?

    init(_ problems: ProblemList, _ mine: MineFacts) {
        self.problems = problems
        source = mine.source
        gasClass = mine.gasClass
    }

    /// What the block says.
    func stated(_ block: Block?) -> StatedLimits? {
        guard var block else { return nil }
        let alarm = block.optional("alarm", .aboveZero)
        let cut = block.optional("cut", .numberOrNone)
        let repower = block.optional("repower", .aboveZero)
        block.refuseUnknownKeys()
        return StatedLimits(block: block, alarm: alarm, cut: cut, repower: repower)
    }

    /// What the sensor is judged by, and the row that it comes from.
    func limits(of subject: LimitSubject) -> (limits: GasLimits?, row: LimitRow?) {
        let measure = subject.measure
        if measure.isState {
            if let stated = subject.stated {
                problems.add(
                    stated.block.position,
                    "\(measure.quantity.rawValue) is a state and takes no \"limits\"",
                    hint: "leave them out")
            }
            return (nil, nil)
        }
        guard measure.quantity == .methane else { return (ownLimits(of: subject), nil) }
        switch source {
        case .unknown: return (nil, nil)
        case .own: return (ownLimits(of: subject), nil)
        case .table(let table):
            guard let row = row(for: subject, in: table) else { return (nil, nil) }
            return (rowLimits(of: subject, row, of: table), row)
        }
    }

    /// Limits that the site alone answers for. Methane needs all three; whatever else is measured,
    /// an alarm will do.
    private func ownLimits(of subject: LimitSubject) -> GasLimits? {
        let isMethane = subject.measure.quantity == .methane
        guard let stated = subject.stated else {
            if isMethane, !subject.block.states("limits") {
                subject.block.refuseLack(
                    of: "limits", hint: "with limit-table: own the site gives every limit itself")
            }
            return nil
        }
        for key in isMethane ? ["alarm", "cut", "repower"] : ["alarm"]
        where !stated.block.states(key) {
            stated.block.refuseLack(of: key)
        }
        guard let alarm = stated.alarm, stated.cut != nil || !isMethane,
            stated.repower != nil || !isMethane, !stated.isUnreadable
        else { return nil }
        let cut = stated.cut?.value
        let lowest = min(alarm.value, cut ?? alarm.value)
        return LimitCheck(problems, subject, stated, row: nil).limits(
            alarm: Limit(alarm.value), cut: cut.map { Limit($0) },
            repower: stated.repower?.value ?? lowest)
    }

    /// The limits of the row, made stricter where the site says so.
    private func rowLimits(
        of subject: LimitSubject, _ row: LimitRow, of table: LimitTable
    ) -> GasLimits? {
        if let stated = subject.stated, stated.isUnreadable { return nil }
        let base: GasLimits
        do throws(GasLimits.Flaw) {
            base = try row.limits()
        } catch {
            problems.add(
                subject.block.position,
                "the row \(quoted(row.id)) of \(table.name) contradicts itself: \(error)")
            return nil
        }
        let stated = subject.stated
        let check = LimitCheck(problems, subject, stated, row: (row, base, table.name))
        guard !check.refusesLaxer() else { return nil }
        let figures = row.figures(
            alarm: stated?.alarm.map { Limit($0.value) },
            cut: stated?.cut?.value.map { Limit($0) }, repower: stated?.repower?.value)
        return check.limits(alarm: figures.alarm, cut: figures.cut, repower: figures.repower)
    }

    private func row(for subject: LimitSubject, in table: LimitTable) -> LimitRow? {
        guard let role = subject.role, let kind = subject.kind else { return nil }
        if let row = table.row(
            role: SensorRole(rawValue: role.value), in: kind, of: gasClass)
        {
            return row
        }
        let roles = table.rows
            .filter { $0.holds(role: $0.role, in: kind, of: gasClass) }
            .reduce(into: [String]()) { roles, row in
                if !roles.contains(row.role.rawValue) { roles.append(row.role.rawValue) }
            }
        let near = problems.suggestion(for: role.value, among: roles).map { "\($0) " } ?? ""
        let ofClass = gasClass.map { ", gas class \($0.rawValue)" } ?? ""
        problems.add(
            role.position,
            "\(table.name) has no row for the role \(quoted(role.value)) in a place of kind "
                + kind.rawValue + ofClass,
            hint: roles.isEmpty
                ? "it has none for that kind of place"
                : "\(near)allowed: \(roles.joined(separator: ", "))")
        return nil
    }
}
