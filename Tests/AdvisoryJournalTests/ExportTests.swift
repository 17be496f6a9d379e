import AdvisoryJournal
import Foundation
import GasModel
import Support
import Testing

@Suite("An export")
struct ExportTests {
    private let directory: TemporaryDirectory
    private let signer = JournalSigner()

    /// Four segments, at 0 s, 100 s, 200 s and 300 s.
    init() throws { directory = try segments(4, signer: signer) }

    private func made(
        _ from: Double = 100, _ to: Double = 200, hasProof: Bool = true,
        of source: TemporaryDirectory? = nil
    ) throws -> [String] {
        let export = try JournalExport(
            directory: (source ?? directory).file("journal"), from: .at(from), to: .at(to),
            hasProof: hasProof)
        var lines: [String] = []
        try export.write(now: .at(1000)) { lines.append($0) }
        return lines
    }

    private func check(
        _ lines: [String], _ trusted: [JournalKey] = [], head: String? = nil
    ) throws -> ExportReport {
        try directory.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: "export")
        return try verifyExport(path: directory.file("export"), trusted: trusted, head: head)
    }

    /// The same with a trailer that fits: what a forger would do too.
    private func sealed(_ lines: [String]) -> [String] {
        let body = lines.dropLast()
        return body + ["sha256: " + sha256(Array(body.map { $0 + "\n" }.joined().utf8))]
    }

    private var head: String {
        get throws { try directory.verified().lastHash }
    }

    @Test("whole: it says mine, span, numbers, key and head, and the head is the journal's")
    func whole() throws {
        for hasProof in [true, false] {
            let report = try check(try made(hasProof: hasProof), [signer.key])
            #expect(report.damage == nil)
            #expect(report.mine == "demo")
            #expect(report.firstNumber == 5 && report.lastNumber == 9)
            #expect(report.keys == [signer.key])
            #expect(report.headNumber == (hasProof ? 19 : 9))
            #expect(report.remarks.isEmpty == hasProof)
        }
        let report = try check(try made(), head: try head)
        #expect(try report.isWhole && report.headHash == head)
    }

    @Test("a head that was published at any time after the span proves it, one within it a part")
    func earlierHead() throws {
        let lines = try made()
        let journal = lines.filter { $0.hasPrefix("{") }.map { sha256(Array($0.utf8)) }
        for (index, hash) in journal.enumerated() {
            let report = try check(lines, head: hash)
            #expect(report.isWhole)
            #expect(report.remarks.isEmpty == (index >= 4))
        }
        let foreign = try check(lines, head: String(repeating: "0", count: 64))
        #expect(!foreign.isWhole)
    }

    @Test("edited, cut, extended, swapped, re-dated: found, also under a trailer that fits")
    func forged() throws {
        let lines = try made()
        let start = try #require(lines.firstIndex { $0.hasPrefix("{") })
        let proof = try #require(lines.firstIndex(of: "--- proof"))
        var forgeries: [(String, [String])] = []
        func forge(_ name: String, _ change: (inout [String]) -> Void) {
            var edited = lines
            change(&edited)
            #expect(edited != lines, "\(name)")
            forgeries.append((name, edited))
        }
        forge("edited") { $0[start + 2] = $0[start + 2].replacing("line 1", with: "line 7") }
        forge("re-dated") { $0[start + 2] = $0[start + 2].replacing("T18:", with: "T17:") }
        forge("span re-dated") { $0[2] = $0[2].replacing("2026", with: "2025") }
        forge("cut in the middle") { $0.remove(at: start + 2) }
        forge("cut in front") { $0.remove(at: start) }
        forge("cut at the end of the span") { $0.remove(at: proof - 1) }
        forge("cut at the end") { $0.remove(at: $0.count - 3) }
        forge("extended") { $0.insert($0[start + 2], at: start + 3) }
        forge("extended behind") { $0.insert($0[proof - 1], at: $0.count - 2) }
        forge("swapped") { $0.swapAt(start + 2, start + 3) }
        forge("other head") { $0[7] = "head: 19 " + String(repeating: "a", count: 64) }
        forge("other beginning") { $0[6] = "before: " + String(repeating: "a", count: 64) }
        forge("trailer") { $0[$0.count - 1] = "sha256: " + String(repeating: "a", count: 64) }
        forge("no trailer") { $0.removeLast() }
        forge("more") { $0.append("x") }
        for (name, edited) in forgeries {
            #expect(try check(edited).damage != nil, "\(name)")
            // The dates of the span are the export's own word, and its trailer is no signature.
            if ["span re-dated", "trailer", "no trailer", "more"].contains(name) { continue }
            #expect(try check(sealed(edited)).damage != nil, "\(name), sealed")
        }
    }

    @Test("an unsigned journal that was written anew fits in itself, and not under the old head")
    func rewritten() throws {
        let (real, forged) = (try segments(4), try segments(4, lines: 2))
        let head = try real.verified().lastHash
        #expect(try check(try made(of: real), head: head).isWhole)
        let lines = try made(of: forged)
        #expect(try check(lines).isWhole, "nothing in it is wrong by itself")
        #expect(try check(lines, head: head).damage != nil)
        #expect(try check(lines, [signer.key]).damage?.kind == .unsigned)
        #expect(try check(try made(), [JournalSigner().key]).damage?.kind.word == "other-key")
    }

    @Test("a flipped byte is found wherever it is")
    func fuzz() throws {
        var random = SeededGenerator(seed: 11)
        let whole = Array(try made().map { $0 + "\n" }.joined().utf8)
        for _ in 0..<200 {
            var bytes = whole
            let place = Int(random.next() % UInt64(whole.count))
            bytes[place] ^= UInt8(1 + random.next() % 255)
            try directory.write(bytes, to: "export")
            let report = try verifyExport(path: directory.file("export"))
            #expect(!report.isWhole, "byte \(place)")
        }
    }

    @Test("nothing in the span is an answer, and so is damage behind it; damage before it is none")
    func refused() throws {
        #expect(throws: ExportFailure.empty) { try made(5000, 6000) }
        let files = try directory.journalFiles()
        var bytes = try directory.bytes(files[2])
        bytes[40] ^= 1
        try directory.overwrite(bytes, files[2])
        #expect(throws: ExportFailure.self) { try made() }
        #expect(try check(try made(300, 400)).isWhole)
    }
}
