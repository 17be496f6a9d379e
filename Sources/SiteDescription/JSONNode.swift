/// A value of JSON while it is written. Keys keep their order, so that two texts can be compared.
indirect enum JSONNode {
    case text(String)
    case number(Double)
    case flag(Bool)
    case null
    case list([JSONNode])
    case block([(key: String, value: JSONNode)])

    /// Texts as a list.
    static func texts(_ texts: [String]) -> JSONNode { .list(texts.map { .text($0) }) }

    /// The text of the value, a line for each of its parts; `indent`: how deep it stands.
    func written(indent: Int = 0) -> String {
        switch self {
        case .text(let text): Self.escaped(text)
        // JSON has no word for what is not finite.
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .flag(let flag): flag ? "true" : "false"
        case .null: "null"
        case .list(let items): Self.lines("[", items.map { ("", $0) }, "]", indent)
        case .block(let entries):
            Self.lines("{", entries.map { (Self.escaped($0.key) + ": ", $0.value) }, "}", indent)
        }
    }

    private static func lines(
        _ open: String, _ items: [(String, JSONNode)], _ close: String, _ indent: Int
    ) -> String {
        guard !items.isEmpty else { return open + close }
        let margin = String(repeating: " ", count: 2 * indent)
        let lines = items.map { margin + "  " + $0.0 + $0.1.written(indent: indent + 1) }
        return open + "\n" + lines.joined(separator: ",\n") + "\n" + margin + close
    }

    /// Source: RFC 8259, section 7.
    private static func escaped(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let code = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "\""
    }
}
