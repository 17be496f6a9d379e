import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("JOURNAL.md")
struct JournalDocumentTests {
    private let file: URL
    private let page: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        file = root.appending(path: "Sources/AdvisoryJournal/JOURNAL.md")
        page = try String(contentsOf: file, encoding: .utf8)
    }

    @Test("the worked example is what the program writes; FIREDAMP_RECORD=1 writes it anew")
    func example() throws {
        let directory = try TemporaryDirectory()
        let key = directory.file("key")
        try "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
            .write(toFile: key, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        var journal = try AdvisoryJournal.open(
            directory: directory.file("journal"), now: .at(0),
            signer: try JournalSigner(path: key))
        let entries = [
            Announcement.notice(.notice, .started, at: .at(0), site: Heading.site, why: "guarding"),
            .notice(.notice, .stopped, at: .at(60), site: Heading.site, why: "stopped"),
        ]
        var all: [JournalLine] = []
        for entry in entries { all += try journal.append([entry]) }
        try journal.begin(opening(all, at: 120))
        let files = ["journal/advisories-000000000001.jsonl", "journal/advisories.jsonl"]
        let written = try files.map {
            "\($0)\n" + String(decoding: try directory.bytes($0), as: UTF8.self)
        }
        let head = String(decoding: try directory.bytes("journal/head"), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let example = (written + ["journal/head\n\(head)\n"]).joined(separator: "\n")
        let start = try #require(page.range(of: "<!-- example:begin -->\n```\n"))
        let end = try #require(page.range(of: "```\n<!-- example:end -->"))
        let shown = start.upperBound..<end.lowerBound
        if ProcessInfo.processInfo.environment["FIREDAMP_RECORD"] != nil {
            let anew = page.replacingCharacters(in: shown, with: example)
            try Data(anew.utf8).write(to: file)
            #expect(try String(contentsOf: file, encoding: .utf8).contains(example))
        } else {
            #expect(page[shown] == example)
        }
        #expect(try directory.verified().isWhole)
    }

    @Test("names every kind of damage")
    func kinds() {
        let kinds: [JournalDamage.Kind] = [
            .tornTail, .unreadable(reason: ""), .brokenChain, .wrongNumber(found: 1, expected: 2),
            .missing(from: 1, through: 2), .outOfOrder(found: 1, expected: 2),
            .wrongSignature(reason: ""), .unsigned, .otherKey(fingerprint: ""),
            .missingSegment(from: 1, through: 2), .wrongName(first: 1), .cutFront(first: 1),
            .cutEnd(last: 1, head: 2), .notTheHead, .wrongHead(reason: ""), .unknownFile,
        ]
        for kind in kinds { #expect(page.contains("`\(kind.word)`"), "\(kind.word)") }
    }
}
