import Foundation
import GasModel
import Logging
import MQTTSession
import ReadingRing
import SensorIngest
import Support
import Synchronization
import Testing

/// An ingest on a ring in memory, and a reader that shows what came through.
private final class Bench {
    let counters = IngestCounters()
    let published = Guarded(0)
    let lines = LogLines()
    let ingest: SensorIngest
    private var reader: RingReader

    init(
        sensors: [Sensor?] = Heading.sensors, people: [Person] = [], capacity: Int = 1 << 14
    ) throws {
        let ring = try RingStorage.anonymous(capacity: capacity, readers: ["test"])
        reader = ring.reader("test")
        var log = Logger(label: "test") { [lines] _ in lines }
        log.logLevel = .trace
        let count = Counter()
        var site = Heading.roster(sensors).site
        site.people = people
        ingest = SensorIngest(
            SensorRoster(site: site, sensors: sensors), writer: ring.writer(), counters: counters,
            log: log,
            reports: SensorIngest.Reports(
                published: { count.add() }, sessionChanged: { _ in }, delivered: { _ in }))
    }

    /// Hands over a message as the session does: only while there is room.
    func receive(_ topic: String, _ payload: String) {
        guard ingest.hasRoom() else { return }
        let (name, bytes) = (Array(topic.utf8), Array(payload.utf8))
        ingest.received(topic: name.span, payload: bytes.span)
    }

    /// What stands in the ring, without the records of time if they are not asked for: a second may
    /// begin before any record.
    func drain(withTicks: Bool = false) -> [Reading] {
        var readings: [Reading] = []
        _ = reader.drain {
            let isTime = $0.kind == .tick || $0.kind == .runBegins
            if withTicks || !isTime { readings.append($0) }
        }
        reader.commit(upTo: reader.position)
        return readings
    }
}

private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func add() { value.wrappingAdd(1, ordering: .relaxed) }
}

/// Keeps what is logged.
final class LogLines: LogHandler, Sendable {
    private let kept = Guarded<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(event: LogEvent) { kept.withLock { $0.append("\(event.message)") } }
}

private let t1 = "firedamp/v1/demo/reading/H101-T1"

@Suite("SensorIngest")
struct SensorIngestTests {
    @Test("a reading carries sensor, times, value, seq and boot into the ring")
    func reading() throws {
        let bench = try Bench()
        bench.receive(t1, #"{"ts":1795456800250,"v":0.42,"seq":17,"boot":"a"}"#)
        bench.ingest.burstEnded()
        let record = try #require(bench.drain().first)
        #expect(record.sensor == Heading.face)
        #expect(record.kind == .measurement)
        #expect(record.value == 0.42)
        #expect(record.sourceTime == .at(0.25))
        #expect(record.sequence == 17)
        #expect(record.marks.contains(.hasSequence))
        #expect(record.boot != 0)
        #expect(bench.counters.readings == 1)
    }

    @Test(
        "what a sensor sends in its own unit is converted once, here, and judged in the quantity's")
    func converts() throws {
        let units = Quantity.methane.definition.units
        let lel = units.first { $0.name == "%LEL" }?.conversion([.explosiveLimit: 5])
        var sensor = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1, range: 0...4)
        sensor.conversion = try #require(lel)
        let bench = try Bench(sensors: [sensor])
        for value in ["20", "80", "81", "2001", "-1", "-999999", "null"] {
            bench.receive(t1, #"{"ts":1795456800250,"v":\#(value)}"#)
        }
        bench.ingest.burstEnded()
        let records = bench.drain()
        #expect(records.prefix(2).map(\.value) == [1.0, 4.0])
        #expect(records.dropFirst(2).allSatisfy { $0.value.isNaN && $0.kind == .fault })
        #expect(
            records.dropFirst(2).map(\.quality)
                == [.aboveRange, .impossible, .belowRange, .sentinel, .null])
    }

