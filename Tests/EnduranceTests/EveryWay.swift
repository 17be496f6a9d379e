import AdvisoryDelivery
import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// What came to another end: a document, however it came.
struct Delivery {
    /// The number in the journal; 0 for what was told without it.
    var number: UInt64
    var key: String
    var entry: Announcement
    /// When it came, in milliseconds since 1970, where that is known.
    var milliseconds: Int64 = 0

    init(_ request: HTTPReceiver.Request) throws {
        let line = try JournalLine(bytes: request.body)
        number = UInt64(request.headers["x-firedamp-journal"] ?? "") ?? .max
        key = request.headers["idempotency-key"] ?? ""
        entry = line.record.entry
        milliseconds = request.milliseconds
    }

    init(line: [UInt8]) throws {
        let document = OutletDocument(try JournalLine(bytes: line))
        (number, key, entry) = (document.number, document.key, document.entry)
    }

    /// When it was decided, in milliseconds since 1970.
    var decided: Int64 { entry.atNanoseconds / 1_000_000 }
    /// Identifier and revision; `nil` for what belongs to no advisory.
    var revision: (id: String, number: Int)? { entry.advisory.map { ($0.id, $0.revision) } }
}

/// A program that takes a line at a time, until a file says that it is stuck.
struct StubbornHook {
    private let directory: TemporaryDirectory
    private let name: String

    init(_ name: String, in directory: TemporaryDirectory) throws {
        (self.directory, self.name) = (directory, name)
        let script = """
            #!/bin/sh
            exec 3>> \(directory.file(name + ".taken"))
            while IFS= read -r line; do
                while [ -e \(directory.file(name + ".stuck")) ]; do sleep 0.05; done
                n=${line##*'"n":'}
                printf '%s\\n' "$line" >&3
                echo "ok ${n%%,*}"
            done
            """
        try directory.write([], to: name + ".taken")
        try directory.write(Array(script.utf8), to: name)
        guard unsafe chmod(directory.file(name), 0o700) == 0 else {
            throw TestFailure(description: "chmod: errno \(errno)")
        }
    }

    /// Its entry in a site file.
    var outlet: String { "{kind: hook, name: \(name), command: [\(directory.file(name))]}" }

    func becomesStuck() throws { try directory.write([], to: name + ".stuck") }
    func goesOn() { unsafe unlink(directory.file(name + ".stuck")) }

    /// What it has taken, in order.
    func taken() throws -> [Delivery] {
        try lines().map { try Delivery(line: Array($0)) }
    }

    /// Those of them that contain `words`.
    func taken(_ words: String) throws -> [String] {
        try lines().map { String(decoding: $0, as: UTF8.self) }.filter { $0.contains(words) }
    }

    /// What tells them apart.
    func slips() throws -> [Slip] { try lines().compactMap { Slip(line: $0) } }

    private func lines() throws -> [ArraySlice<UInt8>] {
        let bytes = try directory.bytes(name + ".taken")
        return bytes.prefix((bytes.lastIndex(of: 10) ?? -1) + 1).split(separator: 10)
    }
}

/// A daemon with every way out at once: alert log, broker, webhook, hook, syslog.
final class EveryWay {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let receiver: HTTPReceiver
    let syslog: NotifySocket
    let hook: StubbornHook
    let daemon: DaemonProcess
    let firedamp: OperatorCommand
    private(set) var client: TestClient

    /// `more`: further outlets; `outlets`: those that are always there follow.
    init(
        sensors: [String], more: [String] = [], arguments: [String] = [],
        in directory: TemporaryDirectory
    ) throws {
        self.directory = directory
        broker = try Mosquitto(directory: directory.path, isPersistent: false)
        receiver = try HTTPReceiver()
        syslog = try NotifySocket(path: directory.file("log"))
        hook = try StubbornHook("hook", in: directory)
        let site = try writeSite(in: directory.path, sensors: sensors, interval: "60min")
        try addPeople(toSite: site)
        let outlets =
            more + [
                "{kind: webhook, name: web, url: \"http://127.0.0.1:\(receiver.port)/\"}",
                hook.outlet, "{kind: syslog, name: local, path: \(directory.file("log"))}",
            ]
        let text = try String(contentsOfFile: site, encoding: .utf8)
        try (text + "delivery:\n" + outlets.map { "  - \($0)\n" }.joined())
            .write(toFile: site, atomically: true, encoding: .utf8)
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"), arguments)
        firedamp = OperatorCommand(stateDirectory: directory.file("state"))
        client = try TestClient(
            port: broker.port, filters: ["firedamp/v1/demo/status", "firedamp/v1/demo/advisory/+"])
    }

    deinit {
        client.stop()
        daemon.kill9()
        receiver.stop()
        broker.stop()
    }

