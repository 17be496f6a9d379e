/// Writes an SVG picture, element after element.
struct SVGWriter {
    private(set) var text: String

    /// A white page.
    init(width: Double, height: Double, title: String) {
        text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(fixed(width, 0))" \
            height="\(fixed(height, 0))" viewBox="0 0 \(fixed(width, 0)) \(fixed(height, 0))" \
            font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="12">
            <title>\(Self.escaped(title))</title>
            <rect width="100%" height="100%" fill="#ffffff"/>

            """
    }

    /// The whole picture.
    var finished: String { text + "</svg>\n" }

    mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String,
        width: Double = 1, dash: String? = nil
    ) {
        let dashes = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        text += "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" "
        text += "stroke=\"\(colour)\" stroke-width=\"\(n(width))\"\(dashes)/>\n"
    }

    /// `tip` is what a reader sees who points at it.
    mutating func box(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ colour: String,
        opacity: Double = 1, corner: Double = 0, tip: String? = nil
    ) {
        text += "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" "
        text += "fill=\"\(colour)\""
        if opacity < 1 { text += " fill-opacity=\"\(n(opacity))\"" }
        if corner > 0 { text += " rx=\"\(n(corner))\"" }
        text += tip.map { "><title>\(Self.escaped($0))</title></rect>\n" } ?? "/>\n"
    }

    mutating func frame(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        text += "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" "
        text += "fill=\"none\" stroke=\"#90a4ae\"/>\n"
    }

    mutating func dot(_ x: Double, _ y: Double, _ colour: String, radius: Double, tip: String) {
        text += "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(colour)\" "
        text += "stroke=\"#ffffff\" stroke-width=\"1.2\">"
        text += "<title>\(Self.escaped(tip))</title></circle>\n"
    }

    mutating func path(_ steps: String, _ colour: String, width: Double, tip: String) {
        text += "<path d=\"\(steps)\" fill=\"none\" stroke=\"\(colour)\" "
        text +=
            "stroke-width=\"\(n(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\">"
        text += "<title>\(Self.escaped(tip))</title></path>\n"
    }

    /// Where a word stands to its point.
    enum Anchor: String { case start, middle, end }

    mutating func word(
        _ word: String, _ x: Double, _ y: Double, _ colour: String = "#263238",
        size: Double = 12, anchor: Anchor = .start, isBold: Bool = false,
        hasHalo: Bool = false
    ) {
        text += "<text x=\"\(n(x))\" y=\"\(n(y))\" fill=\"\(colour)\" font-size=\"\(n(size))\""
        if anchor != .start { text += " text-anchor=\"\(anchor.rawValue)\"" }
        if isBold { text += " font-weight=\"bold\"" }
        if hasHalo { text += " paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\"" }
        text += ">\(Self.escaped(word))</text>\n"
    }

    private func n(_ value: Double) -> String { Self.figure(value) }

    /// A coordinate, to the tenth.
    static func figure(_ value: Double) -> String {
        let text = fixed(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Text as XML takes it: what it cannot hold becomes a question mark.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{20}"..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}",
                "\u{10000}"..."\u{10FFFF}":
                result.unicodeScalars.append(scalar)
            default: result += "?"
            }
        }
        return result
    }
}
