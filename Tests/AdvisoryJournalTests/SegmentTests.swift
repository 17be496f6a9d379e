import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Segments of the journal")
struct SegmentTests {
    private let growing = "journal/advisories.jsonl"

    @Test("is closed at its size and at its age, and never while it only restates")
    func due() throws {
        let directory = try TemporaryDirectory()
        var limits = AdvisoryJournal.Limits()
        limits.bytesMax = 2000
        var journal = try AdvisoryJournal.open(
            directory: directory.file("journal"), now: .at(0), limits: limits)
        var isDue = journal.isRotationDue(now: .at(1e9))
        #expect(!isDue, "there is nothing in it")
        var all = try journal.append([try halt(0)])
        isDue = journal.isRotationDue(now: .at(31 * 86_400 - 1))
        #expect(!isDue)
        isDue = journal.isRotationDue(now: .at(31 * 86_400))
        #expect(isDue)
        all += try journal.append([notice(String(repeating: "x", count: 2000))])
        isDue = journal.isRotationDue(now: .at(1))
        #expect(isDue)
        try journal.begin(opening(all, at: 1))
        isDue = journal.isRotationDue(now: .at(1e9))
        #expect(!isDue)
        _ = try journal.append([notice("a", at: 2)])
        isDue = journal.isRotationDue(now: .at(2))
        #expect(!isDue, "what it restates does not count")
    }

