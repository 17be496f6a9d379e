import GasModel
import SiteDescription
import Testing

@Suite("Grounds for a halt")
struct HaltGroundTests {
    @Test("the files of the repository are those of the program, each under its own name")
    func shipped() throws {
        let files = try ShippedFiles.named("Grounds")
        #expect(HaltGrounds.all.map(\.name).sorted() == files.keys.sorted())
        for file in HaltGrounds.all {
            let bytes = try #require(files[file.name])
            #expect(try HaltGrounds.read(bytes, name: file.name) == file)
            #expect(file.tables.allSatisfy { LimitTables.table($0) != nil })
        }
    }

    @Test("what a law says is about the same, at least as strict, and says what it rests on")
    func stricter() throws {
        for ground in HaltGrounds.laws.flatMap(\.grounds) {
            let standard = try #require(HaltGrounds.standard.grounds.first { $0.id == ground.id })
            #expect(ground.rules == standard.rules)
            #expect(ground.allowedSeconds <= standard.allowedSeconds)
            #expect(ground.allowedRisingSeconds <= standard.allowedRisingSeconds)
            #expect((ground.kind, ground.scope) == (standard.kind, standard.scope))
            #expect(ground.wider == standard.wider)
            #expect(ground.reachesDownstream == standard.reachesDownstream)
            #expect(ground.isForGuardsOnly == standard.isForGuardsOnly)
            #expect(ground.basis != nil)
        }
    }

    @Test("every ground that the issue names is there, and every rule in one ground at most")
    func complete() {
        let grounds = HaltGrounds.grounds(under: nil)
        #expect(
            grounds.map(\.id) == [
                "over-limit", "power-on", "air", "work", "blind", "untrusted", "unguarded",
                "uncovered", "drainage", "withdrawal", "licensed-output",
            ])
        let rules = grounds.flatMap(\.rules)
        #expect(Set(rules).count == rules.count)
        // What only warns, is told of by another rule, or is no condition of the mine.
        let none: Set<Rule> = [
            .alarm, .chatter, .trend, .slowRise, .drift, .calibrationDue, .disagreement,
            .calibrating, .calibrationOverrun, .calibrationInGas, .drill, .flapping,
        ]
        #expect(Set(Rule.allCases).subtracting(rules) == none)
    }

    @Test(
        "a blind place may stand for less time where the law takes it to be dangerous",
        arguments: [
            ("au-qld-2017", 60.0, 15.0, Verification.yes), ("cn-2025", 120, 30, .no),
            ("cn-2016", 120, 30, .no),
        ])
    func blind(
        _ table: String, _ seconds: Double, _ rising: Double, _ verified: Verification
    ) throws {
        let grounds = HaltGrounds.grounds(under: LimitTables.table(table))
        let blind = try #require(grounds.first { $0.id == "blind" })
        #expect(blind.allowedSeconds == seconds)
        #expect(blind.allowedRisingSeconds == rising)
        #expect(blind.basis?.verified == verified)
        let own = try #require(HaltGrounds.grounds(under: nil).first { $0.id == "blind" })
        #expect(own.allowedSeconds == 300)
        #expect(own.basis == nil)
    }

    private static let file = """
        name: f
        title: T
        grounds:
          - id: blind
            title: not seen
            rules: [silence]
            allowed: 300
            scope: place
        """

    @Test(
        "a file that contradicts itself is refused, with the place",
        arguments: [
            ("    allowed: 300", "    allowed: -1", "7:14"),
            ("    allowed: 300", "    allowed: 30\n    allowed-rising: 31", "8:21"),
            ("rules: [silence]", "rules: [silense]", "6:13"),
            ("rules: [silence]", "class: standing\n    rules: [silence]", "4:5"),
            ("rules: [silence]", "class: advance\n    rules: [silence]", "4:5"),
            ("scope: place", "scope: planet", "8:12"),
            (
                "scope: place",
                "scope: place\n  - {id: blind, title: x, rules: [fault], scope: mine}", "9:10"
            ),
            (
                "scope: place",
                "scope: place\n  - {id: b, title: x, rules: [silence], scope: mine}", "9:10"
            ),
        ])
    func broken(_ old: String, _ new: String, _ position: String) {
        let text = Self.file.replacing(old, with: new)
        do throws(SiteProblems) {
            _ = try HaltGrounds.read(Array(text.utf8), name: "f")
            Issue.record("it was taken: \(text)")
        } catch {
            #expect(error.list.map { "\($0.line):\($0.column)" }.contains(position), "\(error)")
        }
    }
}

@Suite("Grounds and times of a site")
struct SiteGroundTests {
    private func site(_ lines: String, law: String = "cn-2025") throws -> Site {
        let text = """
            mine: {code: demo, name: Demo, gas-class: low}
            limit-table: \(law)
            \(lines)
            places:
              - {id: H101, name: Heading, kind: heading, withdrawal: 7min}
            sensors:
              - id: H101-T1
                place: H101
                role: T1
                interval: 1s
                range: [0, 4]
                limits: {alarm: 1.0, cut: 1.5, repower: 1.0}
            """
        return try SiteFile.read(text, name: "site.yaml")
    }

