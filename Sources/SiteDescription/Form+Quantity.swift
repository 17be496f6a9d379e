extension Form where Value == Double {
    /// A finite number in plain decimals.
    static var number: Form { numbers(["type": "number"]) }

    /// A number of which an editor is told what is allowed; who reads it refuses what lies beyond.
    static func number(within allowed: ClosedRange<Double>) -> Form {
        numbers([
            "type": "number", "minimum": .number(allowed.lowerBound),
            "maximum": .number(allowed.upperBound),
        ])
    }

    /// The same for a number that must be above zero.
    static var aboveZero: Form { numbers(["type": "number", "exclusiveMinimum": .number(0)]) }

    private static func numbers(_ schema: @autoclosure @escaping () -> JSONValue) -> Form {
        Form(schema()) { item, problems in
            quantityText(of: item, "a number", problems)
                .flatMap { decimal($0, at: item.position, problems) }
        }
    }

    /// A time between readings, in seconds: a sensor that may be silent for more than an hour
    /// proves nothing about the gas of now.
    static var interval: Form { time(minutesMax: 60) }

    /// A time, in seconds: `500ms`, `1s`, `2min`, or a bare number of seconds.
    static func time(minutesMax: Int) -> Form {
        let secondsMax = Double(minutesMax) * 60
        return Form([
            "anyOf": [
                [
                    "type": "number", "exclusiveMinimum": .number(0),
                    "maximum": .number(secondsMax),
                ],
                ["type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|min)$"],
            ]
        ]) { item, problems in
            guard let text = quantityText(of: item, "a time", problems) else { return nil }
            let unit = text.reversed().prefix { $0.isASCII && $0.isLetter }.reversed()
            let figure = String(text.dropLast(unit.count))
            guard let count = decimal(figure) else {
                problems.add(
                    item.position, "\(quoted(text)) is no time",
                    hint: numberHint(figure, timeHint))
                return nil
            }
            let seconds: Double
            switch String(unit) {
            case "", "s": seconds = count
            case "ms": seconds = count / 1000
            case "min": seconds = count * 60
            case let other:
                problems.add(
                    item.position, "\(quoted(other)) is no unit of time",
                    hint: "allowed: \(timeHint)")
                return nil
            }
            guard seconds > 0, seconds <= secondsMax else {
                problems.add(
                    item.position, "the time \(quoted(text)) is out of bounds",
                    hint: "allowed: above 0, at most \(minutesMax)min")
                return nil
            }
            return seconds
        }
    }
}

extension Form where Value == Double? {
    /// A number above zero, which who reads it holds it against, or the word `none`.
    static var numberOrNone: Form {
        Form(["anyOf": [Form<Double>.aboveZero.schema, ["const": "none"]]]) { item, problems in
            guard let text = quantityText(of: item, "a number or none", problems) else {
                return nil
            }
            if text == "none" { return .some(nil) }
            return decimal(text, at: item.position, problems).map(Optional.some)
        }
    }
}

extension Form where Value == ClosedRange<Double> {
    /// A measuring range, `[low, high]`, with `low` below `high`.
    static var range: Form {
        Form([
            "type": "array", "items": Form<Double>.number.schema, "minItems": .number(2),
            "maxItems": .number(2),
        ]) { item, problems in
            guard case .list(let bounds) = item.content else {
                if case .unusable = item.content { return nil }
                problems.add(
                    item.position, "expected a range, found \(item.kind)",
                    hint: "allowed: two numbers, as in [0, 100]")
                return nil
            }
            guard bounds.count == 2 else {
                problems.add(
                    item.position, "a range takes two numbers, found \(bounds.count)",
                    hint: bounds.count > 2 ? decimalPointHint : "as in [0, 100]")
                return nil
            }
            let values = bounds.map { Form<Double>.number.read($0, problems) }
            guard let low = values[0], let high = values[1] else { return nil }
            guard low < high else {
                problems.add(item.position, "the range begins at \(low) and ends at \(high)")
                return nil
            }
            return low...high
        }
    }
}

private let timeHint = "500ms, 1s, 2min, or a number of seconds"

/// The text of a quantity. In quotes it is refused: whoever writes them means text, not a number.
private func quantityText(
    of item: Item, _ expected: String, _ problems: ProblemList
) -> String? {
    guard let text = text(of: item, expected, problems) else { return nil }
    guard case .text(_, isQuoted: false) = item.content else {
        problems.add(
            item.position, "\(quoted(text)) in quotes is text, expected \(expected)",
            hint: "leave the quotes out")
        return nil
    }
    return text
}

private func decimal(_ text: String, at position: Position, _ problems: ProblemList) -> Double? {
    if let value = decimal(text) { return value }
    problems.add(
        position, "\(quoted(text)) is no number",
        hint: numberHint(text, "a finite number in plain decimals, as in 1.5"))
    return nil
}

/// The number that `text` is, when it is nothing but an optional minus, digits, and a point with
/// digits on both sides. YAML's other spellings (`0x10`, `1_000`, `1:30`, `.5`, `1e3`, `.nan`) are
/// no numbers here: each of them has been a slip of the pen in somebody's file.
private func decimal(_ text: String) -> Double? {
    let parts = text.drop(while: { $0 == "-" }).split(
        separator: ".", omittingEmptySubsequences: false)
    guard text.prefix(2) != "--", parts.count <= 2,
        parts.allSatisfy({ String($0).isNumeric }),
        let value = Double(text), value.isFinite
    else { return nil }
    return value
}

private func numberHint(_ text: String, _ allowed: String) -> String {
    guard text.contains(",") else { return "allowed: \(allowed)" }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let whole = parts.joined()
    let isGrouped = parts.dropFirst().allSatisfy { $0.utf8.count == 3 } && whole.isNumeric
    let withPoint = parts.joined(separator: ".")
    switch (isGrouped, decimal(withPoint) != nil) {
    case (true, true): return "write \(whole), or with a decimal point \(withPoint)"
    case (true, false): return "write \(whole)"
    case (false, true): return "write the decimal point: \(withPoint)"
    case (false, false): return "allowed: \(allowed)"
    }
}