    @Test("a new segment has the numbers and the chain of the old one, which is read-only")
    func chain() throws {
        let directory = try segments(3)
        let files = try directory.journalFiles()
        #expect(
            files == [
                "journal/advisories-000000000001.jsonl", "journal/advisories-000000000005.jsonl",
                growing,
            ])
        for file in files.dropLast() {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(file))
            #expect(attributes[.posixPermissions] as? Int == 0o440)
        }
        let last = try #require(try directory.lines(files[0]).last)
        let first = try #require(try directory.lines(files[1]).first)
        let record = try JournalLine(bytes: Array(first.utf8)).record
        #expect(record.previous == sha256(Array(last.utf8)))
    }

    @Test("a start reads the newest segment only and finds the halt with its number")
    func carried() throws {
        let directory = try segments(4)
        for file in try directory.journalFiles().dropLast(2) {
            try directory.overwrite(Array("not looked at\n".utf8), file)
        }
        var found: [JournalLine] = []
        let journal = try opened(directory) { found.append($0) }
        #expect(journal.repairs == [])
        let carried = found.filter(\.isCarried)
        #expect(carried.count == 2)
        let told = carried[1].asTold
        #expect(try told.record.number == 1 && told.record.entry == halt(0))
        #expect(try book(found).open == [halt(0)])
        #expect(carried[1].record.entry.advisory?.revision == 1, "no new revision")
    }

    @Test("a line is rebuilt to the last byte from the line that carries it, over many segments")
    func rebuilt() throws {
        let directory = try segments(4)
        let original = try #require(
            try directory.lines("journal/advisories-000000000001.jsonl").first)
        var found: [JournalLine] = []
        let _ = try opened(directory) { found.append($0) }
        #expect(found[1].asTold.bytes == Array(original.utf8))
    }

    /// A state in which a kill may leave a rotation of a journal of one segment.
    private struct HalfState: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// How many segments there are once it was opened and has gone on.
        var segments: Int
        /// Whether the draft of the next segment is there, and how many bytes it lacks.
        var draftLacks: Int?
        var isOldNamed = false
        var isDraftInPlace = false
        var isGrowingLost = false
    }

    private static let halfStates = [
        HalfState(testDescription: "draft empty", segments: 1, draftLacks: .max),
        HalfState(testDescription: "draft half", segments: 1, draftLacks: 50),
        HalfState(testDescription: "draft whole", segments: 1, draftLacks: 0),
        HalfState(testDescription: "old one named", segments: 1, draftLacks: 0, isOldNamed: true),
        HalfState(
            testDescription: "in place, old one writable, head behind", segments: 2, draftLacks: 0,
            isOldNamed: true, isDraftInPlace: true),
        HalfState(
            testDescription: "the growing one lost", segments: 2, isOldNamed: true,
            isGrowingLost: true),
    ]

    private func make(_ state: HalfState, in directory: TemporaryDirectory) throws {
        let draft = "journal/advisories.jsonl.new"
        let closed = directory.file("journal/advisories-000000000001.jsonl")
        if let lacks = state.draftLacks {
            // The halt and the lines of both journals are the same, so its beginning fits here.
            let next = try segments(2).lines(growing).prefix(2).map { $0 + "\n" }.joined()
            try directory.write(Array(next.utf8.dropLast(lacks)), to: draft)
        }
        if state.isOldNamed { #expect(unsafe link(directory.file(growing), closed) == 0) }
        if state.isDraftInPlace {
            #expect(unsafe rename(directory.file(draft), directory.file(growing)) == 0)
        }
        if state.isGrowingLost { #expect(unsafe unlink(directory.file(growing)) == 0) }
    }

    @Test(
        "killed at every step of a rotation: it opens without loss and goes on",
        arguments: halfStates)
    private func halfState(_ state: HalfState) throws {
        let directory = try segments(1)
        try make(state, in: directory)
        var found: [JournalLine] = []
        var journal = try opened(directory) { found.append($0) }
        #expect(try book(found).open == [halt(0)])
        if journal.needsBeginning { try journal.begin(opening(found)) }
        _ = try journal.append([notice("after")])
        let report = try directory.verified()
        #expect(report.isWhole, "\(report.damages)")
        #expect(report.segments == state.segments)
        let text = try directory.journalFiles().flatMap { try directory.lines($0) }
        #expect(text.count { $0.contains("\"n\":4") } == 1)
        #expect(text.last?.contains("after") == true)
    }

    @Test("a torn end right behind a rotation is cut off, and the segment's beginning stays")
    func tornAfterRotation() throws {
        let directory = try segments(2)
        let whole = try directory.bytes(growing)
        try directory.write(whole + Array("{\"entry\"".utf8), to: growing)
        var found: [JournalLine] = []
        let journal = try opened(directory) { found.append($0) }
        #expect(journal.repairs.count == 1)
        #expect(found.count == 5)
        #expect(try directory.bytes(growing) == whole)
        #expect(try directory.verified().isWhole)
    }

    @Test("an end that was cut off is told at the start")
    func cutEnd() throws {
        let directory = try segments(2)
        try directory.overwrite(lines: Array(try directory.lines(growing).dropLast()), growing)
        var journal = try opened(directory)
        #expect(journal.repairs.count == 1)
        #expect(journal.firstRepair?.contains("ends with line 8") == true)
        #expect(journal.firstRepair?.contains("names line 9") == true)
        _ = try journal.append([notice("after")])
        #expect(try directory.verified().isWhole, "what was cut is on record, in the log")
    }

    @Test("damage in a segment behind others: its chain goes on over the file that was set aside")
    func damaged() throws {
        let directory = try segments(3)
        var lines = try directory.lines(growing)
        lines[3] = lines[3].replacing("segment 2", with: "segment 9")
        try directory.overwrite(lines: lines, growing)
        var found: [JournalLine] = []
        var journal = try opened(directory, at: 300) { found.append($0) }
        try journal.begin(opening(found, at: 300))
        _ = try journal.append([notice("after", at: 301)])
        let report = try directory.verified()
        #expect(report.damages.map(\.kind) == [.brokenChain])
        #expect(report.damages.first?.line == 5)
        #expect(report.damages.first?.path.contains(".damaged-") == true)
        var carried: [JournalLine] = []
        let again = try opened(directory, at: 400) { carried.append($0) }
        #expect(again.repairs == [])
        #expect(try book(carried).open == [halt(0)])
    }

    // MARK: Retention

    /// Sets back when each file was written last: the tests' own time is in the past.
    private func age(_ directory: TemporaryDirectory, to second: Double = 0) throws {
        let date = Date(timeIntervalSince1970: Double(Timestamp.at(second).nanoseconds) / 1e9)
        for file in try directory.journalFiles() {
            try FileManager.default.setAttributes(
                [.modificationDate: date], ofItemAtPath: directory.file(file))
        }
    }

    private func retire(_ directory: TemporaryDirectory, days: Int, at second: Double) throws
        -> [RetiredSegment]
    {
        var journal = try opened(directory)
        let old = try journal.expired(days: days, now: .at(second))
        guard !old.isEmpty else { return [] }
        _ = try journal.announce(retirementOf: old, notice: notice("old", at: second))
        try journal.delete(old)
        return old
    }

    @Test("what is older goes, oldest first, with a line on record; what is as old stays")
    func retention() throws {
        // Segments end at 0 s, 100 s, 200 s and so on.
        let directory = try segments(4)
        try age(directory)
        #expect(try retire(directory, days: 31, at: 31 * 86_400) == [])
        let old = try retire(directory, days: 31, at: 31 * 86_400 + 100.5)
        #expect(old.map(\.first) == [1, 5])
        #expect(old.map(\.last) == [4, 9])
        let report = try directory.verified()
        #expect(report.isWhole, "\(report.damages)")
        #expect(report.firstNumber == 10)
        #expect(report.remarks.contains { $0.hasPrefix("begins with line 10: line") })
        var found: [JournalLine] = []
        let journal = try opened(directory) { found.append($0) }
        #expect(journal.repairs == [])
        #expect(try book(found).open == [halt(0)])
    }

    @Test("killed between the record and the deletion: whole, and the next time it is made up for")
    func retirementCutShort() throws {
        let directory = try segments(4)
        try age(directory)
        do {
            var journal = try opened(directory)
            let old = try journal.expired(days: 31, now: .at(32 * 86_400))
            _ = try journal.announce(retirementOf: old, notice: notice("old", at: 32 * 86_400))
            try journal.delete([old[0]])
        }
        #expect(try directory.verified().isWhole)
        #expect(try retire(directory, days: 31, at: 32 * 86_400).map(\.first) == [5, 10])
        #expect(try directory.verified().isWhole)
    }

    @Test("who deletes one more than the record says is found out")
    func oneMore() throws {
        let directory = try segments(4)
        try age(directory)
        #expect(try retire(directory, days: 31, at: 31 * 86_400 + 50).map(\.first) == [1])
        try FileManager.default.removeItem(atPath: directory.file(try directory.journalFiles()[0]))
        #expect(try directory.verified().damages.map(\.kind) == [.cutFront(first: 10)])
    }

    @Test("a file that was written lately is not old, whatever its lines say")
    func written() throws {
        let directory = try segments(3)
        try age(directory, to: 40 * 86_400)
        #expect(try retire(directory, days: 31, at: 60 * 86_400) == [])
        #expect(try retire(directory, days: 31, at: 72 * 86_400).count == 2)
    }

    // MARK: What was not told

    @Test("lines of closed segments are read back from a number on, and none of the others")
    func readBack() throws {
        let directory = try segments(4)
        let cases: [(UInt64, [UInt64])] = [
            (14, []), (12, [13, 14]), (8, Array(9...14)), (0, Array(1...14)),
        ]
        for (number, expected) in cases {
            var numbers: [UInt64] = []
            try AdvisoryJournal.readBack(directory: directory.file("journal"), after: number) {
                numbers.append($0.record.number)
            }
            #expect(numbers == expected)
        }
    }
}
