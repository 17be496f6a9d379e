import GasModel

/// How the text of a value must look, and what it then means.
///
/// A form reports what it refuses and answers `nil`. It never guesses: a value that can be read in
/// two ways is refused.
struct Form<Value> {
    let read: (Item, ProblemList) -> Value?
}

extension Form where Value == String {
    /// Longest code, in bytes: it is one level of a topic, and stands in file names.
    private static var codeBytesMax: Int { 64 }
    /// Longest name, in bytes of UTF-8: it stands on every line of the alert log.
    private static var nameBytesMax: Int { 200 }

    /// A short code that can stand in a topic.
    static var code: Form {
        Form { item, problems in
            guard let text = text(of: item, "a code", problems) else { return nil }
            let allowed = "allowed: 1 to \(codeBytesMax) of A-Z a-z 0-9 . _ -"
            if let wrong = text.unicodeScalars.first(where: { !isTopicSafe($0) }) {
                let shown = quoted(String(wrong))
                problems.add(
                    item.position,
                    "\(quoted(text)) holds \(shown), which cannot stand in a topic", hint: allowed)
                return nil
            }
            guard 1...codeBytesMax ~= text.utf8.count else {
                let length = text.utf8.count
                problems.add(
                    item.position, "\(quoted(text)) is \(length) characters long", hint: allowed)
                return nil
            }
            return text
        }
    }

    /// What people call something: one line of any script.
    static var name: Form { line("name", bytesMax: nameBytesMax) }

    /// One line of any script; `noun` is what messages call it.
    static func line(_ noun: String, bytesMax: Int) -> Form {
        Form { item, problems in
            guard let text = text(of: item, "a \(noun)", problems) else { return nil }
            let allowed = "allowed: 1 to \(bytesMax) bytes on one line"
            guard 1...bytesMax ~= text.utf8.count else {
                let length = text.utf8.count
                problems.add(
                    item.position, "the \(noun) \(quoted(text)) is \(length) bytes long",
                    hint: allowed)
                return nil
            }
            guard text.unicodeScalars.allSatisfy({ !breaksLine($0) }) else {
                problems.add(
                    item.position, "the \(noun) \(quoted(text)) holds a control character",
                    hint: allowed)
                return nil
            }
            return text
        }
    }

    private static func isTopicSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "-": true
        default: false
        }
    }

    private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension Form where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words that the type knows, spelt exactly so; `noun` is what messages call it.
    static func choice(_ noun: String) -> Form {
        Form { item, problems in
            let words = Value.allCases.map(\.rawValue)
            let allowed = "allowed: \(words.joined(separator: ", "))"
            guard let text = text(of: item, "a \(noun)", problems) else { return nil }
            if let value = Value(rawValue: text) { return value }
            let near = problems.suggestion(for: text, among: words).map { "\($0) " } ?? ""
            problems.add(item.position, "unknown \(noun) \(quoted(text))", hint: near + allowed)
            return nil
        }
    }
}

/// The text of a scalar, with or without quotes; a problem when it is a list or a block.
func text(of item: Item, _ expected: String, _ problems: ProblemList) -> String? {
    switch item.content {
    case .text(let text, _) where !item.isAbsent: return text
    case .unusable: break
    default: problems.add(item.position, "expected \(expected), found \(item.kind)")
    }
    return nil
}
