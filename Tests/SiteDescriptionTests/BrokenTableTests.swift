import Testing

@Suite("Broken limit table")
struct BrokenTableTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let error: String
        let text: String
        let position: String
        let words: [String]
        var testDescription: String { error }

        init(_ error: String, _ old: String, _ new: String, at position: String, _ words: String...)
        {
            self.error = error
            // The first one only: rows repeat each other.
            text = SampleTable.text.replacing(old, with: new, maxReplacements: 1)
            self.position = position
            self.words = words
        }
    }

    static let cases = [
        Case(
            "unknown key of a row", "scope: everything", "scope: everything\n    scop: x",
            at: "18:5",
            "did you mean \"scope\"?"),
        Case("missing key", "    duty: stop\n", "", at: "8:5", "row \"face\" lacks the key"),
        Case(
            "unknown kind of place", "[heading, longwall]", "[headings]", at: "11:14",
            "unknown kind of place", "did you mean \"heading\"?"),
        Case("unknown gas class", "[low, high]", "[lower]", at: "12:17", "low, high, outburst"),
        Case("empty list of gas classes", "[low, high]", "[]", at: "12:16", "the list is empty"),
        Case("unknown operator", "\">=\"", "\"=>\"", at: "16:15", "allowed: >=, >"),
        Case(
            "unknown verification", "secondary", "maybe", at: "19:68", "allowed: yes, secondary, no"
        ),
        Case(
            "basis without an article", "article: s 1, ", "", at: "19:12",
            "the basis lacks the key \"article\""),
        Case("unknown quantity", "fan-running", "fan-runing", at: "41:15", "\"fan-running\""),
        Case("answer that is none", "series: yes", "series: true", at: "44:21", "yes, no"),
        Case(
            "alarm above the cut", "alarm: 1.0", "alarm: 1.6", at: "13:12",
            "alarm 1.6 is above cut 1.5"),
        Case(
            "re-power above the cut", "repower: 1.0", "repower: 1.6", at: "15:14",
            "repower 1.6 is above 1.5"),
        Case(
            "re-power above the only limit", "repower: none", "repower: 0.8", at: "27:14",
            "repower 0.8 is above 0.75"),
        Case(
            "another unit", "cut: 1.5", "cut: 30", at: "14:10", "30.0 is no limit for methane",
            "% by volume"),
        Case("a limit of zero", "alarm: 1.0", "alarm: 0", at: "13:12", "0.0 is no limit"),
        Case(
            "neither alarm nor cut", "alarm: 0.75", "alarm: none", at: "21:5",
            "row \"main\" has neither alarm nor cut"),
        Case(
            "steps that fall", "scope: everything",
            "steps: [{at: 3, duty: a}, {at: 2, duty: b}]\n    scope: everything", at: "17:12",
            "steps must rise"),
        Case(
            "step below the cut", "scope: everything",
            "steps: [{at: 1.5, duty: a}]\n    scope: everything", at: "17:12",
            "begin above the cut"),
        Case(
            "row described twice", "id: main", "id: face", at: "21:9",
            "the row \"face\" is described twice", "first in line 8"),
        Case(
            "two rows for one sensor", "role: main-return\n    title: Main return\n    places: [",
            "role: T1\n    title: Main return\n    places: [heading, ", at: "21:9",
            "\"face\" and \"main\" hold for the same sensor, role T1"),
        Case(
            "requirement described twice", "id: need-fan", "id: need-face", at: "40:9",
            "the requirement \"need-face\" is described twice"),
        Case(
            "requirement without limits", "    gas-class: [low]\n", "    gas-class: [outburst]\n",
            at: "34:9", "asks for T1 in heading", "no row has limits"),
    ]

    @Test("says where it is wrong, and nothing else", arguments: cases)
    func check(_ sample: Case) {
        let problems = SampleTable.problems(sample.text)
        #expect(problems.count == 1, "\(problems)")
        for problem in problems {
            #expect(problem.hasPrefix("\(sample.position): "), "\(problem)")
            for word in sample.words { #expect(problem.contains(word), "\(word): \(problem)") }
        }
    }

    @Test("rows of different gas classes hold beside each other")
    func classes() {
        let text = SampleTable.text.replacing(
            "role: main-return\n    title: Main return\n    places: [main-return]",
            with: "role: T1\n    title: Face\n    places: [heading]\n    gas-class: [outburst]")
        #expect(SampleTable.problems(text) == [])
    }

    @Test("every problem is told at once")
    func several() {
        let text = SampleTable.text.replacing("cut: 1.5", with: "cut: high")
            .replacing("alarm: 0.75", with: "alarm: 7.5").replacing("need-fan", with: "need fan")
        #expect(SampleTable.problems(text).count == 3)
    }
}
