import AdvisoryDelivery
import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The ways out of the real daemon, with real other ends.
@Suite("Delivery of a running daemon", .serialized)
final class DeliveryTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    static let sensors = (0..<60).map { "S\($0)" }

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
    }

    deinit { broker.stop() }

    private func daemon(_ outlets: [String], state: String? = nil) throws -> DaemonProcess {
        let site = try writeSite(in: directory.path, sensors: Self.sensors)
        var text = try String(contentsOfFile: site, encoding: .utf8)
        if !outlets.isEmpty {
            text += "delivery:\n" + outlets.map { "  - \($0)\n" }.joined()
        }
        try text.write(toFile: site, atomically: true, encoding: .utf8)
        return DaemonProcess(
            site: site, port: broker.port, stateDirectory: state ?? directory.file("state"))
    }

    private func cross(_ client: TestClient, _ sensors: ArraySlice<String>) {
        for (index, sensor) in sensors.enumerated() {
            client.publish(
                "firedamp/v1/demo/reading/\(sensor)",
                payload("\(1.5 + Double(index) / 100)"))
        }
    }

    /// The hook: keeps each line, answers the first `takes`, then nothing more until `go` is there.
    private func writeHook(takes: Int) throws -> String {
        let script = """
            #!/bin/sh
            while IFS= read -r line; do
                n=${line##*\\"n\\":}
                n=${n%%,*}
                while [ $(wc -l < \(directory.file("taken"))) -ge \(takes) ] \\
                    && [ ! -e \(directory.file("go")) ]; do sleep 0.02; done
                printf '%s\\n' "$line" >> \(directory.file("taken"))
                echo "ok $n"
            done
            """
        try Data().write(to: URL(fileURLWithPath: directory.file("taken")))
        let path = directory.file("hook")
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(unsafe chmod(path, 0o700) == 0)
        return path
    }

    private func taken() throws -> [JournalLine] {
        let text = try String(contentsOfFile: directory.file("taken"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JournalLine(bytes: Array($0.utf8)) }
    }

    @Test("kill -9 with half a queue delivered: nothing is lost, what comes twice has the same key")
    func kill() throws {
        let hook = try writeHook(takes: 20)
        let daemon = try daemon(["{kind: hook, name: h, command: [\(hook)], timeout: 60min}"])
        try daemon.start()
        let client = try TestClient(port: broker.port)
        cross(client, Self.sensors[...])
        try eventually("all halts are in the journal") {
            daemon.lines("HALT", "RAISED").count == Self.sensors.count
        }
        try eventually("the hook has taken its part") { try taken().count == 20 }
        daemon.kill9()
        try Data().write(to: URL(fileURLWithPath: directory.file("go")))
        try daemon.start()
        let path = directory.file("state/journal/advisories.jsonl")
        try eventually("every line of the journal was taken") {
            let journal = try readJournal(path: path).lines
            return try Set(taken().map(\.record.number)) == Set(journal.map(\.record.number))
        }
        let documents = try taken().map { OutletDocument($0) }
        let keys = Dictionary(grouping: documents, by: \.number).mapValues { Set($0.map(\.key)) }
        #expect(keys.values.allSatisfy { $0.count == 1 })
        #expect(Set(documents.map(\.key)).count == keys.count)
        let twice = documents.count - keys.count
        #expect(twice <= 20, "no more than was behind the mark")
        client.stop()
        #expect(daemon.terminate().code == 0)
    }

    @Test("an outlet whose other end is gone is told within five seconds, everywhere, and once")
    func fault() throws {
        let port = try freePort()
        let log = directory.file("log")
        let socket = try NotifySocket(path: log)
        let daemon = try daemon([
            "{kind: webhook, name: gone, url: \"http://127.0.0.1:\(port)/\"}",
            "{kind: syslog, name: local, path: \(log)}",
        ])
        let start = nowMilliseconds()
        try daemon.start()
        let client = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/status"])
        try eventually("it is told on every channel") {
            daemon.lines("FAULT", "RAISED").contains { $0.contains("outlet gone delivers nothing") }
                && socket.received().contains { $0.contains("outlet gone delivers nothing") }
                && client.received.contains { $0.text.contains("\"failing\":[\"gone\"]") }
        }
        #expect(nowMilliseconds() - start < 8000, "from before the start")
        cross(client, Self.sensors[..<3])
        try eventually("the halts are told all the same") {
            socket.received().count { $0.contains("HALT RAISED") } == 3
        }
        #expect(daemon.lines("FAULT", "RAISED").count { $0.contains("outlet gone") } == 1)
        client.stop()
        #expect(daemon.terminate().seconds < 5)
    }

    @Test("a full disk is told to the outlets at once, outside the journal, and nothing is lost")
    func fullDisk() throws {
        guard let disk = SmallDisk(bytes: 48 << 20) else {
            return print("skipped: this machine lets us mount no small disk")
        }
        let log = directory.file("log")
        let socket = try NotifySocket(path: log)
        let daemon = try daemon(
            ["{kind: syslog, name: local, path: \(log)}"], state: disk.path + "/state")
        try daemon.start()
        let client = try TestClient(port: broker.port)
        cross(client, Self.sensors[..<1])
        try eventually("a halt while there is room") {
            socket.received().contains { $0.contains("HALT RAISED") }
        }
        // The journal's own reserve goes too, so that what follows finds no room at all.
        unsafe unlink(disk.path + "/state/journal/reserve")
        try FileManager.default.createDirectory(
            atPath: disk.path + "/state/journal/reserve", withIntermediateDirectories: false)
        disk.fill()
        let start = nowMilliseconds()
        for sensor in Self.sensors[1...] { cross(client, [sensor]) }
        try eventually("the outlet hears of the journal") {
            socket.received().contains {
                $0.contains("journal=\"0\"") && $0.contains("the journal cannot be written")
            }
        }
        #expect(nowMilliseconds() - start < 5000)
        disk.free()
        try eventually("all halts arrive once there is room") {
            socket.received().count {
                $0.contains("HALT RAISED") && !$0.contains("journal=\"0\"")
            } == Self.sensors.count
        }
        try eventually("that it can be written again is told") {
            socket.received().contains { $0.contains("the journal can be written again") }
        }
        client.stop()
        daemon.kill9()
    }

    @Test("an empty message on the topic `resend` has all that stands published again")
    func resend() throws {
        let daemon = try daemon([])
        try daemon.start()
        let client = try TestClient(port: broker.port)
        cross(client, Self.sensors[..<5])
        try eventually("five halts stand") { daemon.lines("HALT", "RAISED").count == 5 }
        let reader = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/advisory/+"])
        try eventually("the reader finds what is retained") { reader.received.count == 5 }
        client.publish("firedamp/v1/demo/resend", "")
        try eventually("all five come once more") { reader.received.count == 10 }
        #expect(Set(reader.received[..<5].map(\.text)) == Set(reader.received[5...].map(\.text)))
        // In the order of their gravity: the highest value first.
        let values = try reader.received[5...].map {
            try JournalLine(bytes: Array($0.text.utf8)).record.entry.cause?.value ?? 0
        }
        #expect(values == values.sorted(by: >))
        client.publish("firedamp/v1/demo/resend", "please")
        client.stop()
        reader.stop()
        #expect(daemon.terminate().code == 0)
    }

    @Test("a reload starts a new outlet with what stands, and ends one that is gone")
    func reload() throws {
        let (first, second) = (directory.file("first"), directory.file("second"))
        let old = try NotifySocket(path: first)
        let new = try NotifySocket(path: second)
        let daemon = try daemon(["{kind: syslog, name: first, path: \(first)}"])
        try daemon.start()
        let client = try TestClient(port: broker.port)
        cross(client, Self.sensors[..<3])
        try eventually("the first hears of them") {
            old.received().count { $0.contains("HALT RAISED") } == 3
        }
        _ = try self.daemon(["{kind: syslog, name: second, path: \(second)}"])
        daemon.signal(SIGHUP)
        try eventually("the second hears of what stands") {
            new.received().count { $0.contains("HALT RAISED") } == 3
                && new.received().contains { $0.contains("NOTICE RELOADED") }
        }
        cross(client, Self.sensors[3..<4])
        try eventually("and of what follows") {
            new.received().count { $0.contains("HALT RAISED") } == 4
        }
        #expect(old.received().count { $0.contains("HALT RAISED") } == 3)
        client.stop()
        #expect(daemon.terminate().code == 0)
    }
}
