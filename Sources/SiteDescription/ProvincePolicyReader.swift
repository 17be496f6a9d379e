import GasModel

/// Reads the tree of a province's policy: the one place that knows its keys.
struct ProvincePolicyReader {
    private let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// The policy that the tree describes, complete only when no problem was added.
    func policy(_ root: Item, fingerprint: String) -> ProvincePolicy? {
        guard var file = Block(root, title: "the policy", problems: problems) else { return nil }
        let name = file.required("name", .code)
        let title = file.required("title", .name)
        let output = file.block("licensed-output", title: "the licensed output").flatMap {
            part($0, "least", .positive)
        }
        let halts = file.block("cumulative-halts", title: "the cumulative halts").flatMap(halts)
        let calibration = file.block("calibration", title: "the calibration").flatMap {
            part($0, "every-days", .count(upTo: 366))
        }
        file.refuseUnknownKeys()
        guard let name, let title, let output, let halts, let calibration else { return nil }
        return ProvincePolicy(
            name: name.value, title: title.value, outputTonnesMin: output.value,
            outputBasis: output.basis, haltDays: halts.days, cycleMonths: halts.months,
            haltBasis: halts.basis, calibrationDays: calibration.value,
            calibrationBasis: calibration.basis, fingerprint: fingerprint)
    }

    private func part<Value>(
        _ block: Block, _ key: String, _ form: Form<Value>
    ) -> (value: Value, basis: LegalBasis)? {
        var block = block
        let value = block.required(key, form)
        let basis = block.required("basis", .basis)
        block.refuseUnknownKeys()
        guard let value, let basis else { return nil }
        return (value.value, basis.value)
    }

    private func halts(_ block: Block) -> (days: [Int], months: Int, basis: LegalBasis)? {
        var block = block
        let days = block.required("days", .each(.count(upTo: 366)))
        let months = block.required("cycle-months", .count(upTo: 12))
        let basis = block.required("basis", .basis)
        block.refuseUnknownKeys()
        guard let days, let months, let basis else { return nil }
        guard zip(days.value, days.value.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            problems.add(days.position, "a later over-limit halts for fewer days than an earlier")
            return nil
        }
        return (days.value, months.value, basis.value)
    }
}

extension Form where Value == Double {
    /// A number above zero.
    fileprivate static var positive: Form {
        Form { item, problems in
            guard let value = number.read(item, problems) else { return nil }
            guard value > 0 else {
                problems.add(item.position, "\(value) is not above zero")
                return nil
            }
            return value
        }
    }
}

extension Form where Value == Int {
    /// A whole number from 1 to `most`.
    fileprivate static func count(upTo most: Int) -> Form {
        Form { item, problems in
            guard let value = Form<Double>.number.read(item, problems) else { return nil }
            guard let count = Int(exactly: value), 1...most ~= count else {
                problems.add(
                    item.position, "\(value) is no such count",
                    hint: "allowed: a whole number from 1 to \(most)")
                return nil
            }
            return count
        }
    }
}
