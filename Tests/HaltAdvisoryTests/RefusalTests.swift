import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Why orders are refused, and what no advisory says of gas control, in every language.
@Suite("Refusals and doubts")
struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var order: OperatorOrder
        var person = 2
        /// What is done before, on the halt of T1.
        var steps: [Course.Step] = [.began]
        var english: String

        var testDescription: String { english }
    }

    private static let silence = OperatorOrder(.acknowledge, of: "T1.cut", text: "  ")
    static let cases: [Case] = [
        Case(
            order: OperatorOrder(.release, of: "T1.cut", text: "x"), person: 1,
            english: "Zhao Qiang (gas-inspector) may not release"),
        Case(
            order: silence, person: 0,
            english: "say what was ordered, or why: without a word it is no record"),
        Case(
            order: OperatorOrder(.acknowledge, of: "none", text: "x"), person: 0,
            english: "nothing stands by the name 'none'"),
        Case(
            order: OperatorOrder(.verify, of: "T1.cut", text: "", checks: [.powerOff]), person: 0,
            english: "it must be acknowledged first"),
        Case(
            order: OperatorOrder(.verify, of: "T1.cut", text: ""), person: 0,
            steps: [.began, .acknowledge],
            english: "say what was seen: power-off, people-out, work-stopped"),
        Case(
            order: OperatorOrder(.shelve, of: "T1.cut", text: "x", minutes: 5), person: 0,
            english: "halts and alarms cannot be put aside"),
        Case(
            order: OperatorOrder(.drill, place: "H9", text: "x"), person: 0,
            english: "there is no place 'H9'"),
        Case(
            order: OperatorOrder(.drill, of: "T1.cut", text: "x"), person: 0,
            english: "it is no drill"),
    ]

    private static func site(_ language: Language) -> Site {
        var site = Course.site
        site.language = language
        return site
    }

    @Test("an order is refused in either language", arguments: cases)
    func refused(_ test: Case) throws {
        var course = Course(Self.site(.chinese))
        for step in test.steps { course.take(step) }
        let refused = course.order(test.order, by: Course.people[test.person])
        let refusal = try #require(refused)
        #expect(refusal.reasons.map { [$0].said(in: .english) } == [test.english])
        try expectChinese(refusal.reasons)
    }

    @Test("a gateway that is gone, or flaps, stands against the word of the sensors behind it")
    func gateway() {
        for rule in [Rule.gateway, .flapping] {
            for code in ["gw", "other"] {
                var site = Course.site
                site.sensors[0].gateway = "gw"
                var course = Course(site)
                course.take(.began)
                course.take(.ended)
                let lost = Finding(
                    rule, .began, of: .gateway(code), eventTime: course.now,
                    arrivalTime: course.now, position: 9)
                let id = course.book.take(lost)?.advisory?.id ?? "not told"
                let release = OperatorOrder(.release, of: "T1.cut", text: "x")
                let refusal = course.order(release, by: Course.people[2])
                let reasons = (refusal?.reasons ?? []).compactMap { [$0].said(in: .english) }
                #expect(reasons.contains { $0.contains(id) } == (code == "gw"), "\(reasons)")
            }
        }
    }

    @Test("everything that a release lacks is said in either language")
    func lacks() throws {
        var course = Course(Self.site(.chinese))
        course.take(.began)
        let release = OperatorOrder(.release, of: "T1.cut", text: "x")
        let refused = course.order(release, by: Course.people[2])
        let refusal = try #require(refused)
        #expect(
            refusal.reasons.map { [$0].said(in: .english) } == [
                "its condition still holds", "nobody has acknowledged it",
                "not verified: people-out, power-off, work-stopped",
            ])
        try expectChinese(refusal.reasons)
        let again = OperatorOrder(.acknowledge, of: "T1.cut", text: "out", request: "r")
        let isDone = course.order(again, by: Course.people[0]) == nil
        #expect(isDone)
        var other = again
        other.text = "else"
        let knownRefused = course.order(other, by: Course.people[0])
        let known = try #require(knownRefused)
        #expect(
            known.reasons.map { [$0].said(in: .english) } == [
                "the request 'r' was another order: acknowledged by Wang Lei (dispatcher): out"
            ])
    }

    /// Nothing of English is left but what is a code of the protocol or of the site.
    private func expectChinese(_ reasons: [Phrase]) throws {
        for reason in reasons {
            let text = try #require([reason].said(in: .chinese))
            #expect(text.unicodeScalars.contains { $0.value > 0x2E80 }, "\(text)")
            #expect(text.firstMatch(of: /[a-z]{3,} [a-z]{2,}/) == nil, "\(text)")
        }
    }

    @Test("a doubt of an assessment is said in the site's language, and can be had in the other")
    func doubts() {
        for language in Language.allCases {
            var mine = AssessmentMine(
                AssessmentMine.site { site in
                    site.language = language
                    site.places += (1...7).map { Place(id: "X\($0)", name: "", kind: .heading) }
                }, isHeard: false)
            var told = mine.book.assess(doubts: [Phrase("journal-unwritten", "/j")])
            expect(told, in: language, ["nothing was heard since the start", "no sensor with a"])
            mine.hear(awaiting: [], isLinked: false)
            told = mine.book.assess()
            expect(told, in: language, ["no link to the broker"])
            mine.hear(awaiting: [0, 1, 2, 3, 4])
            mine.find(.cut, .sensor(0))
            told = mine.book.assess()
            expect(
                told, in: language,
                [
                    "no reading that tells of now, of 2 of 2 sensors with a limit: A-T1, A-T2",
                    "sensors with a limit have sent no reading that tells of now, in A, R, M, B",
                    "no sensor with a limit watches X1, X2, X3, X4, X5 and 2 more places",
                    "T1 of A reached the cut limit",
                ])
        }
    }

    private func expect(
        _ assessment: Assessment, in language: Language, _ english: [String]
    ) {
        func texts(_ assessment: Assessment) -> [String] {
            ([assessment.mine] + assessment.districts + assessment.places)
                .flatMap(\.evidence).map(\.text)
        }
        let all = texts(assessment.said(in: .english))
        for text in english { #expect(all.contains { $0.hasPrefix(text) }, "\(text) in \(all)") }
        #expect(texts(assessment) == texts(assessment.said(in: language)))
        for text in texts(assessment.said(in: .chinese)) {
            #expect(text.firstMatch(of: /[a-z]{3,} [a-z]{2,}/) == nil, "\(text)")
        }
    }

    @Test("a seal says what it seals in either language, and which remark is on what is no text")
    func seal() throws {
        var line = Announcement.notice(
            .notice, .sealed, at: .at(0), site: Self.site(.chinese), why: [])
        line.take(
            EvidenceSeal(
                advisories: [.init(id: "a", revision: 1), .init(id: "b", revision: 2)],
                file: "a.jsonl", sha256: "f0", bytes: 9, readings: 7, from: "", to: "", gaps: 2),
            in: .chinese)
        #expect(line.why == "a（第1次修订）及另外1项前后的7条原始读数已封存于 evidence/a.jsonl，SHA-256 f0；其间记录有2处缺失")
        #expect(
            line.texts(in: .english).why
                == "7 raw readings around a revision 1 and 1 more are sealed in evidence/a.jsonl, "
                + "SHA-256 f0; the record has 2 gaps there")
        var course = Course(Self.site(.chinese))
        course.take(.began)
        let note = OperatorOrder(.note, of: "T1.cut", text: "看过")
        #expect(course.order(note, by: Course.people[0]) == nil)
        let told = try #require(course.told.last)
        #expect(told.remarkedOn == course.told.first?.advisory?.id)
        var old = told.said(in: .english)
        old.words = nil
        #expect(old.remarkedOn == told.remarkedOn)
        #expect(course.told.first?.remarkedOn == nil)
    }
}
