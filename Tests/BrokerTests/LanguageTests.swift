import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// A mine that reads Chinese, and a visitor who reads English.
@Suite("Daemon and language", .serialized)
final class LanguageTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess
    let site: String

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        site = try writeSite(in: directory.path, sensors: ["S1"])
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"),
            ["--heartbeat", "1"])
        try speak("zh")
    }

    deinit {
        daemon.kill9()
        broker.stop()
    }

    private func speak(_ language: String) throws {
        var lines = try String(contentsOfFile: site, encoding: .utf8).split(separator: "\n")
        lines.removeAll { $0.hasPrefix("language:") }
        let text = lines.joined(separator: "\n") + "\nlanguage: \(language)\n"
        try text.write(toFile: site, atomically: true, encoding: .utf8)
    }

    private func tail(_ arguments: String...) throws -> (code: Int32, lines: [String]) {
        let output = directory.file("shown")
        try directory.write([], to: "shown")
        let process = try ChildProcess(
            DaemonProcess.executable,
            ["tail", "--state-dir", directory.file("state"), "--no-follow", "--lines", "1000"]
                + arguments, output: output)
        let code = process.wait()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return (code, text.split(separator: "\n").map(String.init))
    }

    @Test("tells all in the site's language; a reload changes it, and each reader may choose")
    func language() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/S1", payload("0.4", ms: nowMilliseconds() - 9))
        client.publish("firedamp/v1/demo/reading/S1", payload("1.6"))
        try eventually("the halt stands") { daemon.lines("HALT", "RAISED").count == 1 }
        let raised = daemon.lines("HALT", "RAISED")[0]
        #expect(raised.contains(" P1的T1达到断电值：该地点最高S1 1.60 %CH4、级别 1 | do: 停止作业，切断电源"))
        #expect(daemon.lines("NOTICE", "STARTED")[0].contains(" 开始监视，"))
        try eventually("a heartbeat") { !daemon.lines("HEARTBEAT", "ALIVE").isEmpty }
        #expect(daemon.lines("HEARTBEAT", "ALIVE")[0].contains("1个传感器中"))

        try speak("en")
        daemon.signal(SIGHUP)
        try eventually("the site is reloaded") { daemon.lines("NOTICE", "RELOADED").count == 1 }
        client.publish("firedamp/v1/demo/reading/S1", payload("0.4"))
        try eventually("its end is told") { daemon.lines("HALT", "GONE").count == 1 }
        #expect(daemon.lines("HALT", "GONE")[0].contains(" T1 of P1 is below re-power: "))
        client.stop()

        let journal = try readJournal(path: directory.file("state/journal/advisories.jsonl"))
        let halts = journal.lines.map(\.record.entry).filter { $0.advisory != nil }
        let halt = try #require(halts.first { $0.transition == .raised && $0.severity == .halt })
        #expect(halt.texts(in: .english).why.hasPrefix("T1 of P1 reached the cut limit: worst in"))

        let alerts = daemon.alerts.filter { !$0.hasPrefix("HEARTBEAT") }
        func shown(_ language: String) throws -> [String] {
            try tail("--language", language).lines.filter { !$0.hasPrefix("HEARTBEAT") }
        }
        let (english, chinese) = (try shown("en"), try shown("zh"))
        #expect(english.count >= alerts.count && chinese.count >= alerts.count)
        #expect(english.allSatisfy { line in !line.unicodeScalars.contains { $0.value > 0x2E80 } })
        for line in chinese {
            #expect(line.unicodeScalars.contains { $0.value > 0x2E80 }, "\(line)")
        }
        #expect(try tail().lines.contains(raised))
        #expect(try tail("--language", "de").code != 0)
    }
}
