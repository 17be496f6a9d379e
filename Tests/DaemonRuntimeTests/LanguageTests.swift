import AdvisoryJournal
import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory
import ReadingRecord
import ReadingRing
import Support
import Testing

/// A daemon whose mine reads Chinese: nothing that it says is an English sentence.
@Suite("A daemon in Chinese", .serialized)
final class LanguageTests: DaemonBench {
    private static let signer = JournalSigner()

    private static let site: Site = {
        var site = Heading.site
        site.language = .chinese
        site.places.append(Place(id: "X", name: "二号面", kind: .heading))
        site.people = [
            Person(name: "王磊", duty: .dispatcher, contact: nil, login: NSUserName()),
            Person(name: "陈军", duty: .chiefEngineer, contact: nil, login: NSUserName()),
        ]
        return site
    }()

    private func start() throws -> Daemon {
        try startDaemon(Self.site) { options in
            options.signer = Self.signer
            options.heartbeatSeconds = 1
            options.evidence.secondsAfter = 1
            options.evidence.secondsToDisk = 1
        }
    }

    private func ask(_ request: ControlRequest) throws -> ControlAnswer {
        try ControlClient(stateDirectory: directory.file("state")).ask(request, seconds: 10)
    }

    private var journal: [Announcement] {
        let path = directory.file("state/journal/advisories.jsonl")
        return (try? readJournal(path: path, first: nil))?.lines.map(\.record.entry) ?? []
    }

    /// A sentence has two words of English in a row; codes, paths, units and names have not.
    private func expectChinese(_ text: String, _ what: String) {
        #expect(text.firstMatch(of: /[a-z]{3,} [a-z]{2,}/) == nil, "\(what): \(text)")
        #expect(text.unicodeScalars.contains { $0.value > 0x2E80 }, "\(what): \(text)")
    }

    /// Names, and what people typed, are the same in every language.
    private func expectEnglish(_ text: String) {
        let rest = text.replacing(/王磊|陈军|李伟|二号面|撤人|看过|已处理/, with: "")
        #expect(!rest.unicodeScalars.contains { $0.value > 0x2E80 }, "\(text)")
    }

    /// A ring, a journal and a raw record that a crash, or somebody, left damaged.
    private func damage() throws {
        try start().stop(reason: "stopped in good order")
        try Data("no ring".utf8).write(to: URL(fileURLWithPath: directory.file("state/ring")))
        let raw = URL(fileURLWithPath: directory.file("state/raw"))
        try FileManager.default.createDirectory(at: raw, withIntermediateDirectories: true)
        let name = try FileManager.default.contentsOfDirectory(atPath: raw.path).sorted().last
        for file in [name.map { "state/raw/\($0)" }, "state/journal/advisories.jsonl"] {
            guard let file else { continue }
            let bytes = try directory.bytes(file)
            try directory.write(bytes + Array("{torn".utf8), to: file)
        }
    }

    @Test("alert log, permits, answers and status have no English sentence; readers may choose")
    func chinese() throws {
        try damage()
        let daemon = try start()
        defer { daemon.stop(reason: "stopped in good order") }
        let reader = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/permit"])
        try refuse()
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/H101-T1", payload("1.6"))
        try eventually("the halt stands") { journal.contains { $0.severity == .halt } }
        try answer()
        try eventually("its readings are sealed", within: 60) {
            journal.contains { $0.seal != nil }
        }
        var other = Self.site
        other.mine = "other"
        other.fingerprint = "0ther"
        daemon.reload { [other] in .success(other) }
        try eventually("the other mine is refused") {
            journal.contains { $0.transition == .refused }
        }
        client.stop()
        #expect(journal.filter { $0.transition == .repaired }.count >= 2)
        for entry in journal {
            expectChinese(entry.why, "\(entry.transition.rawValue)")
            expectEnglish(entry.texts(in: .english).why)
        }
        for line in alerts { expectChinese(line, "alert log") }
        for permit in reader.received { expectChinese(permit.text.said, "permit") }
        reader.stop()
    }