    private func problem(_ lines: String) -> String {
        do {
            _ = try site(lines)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test("a site may shorten what the law allows, and answer sooner")
    func stricter() throws {
        let site = try site(
            """
            grounds:
              - {id: blind, allowed: 90s}
              - {id: untrusted, allowed: 10min}
            timing: {escalate: 10s, remind: 5min, hold: 60min}
            """)
        let blind = try #require(site.ground("blind"))
        #expect((blind.allowedSeconds, blind.allowedRisingSeconds) == (90, 30))
        #expect(site.ground("untrusted")?.allowedSeconds == 600)
        #expect(site.ground("over-limit")?.allowedSeconds == 0)
        #expect(site.timing.escalateSeconds == 10)
        #expect(site.timing.holdSeconds == 3600)
        #expect(site.withdrawalSeconds(ofPlace: site.places[0]) == 420)
        let plain = try self.site("")
        #expect(plain.ground("blind")?.allowedSeconds == 120)
        #expect(plain.timing == HaltTiming())
    }

    @Test("what is allowed for hours may be shortened to fewer")
    func hours() throws {
        #expect(try site("", law: "own").ground("uncovered")?.allowedSeconds == 28_800)
        let shorter = try site("grounds: [{id: uncovered, allowed: 240min}]", law: "own")
        #expect(shorter.ground("uncovered")?.allowedSeconds == 14_400)
    }

    @Test("a rising time that was longer than the new one shrinks with it")
    func rising() throws {
        let site = try site("grounds: [{id: blind, allowed: 20s}]")
        #expect(site.ground("blind")?.allowedRisingSeconds == 20)
    }

    @Test(
        "what is laxer, unknown or out of bounds is refused",
        arguments: [
            ("grounds: [{id: blind, allowed: 121s}]", "longer than what holds without it"),
            ("grounds: [{id: blind, allowed-rising: 31s}]", "longer than what holds without it"),
            ("grounds: [{id: over-limit, allowed: 1s}]", "unknown ground"),
            ("grounds: [{id: nothing, allowed: 1s}]", "unknown ground"),
            ("grounds: [{id: blind}, {id: blind}]", "is named twice"),
            ("timing: {hold: 59s}", "hold of the timing is out of bounds"),
            ("timing: {hold: 61min}", "out of bounds"),
            ("timing: {escalate: 121s}", "escalate of the timing is out of bounds"),
            ("timing: {escalate: 9s}", "escalate of the timing is out of bounds"),
            ("timing: {remind: 301s}", "remind of the timing is out of bounds"),
        ])
    func laxer(_ lines: String, _ words: String) {
        #expect(problem(lines).contains(words), "\(problem(lines))")
    }

    @Test("drainage that no sensor tells of is refused where it is asked for")
    func drainage() throws {
        let text = """
            mine: {code: demo, name: Demo, gas-class: low, drainage: required}
            limit-table: cn-2025
            places:
              - {id: H101, name: Heading, kind: heading, drainage: required}
              - {id: DS, name: Station, kind: drainage-station}
            sensors:
              - {id: H101-T1, place: H101, role: T1, interval: 1s, range: [0, 4]}
              - {id: DS-P, place: DS, quantity: QUANTITY, interval: 1s}
            """
        do {
            _ = try SiteFile.read(text.replacing("QUANTITY", with: "fan-running"), name: "s")
            Issue.record("it was taken")
        } catch {
            #expect(error.list.map { "\($0.line):\($0.column)" } == ["1:58", "4:56"])
        }
        let site = try SiteFile.read(
            text.replacing("QUANTITY", with: "drainage-pump"), name: "s")
        #expect(site.drainage.map(\.place) == ["H101", "DS"])
        #expect(site.drainage.map(\.pumps) == [["DS-P"], ["DS-P"]])
        #expect(site.drainageStation == "DS")
    }

    @Test("what two sites differ in is told, with the direction")
    func difference() throws {
        let before = try site("")
        let after = try site(
            "grounds: [{id: blind, allowed: 60s}]\ntiming: {escalate: 60s, hold: 2min}")
        let changes = SiteDiff(from: before, to: after).changes.map {
            "\($0.subject.kind) \($0.subject.id ?? "-") \($0.key ?? "-") "
                + "\($0.direction?.rawValue ?? "-")"
        }
        #expect(
            changes == [
                "ground blind allowed stricter", "timing - escalate stricter",
                "timing - hold stricter",
            ])
    }

    @Test("check shows each ground with its times, how far it reaches and what it rests on")
    func report() throws {
        let text = SiteReport(try site(""), today: "2026-11-23").text(width: 100)
        let line = text.split(separator: "\n").first { $0.contains("  blind ") } ?? ""
        #expect(line.contains("120 s"))
        #expect(line.contains("NOT VERIFIED"))
        #expect(text.contains("Art. 36 (11)"))
        #expect(text.contains("untrusted"))
        let over = "gas is over the cut limit; reaches the district in district-return, the mine in"
        let flowing = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(flowing.contains("\(over) main-return, and what lies downstream power-on"))
    }
}
