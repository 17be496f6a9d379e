import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Orders of people through the real command, to the daemon as a child process.
@Suite("Orders by command", .serialized)
final class OrderCommandTests {
    private let directory: TemporaryDirectory
    private let broker: Mosquitto
    private let daemon: DaemonProcess
    private let firedamp: OperatorCommand

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(in: directory.path, sensors: ["S1", "S2"])
        try addPeople(toSite: site)
        let state = directory.file("state")
        daemon = DaemonProcess(site: site, port: broker.port, stateDirectory: state)
        firedamp = OperatorCommand(stateDirectory: state)
    }

    deinit {
        daemon.kill9()
        broker.stop()
    }

    private func raise(_ sensor: String = "S1") throws {
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/\(sensor)", payload("1.6"))
        try eventually("a halt") { daemon.lines("HALT", "RAISED", sensor).count == 1 }
        client.stop()
    }

    /// Has both sensors send a value below every limit: then all is proven.
    private func hearAll() throws {
        let client = try TestClient(port: broker.port)
        for sensor in ["S1", "S2"] {
            client.publish("firedamp/v1/demo/reading/\(sensor)", payload("0.4"))
        }
        try eventually("all is proven") { try firedamp("status").code == 0 }
        client.stop()
    }

    /// The document of the halt: in the site's language and another, with what was ordered.
    private func checkDocument() throws {
        let site = directory.file("site.yaml")
        let json = try firedamp(
            "show", "S1.cut", "--document", "--site", site, "--format", "json")
        #expect(json.code == 0, "\(json)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(document["document"] as? Int == 1 && document["language"] as? String == "en")
        #expect((document["since"] as? [String: Any])?["gaps"] != nil, "the gap ledger was asked")
        let people = document["acknowledgement"] as? [String: Any]
        #expect("\(people ?? [:])".contains("all out"))
        let chinese = try firedamp(
            "show", "S1.cut", "--document", "--site", site, "--language", "zh")
        #expect(chinese.code == 0 && chinese.output.contains("停产"), "\(chinese)")
    }

    /// What a reader is shown who asks for Chinese, of a site that speaks English.
    private func checkLanguage() throws {
        let refused = try firedamp(
            "release", "S1.cut", "--reason", "done", "--by", "Chen Jun", "--language", "zh")
        #expect(refused.code == 65)
        #expect(refused.errors == "超限或异常仍然存在\n尚未确认：人员已撤出、作业已停止\n")
        let status = try firedamp("status", "--language", "zh")
        #expect(status.code == 1 && status.output.contains("矿井 demo Test mine：未证实"))
        let shown = try firedamp("show", "S1.cut", "--language", "zh")
        #expect(shown.output.contains("  - 超限或异常仍然存在"), "\(shown)")
        #expect(shown.output.contains("操作人：王磊（调度员、登录名\(NSUserName())）"))
        for output in [status.output, shown.output] {
            let rest = output.replacing(/all out|Test mine/, with: "")
            #expect(rest.firstMatch(of: /[a-z]{3,} [a-z]{2,}/) == nil, "\(rest)")
        }
        let note = try firedamp("note", "a quiet shift", "--by", "王磊", "--language", "zh")
        #expect(note.output.hasPrefix("NOTED demo: 王磊（调度员）：a quiet shift"), "\(note)")
        #expect(try firedamp("status", "--language", "de").code == 64)
    }

    private func entries() throws -> [Announcement] {
        let journal = try readJournal(path: directory.file("state/journal/advisories.jsonl"))
        #expect(journal.damage == nil)
        return journal.lines.map(\.record.entry)
    }

    @Test("what is ordered is in the journal before it is answered; what is refused says why")
    func orders() throws {
        try daemon.start()
        let doubtful = try firedamp("status")
        #expect(doubtful.code == 1, "nobody was heard yet: \(doubtful)")
        #expect(doubtful.output.contains("MINE demo Test mine: DOUBTFUL"))
        try hearAll()
        let proven = try firedamp("status")
        #expect(proven.code == 0, "\(proven)")
        #expect(proven.output.contains("MINE demo Test mine: PROVEN"))
        try raise()
        #expect(try firedamp("status").code == 1)
        let ack = try firedamp("ack", "S1.cut", "--ordered", "all out", "--by", "王磊")
        #expect(ack.code == 0 && ack.output.contains("(acknowledged)"), "\(ack)")
        let last = try #require(try entries().last)
        #expect(last.transition == .acknowledged && last.act?.by == "王磊")
        #expect(last.act?.login == NSUserName())
        let seen = try firedamp("confirm", "S1.cut", "--power-off", "--by", "Zhao Qiang")
        #expect(seen.code == 0, "\(seen)")
        let release = try firedamp("release", "S1.cut", "--reason", "done", "--by", "Chen Jun")
        #expect(release.code == 65)
        #expect(
            release.errors == "its condition still holds\n"
                + "not verified: people-out, work-stopped\n")
        let other = try firedamp("release", "S1.cut", "--reason", "done", "--by", "王磊")
        #expect(other.code == 77 && other.errors.contains("may not release"), "\(other)")
        let manager = try firedamp("release", "S1.cut", "--reason", "done", "--by", "Sun Wei")
        #expect(manager.code == 77 && manager.errors.contains("does not act under"), "\(manager)")
        let nobody = try firedamp("ack", "S1.cut", "--ordered", "x")
        #expect(nobody.code == 64 && nobody.errors.contains("王磊, Zhao Qiang"), "\(nobody)")
        #expect(try firedamp("ack", "S9", "--ordered", "x", "--by", "王磊").code == 66)
        #expect(
            try firedamp(
                "shelve", "S1.cut", "--minutes", "5", "--reason", "x", "--by", "王磊"
            ).code == 65)
        let shown = try firedamp("show", "S1.cut")
        #expect(shown.code == 0 && shown.output.contains("  - its condition still holds"))
        #expect(shown.output.contains("by 王磊 (dispatcher, login \(NSUserName()))"))
        try checkDocument()
        try checkLanguage()
        let count = try entries().count
        daemon.kill9()
        #expect(try firedamp("ack", "S1.cut", "--ordered", "x", "--by", "王磊").code == 69)
        #expect(try firedamp("status").code == 69)
        let listed = try firedamp("advisories", "--open", "--severity", "halt", "--since", "1h")
        #expect(listed.code == 0 && listed.output.contains("demo.S1.cut."), "\(listed)")
        #expect(try firedamp("show", "S1.cut").output.contains("only a running daemon knows"))
        #expect(try entries().count == count)
    }

    @Test("a drill, remarks and a shelving, each with the name of who did it")
    func others() throws {
        try daemon.start()
        let begun = try firedamp("drill", "begin", "P1", "who comes", "--by", "王磊")
        #expect(begun.code == 0 && begun.output.contains("DRILL in P1"), "\(begun)")
        #expect(try firedamp("drill", "begin", "P1", "again", "--by", "王磊").code == 65)
        #expect(try firedamp("drill", "begin", "P9", "x", "--by", "王磊").code == 66)
        #expect(try firedamp("note", "drill", "slow", "--by", "Zhao Qiang").code == 0)
        #expect(try firedamp("note", "a quiet shift", "--by", "Zhao Qiang").code == 0)
        #expect(try firedamp("drill", "end", "drill", "--by", "王磊").code == 0)
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/S2", payload("null"))
        try eventually("a fault") { daemon.lines("FAULT", "RAISED", "S2").count == 1 }
        client.stop()
        let shelve = ["shelve", "S2.fault", "--minutes", "5", "--reason", "known"]
        #expect(try firedamp.start(shelve + ["--by", "王磊"]).answer().code == 0)
        #expect(try firedamp.start(shelve + ["--by", "Zhao Qiang"]).answer().code == 77)
        #expect(try firedamp("status").output.contains("put aside for"))
        #expect(try firedamp("unshelve", "S2.fault", "--by", "王磊").code == 0)
        let told = try entries().compactMap(\.act).map { "\($0.kind.rawValue) \($0.by)" }
        #expect(
            told == [
                "drill 王磊", "note Zhao Qiang", "note Zhao Qiang", "drill 王磊", "shelve 王磊",
                "shelve 王磊",
            ])
        let drill = try firedamp("show", "drill")
        #expect(drill.output.contains("slow") && drill.output.contains("closed"), "\(drill)")
    }

    @Test(
        "a user of another name is refused, and so is one who may not connect",
        .enabled(if: geteuid() == 0, "only root can run a command as somebody else"))
    func otherUser() throws {
        // The path to the state must be open to whoever is in its group.
        unsafe chmod(directory.path, 0o755)
        try daemon.start()
        try raise()
        let copy = directory.file("firedamp")
        try FileManager.default.copyItem(atPath: DaemonProcess.executable, toPath: copy)
        var own = firedamp
        own.executable = copy
        func run(group: String, _ arguments: [String]) throws -> OperatorCommand.Answer {
            try own.start(
                arguments,
                under: [
                    "/usr/bin/setpriv", "--reuid=nobody", "--regid=\(group)", "--clear-groups",
                ]
            ).answer()
        }
        let count = try entries().count
        for by in [[], ["--by", "王磊"], ["--by", "Chen Jun"]] {
            let answer = try run(group: "root", ["ack", "S1.cut", "--ordered", "x"] + by)
            #expect(answer.code == 77, "\(answer)")
        }
        // To look needs only the right to connect.
        #expect(try run(group: "root", ["status"]).code == 1)
        let outside = try run(group: "nogroup", ["status"])
        #expect(outside.code == 77 && outside.errors.contains("Permission denied"), "\(outside)")
        #expect(try entries().count == count)
    }

    @Test("the same request is done once, also after kill -9, and answered the same")
    func repeated() throws {
        try daemon.start()
        try raise()
        let order = [
            "ack", "S1.cut", "--ordered", "all out", "--by", "王磊", "--request", "r1", "--format",
            "json",
        ]
        let first = try firedamp.start(order).answer()
        #expect(first.code == 0)
        let count = try entries().count
        let second = try firedamp.start(order).answer()
        daemon.kill9()
        try daemon.start()
        let third = try firedamp.start(order).answer()
        for answer in [second, third] {
            #expect(answer.code == 0)
            #expect(
                answer.output
                    == first.output.replacingOccurrences(
                        of: "\"repeated\" : false", with: "\"repeated\" : true"))
        }
        #expect(try entries().count { $0.act?.request == "r1" } == 1)
        #expect(try entries().count == count + 1, "and the start")
        let other = try firedamp(
            "ack", "S1.cut", "--ordered", "another", "--by", "王磊", "--request", "r1")
        #expect(other.code == 64 && other.errors.contains("was another order"), "\(other)")
    }

    @Test("two consoles at once: each order is done once, and no revision is lost")
    func consoles() throws {
        try daemon.start()
        try raise()
        let people = ["王磊", "Zhao Qiang"]
        let running = try (0..<12).map { number in
            try firedamp.start([
                "order", "S1.cut", "order \(number)", "--by", people[number % 2],
            ])
        }
        for command in running { #expect(try command.answer().code == 0) }
        let halt = try entries().filter { $0.advisory?.rule == "cut" }
        #expect(halt.compactMap { $0.advisory?.revision } == Array(1...13))
        let texts = halt.compactMap(\.act?.text)
        #expect(Set(texts) == Set((0..<12).map { "order \($0)" }) && texts.count == 12)
    }

    @Test("killed right after an order was sent: it is done once, or not at all, as it is said")
    func killed() throws {
        let seed = UInt64(nowMilliseconds())
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        try daemon.start()
        try raise()
        for round in 0..<12 {
            let order = [
                "order", "S1.cut", "round \(round)", "--by", "王磊", "--request", "k\(round)",
            ]
            let command = try firedamp.start(order + ["--wait", "30"])
            usleep(UInt32.random(in: 0...40_000, using: &generator))
            daemon.kill9()
            try daemon.start()
            let answer = try command.answer()
            let done = try entries().count { $0.act?.request == "k\(round)" }
            #expect(done <= 1, "seed \(seed), round \(round)")
            if answer.code == 0 { #expect(done == 1, "seed \(seed), round \(round)") }
            // A daemon that was gone before it was asked has done nothing.
            if answer.code == 69 { #expect(done == 0, "seed \(seed), round \(round)") }
            #expect(answer.code == 0 || answer.code == 69, "\(answer)")
            #expect(try firedamp.start(order).answer().code == 0)
            #expect(try entries().count { $0.act?.request == "k\(round)" } == 1)
        }
        let revisions = try entries().filter { $0.advisory?.rule == "cut" }
            .compactMap { $0.advisory?.revision }
        #expect(revisions == Array(1...13))
    }

    @Test("a second daemon leaves the socket alone; one that was killed leaves none in the way")
    func socket() throws {
        try daemon.start()
        let second = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("state"))
        try second.launch()
        #expect(second.wait() != 0)
        try hearAll()
        daemon.kill9()
        #expect(FileManager.default.fileExists(atPath: directory.file("state/control.sock")))
        try daemon.start()
        try hearAll()
        #expect(daemon.terminate().code == 0)
        #expect(!FileManager.default.fileExists(atPath: directory.file("state/control.sock")))
    }
}
