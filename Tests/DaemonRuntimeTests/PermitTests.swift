import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import Support
import Testing

/// What machines on the network are told of the places, by a whole daemon and a real broker.
@Suite("Permits over MQTT", .serialized)
final class PermitTests: DaemonBench {
    private let isOver = Guarded(false)

    deinit { isOver.withLock { $0 = true } }

    private static var site: Site {
        var site = Heading.site
        site.districts = [District(id: "D1", name: "One")]
        site.places[0].district = "D1"
        return site
    }

    /// Both sensors of the heading, twice a second, until the test is over or the link is.
    private func feed(_ client: TestClient, _ value: Guarded<String>) {
        let isOver = isOver
        Thread {
            while !isOver.withLock({ $0 }) {
                let shown = value.withLock { $0 }
                client.publish("firedamp/v1/demo/reading/H101-T1", payload(shown))
                client.publish("firedamp/v1/demo/reading/H101-T2", payload("0.4"))
                usleep(500_000)
            }
        }.start()
    }

    private func newest(_ client: TestClient, _ topic: String) -> [String: Any]? {
        let text = client.received.last { $0.topic == "firedamp/v1/demo/\(topic)" }?.text
        return text.flatMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    private func permit(_ client: TestClient, _ topic: String) -> String? {
        newest(client, topic)?["permit"] as? String
    }

    private func reader() throws -> TestClient {
        try TestClient(
            port: broker.port, filters: ["firedamp/v1/demo/+/+/permit", "firedamp/v1/demo/permit"])
    }

    @Test("doubtful until heard, permitted while proven, halted at once, and never left standing")
    func course() throws {
        let reader = try reader()
        let daemon = try startDaemon(Self.site)
        try eventually("nothing is proven yet") {
            permit(reader, "place/H101/permit") == "doubtful"
        }
        let value = Guarded("0.4")
        let gateway = try TestClient(port: broker.port)
        feed(gateway, value)
        for topic in ["place/H101/permit", "district/D1/permit", "permit"] {
            try eventually("\(topic) is permitted", within: 30) {
                permit(reader, topic) == "permitted"
            }
        }
        value.withLock { $0 = "1.6" }
        for topic in ["place/H101/permit", "district/D1/permit", "permit"] {
            try eventually("\(topic) is halted") { permit(reader, topic) == "halted" }
        }
        let halted = try #require(newest(reader, "place/H101/permit"))
        let reasons = try #require(halted["reasons"] as? [[String: Any]])
        #expect(reasons.first?["ground"] as? String == "over-limit")
        #expect(halted["site"] as? String == "f00d")
        try checkPlaces(reader, daemon)
        try checkLoss(daemon)
        isOver.withLock { $0 = true }
        gateway.stop()
    }

    /// A place that comes has a permit, one that goes has none.
    private func checkPlaces(_ reader: TestClient, _ daemon: Daemon) throws {
        var more = Self.site
        more.places.append(Place(id: "X", name: "X"))
        more.fingerprint = "more"
        daemon.reload { [more] in .success(more) }
        try eventually("the new place is told of") {
            permit(reader, "place/X/permit") == "doubtful"
        }
        daemon.reload { .success(Self.site) }
        try eventually("the broker forgets it") {
            reader.received.last { $0.topic == "firedamp/v1/demo/place/X/permit" }?.text == ""
        }
        reader.stop()
    }

    /// A broker that lost everything is told all again; a daemon that ends leaves no permit.
    private func checkLoss(_ daemon: Daemon) throws {
        broker.stop()
        try broker.start()
        let reader = try reader()
        try eventually("all is told again", within: 30) {
            permit(reader, "place/H101/permit") == "halted"
                && permit(reader, "district/D1/permit") == "halted"
                && permit(reader, "permit") == "halted"
        }
        daemon.stop(reason: "the test is over")
        try eventually("nobody looks") {
            let reasons = newest(reader, "place/H101/permit")?["reasons"] as? [[String: Any]]
            return (reasons?.first?["text"] as? String)?.contains("nobody looks") == true
        }
        let last = try #require(newest(reader, "permit"))
        #expect(last["expires"] as? String == last["at"] as? String)
        reader.stop()
    }
}