    /// Before anything stands.
    private func refuse() throws {
        let note = OperatorOrder(.note, text: "看过")
        let release = OperatorOrder(.release, of: "T1.cut", text: "已处理")
        let requests = [
            ControlRequest(.order, by: "李伟", order: note), ControlRequest(.order, order: note),
            ControlRequest(.order, by: "王磊", order: release),
            ControlRequest(.order, by: "陈军", order: release),
            ControlRequest(.show, advisory: "none"),
        ]
        for request in requests {
            let refused = try ask(request)
            #expect(refused.language == .chinese)
            for reason in try #require(refused.failure).reasons { expectChinese(reason, "refusal") }
            var asked = request
            asked.language = .english
            let english = try #require(try ask(asked).failure)
            #expect(english.code == refused.failure?.code)
            for reason in english.reasons { expectEnglish(reason) }
        }
        // Rubbish is answered in the language that it asks for, and else in that of the site.
        for (language, isChinese) in [(#","language":"en""#, false), ("", true)] {
            let refusal = try ControlRequest.refusal(of: "{\"v\":1,\"ask\":\"x\"\(language)}")
            let answer = ControlAnswer(refusal, in: .chinese)
            let reason = try #require(answer.failure?.reasons.first)
            if isChinese { expectChinese(reason, "rubbish") } else { expectEnglish(reason) }
        }
        #expect(throws: ControlRefusal.self) {
            try ControlRequest(line: Array(#"{"v":1,"ask":"status","language":"fr"}"#.utf8))
        }
    }

    /// While a halt stands.
    private func answer() throws {
        let ack = OperatorOrder(.acknowledge, of: "T1.cut", text: "撤人", request: "r")
        let done = try #require(
            try ask(ControlRequest(.order, by: "王磊", order: ack, in: .english)).done)
        #expect(done.why == "acknowledged by 王磊 (dispatcher): 撤人")
        let again = try ask(ControlRequest(.order, by: "王磊", order: ack))
        #expect(again.isRepeated == true && again.done?.why == "王磊（调度员）已确认：撤人")
        let chinese = try #require(try ask(ControlRequest(.status)).status)
        let english = try #require(try ask(ControlRequest(.status, in: .english)).status)
        let areas = chinese.assessment.places + [chinese.assessment.mine]
        for evidence in areas.flatMap(\.evidence) { expectChinese(evidence.text, "status") }
        for advisory in chinese.advisories {
            expectChinese(advisory.next, "next")
            expectChinese(advisory.last.why + advisory.last.action, "advisory")
        }
        let others = english.assessment.places + [english.assessment.mine]
        #expect(!others.flatMap(\.evidence).isEmpty)
        for evidence in others.flatMap(\.evidence) {
            expectEnglish(evidence.text)
        }
        for advisory in english.advisories { expectEnglish(advisory.next) }
        let lacks = try ask(ControlRequest(.show, advisory: "T1.cut")).advisory?.lacks
        for lack in try #require(lacks) { expectChinese(lack, "release") }
    }
}

extension ControlRequest {
    /// Why a line is refused before it is a request.
    fileprivate static func refusal(of line: String) throws -> ControlRefusal {
        do throws(ControlRefusal) {
            _ = try ControlRequest(line: Array(line.utf8))
        } catch {
            return error
        }
        throw TestFailure(description: "it is a request: \(line)")
    }
}

extension String {
    /// What a person reads of a permit: the texts of its reasons.
    fileprivate var said: String {
        let object = try? JSONSerialization.jsonObject(with: Data(utf8)) as? [String: Any]
        let reasons = object?["reasons"] as? [[String: Any]]
        return reasons?.compactMap { $0["text"] as? String }.joined(separator: "；") ?? ""
    }
}
