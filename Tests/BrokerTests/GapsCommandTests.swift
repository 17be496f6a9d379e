import BrokerSupport
import Foundation
import ReadingRecord
import Support
import Testing

/// `firedamp gaps` says exactly what was done to daemon, broker and gateway.
@Suite("Gap ledger of a real daemon", .serialized)
final class GapsCommandTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(in: directory.path, sensors: ["S1", "S2"], interval: "600s")
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"))
    }

    deinit {
        daemon.kill9()
        broker.stop()
    }

    private func gaps(
        _ more: String..., state: String = "state"
    ) throws -> (code: Int32, output: String, errors: String) {
        let (output, errors) = (directory.file("gaps.out"), directory.file("gaps.err"))
        for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
        let command = try ChildProcess(
            DaemonProcess.executable,
            ["gaps", "--state-dir", directory.file(state), "--shift", "24h"] + more,
            errors: errors, output: output)
        let code = command.wait()
        return (
            code, try String(contentsOfFile: output, encoding: .utf8),
            try String(contentsOfFile: errors, encoding: .utf8)
        )
    }

    private func report() throws -> (code: Int32, report: GapReport) {
        let answer = try gaps("--format", "json")
        return (
            answer.code, try JSONDecoder().decode(GapReport.self, from: Data(answer.output.utf8))
        )
    }

    private var ledger: String {
        let folder = directory.file("state/gaps")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().compactMap {
            try? String(contentsOfFile: folder + "/" + $0, encoding: .utf8)
        }.joined()
    }

    private func send(_ client: TestClient, _ sensor: String, _ numbers: [Int], from ms: Int64) {
        for number in numbers {
            client.publish(
                "firedamp/v1/demo/reading/\(sensor)",
                payload("0.4", ms: ms + Int64(number), seq: number))
        }
    }

    @Test("skipped numbers, doubled ones, a kill and a lost broker: told, and nothing else")
    func injected() throws {
        #expect(try gaps().code == 66)
        try daemon.start()
        let client = try TestClient(port: broker.port)
        let begin = nowMilliseconds() - 1000
        send(client, "S1", Array(1...100) + Array(106...150), from: begin)
        send(client, "S2", Array(1...80) + [40], from: begin)
        try eventually("all is acknowledged") { client.acknowledged == 226 }
        // What the daemon has not acknowledged when it is killed would come a second time.
        try eventually("the broker hears of it") { nowMilliseconds() - begin > 4000 }
        daemon.kill9()
        client.stop()
        try eventually("some seconds pass") { nowMilliseconds() - begin > 8000 }
        try daemon.start()
        try eventually("the link stands") { ledger.components(separatedBy: "link-up").count > 2 }
        broker.stop()
        try eventually("the loss is told") { daemon.lines("FAULT", "RAISED").count == 1 }
        try broker.start()
        try eventually("the return is told") { daemon.lines("FAULT", "GONE").count == 1 }
        // Numbers are told with the minute.
        try eventually("the numbers are told", within: 90) { ledger.contains("\"missing\":5") }
        let (code, report) = try report()
        #expect(code == 1)
        #expect(report.rows.map(\.place).allSatisfy { $0 == "P1" })
        #expect(report.rows.map(\.missing).reduce(0, +) == 5)
        #expect(report.rows.map(\.duplicates).reduce(0, +) == 1)
        #expect(report.rows.map(\.late).reduce(0, +) == 0)
        #expect(report.rows.map(\.reboots).reduce(0, +) == 0)
        #expect(report.rows.map(\.reordered).reduce(0, +) == 0)
        #expect(report.rows.contains { $0.worst == "S1" })
        let causes = report.rows.reduce(into: [String: Double]()) { sum, row in
            sum.merge(row.causes, uniquingKeysWith: +)
        }
        #expect((2...12).contains(causes["down"] ?? 0), "\(causes)")
        #expect((0.1...30).contains(causes["link"] ?? 0), "\(causes)")
        #expect(Set(causes.keys) == ["down", "link"], "\(causes)")
        #expect(ledger.contains("\"firstMissing\":101,\"lastMissing\":105"))
        #expect(daemon.terminate().code == 0)
        let table = try gaps("--place", "P1")
        #expect(table.code == 1)
        #expect(table.output.hasPrefix("SHIFT"))
        #expect(try gaps("--shift", "7h").code == 64)
        #expect(try gaps("--since", "yesterday").code == 64)
    }
}
