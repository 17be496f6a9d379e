/// Columns that `text` takes on a terminal: two for each wide character of East Asia.
func columnCount(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : columnCount($1)) }
}

/// Source: Unicode Standard Annex 11, the wide and full-width ranges; combining marks take none.
private func columnCount(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}

/// `text` with spaces behind it, or before it, up to `width` columns.
package func padded(_ text: String, to width: Int, isRightAligned: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, width - columnCount(text)))
    return isRightAligned ? padding + text : text + padding
}

/// `text` in lines of at most `width` columns, broken between words; the first line begins with
/// `first`, every further one with as many spaces as `first` has columns, or with `indent` spaces.
/// Each line ends with a line break. What has no spaces is broken only where it must be.
package func wrapped(_ text: String, first: String = "", indent: Int? = nil, width: Int) -> String {
    let indent = indent ?? columnCount(first)
    var result = first
    var used = columnCount(first)
    var isEmpty = true
    func breakLine() {
        result += "\n" + String(repeating: " ", count: indent)
        used = indent
        isEmpty = true
    }
    for word in text.split(separator: " ") {
        let columns = columnCount(word)
        if !isEmpty, used + 1 + columns > width { breakLine() }
        if !isEmpty {
            result += " "
            used += 1
        }
        for character in word {
            let columns = columnCount(String(character))
            if !isEmpty, used + columns > width { breakLine() }
            result.append(character)
            used += columns
            isEmpty = false
        }
    }
    return result + "\n"
}

/// Rows in columns as wide as their widest cell, two spaces apart; the last one is not padded.
/// **Shape:** every row has as many cells as the first; a line for each, without a break.
package func aligned(_ rows: [[String]], rightAligned: Set<Int> = []) -> [String] {
    let columns = rows.first?.indices ?? 0..<0
    let widths = columns.map { column in
        rows.reduce(0) { max($0, columnCount($1[column])) }
    }
    return rows.map { row in
        let cells = row.indices.dropLast().map { column in
            padded(
                row[column], to: widths[column], isRightAligned: rightAligned.contains(column))
        }
        return (cells + row.suffix(1)).joined(separator: "  ")
    }
}

/// `1 place`, `2 places`.
package func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : "s")
}

/// `value` without the `.0` of a whole number.
func short(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
}

/// `value` with at least two decimals, so that percentages stand under each other.
func figure(_ value: Double) -> String {
    let text = "\(value)"
    let hasOneDecimal = text.dropLast().last == "."
    return hasOneDecimal ? text + "0" : text
}

/// A whole number in groups of three digits: `300,000`; others as they are.
func grouped(_ value: Double) -> String {
    guard let whole = Int(exactly: value), whole >= 0 else { return "\(value)" }
    var text = ""
    for (index, digit) in String(whole).reversed().enumerated() {
        if index > 0, index % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return String(text.reversed())
}

/// `0..40`.
func spoken(_ range: ClosedRange<Double>) -> String {
    "\(short(range.lowerBound))..\(short(range.upperBound))"
}
