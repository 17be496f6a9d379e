import AdvisoryDelivery
import BrokerSupport
import Foundation
import Support
import Testing

/// A flood of alarms over the real wire: halts pass, all else comes together, nothing is hidden.
@Suite("Alarm floods", .serialized)
final class FloodTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess
    let client: TestClient
    let site: String
    private static let sensors = (1...40).map { "S\($0)" }

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        site = try writeSite(in: directory.path, sensors: Self.sensors, interval: "600s")
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"))
        try daemon.start()
        client = try TestClient(port: broker.port)
    }

    deinit {
        client.stop()
        daemon.kill9()
        broker.stop()
    }

    private func send(_ value: String, to sensors: ArraySlice<String>) {
        let now = nowMilliseconds()
        for sensor in sensors {
            client.publish("firedamp/v1/demo/reading/\(sensor)", payload(value, ms: now))
        }
    }

    /// The numbers of the journal's lines that belong to an advisory.
    private func journaled() throws -> [UInt64] {
        let path = directory.file("state") + "/journal/advisories.jsonl"
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap {
            let line = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            let entry = line?["entry"] as? [String: Any]
            return entry?["advisory"] == nil ? nil : (line?["n"] as? NSNumber)?.uint64Value
        }
    }

    @Test("halts pass at once, the rest is grouped, and a kill in the midst of it hides nothing")
    func kill() throws {
        send("1.2", to: Self.sensors[0..<20])
        try eventually("the flood is told") { daemon.lines("NOTICE", "FLOOD").count == 1 }
        send("1.2", to: Self.sensors[20..<35])
        send("1.7", to: Self.sensors[35..<40])
        try eventually("each halt has a line") { daemon.lines("HALT", "RAISED").count == 5 }
        try eventually("all is in the journal") { try journaled().count >= 40 }
        // The alarms that came with or after the eleventh are held back just now.
        daemon.kill9()
        #expect(daemon.lines("ALARM", "RAISED").count == shownBeforeFlood)
        #expect(daemon.lines("ALARM", "GROUPED").isEmpty)
        try daemon.start()
        try eventually("what was held back is told after the restart") {
            daemon.lines("ALARM", "GROUPED").count == 1
        }
        let told = try #require(
            ToldNumbers(lines: daemon.alerts.map { Substring($0) }))
        for number in try journaled() { #expect(told.contains(number), "#\(number) is hidden") }
        let single = daemon.alerts.compactMap { AlertFields(line: $0) }
            .filter { !$0.isGroup }.compactMap(\.number)
        #expect(Set(single).count == single.count, "no line is told twice")
        #expect(daemon.lines("HALT", "RAISED").count == 5)
    }

    @Test("`firedamp alarms` counts them by position, worst ten minutes and severity")
    func report() throws {
        send("1.2", to: Self.sensors[0..<20])
        send("1.7", to: Self.sensors[38..<40])
        try eventually("all is in the journal") { try journaled().count >= 22 }
        let output = directory.file("alarms.json")
        try Data().write(to: URL(filePath: output))
        let process = try ChildProcess(
            DaemonProcess.executable,
            [
                "alarms", "--state-dir", directory.file("state"), "--site", site, "--format",
                "json",
            ], errors: directory.file("errors"), output: output)
        #expect(process.wait() == 0)
        let data = try Data(contentsOf: URL(filePath: output))
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let position = try #require((report["positions"] as? [[String: Any]])?.first)
        #expect(position["name"] as? String == "control-room")
        #expect(position["alarms"] as? Int == 22)
        #expect(position["worstTenMinutes"] as? Int == 22)
        #expect(position["floods"] as? Int == 1)
        #expect(report["severities"] as? [String: Int] == ["ALARM": 20, "HALT": 2])
    }
}

/// So many alarms are shown one by one before a flood.
private let shownBeforeFlood = 11
