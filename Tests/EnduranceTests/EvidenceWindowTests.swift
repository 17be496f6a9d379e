import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import ReadingRecord
import Support
import Testing

/// The readings around a halt with the window of an installation, in real time: five minutes after
/// the halt are five minutes of this test.
///
/// Of the ten minutes before it, `FIREDAMP_EVIDENCE_BEFORE_SECONDS` are run, 20 s if that is not
/// set: the recorder goes by when a reading arrived, so no older stamp stands for waiting. With
/// more than 600 the beginning of the window is tested, too.
@Suite("Evidence in real time")
final class EvidenceWindowTests {
    static let beforeSeconds = seconds(from: "FIREDAMP_EVIDENCE_BEFORE_SECONDS", otherwise: 20)
    static let window = EvidenceWindow()
    /// A reading is published some time before it arrives; a loaded machine takes its time.
    static let lagMillisecondsMax: Int64 = 10_000
    static let sensors = (0..<6).map { "S\($0)" }
    static let elsewhere = "E0"

    /// One reading as it was published.
    private struct Published {
        var milliseconds: Int64
        var value: String
    }

    /// One line of the evidence.
    private struct Row: Decodable {
        var kind: String
        var sensor: String?
        var value: Double?
        var sequence: Int?
        var measuredNanoseconds: Int64
        var arrivedNanoseconds: Int64
    }

