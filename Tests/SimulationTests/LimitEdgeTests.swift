import GasDetection
import GasModel
import SiteDescription
import Support
import Testing

/// Each row of each shipped table, through the detector that the daemon runs: at every figure, at
/// the next number below it and at the next above it.
@Suite("Edges of the limit tables")
struct LimitEdgeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let table: String
        let row: LimitRow
        var testDescription: String { "\(table) \(row.id)" }

        /// The values around every figure of the row.
        var edges: [Double] {
            let figures =
                [row.alarm, row.cut].compactMap { $0?.value } + row.steps.map(\.at.value)
                + (row.repower.map { [$0] } ?? [])
            return figures.flatMap { [$0.nextDown, $0, $0.nextUp] }
        }

        /// What the detector says of these values, one after the other.
        func findings(_ values: [Double]) throws -> [String] {
            let sensor = Sensor(
                id: "S", place: "P", role: row.role, limits: try row.limits(), steps: row.steps,
                row: row, intervalSeconds: 1, range: 0...100)
            var detector = ThresholdDetector(Heading.roster([sensor]))
            var source = ReadingSource()
            var findings: [Finding] = []
            for (second, value) in values.enumerated() {
                let reading = source.value(value, of: 0, at: Double(second))
                detector.observe(reading, into: &findings)
            }
            return findings.map { "\($0.rule) \($0.change)" }
        }
    }

    static let cases = LimitTables.all.flatMap { table in
        table.rows.map { Case(table: table.name, row: $0) }
    }

    /// What the operator of the law says, word for word.
    private func reaches(_ value: Double, _ limit: Limit?) -> Bool {
        guard let limit else { return false }
        return limit.comparison == ">" ? value > limit.value : value >= limit.value
    }

    @Test("alarm and cut begin at the figure, or above it where the law says so", arguments: cases)
    func begin(_ sample: Case) throws {
        #expect(!sample.edges.isEmpty)
        for value in sample.edges {
            let expected =
                reaches(value, sample.row.cut)
                ? ["cut began"] : reaches(value, sample.row.alarm) ? ["alarm began"] : []
            #expect(try sample.findings([value]) == expected, "\(value)")
        }
    }

    @Test("an over-limit grows graver at each step, not before", arguments: cases)
    func worsen(_ sample: Case) throws {
        guard let cut = sample.row.cut else { return }
        for (index, step) in sample.row.steps.enumerated() {
            let before = index == 0 ? cut.value.nextUp : sample.row.steps[index - 1].at.value.nextUp
            for value in [step.at.value.nextDown, step.at.value, step.at.value.nextUp] {
                let expected = ["cut began"] + (reaches(value, step.at) ? ["cut worsened"] : [])
                #expect(try sample.findings([before, value]) == expected, "\(value)")
            }
        }
    }

    @Test("what stands ends strictly below re-power, not at it", arguments: cases)
    func end(_ sample: Case) throws {
        let row = sample.row
        // Where the law names no re-power, the lowest of its figures is one.
        let figures = [row.alarm, row.cut].compactMap { $0?.value }
        let repower = try #require(row.repower ?? figures.min())
        let over = try #require((row.cut ?? row.alarm)?.value).nextUp
        let rule = row.cut == nil ? "alarm" : "cut"
        for value in [repower.nextDown, repower, repower.nextUp] {
            let findings = try sample.findings([over, value])
            #expect(findings.first == "\(rule) began")
            #expect(findings.contains("\(rule) ended") == (value < repower), "\(value)")
        }
    }

    @Test("every table is tested, and both operators are")
    func all() {
        #expect(Set(Self.cases.map(\.table)).count == LimitTables.all.count)
        let operators = Self.cases.compactMap { ($0.row.cut ?? $0.row.alarm)?.comparison }
        #expect(Set(operators) == [">=", ">"])
    }
}
