import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("AdvisoryDocument")
struct AdvisoryDocumentTests {
    private let halt: AdvisoryDocument

    init() throws {
        let course = try sampleCourse(.english)
        halt = try #require(
            course.document("1504H-T1.cut", in: .english, change: DocumentCourse.fill))
    }

    @Test("says which advisory of which mine it is, and by what it was judged")
    func identity() throws {
        #expect(halt.identity.id == "longtan.1504H-T1.cut.20261123T180231.000Z")
        #expect(halt.identity.stage == "answered" && halt.identity.isLatched)
        #expect(halt.identity.mine.gasClass == "high")
        #expect(halt.identity.mine.licensedOutput == 900_000)
        #expect(halt.identity.asOf.hasSuffix("+08:00"))
        #expect(halt.identity.site == (try DocumentCourse.sampleSite().fingerprint))
        #expect(
            halt.headline == "HALT GONE longtan/1504H: T1 of 1504H is below re-power: peak "
                + "2.07 %CH4, over the limit for 489 s, above the limit x time 2.31 %CH4 min, "
                + "after 489 s; the halt stays latched until a named release")
        #expect(halt.what.text.contains("; over-limit 1 of its cycle halts for 3 days"))
    }

    @Test("says where: place, district, sensor; and where that air goes")
    func place() {
        #expect(halt.place.place?.name == "Return heading of 1504")
        #expect(halt.place.kind == "heading" && halt.place.district?.code == "15")
        #expect(halt.place.sensor?.resolution == 0.01)
        #expect(halt.scope.level == .place && halt.scope.places == ["1504H"])
        #expect(halt.scope.downstream == ["R15", "MR"])
    }

    @Test("tells how long it lasted, its peak, the limit and what the neighbours showed")
    func matter() throws {
        #expect(halt.what.durationSeconds == 489 && halt.what.peak == 2.07)
        #expect(halt.what.limit?.comparison == "<" && halt.what.limit?.value == 1)
        let nearby = try #require(halt.what.nearby)
        #expect(nearby.map(\.sensor) == ["1504H-T2", "1504H-M", "1504H-J1", "1504H-K1", "1504H-P"])
        #expect(nearby[1].value == nil && nearby[1].quality == "sentinel")
        #expect(nearby[3].text == "power present")
    }

    @Test("lists every transition and every gap; what is missing at its head is said")
    func course() throws {
        #expect(halt.since.transitions.map(\.revision) == [1, 2, 3, 4, 5])
        #expect(halt.since.isComplete && halt.since.firstTold != nil)
        #expect(halt.since.gaps?.count == 2 && halt.since.gaps?[1].to == nil)
        let course = try sampleCourse(.english)
        let late = try #require(
            course.document("1504H-T1.cut", in: .english) { $0.told.removeFirst() })
        #expect(!late.since.isComplete && late.since.firstTold == nil)
        #expect(late.since.gaps == nil, "nobody has looked for gaps")
    }

    @Test("rests on limit, ground and the province's days; what nobody has checked is marked")
    func basis() {
        #expect(halt.basis.map(\.kind) == [.limit, .ground, .cumulative])
        #expect(halt.basis[0].source == "cn-2025" && halt.basis[0].mark == "NOT VERIFIED")
        #expect(halt.basis[1].row == "over-limit" && halt.basis[1].article == "Art. 36 (2)")
        #expect(halt.basis[1].mark == "NOT VERIFIED")
        #expect(halt.basis[2].mark == "secondary copy")
        #expect(halt.requiredAction.mark == "NOT VERIFIED")
    }

    @Test("says what to do and to whom to report while it holds, and nothing of it afterwards")
    func action() throws {
        var course = DocumentCourse(try DocumentCourse.sampleSite())
        course.find(.cut, of: course.subject("1504H-T1"), value: 3.2)
        let active = try #require(course.document("cut", in: .english))
        #expect(
            active.requiredAction.orders.map(\.kind)
                == [.stopWork, .cutPower, .withdraw, .findCause, .report])
        #expect(active.requiredAction.reportTo.map(\.name).first == "Wang Lei")
        #expect(active.requiredAction.cutScope?.isEmpty == false)
        #expect(active.requiredAction.stepDuty?.isEmpty == false, "over 3 %")
        #expect(active.requiredAction.answerWithinSeconds == 120)
        #expect(active.certainty.kind == .observed)
        #expect(halt.requiredAction.orders.isEmpty && halt.requiredAction.reportTo.isEmpty)
    }

    @Test("a trend is likely, a doubt is beyond telling")
    func certainty() throws {
        var course = try sampleCourse(.english)
        course.find(.silence, of: course.subject("1502-T1"))
        course.pass(301)
        let trend = try #require(course.document("trend", in: .english))
        let silence = try #require(course.document("silence", in: .english))
        #expect(trend.certainty.kind == .likely && trend.what.projection?.toCut?.likely == 9.25)
        #expect(silence.certainty.kind == .cannotTell && silence.identity.severity == .halt)
        #expect(silence.basis.map(\.row) == ["blind"])
        #expect(silence.basis[0].article == "Art. 36 (11)")
        #expect(silence.basis[0].mark == "NOT VERIFIED")
        #expect(silence.requiredAction.orders.map(\.kind).contains(.inspect))
    }

    @Test("names who answered, who was called, and what contradicts")
    func answer() {
        #expect(halt.acknowledgement.isAnswered)
        #expect(halt.acknowledgement.acts.map(\.kind) == ["acknowledge", "verify", "note"])
        #expect(halt.acknowledgement.acts[0].text == "停电撤人，局扇不停")
        #expect(halt.acknowledgement.acts.allSatisfy { !$0.isVoid })
        #expect(halt.acknowledgement.escalations.map(\.level) == [1])
        #expect(halt.verification.map(\.isSeen) == [false, true, true])
        #expect(halt.verification[0].contradictedBy == ["1504H-K1"])
    }

    @Test("an answer is void once it is back, and a standing contradiction is named")
    func void() throws {
        var course = try sampleCourse(.english)
        course.find(.cut, of: course.subject("1504H-T1"), value: 1.6)
        course.find(.powerOn, of: .place("1504H"))
        let back = try #require(course.document("1504H-T1.cut", in: .english))
        #expect(!back.acknowledgement.isAnswered)
        #expect(back.acknowledgement.acts.map(\.isVoid) == [true, true, false])
        #expect(back.verification.map(\.isSeen) == [false, false, false])
        #expect(back.verification[0].contradictedBy.count == 1)
    }

    @Test("what a release lacks is what the release itself is refused for")
    func clearing() throws {
        var course = try sampleCourse(.english)
        #expect(halt.clearing.isReleasable == false)
        let lacks = halt.clearing.conditions.flatMap(\.lacks)
        #expect(lacks.count == 3 && lacks[2].contains("halts for 3 days"))
        #expect(halt.clearing.conditions.map(\.isMet) == [true, false, true, false, true, false])
        do {
            try course.order(
                OperatorOrder(.release, of: "1504H-T1.cut", text: "x"), by: .chiefEngineer)
            Issue.record("it was released")
        } catch let refusal as OrderRefusal {
            #expect(refusal.reasons.map { [$0].said(in: .english) } == lacks)
        }
        #expect(halt.clearing.releasers.map(\.duty) == ["chief-engineer", "mine-manager"])
    }

    @Test("a released halt says that it is over, and by whom")
    func released() throws {
        var course = try sampleCourse(.english)
        course.pass(60)
        try course.order(
            OperatorOrder(.verify, of: "1504H-T1.cut", text: "", checks: Check.allCases),
            by: .gasInspector)
        try course.order(
            OperatorOrder(
                .release, of: "1504H-T1.cut", text: "test gas", hadOtherCause: true),
            by: .chiefEngineer)
        let over = try #require(course.document("1504H-T1.cut", in: .english))
        #expect(over.identity.stage == "closed" && over.clearing.conditions.isEmpty)
        #expect(over.acknowledgement.acts.last?.by == "Chen Jun")
        #expect(over.what.durationSeconds == 489)
    }

    @Test("carries number and hashes of its line in the journal")
    func integrity() throws {
        let course = try sampleCourse(.english)
        let line = try #require(
            course.lines.last { $0.record.entry.advisory?.rule == Rule.cut.rawValue })
        #expect(halt.integrity.journal == line.record.number)
        #expect(halt.integrity.hash == line.hash)
        #expect(halt.integrity.previous == course.lines[Int(line.record.number) - 2].hash)
    }

    @Test("is none for a notice, nor for the lines of two advisories")
    func none() throws {
        let course = try sampleCourse(.english)
        #expect(course.document("no such advisory", in: .english) == nil)
        #expect(course.document("1504H-T1", in: .english) == nil)
    }

    @Test("the same records give the same bytes, and reading them gives the document again")
    func determinism() throws {
        let again = try sampleCourse(.english).document(
            "1504H-T1.cut", in: .english, change: DocumentCourse.fill)
        #expect(try again?.json() == halt.json())
        let read = try JSONDecoder().decode(AdvisoryDocument.self, from: Data(halt.json()))
        #expect(read == halt)
    }

    @Test("its text has every part, no line wider than asked for, and no gap left open")
    func text() throws {
        for language in Language.allCases {
            let course = try sampleCourse(language)
            for document in course.documents(in: language) {
                let lines = document.text(width: 90).split(separator: "\n")
                #expect(lines.allSatisfy { columns(of: String($0)) <= 92 || !$0.contains(" ") })
                #expect(!document.text().contains("{"))
            }
        }
        let text = halt.text()
        for title in ["WHERE", "WHAT", "SINCE", "BASIS", "ACTION", "ANSWER", "RELEASE", "PROOF"] {
            #expect(text.contains("\n\(title)\n"))
        }
    }

    @Test(
        "the shipped examples are what the program writes; FIREDAMP_RECORD=1 writes them anew",
        arguments: Language.allCases)
    func samples(_ language: Language) throws {
        let document = try #require(
            try sampleCourse(language).document(
                "1504H-T1.cut", in: language, change: DocumentCourse.fill))
        let folder = JSONSchema.repository.appending(path: "Deploy/samples/advisory")
        let json = String(decoding: try document.json(isPretty: true), as: UTF8.self) + "\n"
        for (name, written) in [
            ("halt-\(language.rawValue).json", json),
            ("halt-\(language.rawValue).txt", document.text()),
        ] {
            let file = folder.appending(path: name)
            if ProcessInfo.processInfo.environment["FIREDAMP_RECORD"] != nil {
                try Data(written.utf8).write(to: file)
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == written)
        }
    }
}
