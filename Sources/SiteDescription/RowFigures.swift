import GasModel

/// The figures of one row of a limit table while it is read, and where each of them stands.
struct RowFigures {
    /// Methane of this share explodes, in per cent by volume: a figure from here on is no limit but
    /// one in another unit.
    static let explosive = 5.0

    let alarm: Found<Limit?>
    let cut: Found<Limit?>
    let repower: Found<Double?>
    let steps: Found<[LimitStep]>

    /// Reads them from `block`; `nil` when one of them cannot be read. `commonSteps`: those of the
    /// whole table, which hold beyond its cut where the row has none of its own.
    init?(_ block: inout Block, commonSteps: [LimitStep]) {
        let alarm = block.required("alarm", .numberOrNone)
        let cut = block.required("cut", .numberOrNone)
        let repower = block.required("repower", .numberOrNone)
        let comparison = block.optional(
            "operator", .choice("operator"), standard: LimitComparison.reached)
        let steps = block.optional("steps", .each(.step), standard: nil)
        guard let alarm, let cut, let repower, let comparison else { return nil }
        self.alarm = alarm.limit(comparison.value)
        self.cut = cut.limit(comparison.value)
        self.repower = repower
        let above = self.cut.value.map { cut in
            commonSteps.filter { $0.at.reachedAt > cut.reachedAt }
        }
        self.steps = steps ?? Found(value: above ?? [], position: block.position)
    }

    /// Whether they make limits; if not, every reason is among `problems`.
    func areSound(in block: Block, _ problems: ProblemList) -> Bool {
        guard alarm.value != nil || cut.value != nil else {
            problems.add(block.position, "\(block.title) has neither alarm nor cut")
            return false
        }
        let known = [
            (alarm.value?.value, alarm.position), (cut.value?.value, cut.position),
            (repower.value, repower.position),
        ]
        var isSound = true
        func refuse(_ position: Position, _ flaw: String, hint: String? = nil) {
            problems.add(position, "\(block.title): \(flaw)", hint: hint)
            isSound = false
        }
        for (figure, position) in known {
            guard let figure, !(figure > 0 && figure < Self.explosive) else { continue }
            refuse(
                position, "\(figure) is no limit for methane",
                hint: "allowed: above 0, below \(Self.explosive) % by volume")
        }
        guard isSound else { return false }
        let lowest = alarm.value ?? cut.value
        if let cut = cut.value, let alarm = alarm.value, alarm.reachedAt > cut.reachedAt {
            refuse(self.alarm.position, "alarm \(alarm.value) is above cut \(cut.value)")
        }
        if let repower = repower.value, let top = cut.value ?? lowest, repower > top.value {
            refuse(self.repower.position, "repower \(repower) is above \(top.value)")
        }
        let levels = [(cut.value ?? lowest)?.reachedAt ?? 0] + steps.value.map(\.at.reachedAt)
        if zip(levels, levels.dropFirst()).contains(where: { $0 >= $1 }) {
            refuse(steps.position, "steps must rise, and begin above the cut")
        }
        return isSound
    }
}

/// From when on a limit counts as reached, as tables write it.
enum LimitComparison: String, CaseIterable {
    /// At the figure itself.
    case reached = ">="
    /// Only above it.
    case exceeded = ">"
}

extension Found where Value == Double? {
    fileprivate func limit(_ comparison: LimitComparison) -> Found<Limit?> {
        Found<Limit?>(
            value: value.map { Limit($0, beyond: comparison == .exceeded) }, position: position)
    }
}