    func publish(_ sensor: String, _ value: Double) {
        client.publish("firedamp/v1/demo/reading/\(sensor)", payload("\(value)"))
    }

    /// What the webhook's receiver got, in order.
    func posted() throws -> [Delivery] { try receiver.requests.map { try Delivery($0) } }

    /// The retained status as it came, newest last.
    var statuses: [Status] {
        client.received.filter { $0.topic.hasSuffix("/status") }.compactMap {
            try? JSONDecoder().decode(Status.self, from: Data($0.text.utf8))
        }
    }

    /// What of it is looked at.
    struct Status: Decodable {
        var state: String
        var at: String
        var journalFault: String?
        var failing: [String]?

        /// `at` in milliseconds since 1970.
        var milliseconds: Int64 { Self.milliseconds(at) }

        private static func milliseconds(_ text: String) -> Int64 {
            let format = ISO8601DateFormatter()
            format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
            return format.date(from: text).map { Int64($0.timeIntervalSince1970 * 1000) } ?? .max
        }
    }

    /// What came of advisories over MQTT.
    func retained() throws -> [Delivery] {
        try client.received.filter { $0.topic.contains("/advisory/") && !$0.text.isEmpty }
            .map { try Delivery(line: Array($0.text.utf8)) }
    }

    /// The numbered lines of the alert log, by their numbers.
    var numbers: [Int] {
        daemon.alerts.compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("#") }.flatMap {
                Int($0.dropFirst())
            }
        }
    }

    /// The lines of the journal over all segments, without what a segment restates.
    func journal() throws -> [JournalRecord] {
        let folder = directory.file("state/journal")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("advisories-") && $0.hasSuffix(".jsonl") }.sorted()
        return try (names + ["advisories.jsonl"]).flatMap { name in
            try directory.bytes("state/journal/" + name).split(separator: 10)
                .map { try JournalLine(bytes: Array($0)) }
                .filter { !$0.isCarried }.map(\.record)
        }
    }
}

// MARK: What came out, as a whole

extension EveryWay {
    /// Whether a halt of each of `sensors` came on every way; without the alert log where its disk
    /// takes nothing.
    func hasTold(_ sensors: [String], alsoLog: Bool = true) throws -> Bool {
        func isHalt(_ delivery: Delivery, _ sensor: String) -> Bool {
            delivery.entry.severity == .halt && delivery.entry.sensor == sensor
        }
        let documents = [try posted(), try hook.taken(), try retained()]
        let logged = syslog.received()
        return sensors.allSatisfy { sensor in
            (!alsoLog || !daemon.lines("HALT", "RAISED", sensor).isEmpty)
                && documents.allSatisfy { $0.contains { isHalt($0, sensor) } }
                && logged.contains {
                    $0.contains("HALT RAISED") && $0.contains("sensor=\"\(sensor)\"")
                }
        }
    }

    /// Whether `words` were said to webhook, hook and syslog.
    func hasSaid(_ words: String) throws -> Bool {
        let logged = syslog.received()
        return try [posted(), hook.taken()].allSatisfy { deliveries in
            deliveries.contains { $0.entry.why.contains(words) }
        } && logged.contains { $0.contains(words) }
    }

    /// What went to the receiver without a number and will have one.
    func withoutJournal() throws -> [Delivery] {
        try posted().filter { $0.number == 0 && $0.revision != nil }
    }

    /// Whether the receiver has all of `without` again, with the journal's number, under its key.
    func hasNumbered(_ without: [Delivery]) throws -> Bool {
        let numbered = Set(try posted().filter { $0.number > 0 }.map(\.key))
        return without.allSatisfy { numbered.contains($0.key) }
    }

    /// Holds everything that went out against the journal, which must be whole.
    func compareWithJournal(told without: [Delivery]) throws {
        let verified = try firedamp.verify()
        #expect(verified.code == 0, "\(verified)")
        let records = try journal()
        #expect(records.map(\.number) == Array(1...UInt64(records.count)))
        let raised = records.filter { $0.entry.transition == .raised }
            .compactMap { $0.entry.advisory?.id }
        #expect(Set(raised).count == raised.count, "no advisory twice")
        #expect(numbers == Array(1...records.count), "each line of the log once, in order")
        for deliveries in [try posted(), try hook.taken()] {
            let numbered = deliveries.filter { $0.number > 0 }
            #expect(numbered.map(\.number).sorted() == records.map(\.number))
            let keys = Dictionary(grouping: numbered, by: \.key).mapValues(\.count)
            #expect(keys.values.allSatisfy { $0 == 1 }, "a key for each line")
            // What was told without the journal is known by the same key within it.
            #expect(Set(without.map(\.key)).isSubset(of: keys.keys))
        }
    }
}
