/// A place in the text of a file: line and column count from 1, the column in Unicode scalars.
struct Position: Hashable {
    var line: Int
    var column: Int

    static let start = Position(line: 1, column: 1)
}

/// Finds the position of each scalar of a text, with the line breaks that YAML 1.1 knows.
struct PositionWalk {
    private(set) var position = Position.start
    private var isAfterReturn = false

    /// Moves on behind `scalar`.
    mutating func advance(over scalar: Unicode.Scalar) {
        switch scalar {
        case "\n" where isAfterReturn: break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
            position = Position(line: position.line + 1, column: 1)
        default: position.column += 1
        }
        isAfterReturn = scalar == "\r"
    }
}

extension String {
    /// Where the character at `position` stands; `nil` when the text ends before it.
    func index(of position: Position) -> Index? {
        var walk = PositionWalk()
        for index in unicodeScalars.indices {
            if walk.position == position, unicodeScalars[index] != "\n" { return index }
            walk.advance(over: unicodeScalars[index])
        }
        return nil
    }
}
