import AdvisoryJournal
import BrokerSupport
import Foundation
import GasDetection
import GasModel
import HaltAdvisory
import Support
import Synchronization
import Testing

/// The promise that matters most: what was acknowledged is judged, whatever happens to the process.
@Suite("kill -9", .serialized)
struct KillTests {
    static let messages = 200_000
    static let kills = 50
    /// So slow that all kills fall into the sending.
    static let messagesPerSecond = 4000
    static let sensorCount = 20
    /// Room for every message and its redelivery, so that the ring itself is the record of the run.
    static let ringRecords = 1 << 19

    /// What a gateway sends as message `index`: each sensor goes over its limit and back at times
    /// of its own, and some stay over.
    static func value(_ index: Int) -> Double {
        let (sensor, step) = (index % sensorCount, index / sensorCount)
        let phase = (step + sensor * 331) % 4000
        if sensor >= 15, step > 9000 { return 2.2 }
        switch phase {
        case 1000..<1010: return 1.2
        case 1010..<1400: return 1.7
        case 1400..<1450: return 2.6
        default: return 0.4
        }
    }

    @Test(
        "50 kills within 200,000 QoS 1 messages: no gap, no advisory lost, doubled or cleared"
    )
    func kills() throws {
        let seed = UInt64(nowMilliseconds())
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        let broker = try Mosquitto(directory: directory.path, isPersistent: false)
        let names = (0..<Self.sensorCount).map { "S\($0)" }
        let site = try writeSite(in: directory.path, sensors: names, interval: "60min")
        let daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"),
            ["--ring-records", "\(Self.ringRecords)"])
        try daemon.start()
        let stamps = try publishWhileKilling(daemon, broker: broker, names, &generator)
        let ring = directory.file("state/ring")
        try eventually("every message is judged", within: 120) {
            try judgedSequences(ring: ring).count == Self.messages
        }
        #expect(daemon.terminate().code == 0)
        let judged = try judgedSequences(ring: ring)
        #expect(judged == Set(1...UInt64(Self.messages)))
        try compareAdvisories(directory, names: names, stamps: stamps)
    }

    /// Publishes everything at a steady pace on one thread while the daemon is killed at random
    /// instants on this one. Returns the time stamp of each message.
    private func publishWhileKilling(
        _ daemon: DaemonProcess, broker: Mosquitto, _ names: [String],
        _ generator: inout SeededGenerator
    ) throws -> [Int64] {
        let client = try TestClient(port: broker.port)
        let sent = Atomic<Int>(0)
        let stamps = Guarded([Int64]())
        let start = nowMilliseconds()
        let thread = Thread {
            for index in 0..<Self.messages {
                // Behind its time the gateway hurries, ahead of it it waits.
                let ahead = Int64(index * 1000 / Self.messagesPerSecond) + start - nowMilliseconds()
                if ahead > 5 { usleep(UInt32(ahead * 1000)) }
                let ms = nowMilliseconds()
                stamps.withLock { $0.append(ms) }
                client.publish(
                    "firedamp/v1/demo/reading/\(names[index % names.count])",
                    payload("\(Self.value(index))", ms: ms, seq: index + 1))
                sent.store(index + 1, ordering: .relaxed)
            }
        }
        thread.start()
        for kill in 0..<Self.kills {
            let pause = Double.random(in: 0.02...0.9, using: &generator)
            usleep(UInt32(pause * 1e6))
            daemon.kill9()
            try daemon.launch()
            // Some are killed while they start, some while they catch up.
            if kill % 3 != 0 {
                try eventually("the daemon is ready") {
                    daemon.errorText.contains("firedamp: ready")
                }
            }
        }
        #expect(
            sent.load(ordering: .relaxed) > Self.messages / 4,
            "the kills came while readings flowed")
        try eventually("everything is sent and acknowledged", within: 300) {
            client.acknowledged == Self.messages
        }
        client.stop()
        return stamps.withLock { $0 }
    }

    /// Holds the journal against what the same rules say of the same messages without any kill.
    private func compareAdvisories(
        _ directory: TemporaryDirectory, names: [String], stamps: [Int64]
    ) throws {
        let journal = try readJournal(path: directory.file("state/journal/advisories.jsonl"))
        #expect(journal.damage == nil)
        let entries = journal.lines.map(\.record.entry)
        for (index, name) in names.enumerated() {
            let expected = Self.expected(sensor: index, stamps: stamps)
            let told = entries.filter { $0.sensor == name && $0.advisory?.rule != "trend" }
            #expect(told.map(Self.gist) == expected, "sensor \(name)")
        }
        let ids = entries.filter { $0.transition == .raised }.compactMap(\.advisory?.id)
        #expect(Set(ids).count == ids.count, "no advisory is raised twice")
    }

    private static func gist(_ entry: Announcement) -> String {
        "\(entry.severity.rawValue) \(entry.transition.rawValue) \(entry.advisory?.id ?? "")"
            + " \(entry.advisory?.revision ?? 0)"
    }

    private static func expected(sensor: Int, stamps: [Int64]) -> [String] {
        var model = Heading.sensor("S\(sensor)", .face, alarm: 1.0, cut: 1.5, repower: 1.0)
        // The site file states limits of its own, which have no graver steps.
        model.steps = []
        var site = Site(
            mine: "demo", name: "", places: [], sensors: [model], fingerprint: "")
        site.grounds = Heading.grounds
        var detector = ThresholdDetector(Heading.roster([model]))
        var book = AdvisoryBook(site: site, sensors: [model], ring: 0)
        var gists: [String] = []
        for index in stride(from: sensor, to: messages, by: sensorCount) {
            let time = Timestamp(milliseconds: stamps[index])
            var reading = Reading(
                sensor: 0, kind: .measurement, sourceTime: time, arrivalTime: time,
                value: value(index))
            reading.position = UInt64(index)
            var findings: [Finding] = []
            detector.observe(reading, into: &findings)
            for finding in findings {
                if let entry = book.take(finding) { gists.append(gist(entry)) }
            }
        }
        return gists
    }
}
