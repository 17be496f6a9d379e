import GasModel

/// Holds the limits of one sensor against the row that they rest on, against each other and
/// against what the sensor can show.
struct LimitCheck {
    private let problems: ProblemList
    private let subject: LimitSubject
    private let stated: StatedLimits?
    private let row: (row: LimitRow, base: GasLimits, table: String)?

    init(
        _ problems: ProblemList, _ subject: LimitSubject, _ stated: StatedLimits?,
        row: (row: LimitRow, base: GasLimits, table: String)?
    ) {
        self.problems = problems
        self.subject = subject
        self.stated = stated
        self.row = row
    }

    private var title: String { "limits of \(subject.block.title)" }
    private var unit: String { subject.measure.quantity.definition.unit }

    /// Reports every figure that is laxer than the row; true if there is one.
    func refusesLaxer() -> Bool {
        guard let row, let stated else { return false }
        var isLaxer = false
        func refuse(_ name: String, _ value: Double?, _ position: Position, allowed: Double) {
            isLaxer = true
            let text = value.map { "\($0)" } ?? "none"
            problems.add(
                position,
                "\(title): \(name) \(text) is laxer than the row \(quoted(row.row.id)) of "
                    + "\(row.table): \(row.base.figures) (\(row.row.basis.line))",
                hint: "allowed: at most \(allowed) \(unit)" + mixUp(value, atMost: allowed))
        }
        if let alarm = stated.alarm, Limit(alarm.value).reachedAt > row.base.alarm.reachedAt {
            refuse("alarm", alarm.value, alarm.position, allowed: row.base.alarm.value)
        }
        if let cut = stated.cut, let least = row.base.cut,
            cut.value.map({ Limit($0).reachedAt > least.reachedAt }) ?? true
        {
            refuse("cut", cut.value, cut.position, allowed: least.value)
        }
        if let repower = stated.repower, repower.value > row.base.repower {
            refuse("repower", repower.value, repower.position, allowed: row.base.repower)
        }
        return isLaxer
    }

    /// The limits, if nothing speaks against them.
    func limits(alarm: Limit, cut: Limit?, repower: Double) -> GasLimits? {
        let figures = [
            Figure("alarm", alarm.value, stated?.alarm?.position),
            cut.map { Figure("cut", $0.value, stated?.cut?.position) },
            Figure("repower", repower, stated?.repower?.position),
        ].compactMap { $0 }
        var isGood = true
        for figure in figures where !isPossible(figure) { isGood = false }
        // Where nothing is cut, what re-power ends is the alarm.
        let (top, topName) = cut.map { ($0, "cut") } ?? (alarm, "alarm")
        func isAbove(_ figure: Figure) -> Bool {
            switch figure.name {
            case "alarm": alarm.reachedAt > top.reachedAt
            case "repower": repower > top.value
            default: false
            }
        }
        for figure in figures where isAbove(figure) && figure.value > 0 && top.value > 0 {
            refuse(figure, above: topName, top.value)
            isGood = false
        }
        guard isGood else { return nil }
        do throws(GasLimits.Flaw) {
            return try GasLimits(alarm: alarm, cut: cut, repower: repower)
        } catch {
            problems.add(subject.block.position, "\(title) contradict themselves: \(error)")
            return nil
        }
    }

    /// One of the three; without a position it comes from the row.
    private struct Figure {
        let name: String
        let value: Double
        let position: Position?

        init(_ name: String, _ value: Double, _ position: Position?) {
            self.name = name
            self.value = value
            self.position = position
        }
    }

    private func refuse(_ figure: Figure, above name: String, _ top: Double) {
        let flaw = "is above \(name) \(top)"
        if let position = figure.position {
            problems.add(position, "\(title): \(figure.name) \(figure.value) \(flaw)")
        } else {
            let origin = row.map { " of the row \(quoted($0.row.id))" } ?? ""
            problems.add(
                stated?.cut?.position ?? stated?.alarm?.position ?? subject.block.position,
                "\(title): \(figure.name) \(figure.value)\(origin) \(flaw)",
                hint: "state \(figure.name) as well, at most \(top)")
        }
    }

    /// A limit that no value of the sensor can reach is as good as none, and looks like one.
    private func isPossible(_ figure: Figure) -> Bool {
        let range = subject.measure.range
        let origin =
            figure.position == nil ? row.map { " of the row \(quoted($0.row.id))" } ?? "" : ""
        let text = "\(figure.name) \(figure.value)\(origin)"
        let position = figure.position ?? range?.position ?? subject.block.position
        if figure.value <= 0 {
            // What nobody stated is zero because something else is, and that is said.
            if figure.position != nil {
                problems.add(position, "\(title): \(text) is not above zero")
            }
            return false
        }
        let explosive = RowFigures.explosive
        if subject.measure.quantity == .methane, figure.value >= explosive,
            figure.position != nil
        {
            problems.add(
                position, "\(title): \(text) is no limit for methane, which explodes before",
                hint: "allowed: below \(explosive) \(unit)"
                    + mixUp(figure.value, atMost: explosive))
            return false
        }
        if let resolution = subject.measure.resolution, resolution.value > figure.value {
            problems.add(
                resolution.position,
                "the resolution of \(subject.block.title) is coarser than its \(text)",
                hint: "allowed: at most \(figure.value) \(unit)")
        }
        guard let range = range?.value else { return true }
        if figure.value > range.upperBound {
            problems.add(
                position, "\(text) could never be reached",
                hint: "the range ends at \(range.upperBound)"
                    + (figure.position == nil
                        ? rangeMixUp : mixUp(figure.value, atMost: range.upperBound)))
        } else if figure.value < range.lowerBound {
            problems.add(
                position, "\(text) lies outside the range",
                hint: "it begins at \(range.lowerBound)")
        } else if figure.name == "repower", figure.value == range.lowerBound {
            // Re-power is strictly below: at the lower end of the range nothing is.
            problems.add(
                position, "no value could ever be below \(text)", hint: "the range begins there")
        }
        return true
    }

    /// What to tell someone whose range seems to be in the unit of the limits.
    private var rangeMixUp: String {
        let measure = subject.measure
        return measure.isConverted
            ? " \(unit); a range is given in the unit that the sensor sends, \(measure.unit)" : ""
    }

    /// What to tell someone who seems to give limits in the unit that the sensor sends: read so,
    /// the figure would be one that people use.
    private func mixUp(_ value: Double?, atMost allowed: Double) -> String {
        let measure = subject.measure
        guard measure.isConverted, let value, let conversion = measure.conversion,
            allowed / 10...allowed ~= conversion(value)
        else { return "" }
        return "; limits are given in \(unit) whatever the sensor sends: "
            + "\(value) \(measure.unit) is \(conversion(value)) \(unit)"
    }
}

extension GasLimits {
    /// `alarm >= 1.0, cut >= 1.5, re-power < 1.0`
    var figures: String {
        let cut = cut.map { "cut \($0.comparison) \($0.value)" } ?? "no cut"
        return "alarm \(alarm.comparison) \(alarm.value), \(cut), re-power < \(repower)"
    }
}

extension LegalBasis {
    /// The basis on one line, with what is to be said of its verification.
    var line: String {
        let text = "\(instrument), \(edition), \(article)"
        return verified == .yes ? text : "\(text); \(verified.remark)"
    }
}
