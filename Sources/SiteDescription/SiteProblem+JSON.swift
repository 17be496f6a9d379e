extension SiteProblem {
    /// The problem as a JSON object.
    package var json: JSONValue {
        [
            "line": .number(Double(line)), "column": .number(Double(column)),
            "message": .text(message), "hint": .text(orNull: hint),
        ]
    }
}
