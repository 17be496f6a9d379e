import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Sentences")
struct SentenceTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Sentences")

    private static func site(_ language: Language) -> Site {
        var site = Course.site
        site.language = language
        return site
    }

    private static func text(_ announcements: [Announcement]) -> String {
        announcements.map {
            "\($0.severity.rawValue) \($0.transition.rawValue) \($0.limit ?? "-"): \($0.why) "
                + "| do: \($0.action)\n"
        }.joined()
    }

    @Test(
        "are those on record, to the last byte; FIREDAMP_RECORD=1 writes them anew",
        arguments: Language.allCases)
    func onRecord(_ language: Language) throws {
        let file = Self.folder.appending(path: "\(language.rawValue).txt")
        let text = Self.text(SentenceCourse.all(in: Self.site(language)))
        if ProcessInfo.processInfo.environment["FIREDAMP_RECORD"] != nil {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
        #expect(!text.contains("{"))
    }

    @Test("the language changes nothing but the words, and each can be had in the other")
    func eitherWay() {
        let english = SentenceCourse.all(in: Self.site(.english))
        let chinese = SentenceCourse.all(in: Self.site(.chinese))
        #expect(english.count == chinese.count)
        for (one, other) in zip(english, chinese) {
            #expect(one.texts(in: .chinese) == (other.why, other.action))
            #expect(other.texts(in: .english) == (one.why, one.action))
            #expect(one.headline(in: .chinese) == other.headline(in: .chinese))
            var same = other
            (same.why, same.action, same.words) = (one.why, one.action, one.words)
            #expect(same == one)
        }
    }

    @Test("a Chinese sentence holds no English but codes, units and what people typed")
    func noEnglish() {
        let typed = SentenceCourse.typed
        for announcement in SentenceCourse.all(in: Self.site(.chinese)) {
            var text = announcement.why + announcement.action
            for word in typed { text = text.replacing(word, with: "") }
            let words = text.matches(of: /[a-z]{3,}/).map { String($0.output) }
            #expect(words.isEmpty, "\(words): \(announcement.why) \(announcement.action)")
        }
    }

    @Test("a book restored from Chinese announcements goes on as if nothing had happened")
    func restored() {
        let told = SentenceCourse.all(in: Self.site(.chinese))
        var book = AdvisoryBook(
            site: Self.site(.chinese), sensors: Heading.sensors, ring: 7)
        var english = AdvisoryBook(site: Course.site, sensors: Heading.sensors, ring: 7)
        for (one, other) in zip(told, SentenceCourse.all()) {
            book.restore(one)
            english.restore(other)
        }
        #expect(book.open.map(\.advisory) == english.open.map(\.advisory))
    }
}

@Suite("Wording")
struct WordingTests {
    private func halt() throws -> Announcement {
        var course = Course()
        course.find(.cut, .began)
        return try #require(course.told.last)
    }

    @Test("in JSON is a key and what stands in its gaps, and is read back")
    func json() throws {
        let halt = try halt()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(halt.words), as: UTF8.self)
        #expect(text == #"{"do":[["do-stop"]],"why":[["cut-began",["of","T1","H101"]]]}"#)
        let read = try JSONDecoder().decode(Announcement.self, from: encoder.encode(halt))
        #expect(read == halt)
    }

    @Test("does not double a line of the journal, and adds less than a third to all of them")
    func size() throws {
        var (all, bareAll) = (0, 0)
        for announcement in SentenceCourse.all() {
            var bare = announcement
            bare.words = nil
            let (with, without) = (
                try JSONEncoder().encode(announcement).count, try JSONEncoder().encode(bare).count
            )
            #expect(with < 2 * without, "\(with) \(without) \(announcement.why)")
            all += with
            bareAll += without
        }
        #expect(all * 3 < bareAll * 4, "\(all) \(bareAll)")
    }

    @Test("an announcement without phrases, or with some of another version, is told as it was")
    func fallback() throws {
        var halt = try halt()
        halt.words?.why = [Phrase("of-a-later-version", "x")]
        #expect(halt.texts(in: .chinese).why == halt.why)
        halt.words?.why = [Phrase("cut-began")]
        #expect(halt.texts(in: .chinese).why == halt.why, "a gap too few")
        #expect(halt.texts(in: .chinese).action == "停止作业，切断电源，撤出人员，报告调度员")
        halt.words = nil
        #expect(halt.texts(in: .chinese) == (halt.why, halt.action))
        #expect(halt.matter == [.verbatim(halt.why)])
        #expect(halt.headline(in: .chinese).hasSuffix(halt.why))
    }

    @Test("a text that is put in place of another has not the phrases of the other")
    func replaced() throws {
        var halt = try halt()
        halt.why = "somebody else's notice"
        #expect(halt.texts(in: .chinese).why == "somebody else's notice")
        #expect(halt.words?.action != nil)
        halt.action = "see to it yourself"
        #expect(halt.texts(in: .chinese).action == "see to it yourself")
    }

    @Test("what is the matter is kept through what people do with it")
    func matter() throws {
        var course = Course()
        course.find(.cut, .began)
        course.order(OperatorOrder(.acknowledge, of: "cut", text: "out"), by: Course.people[0])
        let acked = try #require(course.told.last)
        #expect(acked.why == "acknowledged by Wang Lei (dispatcher): out")
        #expect(
            acked.headline(in: .english) == "HALT ACKED demo/H101: T1 of H101 reached the cut limit"
        )
        #expect(acked.headline(in: .chinese) == "停产（已确认）demo/H101：H101的T1达到断电值")
        course.find(.cut, .ended, value: 0.5)
        let gone = try #require(course.told.last)
        #expect(gone.matter.said(in: .english)?.hasPrefix("T1 of H101 is below re-power") == true)
    }

    @Test("the standing halt says in phrases what its text says", arguments: Verification.allCases)
    func standing(_ verified: Verification) throws {
        let basis = LegalBasis(instrument: "", edition: "", article: "", verified: verified)
        var site = Heading.site
        site.outputTonnes = 150_000
        site.policy = ProvincePolicy(
            name: "guizhou-2019", title: "", outputTonnesMin: 300_000, outputBasis: basis,
            haltDays: [], cycleMonths: 2, haltBasis: basis, calibrationDays: nil,
            calibrationBasis: basis, fingerprint: "")
        let halt = try #require(site.standingHalt)
        #expect([halt.why].said(in: .english) == halt.text)
        #expect([halt.why].said(in: .chinese)?.contains("不得生产") == true)
        let told = try #require(Announcement.standingHalt(of: site, at: .at(0)))
        #expect(told.why == halt.text && told.severity == .halt)
    }

    @Test(
        "a Chinese character takes two columns of a terminal",
        arguments: [("", 0), ("HALT", 4), ("停产", 4), ("T1：1.50 %CH4，", 15), ("°C", 2)])
    func width(_ text: String, _ count: Int) { #expect(columns(of: text) == count) }
}
