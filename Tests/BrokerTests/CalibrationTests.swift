import BrokerSupport
import Foundation
import Support
import Testing

/// Calibration, gateways and snapshots over the real wire, against the daemon as a child process.
@Suite("Calibration, gateways and snapshots", .serialized)
final class CalibrationTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess
    let client: TestClient
    private let site: String

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        site = directory.file("site.yaml")
        let text = """
            mine: {code: demo, name: Test mine}
            limit-table: own
            people:
              - {name: Zhao Qiang, duty: gas-inspector}
              - {name: 赵强, duty: gas-team}
            places: [{id: P1, name: Place, kind: heading}]
            sensors:
              - {id: S1, place: P1, role: T1, interval: 60s, gateway: G1,
                 limits: {alarm: 1.0, cut: 1.5, repower: 1.0}}
              - {id: S2, place: P1, role: T2, interval: 60s, gateway: G1,
                 limits: {alarm: 1.0, cut: 1.5, repower: 1.0}}

            """
        try directory.write(Array(text.utf8), to: "site.yaml")
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"))
        try daemon.start()
        client = try TestClient(port: broker.port)
    }

    deinit {
        client.stop()
        daemon.kill9()
        broker.stop()
    }

    private func send(_ sensor: String, _ value: String) {
        client.publish("firedamp/v1/demo/reading/\(sensor)", payload(value))
    }

    private func calibrate(_ arguments: String...) throws -> (code: Int32, errors: String) {
        let errors = directory.file("calibrate.err")
        let output = directory.file("calibrate.out")
        for file in [errors, output] { try Data().write(to: URL(fileURLWithPath: file)) }
        let command = try ChildProcess(
            DaemonProcess.executable,
            ["calibrate"] + arguments
                + ["--site", site, "--broker", "mqtt://127.0.0.1:\(broker.port)"],
            errors: errors, output: output)
        return (command.wait(), try String(contentsOfFile: errors, encoding: .utf8))
    }

    @Test(
        "a named calibration holds back its own sensor's halt, not the neighbour's, until it ends")
    func calibration() throws {
        #expect(try calibrate("S1", "--by", "赵强", "--minutes", "5").code == 0)
        try eventually("it stands in the log") { daemon.lines("NOTICE", "RAISED", "S1").count == 1 }
        #expect(daemon.lines("NOTICE", "RAISED", "S1")[0].contains("by 赵强"))
        send("S1", "0.0")
        send("S1", "2.0")
        send("S2", "1.6")
        try eventually("the neighbour guards") { daemon.lines("HALT", "RAISED", "S2").count == 1 }
        #expect(daemon.lines("HALT", "RAISED", "S1").isEmpty)
        #expect(try calibrate("S1", "--by", "Zhao Qiang", "--end").code == 0)
        try eventually("its end is told") { daemon.lines("NOTICE", "GONE", "S1").count == 1 }
        #expect(
            daemon.lines("NOTICE", "GONE", "S1")[0].contains("2.00"), "test gas is recorded as such"
        )
        send("S1", "1.7")
        try eventually("it guards again") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
    }

    @Test("a calibration of nobody, of no sensor, or without a daemon is refused with its reason")
    func refused() throws {
        let stranger = try calibrate("S1", "--by", "Somebody")
        #expect(stranger.code == 65)
        #expect(stranger.errors.contains("nobody named Somebody; people are Zhao Qiang, 赵强"))
        let unknown = try calibrate("S9", "--by", "Zhao Qiang")
        #expect(unknown.code == 65)
        #expect(unknown.errors.contains("no sensor S9"))
        broker.stop()
        let alone = try calibrate("S1", "--by", "Zhao Qiang")
        #expect(alone.code == 69)
        try broker.start()
    }

    @Test("a gateway that says offline, or whose will does, is one line for all its sensors")
    func gateway() throws {
        client.publish("firedamp/v1/demo/gateway/G1", "offline", retain: true)
        try eventually("it is told") { daemon.lines("FAULT", "RAISED", "G1").count == 1 }
        #expect(daemon.lines("FAULT", "RAISED", "G1")[0].contains("sensors 2"))
        client.publish("firedamp/v1/demo/gateway/G1", "online", retain: true)
        try eventually("its end, too") { daemon.lines("FAULT", "GONE", "G1").count == 1 }
        #expect(
            daemon.lines("FAULT", "RAISED", "S1").isEmpty
                && daemon.lines("FAULT", "RAISED", "S2").isEmpty)
    }

    @Test("a gateway whose word goes to and fro is told three times, then as flapping, also killed")
    func flapping() throws {
        func flap(_ count: Int) {
            for _ in 0..<count {
                client.publish("firedamp/v1/demo/gateway/G1", "offline", retain: true)
                client.publish("firedamp/v1/demo/gateway/G1", "online", retain: true)
            }
        }
        flap(20)
        try eventually("the flapping is told") { daemon.lines("FAULT", "RAISED", "G1").count == 4 }
        #expect(daemon.lines("FAULT", "RAISED", "G1")[3].contains("times lost in 10 min 4"))
        daemon.kill9()
        try daemon.start()
        flap(20)
        send("S1", "1.6")
        try eventually("what comes behind it") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
        #expect(daemon.lines("FAULT", "RAISED", "G1").count == 4)
        #expect(daemon.lines("FAULT", "GONE", "G1").count == 3)
    }

    @Test("killed, it goes on from its snapshots; a damaged one is said, and nothing is forgotten")
    func snapshots() throws {
        let files = ["threshold", "trend", "integrity"].map {
            directory.file("state/ring.\($0).state")
        }
        send("S1", "1.6")
        try eventually("the halt") { daemon.lines("HALT", "RAISED", "S1").count == 1 }
        try eventually("a snapshot of each detector") {
            files.allSatisfy { FileManager.default.fileExists(atPath: $0) }
        }
        daemon.kill9()
        try daemon.start()
        #expect(!daemon.errorText.contains("not used"), "\(daemon.errorText)")
        daemon.kill9()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: files[0]))
        bytes[bytes.count - 3] ^= 0x10
        try bytes.write(to: URL(fileURLWithPath: files[0]))
        try daemon.start()
        #expect(daemon.errorText.contains("damaged; it is not used"))
        send("S1", "0.4")
        try eventually("the halt is known all the same") {
            daemon.lines("HALT", "GONE", "S1").count == 1
        }
        #expect(daemon.lines("HALT", "RAISED", "S1").count == 1)
    }
}
