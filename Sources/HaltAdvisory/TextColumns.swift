/// How many columns of a terminal a text takes: Chinese characters and full-width signs take two.
///
/// Source: Unicode Standard Annex 11, the blocks that are wide throughout.
package func columns(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
}

private func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x20000...0x3FFFD:
        2
    default: 1
    }
}

/// `text` in lines of at most `width` columns; all but the first begin with `indent` blanks, which
/// the first is to have before it. Broken at blanks and between Chinese characters.
func wrapped(_ text: String, indent: Int, width: Int) -> String {
    var lines: [String] = []
    var line = ""
    // A word, or one Chinese character: what must stay together.
    for piece in pieces(of: text) {
        let isTooLong = columns(of: line) + columns(of: piece) > max(10, width - indent)
        if isTooLong, !line.isEmpty {
            lines.append(line)
            line = ""
        }
        line += line.isEmpty ? String(piece.drop { $0 == " " }) : piece
    }
    lines.append(line)
    let blanks = String(repeating: " ", count: indent)
    return lines.joined(separator: "\n" + blanks)
}

private func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var wasWide = true
    for character in text {
        let shown = character.isNewline ? " " : character
        let isWide = columns(of: String(shown)) > 1
        // A sign that ends something stays with what it ends.
        let isEnd = "，。；：、）”,.;:)".contains(shown)
        if pieces.isEmpty || shown == " " || (isWide || wasWide) && !isEnd {
            pieces.append(String(shown))
        } else {
            pieces[pieces.count - 1].append(shown)
        }
        wasWide = isWide
    }
    return pieces
}
