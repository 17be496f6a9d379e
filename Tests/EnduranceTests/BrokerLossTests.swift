import BrokerSupport
import Foundation
import Support
import Testing

/// What happens to readings and to the log when the broker goes away in the middle.
@Suite("Broker lost", .serialized)
struct BrokerLossTests {
    static let messages = 12_000
    static let secondsAway = 60.0

    @Test("a broker that is gone for a minute: nothing acknowledged is lost, the gap is in the log")
    func minute() throws {
        let directory = try TemporaryDirectory()
        let broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(in: directory.path, sensors: ["S0"])
        let daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"))
        try daemon.start()
        let client = try TestClient(port: broker.port)
        publish(client, 1...Self.messages / 2)
        try eventually("the first half is acknowledged") {
            client.acknowledged == Self.messages / 2
        }
        broker.stop()
        let start = nowMilliseconds()
        let thread = Thread { self.publish(client, Self.messages / 2 + 1...Self.messages) }
        thread.start()
        try eventually("a minute has passed", within: Self.secondsAway + 30) {
            Double(nowMilliseconds() - start) / 1000 >= Self.secondsAway
        }
        try broker.start()
        try eventually("all is acknowledged", within: 90) { client.acknowledged == Self.messages }
        let ring = directory.file("state/ring")
        try eventually("all is judged", within: 90) {
            try judgedSequences(ring: ring).count == Self.messages
        }
        #expect(try judgedSequences(ring: ring) == Set(1...UInt64(Self.messages)))
        let link = daemon.alerts.filter { $0.contains("broker") && $0.hasPrefix("FAULT") }
        #expect(link.count == 2)
        #expect(link.first?.contains("out of reach") == true)
        let gap = try #require(link.last?.firstMatch(of: /reached again, after (\d+) s/)?.output.1)
        #expect(try #require(Double(gap)) >= Self.secondsAway - 1)
        client.stop()
        #expect(daemon.terminate().code == 0)
        broker.stop()
    }

    @Test("lost while gas stands high: its place is halted, long before the mine; so after kill -9")
    func high() throws {
        let directory = try TemporaryDirectory()
        let broker = try Mosquitto(directory: directory.path, isPersistent: false)
        let path = try writeSite(in: directory.path, sensors: ["S0", "S1"], interval: "2s")
        let site = try String(contentsOfFile: path, encoding: .utf8)
        try (site + "grounds: [{id: blind, allowed-rising: 10s}]\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        let daemon = DaemonProcess(
            site: path, port: broker.port, stateDirectory: directory.file("state"))
        try daemon.start()
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/S0", payload("0.91", seq: 1))
        client.publish("firedamp/v1/demo/reading/S1", payload("0.41", seq: 2))
        try eventually("both are in the ring") {
            guard let view = try RingView(path: directory.file("state/ring")) else { return false }
            return (0..<view.published).count { view.record(at: $0)?.isMeasurement == true } == 2
        }
        client.stop()
        broker.stop()
        try eventually("the silence is told") { !daemon.lines("ALARM", "RAISED", "S0").isEmpty }
        daemon.kill9()
        try daemon.start()
        try eventually("the place is halted") { !daemon.lines("HALT", "WORSE", "S0").isEmpty }
        #expect(daemon.lines("ALARM", "RAISED", "S0").count == 1)
        #expect(daemon.lines("HALT", "WORSE").count == 1, "not the mine")
        #expect(daemon.alerts.allSatisfy { !$0.contains(" S1 ") })
        #expect(daemon.terminate().code == 0)
    }

    private func publish(_ client: TestClient, _ numbers: ClosedRange<Int>) {
        for number in numbers {
            client.publish("firedamp/v1/demo/reading/S0", payload("0.4", seq: number))
        }
    }
}
