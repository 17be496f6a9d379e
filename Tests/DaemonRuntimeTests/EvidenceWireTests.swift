import AdvisoryJournal
import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory
import Logging
import ReadingRecord
import ReadingRing
import Support
import Testing

/// Evidence over the real wire: broker, ring, raw record, journal.
@Suite("Evidence over the wire", .serialized)
final class EvidenceWireTests {
    private let directory: TemporaryDirectory
    private let broker: Mosquitto

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: false)
    }

    deinit { broker.stop() }

    private func start() throws -> Daemon {
        var options = DaemonOptions(
            site: Heading.site, brokerHost: "127.0.0.1", brokerPort: broker.port,
            stateDirectory: directory.file("state"))
        options.ringCapacity = 1 << 14
        // The same course in seconds: nobody waits five minutes for a test.
        options.evidence.secondsAfter = 2
        options.evidence.secondsToDisk = 8
        var log = Logger(label: "test")
        log.logLevel = .critical
        let ready = Guarded(false)
        let daemon = try Daemon(options: options, log: log) { _ in ready.withLock { $0 = true } }
        try eventually("the daemon is ready") { ready.withLock { $0 } }
        return daemon
    }

    /// The same once the one before has let go of the ring: what it writes it writes to its end.
    private func startAgain() throws -> Daemon {
        var daemon: Daemon?
        try eventually("the ring is free") {
            do {
                daemon = try start()
            } catch is RingError {
                return false
            }
            return true
        }
        return try #require(daemon)
    }

    private var journal: [Announcement] {
        let path = directory.file("state/journal/advisories.jsonl")
        return (try? readJournal(path: path))?.lines.map(\.record.entry) ?? []
    }

    private func seals() -> [EvidenceSeal] { journal.compactMap(\.seal) }

    @Test("a halt's readings are sealed, also when the daemon was restarted in between")
    func sealed() throws {
        // Let go of before the next is started: it holds the ring.
        var daemon: Daemon? = try start()
        let client = try TestClient(port: broker.port)
        let begin = nowMilliseconds() - 100
        let values = ["0.4", "null", "0.5", "1.6", "1.7"]
        for (index, value) in values.enumerated() {
            client.publish(
                "firedamp/v1/demo/reading/H101-T1",
                payload(value, ms: begin + Int64(index), seq: index))
        }
        // Late: it completes the record.
        client.publish(
            "firedamp/v1/demo/reading/H101-T2", payload("0.3", ms: begin - 90_000, seq: 1))
        try eventually("the halt is in the journal") {
            journal.contains { $0.severity == .halt && $0.transition == .raised }
        }
        daemon?.stop(reason: "in between")
        daemon = nil
        #expect(seals().isEmpty)
        daemon = try startAgain()
        try eventually("its readings are sealed", within: 60) { !seals().isEmpty }
        let seal = try #require(seals().first)
        let halt = try #require(journal.first { $0.severity == .halt })
        #expect(seal.advisories.map(\.id).contains(halt.advisory?.id ?? ""))
        let bytes = try directory.bytes("state/evidence/" + seal.file)
        #expect(seal.flaw(in: bytes) == nil)
        #expect(seal.readings == 6)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .filter { $0.contains("\"sensor\"") }.dropFirst()
        #expect(lines.count { $0.contains("\"quality\":\"null\"") } == 1)
        #expect(lines.last?.contains("\"sensor\":\"H101-T2\",\"value\":0.3") == true)
        daemon?.stop(reason: "the test is over")
        daemon = nil
        daemon = try startAgain()
        daemon?.stop(reason: "nothing is sealed twice")
        #expect(seals().count == Set(seals().map(\.file)).count)
        client.stop()
    }
}
