/// How the text of a value must look, and what it then means.
///
/// A form reports what it refuses and answers `nil`. It never guesses: a value that can be read in
/// two ways is refused.
struct Form<Value> {
    /// The value of an item; `nil` when it was refused.
    let read: (Item, ProblemList) -> Value?
    private let describe: () -> JSONValue

    /// A form, and the same in the words of JSON Schema, as far as it has any.
    init(
        _ schema: @autoclosure @escaping () -> JSONValue = [:],
        read: @escaping (Item, ProblemList) -> Value?
    ) {
        describe = schema
        self.read = read
    }

    /// What JSON Schema says of it.
    var schema: JSONValue { describe() }
}

extension JSONValue {
    /// What a schema says of a text. A plain number is one too, and what others take for a truth
    /// value: `id: 101` and `id: true` are codes.
    static var plainText: JSONValue { ["string", "number", "boolean"] }

    /// What a schema says of one of several words.
    static func oneOf(_ words: [String]) -> JSONValue { ["enum": .texts(words)] }
}

extension Form where Value == String {
    /// Longest code, in bytes: it is one level of a topic, and stands in file names.
    private static var codeBytesMax: Int { 64 }
    /// Longest name, in bytes of UTF-8: it stands on every line of the alert log.
    private static var nameBytesMax: Int { 200 }

    /// A short code that can stand in a topic.
    static var code: Form {
        Form(["type": .plainText, "pattern": .text("^[A-Za-z0-9._-]{1,\(codeBytesMax)}$")]) {
            item, problems in
            guard let text = text(of: item, "a code", problems) else { return nil }
            if isCode(text) { return text }
            let allowed = "allowed: 1 to \(codeBytesMax) of A-Z a-z 0-9 . _ -"
            let wrong = text.unicodeScalars.first { !isTopicSafe($0) }
            problems.add(
                item.position,
                wrong.map {
                    let shown = quoted(String($0))
                    return "\(quoted(text)) holds \(shown), which cannot stand in a topic"
                } ?? "\(quoted(text)) is \(text.utf8.count) characters long", hint: allowed)
            return nil
        }
    }

    private static func isCode(_ text: String) -> Bool {
        1...codeBytesMax ~= text.utf8.count
            && text.unicodeScalars.allSatisfy { isTopicSafe($0) }
    }

    /// What people call something: one line of any script.
    static var name: Form { line("name", bytesMax: nameBytesMax) }

    /// One line of any script; `noun` is what messages call it.
    static func line(_ noun: String, bytesMax: Int) -> Form {
        Form(
            [
                "type": .plainText, "minLength": .number(1),
                "maxLength": .number(Double(bytesMax)),
            ]
        ) { item, problems in
            guard let text = text(of: item, "a \(noun)", problems) else { return nil }
            let allowed = "allowed: 1 to \(bytesMax) bytes on one line"
            guard 1...bytesMax ~= text.utf8.count else {
                let length = text.utf8.count
                problems.add(
                    item.position, "the \(noun) \(quoted(text)) is \(length) bytes long",
                    hint: allowed)
                return nil
            }
            guard isPlain(text) || text.unicodeScalars.allSatisfy({ !breaksLine($0) }) else {
                problems.add(
                    item.position, "the \(noun) \(quoted(text)) holds a control character",
                    hint: allowed)
                return nil
            }
            return text
        }
    }

    /// Whether it is nothing but ASCII without control characters, as most names are.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { 0x20..<0x7F ~= $0 }
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
        // They turn the order of what stands beside them on the same line of an alert.
        default: scalar.properties.isBidiControl
        }
    }
}

/// The text of a scalar, with or without quotes; a problem when it is a list or a block.
func text(of item: Item, _ expected: String, _ problems: ProblemList) -> String? {
    switch item.content {
    case .text(let text, _) where !item.isAbsent: return text
    case .unusable, .asked: break
    default: problems.add(item.position, "expected \(expected), found \(item.kind)")
    }
    return nil
}
