import Backtest
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription
import Support
import Testing
import TraceReplay

@Suite("Unit tests for a site")
struct RuleTestTests {
    private func read(_ text: String) throws -> RuleFile {
        try RuleFile.read(
            Array(text.utf8), name: "rules.yaml",
            RuleFile.Vocabulary(
                severities: Severity.allCases.map(\.rawValue),
                transitions: Transition.allCases.map(\.rawValue), instant: TraceTimes.instant))
    }

    /// A file with one test, whose sensor `A` sends `series`.
    private func file(_ series: String, checks: String = "{at: 1s, none: [HALT]}") -> String {
        """
        site: site.yaml
        tests:
          - name: claim
            interval: 10s
            series:
              A: "\(series)"
            checks:
              - \(checks)

        """
    }

    private func messages(_ series: String) throws -> [RuleTest.Message] {
        try #require(try read(file(series)).tests.first?.series.first).messages
    }

    private func problems(_ text: String) throws -> [String] {
        let error = #expect(throws: SiteProblems.self) { try read(text) }
        return try #require(error).list.map { $0.text(inFile: "f") }
    }

    @Test("A+BxN has N+1 values, each the nearest to its decimal, and the limit itself is reached")
    func ramp() throws {
        let values = try messages("0.4+0.02x60").map(\.value)
        #expect(values.count == 61)
        #expect(values.first == 0.4)
        #expect(values[55] == 1.5)
        #expect(values.last == 1.6)
        #expect(try messages("1-0.5x3").map(\.value) == [1, 0.5, 0, -0.5])
        #expect(try messages("2x2").map(\.value) == [2, 2, 2])
        #expect(try messages("-1.5").map(\.value) == [-1.5])
    }

