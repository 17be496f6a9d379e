package import GasModel

/// The tables and policies that are part of the program, as plain text: what `firedamp limits`
/// prints. Ends without a line break.
package enum LimitListing {
    /// What there is to choose from: a line for each table and each policy.
    package static func overview() -> String {
        let tables = LimitTables.all.map { [$0.name, $0.jurisdiction, $0.title] }
        let policies = ProvincePolicies.all.map { [$0.name, "policy", $0.title] }
        return
            (["limit tables and policies; `firedamp limits --table NAME` shows one", ""]
            + aligned([["NAME", "WHERE", "TITLE"]] + tables + policies)).joined(separator: "\n")
    }

    /// The table or the policy with that name, in lines of at most `width` columns; `nil` where
    /// there is none.
    package static func text(_ name: String, width: Int) -> String? {
        LimitTables.table(name).map { text($0, width: width) }
            ?? ProvincePolicies.policy(name).map { text($0, width: width) }
    }

    /// What to tell somebody who asked for a name that is not there.
    package static func unknown(_ name: String) -> String {
        let names = LimitTables.all.map(\.name) + ProvincePolicies.all.map(\.name)
        let near = nearestName(to: name, among: names).map { "did you mean \(quoted($0))? " } ?? ""
        return "no limit table or policy \(quoted(name)); \(near)"
            + "there are: \(names.joined(separator: ", "))"
    }

    /// A table: its rows in aligned columns, below each what it is for and what a cut switches off,
    /// then the sensors that it asks for, then what it all rests on. What nobody has read in the
    /// instrument says so.
    package static func text(_ table: LimitTable, width: Int) -> String {
        var notes = Notes()
        let rows = rows(table.rows, &notes, width)
        let requirements = requirements(table.requirements, &notes, width)
        var text = [
            folded("\(table.name): \(table.title)", width),
            folded(
                "\(table.jurisdiction), edition \(table.edition); methane, in % by volume", width),
            "fingerprint \(table.fingerprint)", "",
        ]
        text += rows + [""] + requirements + ["", "What it rests on"] + notes.lines(width)
        if table.rows.contains(where: { $0.repower == nil }) {
            text.append("*   the law names no re-power: the lower of alarm and cut is taken")
        }
        return text.joined(separator: "\n")
    }

    /// A policy: a line for each of its rules, and under each what it rests on.
    package static func text(_ policy: ProvincePolicy, width: Int) -> String {
        let days = policy.haltDays.map { "\($0)" }.joined(separator: ", ")
        var text = [
            folded("\(policy.name): \(policy.title)", width), "fingerprint \(policy.fingerprint)",
            "",
        ]
        func add(_ rule: String, _ basis: LegalBasis) {
            text.append(folded(rule, width))
            text.append(folded(self.basis(basis), width, first: "    "))
        }
        if let least = policy.outputTonnesMin {
            add("a licensed output below \(short(least)) t/yr: standing halt", policy.outputBasis)
        }
        add(
            "over-limits that inadequate gas control caused, within \(policy.cycleMonths) months: "
                + "halt for \(days) days for the first, the second, ...", policy.haltBasis)
        if let interval = policy.calibrationDays {
            add(
                "calibration of every methane sensor: every \(interval) days",
                policy.calibrationBasis)
        }
        return text.joined(separator: "\n")
    }

    /// `text` in lines of at most `width` columns, the further ones set in; no break at the end.
    private static func folded(_ text: String, _ width: Int, first: String = "") -> String {
        let indent = first.count + (first.allSatisfy { $0 == " " } ? 2 : 0)
        return String(wrapped(text, first: first, indent: indent, width: width).dropLast())
    }
}

extension LimitListing {
    /// A basis in words; what was not read in the instrument says so.
    static func basis(_ basis: LegalBasis) -> String {
        let cited = "\(basis.instrument), edition \(basis.edition), \(basis.article)"
        return cited + (basis.verified == .yes ? "" : " (\(basis.verified.remark))")
    }