    private let directory: TemporaryDirectory
    private let broker: Mosquitto
    private let daemon: DaemonProcess
    private let published = Guarded<[String: [Published]]>([:])
    private let isCrossed = Guarded(false)
    private let isOver = Guarded(false)

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: false)
        let path = try writeSite(
            in: directory.path, sensors: Self.sensors + [Self.elsewhere], interval: "60min")
        // A place whose air does not come to that of the others.
        let site = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("places: [", with: "places: [{id: P2, name: Elsewhere, kind: heading}, ")
            .replacing(
                "id: \(Self.elsewhere)\n    place: P1",
                with: "id: \(Self.elsewhere)\n    place: P2")
        try site.write(toFile: path, atomically: true, encoding: .utf8)
        daemon = DaemonProcess(
            site: path, port: broker.port, stateDirectory: directory.file("state"))
    }

    deinit {
        isOver.withLock { $0 = true }
        daemon.kill9()
        broker.stop()
    }

    /// Publishes a reading of each sensor twice a second, until told to stop.
    private func startFeed(_ client: TestClient) {
        let thread = Thread { [published, isCrossed, isOver] in
            var number = 0
            var crossedAt: Int?
            while !isOver.withLock({ $0 }) {
                number += 1
                if isCrossed.withLock({ $0 }), crossedAt == nil { crossedAt = number }
                for sensor in Self.sensors + [Self.elsewhere] {
                    // Over the limit for ten seconds; no two in a row are alike.
                    let isOver = sensor == "S0" && crossedAt.map { number - $0 < 20 } == true
                    let value = (isOver ? "1.6" : "0.4") + "\(number % 90 + 10)"
                    let now = nowMilliseconds()
                    published.withLock {
                        $0[sensor, default: []].append(Published(milliseconds: now, value: value))
                    }
                    client.publish(
                        "firedamp/v1/demo/reading/\(sensor)",
                        payload(value, ms: now, seq: number))
                }
                usleep(500_000)
            }
            client.stop()
        }
        thread.start()
    }

    private func journal() throws -> [Announcement] {
        try readJournal(path: directory.file("state/journal/advisories.jsonl"))
            .lines.map(\.record.entry)
    }

    @Test("what is sealed is what was published in the window, to the reading")
    func window() async throws {
        try daemon.start()
        startFeed(try TestClient(port: broker.port))
        try await Task.sleep(for: .seconds(Self.beforeSeconds))
        isCrossed.withLock { $0 = true }
        try await comesTrue("the halt is told", within: 60) {
            !daemon.lines("HALT", "RAISED", "S0").isEmpty
        }
        let after = Self.window.secondsAfter + Self.window.secondsToDisk
        try await comesTrue("its readings are sealed", within: after + 90, pauseSeconds: 1) {
            try journal().contains { $0.seal != nil }
        }
        isOver.withLock { $0 = true }
        #expect(daemon.terminate().code == 0)
        let halt = try #require(
            try journal().first { $0.severity == .halt && $0.transition == .raised })
        let seal = try #require(try journal().compactMap(\.seal).first)
        #expect(seal.advisories.map(\.id) == [halt.advisory?.id])
        let bytes = try directory.bytes("state/evidence/" + seal.file)
        #expect(seal.flaw(in: bytes) == nil)
        try compare(bytes, of: halt, seal)
        let verified = try OperatorCommand(stateDirectory: directory.file("state")).verify()
        #expect(verified.code == 0, "\(verified)")
    }

    private func compare(_ bytes: [UInt8], of halt: Announcement, _ seal: EvidenceSeal) throws {
        let lines = bytes.split(separator: 10).map { Data($0) }
        let head = try JSONDecoder().decode(EvidenceHead.self, from: try #require(lines.first))
        let onset = try #require(halt.advisory).onsetNanoseconds
        let begin = min(halt.atNanoseconds, onset) - Int64(Self.window.secondsBefore * 1e9)
        let end = halt.atNanoseconds + Int64(Self.window.secondsAfter * 1e9)
        #expect(head.from == Timestamp(nanoseconds: begin).rfc3339())
        #expect(head.to == Timestamp(nanoseconds: end).rfc3339())
        #expect(head.sensors.map(\.id) == Self.sensors && head.isCut == nil)
        // The daemon has no record of the time before it was started, and says so.
        #expect(head.gaps.count <= (Self.beforeSeconds < Self.window.secondsBefore ? 1 : 0))
        #expect(head.gaps.allSatisfy { $0.to < halt.at }, "\(head.gaps)")
        let rows = try lines.dropFirst().map { try JSONDecoder().decode(Row.self, from: $0) }
            .filter { $0.sensor != nil }
        #expect(Set(rows.compactMap(\.sensor)) == Set(Self.sensors))
        #expect(rows.allSatisfy { (begin...end).contains($0.arrivedNanoseconds) })
        #expect(rows.count == head.readings && rows.count == seal.readings)
        let told = published.withLock { $0 }
        for sensor in Self.sensors {
            compare(
                rows.filter { $0.sensor == sensor }, with: told[sensor] ?? [],
                window: begin / 1_000_000...end / 1_000_000, sensor)
        }
        let arrivals = rows.map(\.arrivedNanoseconds)
        let seconds = Double((arrivals.max() ?? 0) - (arrivals.min() ?? 0)) / 1e9
        print("\(rows.count) readings over \(seconds) s are sealed")
    }

    /// Every reading between the first and the last is there, once, as it was published; and none
    /// that was published in the window is missing at either end.
    private func compare(
        _ rows: [Row], with told: [Published], window: ClosedRange<Int64>, _ sensor: String
    ) {
        guard let first = rows.first?.sequence, let last = rows.last?.sequence else {
            Issue.record("\(sensor): there is nothing")
            return
        }
        #expect(rows.compactMap(\.sequence) == Array(first...last), "\(sensor): without a hole")
        let differ = rows.count { row in
            let reading = told[(row.sequence ?? 1) - 1]
            return row.kind != "measurement" || row.value != Double(reading.value)
                || row.measuredNanoseconds != reading.milliseconds * 1_000_000
        }
        #expect(differ == 0, "\(sensor): as published")
        if first > 1 {
            // It arrived before the window, so it was published before.
            #expect(told[first - 2].milliseconds <= window.lowerBound, "\(sensor): from the first")
        }
        #expect(last < told.count, "\(sensor): the feed went on")
        let next = told[min(last, told.count - 1)].milliseconds
        #expect(next > window.upperBound - Self.lagMillisecondsMax, "\(sensor): to the last")
    }
}
