/// A JSON value whose objects keep the order in which they were written, so that what is printed
/// reads from top to bottom.
package indirect enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number; one that is not finite is written as `null`.
    case number(Double)
    /// A text.
    case text(String)
    /// A list.
    case list([JSONValue])
    /// Keys and values, each key once.
    case object([(key: String, value: JSONValue)])

    /// A text, or `null`.
    package static func text(orNull text: String?) -> JSONValue {
        text.map(JSONValue.text) ?? .null
    }

    /// A number, or `null`.
    package static func number(orNull number: Double?) -> JSONValue {
        number.map(JSONValue.number) ?? .null
    }

    /// A list of texts.
    package static func texts(_ texts: [String]) -> JSONValue { .list(texts.map(JSONValue.text)) }

    /// The value as JSON (RFC 8259): a line for each member, indented by two spaces. No line
    /// break at the end.
    package var rendered: String {
        var text = ""
        write(to: &text, indent: "")
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let value): text += Self.figure(value)
        case .text(let value): Self.quote(value, to: &text)
        case .list(let items):
            Self.write(items.map { (nil, $0) }, in: ("[", "]"), to: &text, indent: indent)
        case .object(let members):
            Self.write(
                members.map { (Optional($0.key), $0.value) }, in: ("{", "}"), to: &text,
                indent: indent)
        }
    }

    private static func write(
        _ members: [(key: String?, value: JSONValue)], in brackets: (String, String),
        to text: inout String, indent: String
    ) {
        let deeper = indent + "  "
        text += brackets.0
        for (index, member) in members.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + deeper
            if let key = member.key {
                quote(key, to: &text)
                text += ": "
            }
            member.value.write(to: &text, indent: deeper)
        }
        text += (members.isEmpty ? "" : "\n" + indent) + brackets.1
    }

    private static func figure(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringLiteral
{
    /// An object with its members in the order of the text.
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { (key: $0.0, value: $0.1) })
    }

    /// A list.
    package init(arrayLiteral items: JSONValue...) { self = .list(items) }

    /// A text.
    package init(stringLiteral text: String) { self = .text(text) }
}
