import AdvisoryJournal
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("JournalLookup")
struct JournalLookupTests {
    private func journal(in directory: String, lines: Int) throws {
        var journal = try AdvisoryJournal.open(directory: directory, now: .at(0))
        _ = try journal.append(
            (1...lines).map { number in
                .notice(.notice, .loss, at: .at(0), site: Heading.site, why: "line \(number)")
            })
    }

    @Test("finds the first, the last and those across the edges of blocks, and no other")
    func found() throws {
        let directory = try TemporaryDirectory()
        try journal(in: directory.file("journal"), lines: 2000)
        let lookup = JournalLookup(directory: directory.file("journal"))
        let wanted: Set<UInt64> = [1, 2, 500, 777, 1999, 2000, 2001, 9_999_999]
        let entries = lookup.entries(wanted)
        #expect(entries.keys.sorted() == [1, 2, 500, 777, 1999, 2000])
        for (number, entry) in entries { #expect(entry.why == "line \(number)") }
        let all = lookup.entries(Set(1...2000))
        #expect(all.count == 2000 && all.allSatisfy { $1.why == "line \($0)" })
    }

    @Test("a journal that is not there, torn or full of something else holds nothing")
    func nothing() throws {
        let directory = try TemporaryDirectory()
        let lookup = JournalLookup(directory: directory.path)
        #expect(lookup.entries([1]).isEmpty && lookup.entries([]).isEmpty)
        let junk = String(repeating: #"{"entry":{},"n":1,"prev":""}"#, count: 9000)
        try directory.write(Array(junk.utf8), to: "advisories.jsonl")
        #expect(lookup.entries([1]).isEmpty)
    }
}
