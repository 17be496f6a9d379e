/// The codes of one kind of thing, each given once in the file, and the references to them.
struct UniqueCodes {
    private let kind: String
    /// Where each code stands first.
    private(set) var positions: [String: Position] = [:]

    init(of kind: String) { self.kind = kind }

    /// Adds a code, or reports that it was given before.
    mutating func insert(_ code: Found<String>, _ problems: ProblemList) {
        guard let earlier = positions[code.value] else {
            positions[code.value] = code.position
            return
        }
        problems.add(
            code.position, "the \(kind) \(quoted(code.value)) is described twice",
            hint: "first in line \(earlier.line)")
    }

    /// Whether `code` is one of them; if not, that is reported: `claim` "X", which is not there.
    func holds(
        _ code: Found<String>, _ claim: @autoclosure () -> String, _ problems: ProblemList
    ) -> Bool {
        guard positions[code.value] == nil else { return true }
        problems.add(
            code.position, "\(claim()) \(quoted(code.value)), which is not there",
            hint: problems.suggestion(for: code.value, among: positions.keys.sorted()))
        return false
    }
}
