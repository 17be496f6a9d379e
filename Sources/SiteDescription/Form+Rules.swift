import GasModel

/// The words of one entry of a check, one after the other.
struct PhraseForm {
    struct Slot {
        let noun: String
        /// `nil`: any code.
        let words: [String]?

        init(_ noun: String, _ words: [String]?) {
            self.noun = noun
            self.words = words
        }
    }

    let slots: [Slot]

    init(_ slots: [Slot]) { self.slots = slots }

    /// How a whole entry looks.
    var shape: String { slots.map { $0.noun.uppercased() }.joined(separator: " ") }
}

extension Form where Value == [Placed<[String]>] {
    /// A list of entries. `isWhole`: each has all words; otherwise it may end before the last.
    static func phrases(
        _ phrase: PhraseForm, isWhole: Bool, isEmptyAllowed: Bool = true
    ) -> Form {
        Form { item, problems in
            guard case .list(let items) = item.content else {
                problems.add(
                    item.position, "expected a list, found \(item.kind)",
                    hint: "allowed: [\(phrase.shape), ...]")
                return nil
            }
            if items.isEmpty, !isEmptyAllowed {
                // It would hold whatever is told, and reads as if nothing had been.
                problems.add(
                    item.position, "an empty list checks nothing",
                    hint: "allowed: [\(phrase.shape), ...]; that nothing is told is "
                        + "none: [HALT, ALARM, WARNING, FAULT]")
            }
            return items.compactMap { item in
                guard let text = text(of: item, phrase.shape, problems) else { return nil }
                let words = text.split(separator: " ").map(String.init)
                guard
                    isWhole
                        ? words.count == phrase.slots.count : 1...phrase.slots.count ~= words.count
                else {
                    problems.add(
                        item.position, "\(quoted(text)) has \(counted(words.count, "word"))",
                        hint: "allowed: \(phrase.shape)" + (isWhole ? "" : ", or its beginning"))
                    return nil
                }
                for (word, slot) in zip(words, phrase.slots) {
                    guard let known = slot.words, !known.contains(word) else { continue }
                    let near = problems.suggestion(for: word, among: known).map { "\($0) " } ?? ""
                    problems.add(
                        item.position, "unknown \(slot.noun) \(quoted(word))",
                        hint: "\(near)allowed: \(known.joined(separator: ", "))")
                }
                return Placed(words, item.position)
            }
        }
    }
}

/// What one sensor sends, as the file has it.
struct SeriesLine {
    var sensor: Found<String>
    /// The text, and where its first character stands.
    var text: Found<String>
}

extension Form where Value == [SeriesLine] {
    /// A block with a text for each sensor.
    static var series: Form {
        Form { item, problems in
            guard case .block(let entries) = item.content, !entries.isEmpty else {
                problems.add(
                    item.position, "expected a text for each sensor, found \(item.kind)",
                    hint: "allowed: H101-T1: \"0.4+0.02x60 _x5 nan\"")
                return nil
            }
            return entries.compactMap { entry in
                guard let text = text(of: entry.value, "a series", problems) else { return nil }
                var position = entry.value.position
                if case .text(_, isQuoted: true) = entry.value.content { position.column += 1 }
                return SeriesLine(
                    sensor: Found(value: entry.key, position: entry.keyPosition),
                    text: Found(value: text, position: position))
            }
        }
    }
}

extension Form where Value == Timestamp {
    /// An instant.
    static func instant(_ read: @escaping (String) -> Timestamp?) -> Form {
        Form(["type": "string", "format": "date-time"]) { item, problems in
            guard let text = text(of: item, "an instant", problems) else { return nil }
            if let time = read(text) { return time }
            problems.add(
                item.position, "\(quoted(text)) is no instant",
                hint: "allowed: RFC 3339 with an offset, as in 2026-03-02T08:00:00Z")
            return nil
        }
    }
}

extension Form where Value == Double {
    /// The longest time of a test, in seconds.
    static var momentMax: Double { 31 * 86_400 }

    /// A time after the start, in seconds: `0s`, `500ms`, `90s`, `5min`, `2h`.
    static var moment: Form {
        Form(["type": "string", "pattern": "^[0-9.]+(ms|s|min|h)$"]) { item, problems in
            guard let text = text(of: item, "a time", problems) else { return nil }
            if let seconds = moment(text), seconds <= momentMax { return seconds }
            problems.add(
                item.position, "\(quoted(text)) is no time of a test",
                hint: "allowed: \(momentHint)")
            return nil
        }
    }

    /// What a time of a test may be.
    static var momentHint: String { "500ms, 90s, 5min or 2h, at most 744h" }

    /// The seconds that `text` names; `nil` when it is no time.
    static func moment(_ text: some StringProtocol) -> Double? {
        let unit = String(text.reversed().prefix { $0.isASCII && $0.isLetter }.reversed())
        let figure = text.dropLast(unit.count)
        let factors = ["ms": 0.001, "s": 1, "min": 60, "h": 3600]
        guard let factor = factors[unit],
            figure.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
            let count = Double(figure), count.isFinite
        else { return nil }
        return count * factor
    }
}
