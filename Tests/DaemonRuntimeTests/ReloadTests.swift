import AdvisoryJournal
import BrokerSupport
import DaemonRuntime
import Foundation
import GasDetection
import GasModel
import HaltAdvisory
import Support
import Synchronization
import Testing

/// The site changes while 5,000 readings a second come in.
@Suite("Reload in process", .serialized)
final class ReloadTests: DaemonBench {
    static let messages = 40_000
    static let messagesPerSecond = 5000
    static let sensorCount = 20

    private var daemon: Daemon?

    private static let names = (0..<sensorCount).map { "S\($0)" }

    private static func sensor(
        _ id: String, alarm: Double = 1, cut: Double = 1.5, repower: Double = 1
    ) -> Sensor {
        var sensor = Heading.sensor(id, .face, alarm: alarm, cut: cut, repower: repower)
        sensor.intervalSeconds = 600
        sensor.steps = []
        return sensor
    }

    /// The mine of the test, with the fingerprint that its file would have.
    private static func site(
        _ fingerprint: String, sensors: [Sensor] = names.map { sensor($0) },
        decommissioned: [Decommission] = []
    ) -> Site {
        var site = Site(
            mine: "demo", name: "Demo", places: [Place(id: "H101", name: "Heading 101")],
            sensors: sensors, decommissioned: decommissioned, fingerprint: fingerprint)
        site.grounds = Heading.grounds
        return site
    }

    private func start(_ site: Site) throws {
        daemon = try startDaemon(site) { $0.ringCapacity = 1 << 17 }
    }

    /// Ends it; what it held is free again when this returns.
    private func stop() {
        daemon?.stop(reason: "the test stops it")
        daemon = nil
    }

    private func alerts(_ severity: String, _ transition: String) -> [String] {
        alerts.filter { line in
            let fields = line.split(separator: " ")
            return fields.count > 9 && fields[0] == severity && fields[1] == transition
        }
    }

    private func entries() throws -> [Announcement] {
        let journal = try readJournal(path: directory.file("state/journal/advisories.jsonl"))
        #expect(journal.damage == nil)
        return journal.lines.map(\.record.entry)
    }

    /// Reloads, and waits until `count` reloads have been told, refused ones among them.
    private func reload(_ site: Site, told count: Int) throws {
        daemon?.reload { .success(site) }
        try eventually("reload \(count) is told") {
            alerts("NOTICE", "RELOADED").count + alerts("NOTICE", "REFUSED").count == count
        }
    }

    // MARK: Under load

    /// What a gateway sends as message `index`: each sensor goes over its limits and back at times
    /// of its own, one rises slowly the whole time, and the last two stay where a reload finds
    /// them.
    private static func value(_ index: Int) -> Double {
        let (sensor, step) = (index % sensorCount, index / sensorCount)
        let total = messages / sensorCount
        switch sensor {
        case 16: return 0.2 + 1.2 * Double(step) / Double(total)
        case 17: return 1.2
        case 18: return 0.9
        case 19: return step < 10 ? 1.2 : 1.7
        default:
            switch (step + sensor * 97) % 500 {
            case 100..<110: return 1.2
            case 110..<160: return 1.7
            default: return 0.4
            }
        }
    }

