package import GasPipeline
package import SiteDescription

/// One detector setting varied over a back-test: what more sensitivity costs and brings.
package struct Sweep: Sendable, Equatable {
    /// Most values that are tried.
    package static let stepsMax = 200

    /// What is varied.
    package let key: String
    /// The values, rising.
    package let values: [Double]

    /// What is wrong with a text.
    package struct Flaw: Error, Equatable, CustomStringConvertible {
        /// For a person, with what is allowed.
        package let description: String
    }

    /// Reads `KEY=A..B[/STEPS]`; 9 steps where their number is not given, and 1 where A is B.
    package init(_ text: String) throws(Flaw) {
        let form = "KEY=A..B or KEY=A..B/STEPS"
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else {
            throw Flaw(description: "'\(text)' is no sweep; allowed is \(form)")
        }
        guard let key = DetectorTuning.keys.first(where: { $0.name == halves[0] }) else {
            let known = DetectorTuning.keys.map(\.name).joined(separator: ", ")
            throw Flaw(description: "'\(halves[0])' cannot be set; allowed is \(known)")
        }
        let parts = halves[1].split(separator: "/", omittingEmptySubsequences: false)
        let stated = parts.count == 2 ? Int(parts[1]) : parts.count == 1 ? 9 : nil
        guard let stated, 1...Self.stepsMax ~= stated else {
            throw Flaw(
                description: "'\(halves[1])' has no steps; allowed are 1 to \(Self.stepsMax)")
        }
        guard let (low, high) = Self.ends(parts[0]), key.allowed.contains(low),
            key.allowed.contains(high), low <= high
        else {
            let (least, most) = (key.allowed.lowerBound, key.allowed.upperBound)
            throw Flaw(
                description: "'\(parts[0])' is no range of \(key.name); allowed is \(form) within "
                    + "\(fixed(least, 2)) and \(fixed(most, 2)), A not above B")
        }
        let steps = low == high ? 1 : stated
        guard steps > 1 || low == high else {
            throw Flaw(
                description: "'\(halves[1])' has one step for two ends; allowed are 2 to "
                    + "\(Self.stepsMax), or A..A for one value")
        }
        self.key = key.name
        values = (0..<steps).map { step in
            steps == 1 ? low : low + (high - low) * Double(step) / Double(steps - 1)
        }
    }

    /// `A..B`, where A may have a point of its own.
    private static func ends(_ text: Substring) -> (Double, Double)? {
        let bytes = Array(text.utf8)
        let point = UInt8(ascii: ".")
        guard
            let at = bytes.indices.dropLast().first(where: {
                bytes[$0] == point && bytes[$0 + 1] == point
            })
        else { return nil }
        let low = Double(String(decoding: bytes[..<at], as: UTF8.self))
        let high = Double(String(decoding: bytes[(at + 2)...], as: UTF8.self))
        guard let low, let high, low.isFinite, high.isFinite else { return nil }
        return (low, high)
    }

    /// The setting of `value`.
    package func tuning(_ value: Double) -> DetectorTuning {
        var tuning = DetectorTuning()
        for key in DetectorTuning.keys where key.name == self.key { tuning.set(key, to: value) }
        return tuning
    }

    /// What came of each value, as a table with a line for each.
    package func text(_ results: [(value: Double, score: WarningScore)]) -> String {
        var rows = [
            [
                key, "warnings", "events", "warned", "recall", "false/sensor-day", "lead median",
                "lead quartiles", "",
            ]
        ]
        for (value, score) in results {
            let quartiles =
                score.leads.isEmpty
                ? "-" : "\(spoken(seconds: score.lead(0.25))), \(spoken(seconds: score.lead(0.75)))"
            rows.append([
                fixed(value, 3), "\(score.total)", "\(score.events)", "\(score.warned)",
                shown(score.recall, 3), shown(score.falsePerSensorDay, 2),
                spoken(seconds: score.lead(0.5)), quartiles, "",
            ])
        }
        return aligned(rows, rightAligned: Set(0...7)).map { trimmed($0) + "\n" }.joined()
    }

    /// The same as JSON, in the form `firedamp-sweep/1`.
    package func json(_ results: [(value: Double, score: WarningScore)]) -> JSONValue {
        [
            "format": "firedamp-sweep/1", "key": .text(key),
            "values": .list(
                results.map { value, score in
                    [
                        "value": .number(value), "warnings": .number(Double(score.total)),
                        "events": .number(Double(score.events)),
                        "warned": .number(Double(score.warned)),
                        "recall": .number(orNull: score.recall),
                        "falsePerSensorDay": .number(orNull: score.falsePerSensorDay),
                        "leadMedianSeconds": .number(orNull: score.lead(0.5)),
                    ]
                }),
        ]
    }
}
