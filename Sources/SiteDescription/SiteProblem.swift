/// One thing that is wrong with a site file.
///
/// **Shape:** `line` and `column` count from 1, the column in Unicode scalars, as editors show
/// them. `message` names the offending value, `hint` what is allowed or was perhaps meant; neither
/// ends with a full stop, neither holds a control character.
package struct SiteProblem: Error, Sendable, Equatable {
    /// Line of the file, from 1.
    package var line: Int
    /// Column of that line, from 1.
    package var column: Int
    /// What is wrong.
    package var message: String
    /// What is allowed, or what was perhaps meant.
    package var hint: String?

    /// A problem at a place of the file.
    package init(line: Int, column: Int, message: String, hint: String? = nil) {
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
    }

    /// The problem in the form that editors and compilers share: `file:line:column: message; hint`.
    package func text(inFile name: String) -> String {
        "\(name):\(line):\(column): \(message)" + (hint.map { "; \($0)" } ?? "")
    }
}

/// Why a site file was refused: every problem that was found in it.
///
/// **Ordering:** by line, then column. **Range:** never empty.
package struct SiteProblems: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the file, as its reader was given it.
    package let name: String
    /// The problems, in the order of the file.
    package let list: [SiteProblem]

    /// One line for each problem, then how many there are; no line break at the end.
    package var description: String {
        let count = list.count == 1 ? "1 problem" : "\(list.count) problems"
        return (list.map { $0.text(inFile: name) } + ["\(count) in \(name)"])
            .joined(separator: "\n")
    }
}

/// Collects the problems of one file while it is read. Owned by that one reading, never shared.
final class ProblemList {
    /// How often a near name is searched for: what helps with a slip of the pen is of no use for
    /// thousands of them, and each search looks at every place of the mine.
    static let suggestionsMax = 100

    private var found: [SiteProblem] = []
    private var suggestionCount = 0

    var isEmpty: Bool { found.isEmpty }

    func add(_ position: Position, _ message: String, hint: String? = nil) {
        found.append(
            SiteProblem(
                line: position.line, column: position.column, message: message, hint: hint))
    }

    /// `did you mean "x"?` for the nearest of `names`, or `otherwise` when none is near.
    func suggestion(
        for name: String, among names: some Sequence<String>, otherwise: String? = nil
    ) -> String? {
        guard suggestionCount < Self.suggestionsMax else { return otherwise }
        suggestionCount += 1
        return nearestName(to: name, among: names).map { "did you mean \(quoted($0))?" }
            ?? otherwise
    }

    /// The problems in the order of the file, each one once: an alias is seen at every use of it.
    func sorted() -> [SiteProblem] {
        let ordered = found.sorted {
            ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message)
        }
        return ordered.indices
            .filter { $0 == 0 || ordered[$0] != ordered[$0 - 1] }
            .map { ordered[$0] }
    }
}

/// `text` in double quotes, fit for one line of a terminal: control characters, and marks that turn
/// the direction of writing, are escaped, and what goes on for too long is cut short.
func quoted(_ text: String) -> String {
    let lengthMax = 60
    let shown =
        text.count <= lengthMax
        ? text.debugDescription : String(text.prefix(lengthMax)).debugDescription + "..."
    guard !shown.utf8.allSatisfy({ $0 < 0x80 }) else { return shown }
    return shown.unicodeScalars.reduce(into: "") { line, scalar in
        line += scalar.properties.isBidiControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
}
