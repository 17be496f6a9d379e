import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Restart, kill -9 and the loss of the broker at each stage of the life of two halts: nothing is
/// lost, nothing doubled, nothing cleared.
@Suite("Life cycle disturbed", .serialized)
final class LifeCycleDisturbedTests {
    private let directory: TemporaryDirectory
    private let broker: Mosquitto
    private let daemon: DaemonProcess
    private let firedamp: OperatorCommand

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(
            in: directory.path, sensors: ["S1", "S2"], interval: "60min")
        try addPeople(toSite: site)
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"))
        firedamp = OperatorCommand(stateDirectory: directory.file("state"))
    }

    deinit {
        daemon.kill9()
        broker.stop()
    }

    private func publish(_ sensor: String, _ value: String) throws {
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/\(sensor)", payload(value))
        try eventually("it is acknowledged") { client.acknowledged == 1 }
        client.stop()
    }

    private func entries() throws -> [Announcement] {
        let journal = try readJournal(path: directory.file("state/journal/advisories.jsonl"))
        #expect(journal.damage == nil)
        return journal.lines.map(\.record.entry)
    }

    /// The newest reference of each halt, by sensor.
    private func halts() throws -> [String: AdvisoryReference] {
        try entries().reduce(into: [:]) { halts, entry in
            if let advisory = entry.advisory, advisory.rule == "cut", let sensor = entry.sensor {
                halts[sensor] = advisory
            }
        }
    }

    private func expect(_ stages: [String], _ remark: String) throws {
        try eventually("\(stages) \(remark)") {
            let halts = try halts()
            return ["S1", "S2"].map { halts[$0]?.stage.rawValue ?? "none" } == stages
        }
    }

    /// Does all three to the daemon, and holds what stands against what stood.
    private func disturb(_ stages: [String]) throws {
        try expect(stages, "before")
        let before = try halts()
        daemon.kill9()
        try daemon.start()
        #expect(try halts() == before, "killed at \(stages)")
        #expect(daemon.terminate().code == 0)
        try daemon.start()
        #expect(try halts() == before, "restarted at \(stages)")
        let losses = daemon.lines("FAULT", "RAISED").count
        broker.stop()
        try eventually("the loss is told") { daemon.lines("FAULT", "RAISED").count == losses + 1 }
        try broker.start()
        try eventually("the broker is back") {
            daemon.lines("FAULT", "GONE").count == daemon.lines("FAULT", "RAISED").count
        }
        #expect(try halts() == before, "without its broker at \(stages)")
        let status = try firedamp("status", "--format", "json")
        for (_, halt) in before where halt.state != .closed {
            #expect(status.output.contains(halt.id), "\(halt.id) is open at \(stages)")
        }
        let retained = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/advisory/#"])
        defer { retained.stop() }
        let open = before.values.filter { $0.state != .closed }.map(\.id).sorted()
        try eventually("what stands is retained at \(stages)") {
            let ids = retained.received.filter { !$0.text.isEmpty && $0.text.contains("\"cut\"") }
                .compactMap { $0.topic.split(separator: "/").last.map(String.init) }
            return Set(ids) == Set(open)
        }
    }

    private func act(_ arguments: [String], by name: String) throws {
        let answer = try firedamp.start(arguments + ["--by", name]).answer()
        #expect(answer.code == 0, "\(arguments): \(answer)")
    }

    private func ack(_ sensor: String) throws {
        try act(["ack", "\(sensor).cut", "--ordered", "all out"], by: "王磊")
    }

    private func confirm(_ sensor: String) throws {
        try act(
            ["confirm", "\(sensor).cut", "--power-off", "--people-out", "--work-stopped"],
            by: "Zhao Qiang")
    }

    /// Releases both as soon as they were held for a minute, and no sooner.
    private func release() throws {
        let order = ["release", "S1.cut", "--reason", "treated", "--by", "Chen Jun"]
        let early = try firedamp.start(order).answer()
        #expect(early.code == 65 && early.errors.contains("must stay below"), "\(early)")
        try eventually("both were held", within: 90) {
            usleep(500_000)
            return try ["S1", "S2"].allSatisfy {
                try firedamp("show", "\($0).cut").output.contains("the release lacks nothing")
            }
        }
        for sensor in ["S1", "S2"] {
            try act(["release", "\(sensor).cut", "--reason", "treated"], by: "Chen Jun")
        }
    }

    @Test("at every stage, by every way: each halt has one row of revisions up to RELEASED")
    func everyStage() throws {
        try daemon.start()
        for sensor in ["S1", "S2"] { try publish(sensor, "1.6") }
        try disturb(["raised", "raised"])
        try ack("S1")
        try publish("S2", "0.4")
        try disturb(["acknowledged", "returned"])
        try confirm("S1")
        try ack("S2")
        try disturb(["secured", "answered"])
        // The recovery that nobody sees: it is over when the daemon looks again.
        daemon.kill9()
        try publish("S1", "0.4")
        try daemon.start()
        try confirm("S2")
        try disturb(["releasable", "releasable"])
        let gone = daemon.lines("HALT", "GONE", "S1")
        #expect(gone.count == 1 && gone[0].contains("; while the daemon was down"), "\(gone)")
        // Its last restart took a blink of the time between its two readings.
        #expect(daemon.lines("HALT", "GONE", "S2")[0].contains("; perhaps while the daemon"))
        try release()
        try disturb(["closed", "closed"])
        for sensor in ["S1", "S2"] {
            let told = try entries().filter { $0.sensor == sensor && $0.advisory?.rule == "cut" }
            #expect(Set(told.compactMap { $0.advisory?.id }).count == 1)
            #expect(told.compactMap { $0.advisory?.revision } == Array(1...5))
            #expect(told.last?.transition == .released)
            #expect(
                Set(told.map(\.transition)) == [
                    .raised, .acknowledged, .verified, .gone, .released,
                ])
        }
        // Each numbered line of the log once, in order.
        let numbers = daemon.alerts.compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("#") }.flatMap {
                Int($0.dropFirst())
            }
        }
        #expect(numbers == Array(1...(numbers.last ?? 0)))
    }
}