    @Test(
        "eight reloads within 40,000 messages at 5,000/s: nothing lost, raised anew or forgotten"
    )
    func underLoad() throws {
        try start(Self.site("site-0"))
        let client = try TestClient(port: broker.port)
        let sent = Atomic<Int>(0)
        let began = nowMilliseconds()
        let thread = Thread { Self.publish(by: client, from: began, counting: sent) }
        thread.start()
        try changeEverything { part in
            try eventually("\(part) of the messages are sent") {
                Double(sent.load(ordering: .relaxed)) >= part * Double(Self.messages)
            }
        }
        #expect(
            sent.load(ordering: .relaxed) < Self.messages, "all came while readings flowed")
        try eventually("everything is acknowledged", within: 60) {
            client.acknowledged == Self.messages
        }
        #expect(
            nowMilliseconds() - began
                < Int64(Self.messages * 1000 / Self.messagesPerSecond) * 5 / 4,
            "the pace was kept")
        let ring = directory.file("state/ring")
        try eventually("everything is judged", within: 60) {
            try missing(in: ring).allSatisfy { $0 % Self.sensorCount == 0 }
        }
        client.stop()
        stop()
        // Whoever was taken out is refused from then on; until then not one of its readings is.
        let absent = try missing(in: ring)
        let last = try #require(absent.first)
        #expect(absent == Array(stride(from: last, through: Self.messages, by: Self.sensorCount)))
        #expect((Self.messages * 3 / 4..<Self.messages).contains(last))
        let entries = try entries()
        checkUntouched(entries, from: began)
        checkTouched(entries)
        checkNotices(entries)
    }

    /// The messages that are not in the ring, or not judged yet.
    private func missing(in ring: String) throws -> [Int] {
        let judged = try judgedSequences(ring: ring)
        return (1...Self.messages).filter { !judged.contains(UInt64($0)) }
    }

    /// When message `index` was measured, by its gateway's clock: two seconds behind ours, so that
    /// no stamp is ever from the future, and no two of one sensor are alike.
    private static func stamp(_ index: Int, from start: Int64) -> Int64 {
        start - 2000 + Int64(index * 1000 / messagesPerSecond)
    }

    private static func publish(
        by client: TestClient, from start: Int64, counting sent: borrowing Atomic<Int>
    ) {
        for index in 0..<messages {
            // Behind its time the gateway hurries, ahead of it it waits.
            let ahead = Int64(index * 1000 / messagesPerSecond) + start - nowMilliseconds()
            if ahead > 2 { usleep(UInt32(ahead * 1000)) }
            client.publish(
                "firedamp/v1/demo/reading/\(names[index % sensorCount])",
                payload("\(value(index))", ms: stamp(index, from: start), seq: index + 1))
            sent.store(index + 1, ordering: .relaxed)
        }
    }

    /// The reloads, each at its part of the way.
    private func changeEverything(_ wait: (Double) throws -> Void) throws {
        var sensors = Self.names.map { Self.sensor($0) }
        try wait(0.1)
        // Cosmetic: another fingerprint, and nothing else.
        try reload(Self.site("cosmetic", sensors: sensors), told: 1)
        try wait(0.2)
        // S17 stands at 1.2, over its alarm: the lower cut makes that a halt.
        sensors[17] = Self.sensor("S17", cut: 1.2)
        // S18 stands at 0.9: the lower alarm is reached.
        sensors[18] = Self.sensor("S18", alarm: 0.9, repower: 0.9)
        try reload(Self.site("limits", sensors: sensors), told: 2)
        try eventually("both are told") {
            // In the alert log the alarm may be told together with others: there is a flood.
            let path = directory.file("state/journal/advisories.jsonl")
            let raised = try readJournal(path: path).lines.map(\.record.entry)
                .filter { $0.transition == .raised }
            return raised.contains { $0.severity == .halt && $0.sensor == "S17" }
                && raised.contains { $0.severity == .alarm && $0.sensor == "S18" }
        }
        try wait(0.35)
        // One more sensor, in front of all others: no index may move.
        try reload(
            Self.site("added", sensors: [Self.sensor("A0")] + sensors), told: 3)
        try wait(0.45)
        daemon?.reload {
            let problems = ["site.yaml:2:1: unknown key", "site.yaml:9:1: more"]
            return .failure(SiteRefusal(problems: problems.map { .verbatim($0) }))
        }
        try eventually("the bad file is refused") { alerts("NOTICE", "REFUSED").count == 1 }
        try wait(0.55)
        // S19 holds an alarm and a halt: not without a name.
        let without = [Self.sensor("A0")] + sensors[..<19]
        try reload(Self.site("silently-removed", sensors: without), told: 5)
        try wait(0.65)
        var elsewhere = Self.site("other-mine", sensors: sensors)
        elsewhere.mine = "other"
        try reload(elsewhere, told: 6)
        try wait(0.75)
        let out = Decommission(sensor: "S19", by: "Li Wei", reason: "heading sealed")
        try reload(
            Self.site("decommissioned", sensors: without, decommissioned: [out]), told: 7)
        try eventually("it is told who took it out") {
            alerts("NOTICE", "DECOMMISSIONED").count == 1
        }
        try wait(0.85)
        // The same bytes once more.
        try reload(
            Self.site("decommissioned", sensors: without, decommissioned: [out]), told: 8)
    }

    /// Sensors that no reload changed: exactly what they lead to without any reload, trends too.
    private func checkUntouched(_ entries: [Announcement], from start: Int64) {
        for index in 0..<17 {
            let told = entries.filter { $0.sensor == Self.names[index] }
            let expected = Self.expected(sensor: index, from: start)
            #expect(told.map(Self.gist).sorted() == expected.sorted(), "sensor S\(index)")
            #expect(!expected.isEmpty, "a course that leads to nothing proves nothing")
        }
        let ids = entries.filter { $0.transition == .raised }.compactMap(\.advisory?.id)
        #expect(Set(ids).count == ids.count, "no advisory is raised twice")
    }

    private static func gist(_ entry: Announcement) -> String {
        "\(entry.severity.rawValue) \(entry.transition.rawValue) \(entry.advisory?.id ?? "")"
            + " \(entry.advisory?.revision ?? 0)"
    }

    private static func expected(sensor: Int, from start: Int64) -> [String] {
        let model = Self.sensor(names[sensor])
        var (limits, slopes) = (
            ThresholdDetector(Heading.roster([model])), TrendDetector(Heading.roster([model]))
        )
        var book = AdvisoryBook(site: site("", sensors: [model]), sensors: [model], ring: 0)
        var gists: [String] = []
        for index in stride(from: sensor, to: messages, by: sensorCount) {
            let time = Timestamp(milliseconds: stamp(index, from: start))
            var reading = Reading(
                sensor: 0, kind: .measurement, sourceTime: time, arrivalTime: time,
                value: value(index))
            reading.position = UInt64(index)
            var findings: [Finding] = []
            limits.observe(reading, into: &findings)
            slopes.observe(reading, into: &findings)
            for finding in findings {
                if let entry = book.take(finding) { gists.append(gist(entry)) }
            }
        }
        return gists
    }

    /// Sensors whose limits moved, and the one that was taken out.
    private func checkTouched(_ entries: [Announcement]) {
        func course(_ sensor: String) -> [String] {
            entries.filter { $0.sensor == sensor && $0.severity != .warning }.map {
                "\($0.severity.rawValue) \($0.transition.rawValue) \($0.site)"
            }
        }
        #expect(course("S17") == ["ALARM RAISED site-0", "HALT RAISED limits"])
        #expect(course("S18") == ["ALARM RAISED limits"])
        #expect(
            course("S19") == [
                "ALARM RAISED site-0", "HALT RAISED site-0", "NOTICE DECOMMISSIONED decommissioned",
                "ALARM CLOSED decommissioned",
            ])
    }

    private func checkNotices(_ entries: [Announcement]) {
        let reloads = entries.filter { $0.transition == .reloaded }
        #expect(
            reloads.map(\.site) == [
                "cosmetic", "limits", "added", "decommissioned", "decommissioned",
            ])
        #expect(reloads[0].why.contains("sensors: 0 added, 0 removed, 0 with other limits"))
        #expect(reloads[1].why.contains("2 with other limits"))
        #expect(reloads[2].why.contains("sensors: 1 added"))
        #expect(reloads[3].why.contains("1 removed"))
        let also = "; also changed: sensors named as decommissioned: 1; site decommissioned"
        #expect(reloads[3].why.contains(also), "\(reloads[3].why)")
        #expect(reloads[4].why.contains("unchanged"))
        let refusals = entries.filter { $0.transition == .refused }
        #expect(refusals.map(\.site) == ["added", "added", "added"])
        #expect(refusals[0].why.contains("2 problems: site.yaml:2:1: unknown key"))
        #expect(refusals[1].why.contains("sensor S19 is removed while demo.S19."))
        #expect(refusals[2].why.contains("the mine's code is other"))
    }

    // MARK: Around a restart

    @Test(
        "after reloads and a restart the indexes hold, what stands stands, and nothing is told anew"
    )
    func restart() throws {
        let (a, b, c) = (Self.sensor("A"), Self.sensor("B"), Self.sensor("C"))
        try start(Self.site("one", sensors: [a, b]))
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/B", payload("1.6"))
        try eventually("the halt stands") { alerts("HALT", "RAISED").count == 1 }
        let two = Self.site("two", sensors: [c, b, a])
        try reload(two, told: 1)
        client.publish("firedamp/v1/demo/reading/C", payload("1.2"))
        try eventually("C is judged") { alerts("ALARM", "RAISED").count == 1 }
        stop()
        let names = try String(
            contentsOfFile: directory.file("state/ring.sensors"), encoding: .utf8)
        #expect(names == "A\nB\nC\n")
        try start(two)
        try eventually("what stood stands") {
            alerts("NOTICE", "STARTED").last?.contains("with 1 halts and 1 other") == true
        }
        client.publish("firedamp/v1/demo/reading/B", payload("0.4"))
        client.publish("firedamp/v1/demo/reading/C", payload("0.4"))
        try eventually("both are over, each by its own sensor") {
            alerts("HALT", "GONE").count == 1 && alerts("ALARM", "GONE").count == 1
        }
        client.stop()
        stop()
        #expect(alerts("HALT", "RAISED").count == 1)
        #expect(alerts("ALARM", "RAISED").count == 1)
    }

    @Test(
        "a start without a sensor keeps its advisory open and says so; then it is taken out"
    )
    func coldRemoval() throws {
        let (a, b) = (Self.sensor("A"), Self.sensor("B"))
        try start(Self.site("one", sensors: [a, b]))
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/B", payload("1.2"))
        client.publish("firedamp/v1/demo/reading/B", payload("1.6", ms: nowMilliseconds() + 1))
        try eventually("the halt stands") { alerts("HALT", "RAISED").count == 1 }
        stop()
        try start(Self.site("two", sensors: [a]))
        try eventually("it is said") { alerts("NOTICE", "ABSENT").count == 1 }
        #expect(alerts("NOTICE", "ABSENT")[0].contains("demo.B.cut."))
        #expect(alerts("NOTICE", "STARTED").last?.contains("with 1 halts and 1 other") == true)
        // A change that has nothing to do with it says nothing of it again.
        try reload(Self.site("three", sensors: [a]), told: 1)
        let out = Decommission(sensor: "B", by: "Li Wei", reason: "sealed")
        try reload(Self.site("four", sensors: [a], decommissioned: [out]), told: 2)
        try eventually("it is taken out") { alerts("ALARM", "CLOSED").count == 1 }
        #expect(alerts("NOTICE", "ABSENT").count == 1)
        // Back again: the halt is still its own, and is gone by its own good value.
        try reload(Self.site("five", sensors: [a, b]), told: 3)
        client.publish("firedamp/v1/demo/reading/B", payload("1.2"))
        client.publish("firedamp/v1/demo/reading/B", payload("0.4", ms: nowMilliseconds() + 1))
        client.publish("firedamp/v1/demo/reading/B", payload("1.2", ms: nowMilliseconds() + 2))
        try eventually("its halt is gone, its next alarm is a new one") {
            alerts("HALT", "GONE").count == 1 && alerts("ALARM", "RAISED").count == 2
        }
        client.stop()
        stop()
    }

    @Test("a place in which a halt stands is not renamed: under the new code nothing would stand")
    func renamedPlace() throws {
        let (a, b) = (Self.sensor("A"), Self.sensor("B"))
        func renamed(_ fingerprint: String, _ sensors: [Sensor], _ out: [Decommission]) -> Site {
            var site = Self.site(fingerprint, sensors: sensors, decommissioned: out)
            site.places[0].id = "H102"
            for index in site.sensors.indices { site.sensors[index].place = "H102" }
            return site
        }
        try start(Self.site("one", sensors: [a]))
        try reload(renamed("free", [a], []), told: 1)
        try reload(Self.site("back", sensors: [a]), told: 2)
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/A", payload("1.6"))
        client.publish("firedamp/v1/demo/reading/A", payload("0.4", ms: nowMilliseconds() + 1))
        try eventually("the halt is gone, and latched") { alerts("HALT", "GONE").count == 1 }
        try reload(renamed("renamed", [a], []), told: 3)
        let refused = try #require(alerts("NOTICE", "REFUSED").first)
        #expect(refused.contains("place H101 is removed while demo.A.cut."))
        // Nor does the sensor leave for another one.
        var moved = Self.site("moved", sensors: [a, b])
        moved.places.append(Place(id: "H102", name: "Heading 102"))
        moved.sensors[0].place = "H102"
        try reload(moved, told: 4)
        #expect(alerts("NOTICE", "REFUSED").last?.contains("sensor A goes to another") == true)
        // Sealed, and each of its sensors taken out by name: then it may go.
        let out = Decommission(sensor: "A", by: "Li Wei", reason: "sealed")
        try reload(renamed("sealed", [b], [out]), told: 5)
        #expect(alerts("NOTICE", "REFUSED").count == 2)
        client.stop()
        stop()
    }

    @Test("many reloads at once end with the newest, and none is left half done")
    func burst() throws {
        let a = Self.sensor("A")
        try start(Self.site("start", sensors: [a]))
        for number in 0..<50 {
            let sensors = (0...number).map { Self.sensor("N\($0)") }
            daemon?.reload { .success(Self.site("burst-\(number)", sensors: [a] + sensors)) }
        }
        try eventually("the newest holds") {
            alerts("NOTICE", "RELOADED").last?.hasSuffix("burst-49") == true
        }
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/N49", payload("1.6"))
        try eventually("the newest sensor is judged") { alerts("HALT", "RAISED").count == 1 }
        client.stop()
        stop()
    }
}
