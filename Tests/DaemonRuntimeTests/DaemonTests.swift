import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import Support
import Testing

/// The whole daemon within the test's own process, so that the sanitizers see all of its threads.
@Suite("Daemon in process", .serialized)
final class DaemonTests: DaemonBench {
    private func start(_ site: Site = Heading.site) throws -> Daemon {
        try startDaemon(site) { $0.heartbeatSeconds = 1 }
    }

    @Test("20,000 readings through all threads: every crossing is told, in order, and none twice")
    func load() throws {
        let daemon = try start()
        let client = try TestClient(port: broker.port)
        let start = nowMilliseconds() - 20_000
        for index in 0..<20_000 {
            // Three times: a fourth within ten minutes would be chatter.
            let value = index % 7000 == 1000 ? "1.6" : "0.4"
            client.publish(
                "firedamp/v1/demo/reading/H101-T1",
                payload(value, ms: start + Int64(index), seq: index))
        }
        try eventually("three crossings are told", within: 60) {
            alerts.count { $0.contains("HALT      RAISED") || $0.contains("HALT      BACK") } == 3
                && alerts.count { $0.contains("HALT      GONE") } == 3
        }
        client.stop()
        daemon.stop(reason: "the test is over")
        let numbers = alerts.compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("#") }.flatMap { Int($0.dropFirst()) }
        }
        #expect(numbers == Array(1...numbers.count))
        #expect(alerts.last?.contains("STOPPED") == true)
    }

    @Test("a mine below the least licensed output stands under a halt, and every start says so")
    func standing() throws {
        let basis = LegalBasis(
            instrument: "Notice", edition: "2019", article: "1", verified: .secondary)
        var site = Heading.site
        site.outputTonnes = 299_999
        site.policy = ProvincePolicy(
            name: "least", title: "", outputTonnesMin: 300_000, outputBasis: basis, haltDays: [],
            cycleMonths: 2, haltBasis: basis, calibrationDays: nil, calibrationBasis: basis,
            fingerprint: "")
        for starts in 1...2 {
            try start(site).stop(reason: "the test is over")
            let told = alerts.filter { $0.hasPrefix("HALT      STANDING") }
            #expect(told.count == starts)
            #expect(told.last?.contains("299999 t a year, less than the 300000") == true)
            #expect(told.last?.contains("secondary copy") == true)
        }
        site.outputTonnes = 300_000
        try start(site).stop(reason: "the test is over")
        #expect(alerts.count { $0.hasPrefix("HALT      STANDING") } == 2, "enough is enough")
    }

    @Test("stopped and started again in one process it takes up what stood open")
    func again() throws {
        let first = try start()
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/H101-T2", payload("1.0"))
        try eventually("the halt is told") { alerts.contains { $0.hasPrefix("HALT") } }
        client.stop()
        first.stop(reason: "the test stops it")
        let second = try start()
        try eventually("it stands") {
            alerts.last { $0.contains("STARTED") }?.contains("with 1 halts") == true
        }
        second.reopenLog()
        second.stop(reason: "the test is over")
        #expect(alerts.count { $0.contains("HALT      RAISED") } == 1)
        // That the first still lived was no hindrance.
        withExtendedLifetime(first) {}
    }
}
