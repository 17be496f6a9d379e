import GasModel

extension Form where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words that the type knows, spelt exactly so; `noun` is what messages call it.
    static func choice(_ noun: String) -> Form {
        Form(.oneOf(Value.allCases.map(\.rawValue))) { item, problems in
            guard let text = text(of: item, "a \(noun)", problems) else { return nil }
            if let value = Value(rawValue: text) { return value }
            refuse(text, noun, at: item, among: Value.allCases.map(\.rawValue), problems)
            return nil
        }
    }
}

extension Form where Value == String {
    /// One of `words`, spelt exactly so; `noun` is what messages call it.
    static func word(_ noun: String, among words: [String]) -> Form {
        Form(.oneOf(words)) { item, problems in
            guard let text = text(of: item, "a \(noun)", problems) else { return nil }
            if words.contains(text) { return text }
            refuse(text, noun, at: item, among: words, problems)
            return nil
        }
    }

    /// A text that its reader looks up among `words`, knowing more than the form does.
    static func term(_ noun: String, among words: [String]) -> Form {
        Form(.oneOf(words)) { item, problems in text(of: item, "a \(noun)", problems) }
    }

    /// A day of the calendar, as in `2026-12-01`.
    static var day: Form {
        Form([
            "type": "string", "format": "date",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        ]) { item, problems in
            guard let text = text(of: item, "a day", problems) else { return nil }
            if CalendarDay.isValid(text) { return text }
            problems.add(
                item.position, "\(quoted(text)) is no day of the calendar",
                hint: "allowed: year-month-day, as in 2026-12-01")
            return nil
        }
    }
}

extension Form where Value == [Found<String>] {
    /// A list of codes, `[A, B]`; an empty one is as good as none.
    static var codes: Form {
        Form(["type": "array", "items": Form<String>.code.schema]) { item, problems in
            guard case .list(let items) = item.content else {
                if case .unusable = item.content { return nil }
                problems.add(
                    item.position, "expected a list of codes, found \(item.kind)",
                    hint: "as in [A, B]")
                return nil
            }
            return items.compactMap { item in
                Form<String>.code.read(item, problems)
                    .map { Found(value: $0, position: item.position) }
            }
        }
    }
}

private func refuse(
    _ text: String, _ noun: String, at item: Item, among words: [String], _ problems: ProblemList
) {
    let near = problems.suggestion(for: text, among: words).map { "\($0) " } ?? ""
    problems.add(
        item.position, "unknown \(noun) \(quoted(text))",
        hint: "\(near)allowed: \(words.joined(separator: ", "))")
}
