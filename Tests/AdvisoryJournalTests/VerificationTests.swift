import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// One test for each way in which a journal can be damaged.
@Suite("verifyJournal")
struct VerificationTests {
    private let growing = "journal/advisories.jsonl"

    private func first(_ directory: TemporaryDirectory) throws -> JournalDamage {
        let report = try directory.verified()
        return try #require(report.damages.first)
    }

    @Test("a journal of one segment and one of four are whole, signed or not, and say their head")
    func whole() throws {
        for signer in [nil, JournalSigner()] {
            for count in [1, 4] {
                let directory = try segments(count, signer: signer)
                let report = try directory.verified(signer.map { [$0.key] } ?? [])
                #expect(report.damages == [])
                #expect(report.remarks == [])
                #expect(report.segments == count)
                #expect(report.firstNumber == 1)
                #expect(report.lastNumber == UInt64(report.lines))
                #expect(report.signedFrom == (signer == nil ? nil : 1))
                let head = String(decoding: try directory.bytes("journal/head"), as: UTF8.self)
                #expect(head.hasPrefix("\(report.lastNumber) \(report.lastHash)"))
            }
        }
    }

    @Test("no journal is an error, not a whole one")
    func none() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: FileError.self) { try directory.verified() }
        try FileManager.default.createDirectory(
            atPath: directory.file("journal"), withIntermediateDirectories: false)
        #expect(throws: FileError.self) { try directory.verified() }
    }

    @Test("torn tail: named, unless a daemon is writing it")
    func tornTail() throws {
        let directory = try segments(2)
        let whole = try directory.bytes(growing)
        try directory.overwrite(whole + Array("{\"entry".utf8), growing)
        let damage = try first(directory)
        #expect(damage.kind == .tornTail && damage.offset == whole.count)
        let live = try directory.verified(isLive: true)
        #expect(live.isWhole)
        #expect(live.remarks == ["the last line is being written; it was left out"])
        // What the head mark names was written in full once: that is no write under way.
        try directory.overwrite(whole.dropLast(20).map { $0 }, growing)
        #expect(try directory.verified(isLive: true).damages.first?.kind == .tornTail)
    }

    @Test("edited: in the middle at the line that carries its hash, at the end by the head mark")
    func edited() throws {
        let directory = try segments(3)
        let file = try directory.journalFiles()[1]
        var lines = try directory.lines(file)
        lines[2] = lines[2].replacing("line 1", with: "line 9")
        try directory.overwrite(lines: lines, file)
        var damage = try first(directory)
        #expect(damage.kind == .brokenChain && damage.line == 4)
        #expect(damage.path == directory.file(file))

        let other = try segments(3)
        lines = try other.lines(growing)
        lines[4] = lines[4].replacing("line 3", with: "line 9")
        try other.overwrite(lines: lines, growing)
        damage = try first(other)
        #expect(damage.kind == .notTheHead && damage.line == 5)
    }

    @Test("re-dated: found like every edit, and in a signed journal in its own line")
    func redated() throws {
        let signer = JournalSigner()
        let directory = try segments(2, signer: signer)
        var lines = try directory.lines(growing)
        lines[3] = lines[3].replacing("T18:", with: "T17:")
        #expect(try lines != directory.lines(growing))
        try directory.overwrite(lines: lines, growing)
        let damage = try first(directory)
        #expect(damage.line == 4 && damage.kind.word == "wrong-signature")
    }

    @Test("not JSON, JSON of another shape, and a line of nothing are no records")
    func unreadable() throws {
        for text in ["", "{}", "[1]", "{\"n\":1", "x"] {
            let directory = try segments(1)
            var lines = try directory.lines(growing)
            lines[1] = text
            try directory.overwrite(lines: lines, growing)
            let damage = try first(directory)
            #expect(damage.kind.word == "unreadable" && damage.line == 2)
            #expect(damage.offset == lines[0].utf8.count + 1)
        }
    }

    @Test("cut in the middle, doubled, swapped: the line that stands in the wrong place")
    func order() throws {
        let cases: [([Int], Int, JournalDamage.Kind)] = [
            ([0, 1, 3], 3, .missing(from: 3, through: 3)),
            ([0, 1, 1, 2, 3], 3, .outOfOrder(found: 2, expected: 3)),
            ([0, 2, 1, 3], 2, .missing(from: 2, through: 2)),
        ]
        for (order, line, kind) in cases {
            let directory = try segments(1)
            let lines = try directory.lines(growing)
            try directory.overwrite(lines: order.map { lines[$0] }, growing)
            let damage = try first(directory)
            #expect(damage.line == line && damage.kind == kind)
        }
    }

    @Test("cut at the front: lines of the first segment, and segments that nobody retired")
    func cutFront() throws {
        let one = try segments(1)
        try one.overwrite(lines: Array(try one.lines(growing).dropFirst()), growing)
        #expect(try first(one).kind == .missing(from: 1, through: 1))

        let three = try segments(3)
        try FileManager.default.removeItem(atPath: three.file(try three.journalFiles()[0]))
        #expect(try first(three).kind == .cutFront(first: 5))
    }

    @Test("cut at the end: by the head mark, whole lines and a whole segment")
    func cutEnd() throws {
        let one = try segments(1)
        try one.overwrite(lines: Array(try one.lines(growing).dropLast()), growing)
        #expect(try first(one).kind == .cutEnd(last: 3, head: 4))

        let two = try segments(2)
        try FileManager.default.removeItem(atPath: two.file(growing))
        let last = UInt64(try two.lines(try two.journalFiles()[0]).count)
        #expect(try first(two).kind == .cutEnd(last: last, head: last + 5))
    }

    @Test("a segment that is missing, two that are swapped, a name that lies")
    func misplacedSegments() throws {
        let gone = try segments(3)
        try FileManager.default.removeItem(atPath: gone.file(try gone.journalFiles()[1]))
        #expect(try first(gone).kind == .missingSegment(from: 5, through: 9))

        let swapped = try segments(3)
        let files = try swapped.journalFiles()
        let (a, b) = (try swapped.bytes(files[0]), try swapped.bytes(files[1]))
        try swapped.overwrite(b, files[0])
        try swapped.overwrite(a, files[1])
        let damage = try first(swapped)
        #expect(damage.kind == .wrongName(first: 5) && damage.path == swapped.file(files[0]))
    }

    @Test("a wrong number with the right hash")
    func wrongNumber() throws {
        let directory = try segments(1)
        var lines = try directory.lines(growing)
        lines[3] = lines[3].replacing("\"n\":4", with: "\"n\":5")
        try directory.overwrite(lines: lines, growing)
        #expect(try first(directory).kind == .wrongNumber(found: 5, expected: 4))
    }

    @Test("wrong signature: another key's, one of another line, none, and a key that nobody named")
    func signatures() throws {
        let signer = JournalSigner()
        let directory = try threeLines(signer: signer)
        let lines = try directory.lines(growing)
        func kind(_ line: Int, _ text: String, _ trusted: [JournalKey] = []) throws -> String? {
            var edited = lines
            edited[line] = text
            try directory.overwrite(lines: edited, growing)
            let damage = try directory.verified(trusted).damages.first
            return damage.map { "\($0.line) \($0.kind.word)" }
        }
        let signature = lines[0].suffix(98)
        #expect(try kind(1, String(lines[1].dropLast(98)) + signature) == "2 wrong-signature")
        #expect(try kind(1, String(lines[1].dropLast(98)) + "}") == "2 unsigned")
        let key = "\"key\":\"\(signer.key.text)\","
        #expect(try kind(0, lines[0].replacing(key, with: "")) == "1 wrong-signature")
        let other = JournalSigner().key
        let named = lines[0].replacing(signer.key.text, with: other.text)
        #expect(try kind(0, named) == "1 wrong-signature")
        #expect(try kind(0, lines[0], [other]) == "1 other-key")
        #expect(try kind(0, lines[0], [other, signer.key]) == nil)
    }

    @Test("a journal that nobody signed is not whole for who asks for a signature")
    func unsigned() throws {
        let report = try threeLines().verified([JournalSigner().key])
        #expect(report.damages.map(\.kind) == [.unsigned])
    }

    @Test("signed from a line on, by one key and then another, and no longer: each is told")
    func changesOfKey() throws {
        let directory = try threeLines()
        let (old, new) = (JournalSigner(), JournalSigner())
        for (signer, words) in [
            (old, "signed from here on, with the key \(old.key.fingerprint)"),
            (old, "signed with the key"),
            (new, "from here on with the key \(new.key.fingerprint), no longer with"),
            (nil, "no longer signed; so far with"),
        ] as [(JournalSigner?, String)] {
            var journal = try opened(directory, signer: signer)
            let told = journal.signing.flatMap { [$0].said(in: .english) }
            #expect(told?.contains(words) == true)
            _ = try journal.append([notice("a"), notice("b")])
        }
        let report = try directory.verified()
        #expect(report.damages == [])
        #expect(report.signedFrom == 4)
        #expect(report.keys == [old.key, new.key])
        #expect(report.remarks.contains("from line 10 on it is no longer signed"))
        #expect(try directory.verified([old.key]).damages.first?.kind.word == "other-key")
        #expect(try directory.verified([old.key, new.key]).damages.first?.kind == .unsigned)
    }

    @Test("a head mark that is none, or that the key did not sign")
    func wrongHead() throws {
        let directory = try threeLines(signer: JournalSigner())
        let head = String(decoding: try directory.bytes("journal/head"), as: UTF8.self)
        let parts = head.split(separator: " ")
        try directory.write(Array("\(parts[0]) \(parts[1])\n".utf8), to: "journal/head")
        #expect(try first(directory).kind.word == "wrong-head")
        try directory.write(Array("nothing".utf8), to: "journal/head")
        #expect(try first(directory).kind.word == "wrong-head")
        try FileManager.default.removeItem(atPath: directory.file("journal/head"))
        let report = try directory.verified()
        #expect(report.isWhole && report.remarks.count == 1)
    }

    @Test("an unknown file is named; what the journal keeps beside itself is not")
    func unknownFile() throws {
        let directory = try segments(2)
        try directory.write([1], to: "journal/advisories.jsonl.torn-20260101T000000.000Z")
        #expect(try directory.verified().isWhole)
        try directory.write([1], to: "journal/advisories-7.jsonl")
        let damage = try first(directory)
        #expect(damage.kind == .unknownFile && damage.path.hasSuffix("advisories-7.jsonl"))
    }

    @Test("times that run backwards are a remark and no damage")
    func clockPutBack() throws {
        let directory = try TemporaryDirectory()
        var journal = try AdvisoryJournal.open(directory: directory.file("journal"), now: .at(0))
        _ = try journal.append([notice("a", at: 3600), notice("b", at: 3599), notice("c", at: 0)])
        let report = try directory.verified()
        #expect(report.isWhole)
        #expect(report.remarks.count == 1)
        #expect(report.remarks.first?.contains("line 3: the time goes back by 3599 s") == true)
    }

    @Test("a segment that was broken and set aside stays damage, named with its place")
    func setAside() throws {
        let directory = try segments(2)
        var bytes = try directory.bytes(growing)
        bytes[bytes.count - 30] ^= 1
        try directory.write(bytes, to: growing)
        var found: [JournalLine] = []
        var journal = try opened(directory, at: 300) { found.append($0) }
        let needsBeginning = journal.needsBeginning
        #expect(needsBeginning)
        try journal.begin(opening(found, at: 300))
        _ = try journal.append([notice("after", at: 301)])
        #expect(journal.repairs.count == 1)
        let report = try directory.verified()
        #expect(report.damages.map(\.kind) == [.brokenChain])
        #expect(report.damages.first?.path.contains(".damaged-") == true)
    }

    @Test("a journal that a version before 0.2 set aside: what broke it is named in it")
    func setAsideBefore() throws {
        let directory = try threeLines()
        var bytes = try directory.bytes(growing)
        bytes[5] = UInt8(ascii: "x")
        try directory.write(bytes, to: growing + ".damaged-20260101T000000.000Z")
        try directory.write(Array("\(sha256(bytes))\n".utf8), to: "journal/anchor")
        for name in ["journal/advisories.jsonl", "journal/head"] {
            try FileManager.default.removeItem(atPath: directory.file(name))
        }
        var journal = try opened(directory)
        _ = try journal.append([notice("first of the next")])
        let report = try directory.verified()
        #expect(report.damages.first?.kind.word == "unreadable")
        #expect(report.damages.first?.path.hasSuffix("damaged-20260101T000000.000Z") == true)
        #expect(report.lastNumber == 1)
    }

    @Test("verified again and again while another thread appends and rotates, it is whole")
    func whileWritten() throws {
        let directory = try TemporaryDirectory()
        let isDone = Guarded(false)
        var journal = try AdvisoryJournal.open(directory: directory.file("journal"), now: .at(0))
        _ = try journal.append([try halt(0)])
        let path = directory.file("journal")
        let failure = Guarded("")
        let writer = Thread {
            do { try Self.write(path) } catch { failure.withLock { $0 = "\(error)" } }
            isDone.withLock { $0 = true }
        }
        writer.start()
        var (rounds, damages) = (0, [JournalDamage]())
        while !isDone.withLock({ $0 }) || rounds == 0 {
            rounds += 1
            damages += try directory.verified(isLive: true).damages
        }
        #expect(damages == [], "of \(rounds) rounds")
        #expect(failure.withLock { $0 } == "")
        #expect(try directory.verified().segments == 9)
    }

    /// Opens the journal at `path` and writes eight further segments.
    private static func write(_ path: String) throws {
        var all: [JournalLine] = []
        var journal = try AdvisoryJournal.open(directory: path, now: .at(0)) { all.append($0) }
        for segment in 1...8 {
            for _ in 0..<25 {
                all += try journal.append([notice("a", at: 1), notice("b", at: 1)])
            }
            try journal.begin(opening(all, at: Double(segment)))
            all += try journal.append([notice("c", at: Double(segment))])
        }
    }
}