    @Test("every message has its slot; missing ones take theirs, dup and late take none")
    func slots() throws {
        let messages = try messages("1 _ 2 _x3 nan null -999999 3 dup late 30s 4")
        #expect(messages.map(\.measuredAt) == [0, 20, 60, 70, 80, 90, 90, 100])
        #expect(messages.map(\.lateBy) == [0, 0, 0, 0, 0, 0, 30, 0])
        #expect(
            messages.map(\.quality) == [
                .good, .good, .nonFinite, .null, .sentinel, .good, .good, .good,
            ])
    }

    @Test(
        "what is no series is told with the column of its word",
        arguments: [
            ("0.4 1.6y", 15, "\"1.6y\" is no part of a series; allowed: a number of 12"),
            ("dup", 11, "dup has no message before it"),
            ("1 _ late 5s", 15, "late has no message before it"),
            ("1 late", 11, "late lacks its time; allowed: 500ms"),
            ("1 late soon", 18, "\"soon\" is no time; allowed: 500ms"),
            ("1x", 11, "\"1x\" is no part"), ("1+x5", 11, "\"1+x5\" is no part"),
            ("_x0", 11, "\"_x0\" is no part"), ("1e3", 11, "\"1e3\" is no part"),
            ("1+2", 11, "\"1+2\" is no part"), ("1x9999999", 11, "\"1x9999999\" is no part"),
        ] as [(String, Int, String)])
    func wrongSeries(series: String, column: Int, message: String) throws {
        let found = try problems(file(series))
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("f:6:\(column): \(message)"), "\(found)")
    }

    @Test(
        "what is no check is told with line, column and what is allowed",
        arguments: [
            ("{at: soon, none: [HALT]}", "f:8:14: \"soon\" is no time of a test"),
            ("{at: 1s}", "f:8:9: check 1 checks nothing; allowed: expect, none, open, findings"),
            ("{at: 1s, expect: [HALT RISED A]}", "f:8:27: unknown transition \"RISED\"; did you"),
            ("{at: 1s, expect: [HALT]}", "f:8:27: \"HALT\" has 1 word; allowed: SEVERITY"),
            ("{at: 1s, none: [HAT]}", "f:8:25: unknown severity \"HAT\"; did you mean \"HALT\"?"),
            ("{at: 1s, open: [cuts A]}", "f:8:25: unknown rule \"cuts\"; did you mean \"cut\"?"),
            ("{at: 1s, open: cut}", "f:8:24: expected a list, found the text"),
            ("{at: 1s, findings: [cut begun A]}", "f:8:29: unknown change \"begun\"; did you"),
            ("{at: 1s, none: [HALT], when: 1}", "f:8:32: unknown key \"when\" in check 1"),
        ] as [(String, String)])
    func wrongCheck(check: String, message: String) throws {
        let found = try problems(file("1", checks: check))
        #expect(found.count == 1)
        #expect(found[0].hasPrefix(message), "\(found)")
    }

    @Test("a list that asks for nothing is refused, or it would hold whatever is told")
    func emptyLists() throws {
        for key in ["expect", "none", "findings"] {
            let told = try problems(file("0.4x3", checks: "{at: 1s, \(key): []}"))
            #expect(told.count == 1, "\(told)")
            #expect(told.first?.contains("an empty list checks nothing") == true)
        }
        #expect(throws: Never.self) { try read(file("0.4x3", checks: "{at: 1s, open: []}")) }
    }

    @Test("all problems of a file are told at once")
    func several() throws {
        let text = """
            site: site.yaml
            tests:
              - name: claim
                start: yesterday
                series: {A: "x"}
                events: [{at: 1s}, {at: 2s, link: off}]
                checks: [{at: 5s, none: [HALT]}, {at: 1s, none: [HALT]}]
              - {}
            more: 1

            """
        let places = try problems(text).map { $0.split(separator: " ")[0] }
        #expect(
            places == [
                "f:4:12:", "f:5:18:", "f:6:14:", "f:6:39:", "f:7:38:", "f:8:5:", "f:8:5:", "f:8:5:",
                "f:9:1:",
            ])
    }

    @Test("what the site does not have is told with its place")
    func unknown() throws {
        let run = RuleTestRun(try ownSite())
        let text = file("1").replacingOccurrences(of: "      A:", with: "      C:")
            .replacingOccurrences(
                of: "    checks:",
                with: "    events: [{at: 1s, gateway-down: G1}]\n    checks:")
        let found = run.problems(of: try read(text)).map { $0.text(inFile: "f") }
        #expect(
            found == [
                "f:6:7: the site has no sensor \"C\"; it has A, B",
                "f:7:37: the site has no gateway \"G1\"; it has none at all",
            ])
    }

    private func failures(_ series: String, _ checks: String) throws -> [RuleFailure] {
        let run = RuleTestRun(try ownSite(alarm: 1, cut: 1.5))
        // The other sensor of the site has nothing to say, and is not silent.
        let text = file(series, checks: checks).replacingOccurrences(
            of: "    checks:", with: "      B: \"0.1x60\"\n    checks:")
        return try read(text).tests.flatMap { run.run($0) }
    }

    @Test("a check that holds says nothing; it counts what came up to its time, and at it")
    func holds() throws {
        #expect(
            try failures(
                "0.4x5 1.6",
                """
                {at: 59s, none: [HALT], open: []}
                      - {at: 60s, expect: [HALT RAISED A], findings: [cut began A], open: [cut A]}
                """
            ).isEmpty)
    }

    @Test("one that does not says where, and what was there instead")
    func fails() throws {
        let found = try failures(
            "0.4 1.6", "{at: 10s, expect: [ALARM RAISED A], none: [HALT], open: [alarm A]}")
        #expect(found.map(\.column) == [28, 52, 65])
        #expect(found.map(\.line) == [9, 9, 9])
        #expect(found[0].message == "not told: ALARM RAISED A")
        #expect(found[0].instead == ["was told since 0s:", "+ 10s HALT RAISED A"])
        #expect(found[1].message == "told: HALT")
        #expect(found[2].instead == ["- alarm A", "+ cut A"])
    }

    @Test("expected lines must come in their order, and each only once")
    func order() throws {
        let rise = "0.4 1.6 0.4 1.6"
        #expect(
            try failures(
                rise, "{at: 30s, expect: [HALT RAISED A, HALT GONE A, HALT BACK A]}"
            ).isEmpty)
        #expect(
            try failures(rise, "{at: 30s, expect: [HALT GONE A, HALT RAISED A]}").count == 1)
    }

    @Test("a late reading may halt and ends nothing, a repeated one says nothing new")
    func late() throws {
        #expect(
            try failures(
                "0.4 1.6 dup 0.4 late 2min 1.6x20",
                "{at: 3min, expect: [HALT RAISED A], none: [HALT GONE], findings: [cut began A]}"
            ).isEmpty)
    }

    @Test(
        "while the link is down nobody is silent; the samples that are shipped hold",
        arguments: [
            "heading", "longwall", "mine-high",
        ])
    func samples(_ name: String) throws {
        let folder = root + "Deploy/samples/rules/"
        let text = try String(contentsOfFile: folder + name + ".yaml", encoding: .utf8)
        let file = try read(text)
        let path = folder + file.site.value
        let site = try SiteFile.read(
            Array(try Data(contentsOf: URL(filePath: path))), name: path)
        let run = RuleTestRun(site)
        #expect(run.problems(of: file).isEmpty)
        #expect(file.tests.flatMap { run.run($0) } == [])
    }
}
