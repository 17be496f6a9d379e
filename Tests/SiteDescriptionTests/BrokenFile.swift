import Testing

/// A site file with one thing wrong, and what must be said about it.
struct BrokenFile: Sendable, CustomTestStringConvertible {
    let error: String
    let text: String
    let position: String
    let words: [String]

    var testDescription: String { error }

    /// `Sample.short` with every `old` replaced by `new`.
    init(_ error: String, _ old: String, _ new: String, at position: String, _ words: String...) {
        self.init(error, Sample.short.replacing(old, with: new), at: position, words)
    }

    init(_ error: String, _ text: String, at position: String, _ words: [String]) {
        self.error = error
        self.text = text
        self.position = position
        self.words = words
    }

    /// Checks that exactly this is reported, and nothing else.
    func check() {
        let problems = Sample.problems(text)
        #expect(problems.count == 1, "\(problems)")
        for problem in problems {
            #expect(problem.hasPrefix("\(position): "), "expected at \(position): \(problem)")
            for word in words { #expect(problem.contains(word), "expected \(word): \(problem)") }
        }
    }
}
