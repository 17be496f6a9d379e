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

    private func publish(_ client: TestClient, _ numbers: ClosedRange<Int>) {
        for number in numbers {
            client.publish("firedamp/v1/demo/reading/S0", payload("0.4", seq: number))
        }
    }
}
