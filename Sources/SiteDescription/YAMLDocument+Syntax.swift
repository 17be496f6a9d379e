import Yams

extension YAMLDocument {
    /// Reports what Yams says, at the place where it says it.
    func report(_ error: any Error) {
        guard let error = error as? YamlError else {
            problems.add(.start, "YAML: \(error)")
            return
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let position = Position(mark)
            guard !problem.contains("another document") else {
                problems.add(position, "a second document begins here", hint: "allowed: one")
                return
            }
            let around = context.map { "\($0.text) (from \($0.mark)): " } ?? ""
            // How libyaml is told to go deeper is of no use here.
            let words = problem.firstRange(of: ", set with").map { problem[..<$0.lowerBound] }
            problems.add(
                position, "YAML: \(around)\(words ?? problem[...])",
                hint: hint(for: problem, at: position))
        case .reader(let problem, let offset, let value, let text):
            let code = String(value, radix: 16, uppercase: true)
            problems.add(
                position(ofCharacter: offset ?? 0, in: text), "YAML: \(problem)",
                hint: "found the character with code \(code) (hexadecimal)")
        default:
            problems.add(.start, "YAML: \(error)")
        }
    }

    /// What mostly lies behind the messages that say least.
    private func hint(for problem: String, at position: Position) -> String? {
        if problem.contains("cannot start any token"), let index = text.index(of: position) {
            let scalar = text.unicodeScalars[index]
            return scalar == "\t"
                ? "indent with spaces, not with tabs"
                : "text that begins with \(scalar) must stand in quotes"
        }
        if problem.contains("tab character") { return "indent with spaces, not with tabs" }
        if problem.contains("nesting level") { return "a site file nests four levels deep" }
        if problem.contains("mapping values are not allowed") {
            return "text with a colon in it must stand in quotes; or the indentation is wrong"
        }
        return nil
    }

    private func position(ofCharacter offset: Int, in text: String) -> Position {
        var walk = PositionWalk()
        for scalar in text.prefix(offset).unicodeScalars { walk.advance(over: scalar) }
        return walk.position
    }
}
