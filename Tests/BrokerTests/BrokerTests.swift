import AdvisoryDelivery
import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The daemon as a child process against a real mosquitto.
@Suite("Daemon and broker", .serialized)
final class BrokerTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(in: directory.path, sensors: ["S1", "S2"])
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"),
            ["--heartbeat", "1"])
    }

    deinit {
        daemon.kill9()
        broker.stop()
    }

    private func readings(_ client: TestClient, _ sensor: String, _ values: [String]) {
        // A millisecond apart: equal stamps are duplicates, and duplicates end nothing.
        let start = nowMilliseconds() - Int64(values.count)
        for (index, value) in values.enumerated() {
            client.publish(
                "firedamp/v1/demo/reading/\(sensor)", payload(value, ms: start + Int64(index)))
        }
    }

    @Test(
        "a crossing becomes a line, a journal record and a retained message, in that order of time")
    func crossing() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        readings(client, "S1", ["0.4", "1.6"])
        try eventually("the halt stands in the log") { daemon.lines("HALT", "RAISED").count == 1 }
        let late = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/advisory/#"])
        try eventually("a late subscriber finds the advisory") { late.received.count == 1 }
        let journal = try readJournal(path: directory.file("state/journal/advisories.jsonl"))
        #expect(journal.damage == nil)
        let record = try #require(journal.lines.last).record
        let id = try #require(record.entry.advisory?.id)
        #expect(late.received.first?.topic == "firedamp/v1/demo/advisory/\(id)")
        #expect(daemon.lines("HALT", "RAISED")[0].contains("#\(record.number) "))
        #expect(daemon.lines("HALT", "RAISED")[0].hasSuffix("| id \(id)"))
        client.stop()
        late.stop()
    }

    @Test("after kill -9 what stood open is open, is not raised anew, and goes on")
    func killed() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        readings(client, "S1", ["0.4", "1.6"])
        try eventually("the halt stands") { daemon.lines("HALT", "RAISED").count == 1 }
        daemon.kill9()
        try daemon.start()
        try eventually("the start says what stands") {
            daemon.lines("NOTICE", "STARTED").last?.contains("with 1 halts") == true
        }
        readings(client, "S1", ["1.7", "0.4"])
        try eventually("its end is told") { daemon.lines("HALT", "GONE").count == 1 }
        #expect(daemon.lines("HALT", "RAISED").count == 1)
        daemon.kill9()
        try daemon.start()
        try eventually("a halt that is gone is latched over a restart") {
            daemon.lines("NOTICE", "STARTED").last?.contains("with 1 halts") == true
        }
        client.stop()
    }

    @Test("readings sent while the daemon was dead are judged when it is back")
    func queued() throws {
        try daemon.start()
        daemon.kill9()
        let client = try TestClient(port: broker.port)
        readings(client, "S2", ["0.4", "1.6", "0.4"])
        try daemon.start()
        try eventually("the spike in the backlog raised its halt") {
            daemon.lines("HALT", "RAISED").count == 1 && daemon.lines("HALT", "GONE").count == 1
        }
        client.stop()
    }

    @Test(
        "what comes in one piece is taken to its last message, in fewer calls than it has messages",
        arguments: ["5", "3.1.1"])
    func burst(_ version: String) throws {
        let daemon = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("burst"), ["--mqtt", version, "--heartbeat", "1"])
        try daemon.start()
        let client = try TestClient(port: broker.port)
        let start = nowMilliseconds() - 10_000
        let before = daemon.readCalls
        // Nobody reads the socket while the burst grows; nothing follows it that would wake one.
        daemon.signal(SIGSTOP)
        for index in 0..<10_000 {
            let value = index == 9999 ? "1.6" : "0.4"
            client.publish(
                "firedamp/v1/demo/reading/S1",
                payload(value, ms: start + Int64(index), seq: index))
        }
        client.stop()
        daemon.signal(SIGCONT)
        try eventually("the last of them is judged") { daemon.lines("HALT", "RAISED").count == 1 }
        #expect(daemon.readCalls - before < 10_000)
        daemon.kill9()
    }

    @Test("it starts while the broker is away, says so, and guards once the broker is there")
    func absentBroker() throws {
        broker.stop()
        try daemon.start()
        #expect(daemon.errorText.contains("broker out of reach"))
        try eventually("the log says that nobody is heard") {
            daemon.lines("FAULT", "RAISED").count == 1
        }
        try broker.start()
        try eventually("the link is back, with its length") {
            daemon.lines("FAULT", "GONE").first?.contains("the broker is reached again, after")
                == true
        }
        let client = try TestClient(port: broker.port)
        readings(client, "S1", ["1.6"])
        try eventually("it guards") { daemon.lines("HALT", "RAISED").count == 1 }
        client.stop()
    }

    @Test("a broker that restarts with its memory loses nothing; the gap is in the log")
    func brokerRestart() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        readings(client, "S1", ["0.4"])
        try eventually("a reading was heard") {
            daemon.lines("HEARTBEAT", "ALIVE").last?.contains(" 1 of 2 sensors heard") == true
        }
        broker.stop()
        try eventually("the loss is told") { daemon.lines("FAULT", "RAISED").count == 1 }
        try broker.start()
        try eventually("the return is told") { daemon.lines("FAULT", "GONE").count == 1 }
        let again = try TestClient(port: broker.port)
        readings(again, "S1", ["1.6"])
        try eventually("it guards") { daemon.lines("HALT", "RAISED").count == 1 }
        #expect(daemon.lines("NOTICE", "LOSS").count == 0)
        client.stop()
        again.stop()
    }

    @Test("a broker that forgot the session is found out, and the window is told with both ends")
    func lostSession() throws {
        let other = try TemporaryDirectory()
        let forgetful = try Mosquitto(directory: other.path, isPersistent: false)
        let daemon = DaemonProcess(
            site: directory.file("site.yaml"), port: forgetful.port,
            stateDirectory: directory.file("other"), ["--heartbeat", "1"])
        try daemon.start()
        try eventually("contact was noted") {
            daemon.alerts.contains { $0.hasPrefix("HEARTBEAT") && $0.contains("connected") }
        }
        forgetful.stop()
        try forgetful.start()
        try eventually("the window of loss is told") {
            daemon.alerts.contains {
                $0.hasPrefix("NOTICE    LOSS") && $0.contains("may be missing")
            }
        }
        daemon.kill9()
    }

    @Test(
        "a second client with our identifier is named", arguments: ["5", "3.1.1"])
    func rival(_ version: String) throws {
        let daemon = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("rival"), ["--mqtt", version])
        try daemon.start()
        let rival = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("rival2"), ["--mqtt", version])
        try rival.start()
        try eventually("the rivalry is told with the identifier", within: 60) {
            (daemon.alerts + rival.alerts).contains {
                $0.contains("RIVAL") && $0.contains("'firedamp-demo'")
            }
        }
        rival.kill9()
        daemon.kill9()
    }

    @Test("a killed daemon is blind for everybody who looks at its status; a stopped one says so")
    func status() throws {
        let client = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/status"])
        try daemon.start()
        try eventually("guarding") { client.received.last?.text.contains("\"guarding\"") == true }
        daemon.kill9()
        try eventually("blind") { client.received.last?.text.contains("\"blind\"") == true }
        try daemon.start()
        let end = daemon.terminate()
        #expect(end.code == 0)
        #expect(end.seconds < 5)
        try eventually("stopped") { client.received.last?.text.contains("\"stopped\"") == true }
        #expect(daemon.lines("NOTICE", "STOPPED").count == 1)
        client.stop()
    }

    @Test("garbage is counted and logged once, and the readings around it are judged")
    func garbage() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        for index in 0..<2000 {
            client.publish("firedamp/v1/demo/reading/S1", "garbage \(index) \u{1b}[31m")
        }
        readings(client, "S1", ["1.6"])
        try eventually("the halt behind 2,000 bad payloads") {
            daemon.lines("HALT", "RAISED").count == 1
        }
        let lines = daemon.errorText.split(separator: "\n").filter { $0.contains("refused:") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("garbage 0 \\x1b[31m") == true)
        try eventually("the heartbeat counts them") {
            daemon.lines("HEARTBEAT", "ALIVE").last?.contains("2000 refused") == true
        }
        client.stop()
    }

    @Test("a batch message holds a whole mine, and one bad element costs only itself")
    func batch() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        let now = nowMilliseconds()
        client.publish(
            "firedamp/v1/demo/batch",
            "[{\"s\":\"S1\",\"ts\":\(now),\"v\":1.6},{\"s\":\"NO\",\"ts\":\(now),\"v\":9},"
                + "{\"s\":\"S2\",\"v\":2},{\"s\":\"S2\",\"ts\":\(now),\"v\":1.7}]")
        try eventually("both halts") { daemon.lines("HALT", "RAISED").count == 2 }
        client.stop()
    }

    @Test(
        "what is no number is a fault and never a halt",
        arguments: ["null", "NaN", "-Infinity", "-999999", "1e999", "-0.5", "130"])
    func faults(_ value: String) throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        readings(client, "S1", [value, "0.4"])
        try eventually("the fault") { daemon.lines("FAULT", "RAISED").count == 1 }
        #expect(daemon.lines("HALT", "RAISED").isEmpty)
        client.stop()
    }

    @Test("SIGHUP after an outside rotation begins a new file, and not a line is lost")
    func reopen() throws {
        try daemon.start()
        let log = directory.file("state/alerts.log")
        try FileManager.default.moveItem(atPath: log, toPath: log + ".moved")
        daemon.signal(SIGHUP)
        try eventually("the new file grows") { !daemon.alerts.isEmpty }
        let client = try TestClient(port: broker.port)
        readings(client, "S1", ["1.6"])
        try eventually("the halt is in the new file") { daemon.lines("HALT", "RAISED").count == 1 }
        client.stop()
    }

    @Test("a second daemon on the same state directory is refused with the reason")
    func secondDaemon() throws {
        try daemon.start()
        let second = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("state"))
        let alerts = daemon.alerts.filter { !$0.hasPrefix("HEARTBEAT") }
        try second.launch()
        #expect(second.wait() == 73)
        #expect(daemon.alerts.filter { !$0.hasPrefix("HEARTBEAT") } == alerts)
    }

    @Test(
        "systemd hears READY, then WATCHDOG as long as readings are judged, and STOPPING at the end"
    )
    func serviceManager() throws {
        let manager = try NotifySocket(path: directory.file("notify"))
        let daemon = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("managed"),
            environment: ["NOTIFY_SOCKET": directory.file("notify")])
        try daemon.start()
        try eventually("three signs of life") {
            manager.received().count { $0 == "WATCHDOG=1" } >= 3
        }
        #expect(manager.received().first { $0.contains("READY=1") } == "READY=1\nSTATUS=guarding")
        #expect(daemon.terminate().code == 0)
        #expect(manager.received().contains("STOPPING=1"))
    }

    @Test("tail -F shows every line once and in order over a rotation")
    func tail() throws {
        let (log, shown) = (directory.file("rotated.log"), directory.file("shown"))
        try Data().write(to: URL(fileURLWithPath: shown))
        var alertLog = AlertLog(path: log, fileBytesMax: 1500)
        let tail = try ChildProcess("/usr/bin/tail", ["-F", "-n", "+1", log], output: shown)
        defer { tail.end(SIGTERM) }
        func lines() throws -> [UInt64] {
            try String(contentsOfFile: shown, encoding: .utf8).split(separator: "\n")
                .compactMap { AlertFields(line: $0)?.number }
        }
        for number in 1...30 as ClosedRange<UInt64> {
            alertLog.write(
                AlertLine(
                    .notice(.notice, .loss, at: .at(0), site: Heading.site, why: "why"),
                    number: number, offsetSeconds: 0))
            try eventually("line \(number) is shown") { try lines().last == number }
        }
        #expect(try lines() == Array(1...30))
        #expect(FileManager.default.fileExists(atPath: log + ".2"))
    }

    @Test("a wrong site file refuses to start with every problem in its place")
    func wrongSite() throws {
        try "mine: {code: demo}\nplases: []\n".write(
            toFile: directory.file("site.yaml"), atomically: true, encoding: .utf8)
        try daemon.launch()
        #expect(daemon.wait() == 65)
        #expect(daemon.errorText.contains("site.yaml:2:1: "))
        #expect(daemon.errorText.contains("places"))
    }
}