    /// The comparison and the figure, as in `>= 1.0`.
    static func figure(_ limit: Limit?) -> String {
        limit.map { "\($0.comparison) \($0.value)" } ?? "none"
    }

    private static func rows(
        _ rows: [LimitRow], _ notes: inout Notes, _ width: Int
    ) -> [String] {
        let heads = ["ROLE", "GAS CLASS", "ALARM", "CUT", "RE-POWER", "BASIS"]
        let lines = aligned([heads] + rows.map { cells($0, &notes) })
        return [lines[0]]
            + zip(rows, lines.dropFirst()).flatMap { row, line in
                let graver = row.steps.map { "; \(figure($0.at)) \(notes.number(of: $0))" }
                let duty = "\(row.title) (\(names(row.places))): \(row.duty)" + graver.joined()
                let scope = row.cut.map { _ in "a cut switches off: \(row.scope)" }
                let below = [duty, scope].compactMap(\.self)
                return [line] + below.map { folded($0, width, first: "    ") }
            }
    }

    private static func cells(_ row: LimitRow, _ notes: inout Notes) -> [String] {
        let judged = (try? row.limits())?.repower
        return [
            row.role.rawValue, classes(row.gasClasses), figure(row.alarm), figure(row.cut),
            judged.map { "< \($0)" + (row.repower == nil ? " *" : "") } ?? "none",
            notes.number(of: row.basis),
        ]
    }

    private static func names(_ places: [PlaceKind]) -> String {
        places.map(\.rawValue).joined(separator: ", ")
    }

    private static func requirements(
        _ requirements: [SensorRequirement], _ notes: inout Notes, _ width: Int
    ) -> [String] {
        guard !requirements.isEmpty else { return ["Which sensors are asked for is not known"] }
        let heads = ["SENSOR ASKED FOR", "QUANTITY", "ROLE", "BASIS"]
        let lines = aligned(
            [heads]
                + requirements.map { requirement in
                    [
                        requirement.id, requirement.quantity.rawValue,
                        requirement.role?.rawValue ?? "any",
                        notes.number(of: requirement.basis),
                    ]
                })
        return [lines[0]]
            + zip(requirements, lines.dropFirst()).flatMap { requirement, line in
                return [line, folded(use(requirement), width, first: "    ")]
            }
    }

    /// What for, and where: `Methane in the intake (longwall; gas class outburst; in series)`.
    private static func use(_ requirement: SensorRequirement) -> String {
        let isLimited = !requirement.gasClasses.isEmpty
        let parts = [
            names(requirement.places),
            isLimited ? "gas class \(classes(requirement.gasClasses))" : nil,
            requirement.onlyInSeries ? "in series" : nil,
        ]
        return "\(requirement.title) (\(parts.compactMap(\.self).joined(separator: "; ")))"
    }

    private static func classes(_ classes: [GasClass]) -> String {
        classes.isEmpty ? "any" : classes.map(\.rawValue).joined(separator: ", ")
    }

    /// What rows refer to by number, because many of them rest on the same.
    private struct Notes {
        private var texts: [String] = []

        /// The notes, each in lines of at most `width` columns.
        func lines(_ width: Int) -> [String] {
            texts.indices.map { LimitListing.folded(texts[$0], width, first: "[\($0 + 1)] ") }
        }

        /// The number that stands for `basis`, and whether anybody has read it there.
        mutating func number(of basis: LegalBasis) -> String {
            number(of: LimitListing.basis(basis), basis.verified)
        }

        /// The number that stands for the duty of `step` and what it rests on.
        mutating func number(of step: LimitStep) -> String {
            guard let basis = step.basis else { return step.duty }
            return number(of: "\(step.duty): \(LimitListing.basis(basis))", basis.verified)
        }

        private mutating func number(of text: String, _ verified: Verification) -> String {
            let index = texts.firstIndex(of: text) ?? texts.endIndex
            if index == texts.endIndex { texts.append(text) }
            return "[\(index + 1)]" + (verified.mark.isEmpty ? "" : " \(verified.mark)")
        }
    }
}
