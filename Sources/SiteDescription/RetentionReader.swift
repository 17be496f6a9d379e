import GasModel

/// Reads how long records are kept.
struct RetentionReader {
    let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// What the file says of it; what it leaves out is as the law asks.
    func retention(_ file: inout Block) -> Retention {
        var retention = Retention()
        guard
            var block = file.block("retention", title: "the retention", isRequired: false)
        else { return retention }
        let journal = block.optional("journal-days", .days(Retention.journalDaysAllowed))
        let raw = block.optional("raw-days", .days(Retention.rawDaysAllowed))
        block.refuseUnknownKeys()
        retention.journalDays = journal?.value ?? retention.journalDays
        retention.rawDays = raw?.value ?? retention.rawDays
        return retention
    }
}

extension Form where Value == Int {
    /// A whole number of days within `allowed`.
    fileprivate static func days(_ allowed: ClosedRange<Int>) -> Form {
        Form([
            "type": "number", "multipleOf": .number(1),
            "minimum": .number(Double(allowed.lowerBound)),
            "maximum": .number(Double(allowed.upperBound)),
        ]) { item, problems in
            guard let value = Form<Double>.number.read(item, problems) else { return nil }
            guard let days = Int(exactly: value), allowed ~= days else {
                problems.add(
                    item.position, "\(value) is no such number of days",
                    hint: "allowed: a whole number from \(allowed.lowerBound) to "
                        + "\(allowed.upperBound)")
                return nil
            }
            return days
        }
    }
}
