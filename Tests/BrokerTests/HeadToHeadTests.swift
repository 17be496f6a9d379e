import BrokerSupport
import Foundation
import Support
import Testing

/// The cases in which today's alarm software was seen to fail, against the daemon as it ships.
///
/// Tests/HEAD-TO-HEAD.md has all of them with what each of the others did; those that need no
/// broker stand with the detectors, those that stood before stand where they were.
@Suite("Head to head", .serialized)
final class HeadToHeadTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess
    let client: TestClient

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(in: directory.path, sensors: ["S1", "S2"], interval: "1s")
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"),
            ["--heartbeat", "1"])
        try daemon.start()
        client = try TestClient(port: broker.port)
    }

    deinit {
        client.stop()
        daemon.kill9()
        broker.stop()
    }

    private func send(_ sensor: String, _ value: String, ms: Int64 = nowMilliseconds()) {
        client.publish("firedamp/v1/demo/reading/\(sensor)", payload(value, ms: ms))
    }

    @Test("1: a single reading over the limit is a halt, also when no other one follows")
    func single() throws {
        send("S1", "1.6")
        try eventually("the halt") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
    }

    @Test(
        "2: what is no number does not clear a halt, and is a fault of its own",
        arguments: ["NaN", "null", "-Infinity", "-999999", "-0.5"])
    func notANumber(_ value: String) throws {
        let start = nowMilliseconds() - 10
        send("S1", "1.6", ms: start)
        send("S1", value, ms: start + 1)
        send("S1", value, ms: start + 2)
        try eventually("the fault") { daemon.lines("FAULT", "RAISED", "S1").count == 1 }
        #expect(daemon.lines("HALT", "RAISED", "S1").count == 1)
        #expect(daemon.lines("HALT", "GONE", "S1").isEmpty)
    }

    @Test("3: each of 40 peaks of 50 ms is seen: the first halts, none is lost from the count")
    func peaks() throws {
        let start = nowMilliseconds() - 90_000
        for peak in 0..<40 {
            let at = start + Int64(peak) * 2000
            send("S1", "0.4", ms: at)
            send("S1", "3.5", ms: at + 25)
            send("S1", "0.4", ms: at + 50)
        }
        try eventually("the first peak halts") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
        #expect(daemon.lines("HALT", "RAISED", "S1")[0].contains(" 3.50%CH4"))
        try eventually("the others make it a state, and no flood of lines") {
            daemon.lines("WARNING", "RAISED", "S1").contains { $0.contains("to and fro") }
        }
        #expect(daemon.lines("HALT", "RAISED", "S1").count == 1)
    }

    @Test("4: silence in the middle of a rise is told as such, and nothing reads as all clear")
    func silentMidRise() throws {
        let start = nowMilliseconds()
        for second in 0..<10 {
            send("S1", String(0.5 + 0.06 * Double(second)), ms: start - Int64(9 - second) * 1000)
        }
        try eventually("the alarm") { daemon.lines("ALARM", "RAISED", "S1").count == 1 }
        try eventually("the silence") {
            daemon.lines("ALARM", "RAISED", "S1").contains { $0.contains("fell silent while") }
        }
        #expect(daemon.lines("ALARM", "GONE", "S1").isEmpty)
    }

    @Test("5: killed while a halt fires it fires on, is not raised anew, and is latched ever after")
    func restartWhileFiring() throws {
        send("S1", "1.6")
        try eventually("the halt") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
        for _ in 0..<3 {
            daemon.kill9()
            try daemon.start()
        }
        send("S1", "1.7")
        send("S2", "1.7")
        try eventually("the other's halt") { daemon.lines("HALT", "RAISED", "S2").count == 1 }
        #expect(daemon.lines("HALT", "RAISED", "S1").count == 1)
    }

    @Test("6: what recovered while the daemon was dead is told, and stays latched")
    func recoveryWhileDown() throws {
        send("S1", "1.6")
        try eventually("the halt") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
        daemon.kill9()
        send("S1", "0.4")
        try daemon.start()
        try eventually("its end") { daemon.lines("HALT", "GONE", "S1").count == 1 }
        #expect(daemon.lines("HALT", "GONE", "S1")[0].contains("stays latched"))
    }

    @Test("10: stamps from the future neither blind a sensor nor make the next readings late")
    func future() throws {
        let now = nowMilliseconds()
        send("S1", "0.4", ms: now + 600_000)
        send("S1", "0.4", ms: now + 600_001)
        send("S2", "1.6")
        try eventually("others are judged") { daemon.lines("HALT", "RAISED", "S2").count == 1 }
        send("S1", "1.6")
        try eventually("so is the sensor itself") {
            daemon.lines("HALT", "RAISED", "S1").count == 1
        }
        #expect(!daemon.lines("HALT", "RAISED", "S1")[0].contains("LATE"))
        send("S1", "0.4")
        try eventually("and its end") { daemon.lines("HALT", "GONE", "S1").count == 1 }
    }

    @Test("11: a backlog is judged whole and in order, its halt is told as late, and ends nothing")
    func backlog() throws {
        let start = nowMilliseconds() - 95_000
        for second in 0..<60 {
            let value = (20..<30).contains(second) ? "1.6" : "0.4"
            send("S1", value, ms: start + Int64(second) * 1000)
        }
        try eventually("the halt in the backlog") {
            daemon.lines("HALT", "RAISED", "S1").count == 1
        }
        #expect(daemon.lines("HALT", "RAISED", "S1")[0].contains("LATE"))
        send("S2", "1.6")
        try eventually("what comes after it") { daemon.lines("HALT", "RAISED", "S2").count == 1 }
        #expect(daemon.lines("HALT", "GONE", "S1").isEmpty, "what is late ends nothing")
    }

    @Test("12: two thousand messages of garbage cost a count, and no reading beside them")
    func garbage() throws {
        for index in 0..<2000 {
            client.publish("firedamp/v1/demo/reading/S1", index % 2 == 0 ? "{\"v\":" : "\u{1}\u{2}")
            if index == 1000 { send("S1", "1.6") }
        }
        try eventually("the reading in the midst") {
            daemon.lines("HALT", "RAISED", "S1").count == 1
        }
        try eventually("the heartbeat counts them") {
            daemon.alerts.contains { $0.hasPrefix("HEARTBEAT") && $0.contains(" 2000 refused") }
        }
        let told = daemon.errorText.split(separator: "\n").filter { $0.contains("refused:") }
        #expect(told.count <= 4, "one line for each reason and minute")
    }
}
