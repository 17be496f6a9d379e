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

/// Evidence over the real wire: broker, ring, raw record, journal.
@Suite("Evidence over the wire", .serialized)
final class EvidenceWireTests: DaemonBench {
    private func start() throws -> Daemon {
        // The same course in seconds: nobody waits five minutes for a test.
        try startDaemon { options in
            options.evidence.secondsAfter = 2
            options.evidence.secondsToDisk = 8
        }
    }

    private var journal: [Announcement] {
        let path = directory.file("state/journal/advisories.jsonl")
        return (try? readJournal(path: path))?.lines.map(\.record.entry) ?? []
    }

    private func seals() -> [EvidenceSeal] { journal.compactMap(\.seal) }

    @Test("a halt's readings are sealed, also when the daemon was restarted in between")
    func sealed() throws {
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
        daemon = try start()
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
        daemon = try start()
        daemon?.stop(reason: "nothing is sealed twice")
        #expect(seals().count == Set(seals().map(\.file)).count)
        client.stop()
    }
}
