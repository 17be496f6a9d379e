/// An XML document as it is written, from its root inward.
package struct XMLText {
    private var text: String
    private var path: [String]

    /// A document with the root `name`.
    package init(_ name: String, _ attributes: [(String, String)]) {
        let start = Self.start(name, attributes)
        text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(start)\n"
        path = [name]
    }

    /// The whole document; what is still open is closed.
    package var finished: String {
        var copy = self
        while !copy.path.isEmpty { copy.close() }
        return copy.text
    }

    /// An element that holds others, until it is closed.
    package mutating func open(
        _ name: String, _ attributes: [(String, String)] = []
    ) {
        indent()
        text += Self.start(name, attributes) + "\n"
        path.append(name)
    }

    /// Ends what was opened last.
    package mutating func close() {
        guard let name = path.popLast() else { return }
        indent()
        text += "</\(name)>\n"
    }

    /// An element that holds text.
    mutating func add(_ name: String, _ value: String) {
        indent()
        text += "<\(name)>\(Self.escaped(value))</\(name)>\n"
    }

    /// An element that holds a pair of `valueName` and `value`.
    mutating func add(_ name: String, named valueName: String, _ value: String) {
        open(name)
        add("valueName", valueName)
        add("value", value)
        close()
    }

    /// An element that holds lines of text, as they stand.
    package mutating func add(
        _ name: String, _ attributes: [(String, String)], lines: [String]
    ) {
        indent()
        text += Self.start(name, attributes)
        text += lines.map(Self.escaped).joined(separator: "\n") + "</\(name)>\n"
    }

    private static func start(
        _ name: String, _ attributes: [(String, String)]
    ) -> String {
        "<\(name)" + attributes.map { " \($0)=\"\(escaped($1))\"" }.joined() + ">"
    }

    private mutating func indent() { text += String(repeating: "  ", count: path.count) }

    /// Text as XML may hold it. What XML 1.0 has no way to hold becomes a blank.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(" ")
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
                result.unicodeScalars.append(" ")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
