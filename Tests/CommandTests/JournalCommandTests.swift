import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The built command on real journals: verify, export and key.
@Suite("firedamp verify, export, key")
struct JournalCommandTests {
    private struct Answer {
        var code: Int32
        var output: String
        var errors: String
    }

    private let directory: TemporaryDirectory
    private let growing = "state/journal/advisories.jsonl"

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("state"), withIntermediateDirectories: false)
    }

    private func run(_ arguments: String...) throws -> Answer {
        for name in ["output", "errors"] { try directory.write([], to: name) }
        let process = try ChildProcess(
            DaemonProcess.executable, arguments, errors: directory.file("errors"),
            output: directory.file("output"))
        let code = process.wait()
        return Answer(
            code: code, output: String(decoding: try directory.bytes("output"), as: UTF8.self),
            errors: String(decoding: try directory.bytes("errors"), as: UTF8.self))
    }

    private func write(_ count: Int, signer: JournalSigner? = nil) throws -> String {
        var journal = try AdvisoryJournal.open(
            directory: directory.file("state/journal"), now: .at(0), signer: signer)
        for second in 0..<count {
            _ = try journal.append([
                .notice(
                    .notice, .loss, at: .at(Double(second)), site: Heading.site,
                    why: "line \(second)")
            ])
        }
        return journal.lastHash
    }

    @Test("a key: made for its owner only, its public half signs what it says, never made twice")
    func key() throws {
        let path = directory.file("key")
        let made = try run("key", "new", path)
        #expect(made.code == 0)
        let signer = try JournalSigner(path: path)
        #expect(
            made.output
                == "public key:  \(signer.key.text)\nfingerprint: \(signer.key.fingerprint)\n")
        #expect(try run("key", "show", path).output == made.output)
        #expect(try run("key", "new", path).code == 73)
        #expect(try JournalSigner(path: path).key == signer.key)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let exposed = try run("key", "show", path)
        #expect(exposed.code == 66 && exposed.errors.contains("chmod 600"))
    }

    @Test("whole is 0 with its head, damaged is 65 with file, line and byte, missing is 66")
    func verify() throws {
        let missing = try run("verify", directory.file("state"))
        #expect(missing.code == 66)
        let signer = JournalSigner()
        let head = try write(4, signer: signer)
        for place in ["state", "state/journal"] {
            let whole = try run("verify", directory.file(place), "--key", signer.key.text)
            #expect(whole.code == 0)
            #expect(whole.output.contains("head: 4 \(head)\nwhole\n"))
            #expect(whole.output.contains("signed from line 1 on"))
        }
        #expect(
            try run("verify", directory.file("state"), "--key", JournalSigner().key.text).code == 65
        )
        var bytes = try directory.bytes(growing)
        let second = try #require(bytes.firstIndex(of: 10)) + 1
        bytes[second + 30] ^= 1
        try directory.write(bytes, to: growing)
        let damaged = try run("verify", directory.file("state"))
        #expect(damaged.code == 65)
        #expect(
            damaged.output.hasPrefix("\(directory.file(growing)):2 (byte \(second)): "))
        let json = try run("verify", directory.file("state"), "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let report = try #require(object as? [String: Any])
        #expect(json.code == 65 && report["whole"] as? Bool == false)
        let first = try #require((report["damages"] as? [[String: Any]])?.first)
        #expect(first["byte"] as? Int == second && first["line"] as? Int == 2)
    }

    @Test("what stands in for the journal is said, and must follow it")
    func standIn() throws {
        let path = directory.file("state/journal.stand-in")
        let signer = JournalSigner()
        _ = try write(4, signer: signer)
        do {
            var standIn = JournalStandIn(paths: [path])
            let journal = try AdvisoryJournal.open(
                directory: directory.file("state/journal"), now: .at(9), signer: signer)
            standIn.read(behind: journal)
            for word in ["five", "six"] {
                let entry = Announcement.notice(
                    .notice, .loss, at: .at(9), site: Heading.site, why: word)
                try standIn.append(journal.layOut([entry], behind: standIn.last))
            }
        }
        let whole = try run("verify", directory.file("state"), "--key", signer.key.text)
        #expect(whole.code == 0)
        #expect(whole.output.contains("2 lines behind its last stand in \(path)\n"))
        var bytes = try directory.bytes("state/journal.stand-in")
        let second = try #require(bytes.firstIndex(of: 10)) + 1
        bytes[second + 30] ^= 1
        try directory.write(bytes, to: "state/journal.stand-in")
        let damaged = try run("verify", directory.file("state/journal"))
        #expect(damaged.code == 65)
        #expect(damaged.output.hasPrefix("\(path):2 (byte \(second)): "))
        // A journal that has them all leaves nothing to say, whatever is still written there.
        _ = try write(6, signer: signer)
        let taken = try run("verify", directory.file("state"))
        #expect(taken.code == 0 && !taken.output.contains("stand in"))
    }

    @Test("an export is made, checked on its own, and refused when something in it was changed")
    func export() throws {
        let head = try write(6)
        let path = directory.file("export")
        func made(_ from: Double, _ to: Double) throws -> Answer {
            try run(
                "export", "--from", Timestamp.at(from).rfc3339(), "--to",
                Timestamp.at(to).rfc3339(), "--state-dir", directory.file("state"), "--out", path)
        }
        #expect(try made(2, 4).code == 0)
        let whole = try run("verify", "--export", path, "--head", head)
        #expect(whole.code == 0)
        #expect(whole.output.contains("lines 3 to 4"))
        #expect(whole.output.contains("chained to the head: 6 \(head)\nwhole\n"))
        #expect(
            try run("verify", "--export", path, "--head", String(repeating: "0", count: 64)).code
                == 65)
        let text = String(decoding: try directory.bytes("export"), as: UTF8.self)
        try directory.write(
            Array(text.replacing("line 3", with: "line 9").utf8), to: "export")
        // Not signed: it shows in the next line of the journal, behind the mark of the proof.
        let edited = try run("verify", "--export", path)
        #expect(edited.code == 65 && edited.output.contains("\(path):15 (byte "))
        #expect(try made(100, 200).code == 66)
        #expect(try run("verify", "--export", directory.file("none")).code == 66)
        #expect(try run("export", "--from", "yesterday", "--to", "today").code == 64)
    }
}
