package import GasModel

extension SiteDiff {
    /// What a reload would change, in one line.
    package var summary: String {
        guard !changes.isEmpty else {
            return "cosmetic only: nothing but comments, spacing or order may differ"
        }
        let counts = Effect.allCases.compactMap { effect -> String? in
            let count = changes.count { $0.effect == effect }
            guard count > 0 else { return nil }
            return switch effect {
            case .judgement: "\(counted(count, "change")) of judgement\(directions)"
            case .telling: "\(count) of what is told"
            case .cosmetic: "\(count) cosmetic"
            }
        }
        return (touchesJudgement ? "" : "same judgement: ") + counts.joined(separator: ", ")
    }

    private var directions: String {
        let counts = [Direction.stricter, .laxer].compactMap { direction -> String? in
            let count = changes.count { $0.direction == direction }
            return count == 0 ? nil : "\(count) \(direction.rawValue)"
        }
        return counts.isEmpty ? "" : " (\(counts.joined(separator: ", ")))"
    }

    /// The difference in plain text for a terminal, by effect, the gravest first; a line or more
    /// for each change, broken at `width` columns. Ends with a line break.
    package func text(width: Int) -> String {
        var parts: [String] = []
        for effect in Effect.allCases {
            let lines = changes.filter { $0.effect == effect }.map { change in
                wrapped(Self.words(change), first: "  ", indent: 6, width: width)
            }
            if !lines.isEmpty { parts.append(effect.title + "\n" + lines.joined()) }
        }
        return (parts + [wrapped(summary, indent: 2, width: width)]).joined(separator: "\n")
    }

    private static func words(_ change: Change) -> String {
        let subject = change.subject.kind + (change.subject.id.map { " \($0)" } ?? "")
        let direction = change.direction.map { " (\($0.rawValue))" } ?? ""
        guard let key = change.key else {
            return change.to.map { "\(subject) added\(direction): \($0)" }
                ?? "\(subject) removed\(direction): \(change.from ?? "")"
        }
        return "\(subject) \(key): \(change.from ?? "not stated") -> "
            + "\(change.to ?? "not stated")\(direction)"
    }

    /// The difference as members of one JSON object; the keys are described in
    /// `Deploy/samples/CHECK.md`.
    package var members: [(key: String, value: JSONValue)] {
        [
            ("same-judgement", .bool(!touchesJudgement)),
            ("changes", .list(changes.map(Self.json))),
            ("summary", .text(summary)),
        ]
    }

    private static func json(_ change: Change) -> JSONValue {
        [
            "kind": .text(change.subject.kind), "id": .text(orNull: change.subject.id),
            "key": .text(orNull: change.key), "from": .text(orNull: change.from),
            "to": .text(orNull: change.to), "effect": .text(change.effect.rawValue),
            "direction": .text(orNull: change.direction?.rawValue),
        ]
    }
}

extension SiteDiff.Effect {
    fileprivate var title: String {
        switch self {
        case .judgement: "JUDGEMENT: what is judged, and how"
        case .telling: "TOLD: what advisories and reports say, and to whom"
        case .cosmetic: "COSMETIC: touches neither"
        }
    }
}
