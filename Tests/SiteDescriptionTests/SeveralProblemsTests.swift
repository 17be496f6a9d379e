import SiteDescription
import Testing

@Suite("Several problems")
struct SeveralProblemsTests {
    @Test("are all listed, in the order of the file, and counted")
    func several() {
        let text = """
            mine: {code: de mo, nmae: Demonstration mine}
            limit-table: own
            places:
              - {id: H101, name: Heading 101, kind: heading}
              - {id: H102, name: Heading 102, kind: heading}
            sensors:
              - id: H101-T1
                place: H1O1
                role: T9
                unit: "%CH4"
                limits: {alarm: 1,0, cut: 1.5, repower: 2}
                interval: 0s
                interval: 1s
              - place: H101
                role: T2
                unit: "%CH4"
                limits: {alarm: 1.0, cut: 1.0, repower: 1.0}
                interval: 1s
                colour: red
            """
        let expected = """
            heading.yaml:1:7: the mine lacks the key "name"
            heading.yaml:1:14: "de mo" holds " ", which cannot stand in a topic; \
            allowed: 1 to 64 of A-Z a-z 0-9 . _ -
            heading.yaml:1:21: unknown key "nmae" in the mine; did you mean "name"?
            heading.yaml:5:10: the place "H102" has no sensor
            heading.yaml:8:12: sensor "H101-T1" stands in the place "H1O1", which is not there; \
            did you mean "H101"?
            heading.yaml:11:23: unknown key "0" in limits of sensor "H101-T1"; \
            a comma separates entries; decimals take a point, as in 1.5
            heading.yaml:11:45: limits of sensor "H101-T1": repower 2.0 is above cut 1.5
            heading.yaml:12:15: the time "0s" is out of bounds; allowed: above 0, at most 60min
            heading.yaml:13:5: the key "interval" is given twice; first in line 12
            heading.yaml:14:5: sensor 2 lacks the key "id"
            heading.yaml:19:5: unknown key "colour" in sensor 2; allowed: id, place, role, \
            quantity, unit, lel, temperature, pressure, on-at, type, range, resolution, limits, \
            alarm-delay, interval, calibration-due, gateway
            11 problems in heading.yaml
            """
        let problems = #expect(throws: SiteProblems.self) {
            try SiteFile.read(text, name: "heading.yaml")
        }
        #expect(problems?.description == expected)
    }

    @Test("of the limits of one sensor are all listed")
    func limits() {
        let above = Sample.short.replacing("alarm: 1.0", with: "alarm: 2.0")
            .replacing("repower: 1.0", with: "repower: 3.0")
        #expect(
            Sample.problems(above) == [
                "12:21: limits of sensor \"H101-T1\": alarm 2.0 is above cut 1.5",
                "12:45: limits of sensor \"H101-T1\": repower 3.0 is above cut 1.5",
            ])
        let nothing = Sample.short.replacing(
            "alarm: 1.0, cut: 1.5, repower: 1.0", with: "alarm: 0, cut: 0, repower: 0")
        #expect(
            Sample.problems(nothing) == [
                "12:21: limits of sensor \"H101-T1\": alarm 0.0 is not above zero",
                "12:29: limits of sensor \"H101-T1\": cut 0.0 is not above zero",
                "12:41: limits of sensor \"H101-T1\": repower 0.0 is not above zero",
            ])
    }

    @Test("a limit that follows from a wrong one is not a problem of its own")
    func derived() {
        let text = Sample.full.replacing("limits: {alarm: 24}", with: "limits: {alarm: -24}")
        let problems = Sample.problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix("alarm -24.0 is not above zero") == true, "\(problems)")
    }

    @Test("a range in the unit of the limits is told apart from limits in the unit of the sensor")
    func rangeMixUp() {
        let text = Sample.full.replacing("range: [0, 100]\n", with: "range: [0, 4]\n")
        let problems = Sample.problems(text).filter { $0.contains("of the row") }
        #expect(problems.count == 2)
        let hint =
            "the range ends at 0.2 %CH4; a range is given in the unit that the sensor sends, %LEL"
        #expect(problems.allSatisfy { $0.hasSuffix(hint) }, "\(problems)")
    }

    @Test("a repeated key hides no other problem, not even a second repeated key")
    func repeatedKeys() {
        let text = Sample.short.replacing("role: T1", with: "role: T1\n    role: T2\n    role: T8")
            .replacing("cut: 1.5", with: "cut: 1.5, cut: 1.5").replacing(": 1s", with: ": 0s")
        let problems = Sample.problems(text)
        #expect(problems.count == 4)
        let positions = ["11:5: ", "12:5: ", "14:36: ", "15:15: "]
        #expect(zip(problems, positions).allSatisfy { $0.hasPrefix($1) }, "\(problems)")
    }

    @Test("a repeated key is reported beside a syntax error further down")
    func repeatedKeyAndSyntax() {
        let text = Sample.short.replacing(
            "name: Heading 101", with: "id: H102\n    name: Heading 101"
        )
        .replacing("range: [0, 4]", with: "range: ]")
        #expect(
            Sample.problems(text) == [
                "4:5: the key \"id\" is given twice in its block",
                "15:12: YAML: while parsing a block node (from 15:12): "
                    + "did not find expected node content",
            ])
    }

    @Test("too many repeated keys end the search with a word about it")
    func tooManyRepeatedKeys() {
        let repeated = (1...30).map { "  - {id: P\($0), id: P}" }.joined(separator: "\n")
        let text = Sample.short.replacing("    name: Heading 101", with: repeated)
        let problems = Sample.problems(text)
        #expect(problems.count == 21)
        #expect(problems.last?.contains("no other key is checked") == true)
    }

    @Test("the nearest place is named only where one is nearest")
    func nearest() {
        let places = "places:\n  - {id: H102, name: B}\n  - {id: H103, name: C}"
        let two = Sample.short.replacing("places:", with: places)
        let near = two.replacing("place: H101", with: "place: H1O2")
        #expect(Sample.problems(near).contains { $0.hasSuffix("did you mean \"H102\"?") })
        let between = two.replacing("place: H101", with: "place: H109")
        #expect(Sample.problems(between).contains { $0.hasSuffix("\"H109\", which is not there") })
    }

    @Test("escape what would command the terminal, and cut what is too long")
    func terminal() {
        let text = Sample.short.replacing("role: T1", with: "role: \"\\e[2J\"")
        #expect(Sample.problems(text).first?.contains("\"\\u{1B}[2J\"") == true)
        let turned = Sample.short.replacing("role: T1", with: "role: \"T\\u202E1\"")
        #expect(Sample.problems(turned).first?.contains("\"T\\u{202E}1\"") == true)
        let long = Sample.short.replacing(
            "role: T1", with: "role: " + String(repeating: "x", count: 10_000))
        #expect(Sample.problems(long).first.map { $0.count < 250 } == true)
    }
}