    @Test("a state is 0 or 1; what lies between is no state")
    func states() throws {
        let fan = Sensor(
            id: "H101-T1", place: "H101", role: SensorRole(rawValue: "fan"), quantity: .fanRunning,
            limits: nil, intervalSeconds: 1, range: 0...1)
        let bench = try Bench(sensors: [fan])
        for value in ["0", "1", "0.5", "2"] {
            bench.receive(t1, #"{"ts":1795456800250,"v":\#(value)}"#)
        }
        bench.ingest.burstEnded()
        let records = bench.drain()
        #expect(records.map(\.kind) == [.measurement, .measurement, .fault, .fault])
        #expect(records.suffix(2).allSatisfy { $0.quality == .impossible })
    }

    @Test("a reading late in a long burst is not made older than its gateway says")
    func longBurst() throws {
        let bench = try Bench()
        bench.receive(t1, #"{"ts":1795456800250,"v":0.42}"#)
        let start = Date().timeIntervalSince1970
        while Date().timeIntervalSince1970 < start + 0.003 {}
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
        bench.receive(t1, #"{"ts":\#(milliseconds),"v":0.43}"#)
        bench.receive(t1, #"{"ts":1795456800250,"v":0.44}"#)
        bench.ingest.burstEnded()
        let records = bench.drain()
        #expect(records[1].eventTime == Timestamp(milliseconds: milliseconds))
        #expect(records[1].arrivalTime < records[2].arrivalTime)
    }

    @Test("nothing is seen by readers before the burst has ended, and everything is after it")
    func burst() throws {
        let bench = try Bench()
        for value in 0..<10 { bench.receive(t1, #"{"ts":\#(1_795_456_800_000 + value),"v":0.4}"#) }
        #expect(bench.drain().isEmpty)
        bench.ingest.burstEnded()
        #expect(bench.drain().count == 10)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var value: String
        var quality: Reading.Quality
        var testDescription: String { value }
    }

    @Test(
        "what is no number of this sensor is a fault record and carries no number",
        arguments: [
            Case(value: "null", quality: .null), Case(value: "NaN", quality: .nonFinite),
            Case(value: "1e999", quality: .nonFinite), Case(value: "-999999", quality: .sentinel),
            Case(value: "-0.01", quality: .belowRange), Case(value: "4.01", quality: .aboveRange),
            Case(value: "100.1", quality: .impossible),
        ])
    func faults(_ sample: Case) throws {
        let sensor = Heading.sensor(
            "H101-T1", .face, alarm: 1, cut: 1.5, repower: 1, range: 0...4)
        let bench = try Bench(sensors: [sensor])
        bench.receive(t1, #"{"ts":1795456800250,"v":\#(sample.value)}"#)
        bench.ingest.burstEnded()
        let record = try #require(bench.drain().first)
        #expect(record.kind == .fault)
        #expect(record.quality == sample.quality)
        #expect(record.value.isNaN)
        #expect(bench.counters.faults == 1)
    }

    @Test("both ends of the measuring range are numbers", arguments: ["0", "4", "4.0"])
    func rangeEnds(_ value: String) throws {
        let sensor = Heading.sensor(
            "H101-T1", .face, alarm: 1, cut: 1.5, repower: 1, range: 0...4)
        let bench = try Bench(sensors: [sensor])
        bench.receive(t1, #"{"ts":1795456800250,"v":\#(value)}"#)
        bench.ingest.burstEnded()
        #expect(bench.drain().first?.kind == .measurement)
    }

    @Test("a batch names its sensors; an unknown one and a bad element cost only themselves")
    func batch() throws {
        let bench = try Bench()
        bench.receive(
            "firedamp/v1/demo/batch",
            #"[{"s":"H101-T1","ts":1795456800000,"v":1},{"s":"X","ts":1795456800000,"v":1},"#
                + #"{"s":"H101-T2","v":1},{"s":"H101-T2","ts":1795456800000,"v":2}]"#)
        bench.ingest.burstEnded()
        #expect(bench.drain().map(\.sensor) == [Heading.face, Heading.faceReturn])
        #expect(bench.counters.refused.map(\.count) == [1, 1])
    }

    @Test(
        "a topic that is not ours is counted and lost alone",
        arguments: [
            "firedamp/v1/demo/reading/", "firedamp/v1/demo/reading/H101-T1/x",
            "firedamp/v1/other/reading/H101-T1", "firedamp/v1/demo/batches", "", "f",
        ])
    func topics(_ topic: String) throws {
        let bench = try Bench()
        bench.receive(topic, #"{"ts":1795456800000,"v":1}"#)
        bench.receive(t1, #"{"ts":1795456800000,"v":1}"#)
        bench.ingest.burstEnded()
        #expect(bench.drain().count == 1)
        #expect(bench.counters.refused.map(\.count) == [1])
    }

    @Test("of each reason the first of a minute is logged, with topic and escaped bytes")
    func refusals() throws {
        let bench = try Bench()
        for _ in 0..<50 { bench.receive(t1, "{\"ts\":\u{7}\u{1b}[31m\"") }
        bench.receive("firedamp/v1/demo/reading/NO", "{}")
        let lines = bench.lines.lines
        #expect(lines.count == 2)
        #expect(lines.first?.contains(t1) == true)
        #expect(lines.first?.contains(#"\x07\x1b[31m\""#) == true)
        #expect(!lines.joined().unicodeScalars.contains { $0.value < 32 })
        #expect(bench.counters.refused.reduce(0) { $0 + $1.count } == 51)
    }

    @Test("only 200 bytes of a payload are shown")
    func longPayload() throws {
        let bench = try Bench()
        bench.receive(t1, String(repeating: "z", count: 10_000))
        let line = try #require(bench.lines.lines.first)
        #expect(line.filter { $0 == "z" }.count == 200)
        #expect(line.contains("10000 bytes"))
    }

    @Test("a full ring says that it has no room, and has it again when the reader went on")
    func fullRing() throws {
        let bench = try Bench(capacity: 1 << 13)
        var sent = 0
        while bench.ingest.hasRoom() {
            bench.receive(t1, #"{"ts":\#(1_795_456_800_000 + sent),"v":0.4}"#)
            bench.ingest.burstEnded()
            sent += 1
        }
        #expect(sent > 3000)
        #expect(bench.drain().count == sent)
        #expect(bench.ingest.hasRoom())
    }

    @Test("a halt is a record of its place; in a full ring it waits for room")
    func halts() throws {
        let bench = try Bench()
        while bench.ingest.hasRoom() {
            bench.receive("firedamp/v1/demo/reading/H101-T1", #"{"ts": 1795456800000, "v": 0.4}"#)
            bench.ingest.burstEnded()
        }
        bench.ingest.take([HaltNews(place: "H101", stands: true)])
        bench.ingest.take([HaltNews(place: "H101", stands: false)])
        #expect(!bench.drain().contains { $0.kind == .halt })
        bench.ingest.turn()
        let halts = bench.drain().filter { $0.kind == .halt }
        #expect(halts.map(\.value) == [1, 0])
        #expect(halts.allSatisfy { $0.boot == UInt64(nameHash: "H101") })
    }

    @Test("a run begins with a record that says so, before its first tick, and only once")
    func runBegins() throws {
        let bench = try Bench()
        bench.ingest.turn()
        bench.ingest.sessionChanged(.subscribed)
        bench.ingest.turn()
        let kinds = bench.drain(withTicks: true).map(\.kind)
        #expect(kinds.prefix(2) == [.runBegins, .tick])
        #expect(kinds.count { $0 == .runBegins } == 1)
    }

    @Test("link records tell changes only, and the first failure is one")
    func link() throws {
        let bench = try Bench()
        for event in [
            MQTTSessionEvent.connectFailed(reason: "no", retrySeconds: 1),
            .connectFailed(reason: "no", retrySeconds: 2), .connected(sessionPresent: true),
            .subscribed, .subscribed, .disconnected(reason: "gone", retrySeconds: 1),
        ] {
            bench.ingest.sessionChanged(event)
        }
        #expect(bench.drain().map(\.kind) == [.linkDown, .linkUp, .linkDown])
    }

    @Test("a turn ticks, but not more often than once a second")
    func ticks() throws {
        let bench = try Bench()
        for _ in 0..<100 { bench.ingest.turn() }
        let kinds = bench.drain(withTicks: true).map(\.kind).filter { $0 != .runBegins }
        #expect(!kinds.isEmpty && kinds.count <= 2)
        #expect(kinds.allSatisfy { $0 == .tick })
    }
}

@Suite("SensorIngest: the site changes")
struct IngestSiteChangeTests {
    private let face = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.5, repower: 1)
    private let new = Heading.sensor("H101-T3", .face, alarm: 1, cut: 1.5, repower: 1)

    private var change: SiteChange {
        Heading.change(from: Heading.sensors, to: [face, nil, new], run: 9, generation: 4)
    }

    private func value(_ sensor: String) -> (topic: String, payload: String) {
        ("firedamp/v1/demo/reading/\(sensor)", #"{"ts":1795456800000,"v":0.4}"#)
    }

    @Test("what came before is known by the old table, what comes after by the new one")
    func between() throws {
        let bench = try Bench()
        for sensor in ["H101-T1", "H101-T2", "H101-T3"] {
            bench.receive(value(sensor).topic, value(sensor).payload)
        }
        bench.ingest.burstEnded()
        bench.ingest.take(PreparedSite(change))
        for sensor in ["H101-T1", "H101-T2", "H101-T3"] {
            bench.receive(value(sensor).topic, value(sensor).payload)
        }
        bench.ingest.burstEnded()
        let records = bench.drain()
        #expect(
            records.map(\.kind) == [
                .measurement, .measurement, .siteChange, .measurement, .measurement,
            ])
        #expect(records.filter { $0.kind == .measurement }.map(\.sensor) == [0, 1, 0, 2])
        #expect(records[2].boot == 9)
        #expect(records[2].sequence == 4)
        #expect(bench.counters.refused.map(\.count) == [2])
    }

    @Test("range and unit are those of the new site from the record on")
    func conversion() throws {
        var percent = face
        percent.conversion = UnitConversion(factor: 5, divisor: 100)
        percent.range = 0...4
        let bench = try Bench()
        let change = Heading.change(from: Heading.sensors, to: [percent, Heading.sensors[1]])
        bench.receive(t1, #"{"ts":1795456800000,"v":20}"#)
        bench.ingest.burstEnded()
        bench.ingest.take(PreparedSite(change))
        bench.receive(t1, #"{"ts":1795456800001,"v":20}"#)
        bench.receive(t1, #"{"ts":1795456800002,"v":90}"#)
        bench.ingest.burstEnded()
        let records = bench.drain().filter { $0.kind != .siteChange }
        #expect(records.map(\.kind) == [.measurement, .measurement, .fault])
        #expect(records.map(\.value).prefix(2) == [20, 1])
    }

    @Test("in a full ring the change waits for room, and so does everything behind it")
    func fullRing() throws {
        let bench = try Bench(capacity: 1 << 13)
        while bench.ingest.hasRoom() {
            bench.receive(t1, #"{"ts":1795456800000,"v":0.4}"#)
            bench.ingest.burstEnded()
        }
        bench.ingest.take(PreparedSite(change))
        bench.ingest.turn()
        #expect(bench.drain().allSatisfy { $0.kind != .siteChange })
        bench.ingest.turn()
        #expect(bench.drain().count { $0.kind == .siteChange } == 1)
        bench.ingest.turn()
        #expect(bench.drain().allSatisfy { $0.kind != .siteChange }, "once")
    }
}

@Suite("SensorIngest: what is announced of sensors and gateways")
struct IngestAnnouncementTests {
    private static let people = [Person(name: "赵强", duty: .gasInspector, contact: nil)]

    private func bench() throws -> Bench {
        var sensors = Heading.sensors
        sensors[0]?.gateway = "F01"
        sensors.append(
            Sensor(
                id: "H101-K1", place: "H101", role: SensorRole(rawValue: "feed-power"),
                quantity: .feedPower, limits: nil, intervalSeconds: 1, range: 0...1))
        return try Bench(sensors: sensors, people: Self.people)
    }

    private var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private func notice(by: String = "赵强", minutes: Double = 20, ago seconds: Int64 = 0) -> String {
        #"{"ts":\#(now - seconds * 1000),"by":"\#(by)","minutes":\#(minutes)}"#
    }

    @Test(
        "a calibration stands in the ring with what is left of its minutes and who answers for it")
    func calibration() throws {
        let bench = try bench()
        bench.receive("firedamp/v1/demo/calibration/H101-T2", notice())
        bench.receive("firedamp/v1/demo/calibration/H101-T2", notice(ago: 600))
        bench.receive("firedamp/v1/demo/calibration/H101-T2", notice(minutes: 0, ago: 9000))
        bench.ingest.burstEnded()
        let records = bench.drain()
        #expect(records.map(\.kind) == [.calibration, .calibration, .calibration])
        #expect(records.allSatisfy { $0.sensor == Heading.faceReturn })
        #expect(records.allSatisfy { $0.boot == UInt64(nameHash: "赵强") })
        let minutes = records.map(\.value)
        #expect((19.9...20).contains(minutes[0]) && (9.9...10.1).contains(minutes[1]))
        #expect(minutes[2] == 0)
    }

    @Test("a name with escapes, as many encoders write it, is the same name")
    func escapes() throws {
        let bench = try bench()
        bench.receive(
            "firedamp/v1/demo/calibration/H101-T1", notice(by: #"\u8d75\u5f3a"#))
        bench.ingest.burstEnded()
        #expect(bench.drain().map(\.boot) == [UInt64(nameHash: "赵强")])
    }

    @Test("what is no calibration, or one of a stranger, long over or still to come, is refused")
    func refused() throws {
        let bench = try bench()
        let topic = "firedamp/v1/demo/calibration/H101-T1"
        for payload in [
            "", "{}", "20", #"{"by":"赵强","minutes":20}"#, notice(minutes: 61),
            notice(minutes: -1), #"{"ts":0,"by":"赵强","minutes":20}"#,
        ] {
            bench.receive(topic, payload)
        }
        bench.receive(topic, notice(by: "Somebody"))
        bench.receive(topic, notice(ago: 1201))
        bench.receive(topic, notice(ago: -310))
        bench.receive("firedamp/v1/demo/calibration/H101-K1", notice())
        bench.receive("firedamp/v1/demo/calibration/H999", notice())
        bench.ingest.burstEnded()
        #expect(bench.drain().isEmpty)
        let refused = bench.counters.refused.map { "\($0.count) \($0.reason)" }
        #expect(
            refused == [
                "1 sensor that the site does not have",
                "7 no calibration: ts, by and minutes (0 to 60) are asked for",
                "1 calibration of a sensor that has no limit to hold back",
                "1 calibration by a person whom the site does not name",
                "1 calibration that was over when it was announced here",
                "1 calibration from a time on that is still to come: is the sender's clock right?",
            ])
    }

    @Test(
        "a gateway comes and goes by its own word or its will, bare or as an object",
        arguments: [
            "offline", " offline\n", #"{"state":"offline"}"#, #"{"state": "offline", "x":1}"#,
        ])
    func gateway(_ payload: String) throws {
        let bench = try bench()
        bench.receive("firedamp/v1/demo/gateway/F01", payload)
        bench.receive("firedamp/v1/demo/gateway/F01", "online")
        bench.ingest.burstEnded()
        let records = bench.drain()
        #expect(records.map(\.kind) == [.gatewayDown, .gatewayUp])
        #expect(records.allSatisfy { $0.boot == UInt64(nameHash: "F01") && $0.sensor == 0 })
    }

    @Test("another gateway, or another word, is refused")
    func wrongGateway() throws {
        let bench = try bench()
        bench.receive("firedamp/v1/demo/gateway/F02", "offline")
        bench.receive("firedamp/v1/demo/gateway/F01", "gone")
        bench.ingest.burstEnded()
        #expect(bench.drain().isEmpty)
        #expect(
            bench.counters.refused.map(\.reason)
                == ["gateway that the site does not have", "neither online nor offline"])
    }
}
