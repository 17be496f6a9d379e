import BrokerSupport
import Foundation
import Support
import Testing

/// Readings that are old when they come, in real time over the real wire: of a gateway whose clock
/// is behind, and of a feed that somebody delays. They are heard, and must neither read as proof
/// nor halt for nothing; what they show over the cut halts at once.
///
/// That a feed which was never anything but old is silent takes five minutes, which no site file
/// shortens: with `FIREDAMP_DELAYED_SECONDS` of 330 or more they are waited for.
@Suite("Old readings in real time")
final class OldReadingsTests {
    private static let delayedSeconds = seconds(from: "FIREDAMP_DELAYED_SECONDS", otherwise: 40)
    /// So many seconds may pass until the simulator sends, or a line is written, on a busy machine.
    private static let slack = 15.0

    private let directory: TemporaryDirectory
    private let broker: Mosquitto
    private let daemon: DaemonProcess
    private let permits: TestClient
    private var gateways: [ChildProcess] = []

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        daemon = DaemonProcess(
            site: directory.file("site.yaml"), port: broker.port,
            stateDirectory: directory.file("state"))
        permits = try TestClient(port: broker.port, filters: ["firedamp/v1/demo/place/+/permit"])
    }

    /// Starts the daemon with three sensors, each alone in its place and behind a gateway of its
    /// own, which may be quiet for nine seconds. `blind`: how long a place may be, 300 s otherwise.
    private func start(blind: String? = nil) throws {
        var text = "mine: {code: demo, name: Test mine}\nlimit-table: own\nplaces:\n"
        for number in 1...3 { text += "  - {id: P\(number), name: Place, kind: heading}\n" }
        text += "sensors:\n"
        for number in 1...3 {
            text += "  - {id: S\(number), place: P\(number), role: T1, interval: 3s, "
            text += "gateway: G\(number), limits: {alarm: 1.0, cut: 1.5, repower: 1.0}}\n"
        }
        if let blind { text += "grounds: [{id: blind, allowed: \(blind)}]\n" }
        try directory.write(Array(text.utf8), to: "site.yaml")
        try daemon.start()
    }

    deinit {
        for gateway in gateways { gateway.end(SIGKILL) }
        permits.stop()
        daemon.kill9()
        broker.stop()
    }

    /// A gateway that sends a value of `sensor` each second from now on, whose clock, or feed, is
    /// `behind` seconds behind; the last five are `last`.
    private func send(
        _ sensor: String, seconds: Int, behind: Int64, last: String = "0.40"
    ) throws {
        let start = nowMilliseconds() - behind * 1000
        var text = "ts,sensor,value\n"
        for second in 0..<seconds {
            let value = second >= seconds - 5 ? last : second % 2 == 0 ? "0.40" : "0.41"
            text += "\(start + Int64(second) * 1000),\(sensor),\(value)\n"
        }
        let trace = "\(sensor)-\(gateways.count).csv"
        try directory.write(Array(text.utf8), to: trace)
        gateways.append(
            try ChildProcess(
                DaemonProcess.simulator,
                [
                    "replay", directory.file(trace), "--broker", "mqtt://127.0.0.1:\(broker.port)",
                    "--mine", "demo", "--stamps", "kept",
                ]))
    }

    private struct Permit: Decodable {
        var code: String
        var permit: String
    }

    /// Every permit of a place so far, oldest first.
    private func permits(of place: String) -> [String] {
        permits.received.compactMap {
            try? JSONDecoder().decode(Permit.self, from: Data($0.text.utf8))
        }.filter { $0.code == place }.map(\.permit)
    }

    private func wait(_ seconds: Double, _ condition: () -> Void = {}) async throws {
        let end = nowMilliseconds() + Int64(seconds * 1000)
        try await comesTrue("\(seconds) s have passed", within: seconds + Self.slack) {
            condition()
            return nowMilliseconds() >= end
        }
    }

    @Test("a clock 36 s behind is a doubt and a fault, hides nothing, and halts for nothing")
    func clockBehind() async throws {
        try start()
        try send("S2", seconds: 140, behind: 0)
        // Behind from the start, and from the fifteenth second on.
        try send("S3", seconds: 100, behind: 36, last: "1.60")
        try send("S1", seconds: 15, behind: 0)
        try await comesTrue("the place is proven while its clock is right", within: 60) {
            permits(of: "P1").contains("permitted")
        }
        try await comesTrue("the gateway has sent all", within: 30) { !gateways[2].isRunning }
        try send("S1", seconds: 75, behind: 36, last: "1.60")
        try await comesTrue("the fault is told", within: 9 + Self.slack) {
            !daemon.lines("FAULT", "RAISED", "S1").isEmpty
        }
        let before = permits(of: "P1").count
        #expect(daemon.lines("FAULT", "RAISED", "S1")[0].contains("old readings only"))
        #expect(daemon.lines("FAULT", "RAISED", "S1")[0].contains("check the clock"))
        // Its stamps are newer than those of before again after 36 s, and as old as ever.
        try await wait(38)
        #expect(daemon.lines("HALT", "RAISED").isEmpty && daemon.lines("HALT", "WORSE").isEmpty)
        #expect(daemon.lines("FAULT", "GONE").isEmpty && daemon.lines("ALARM", "RAISED").isEmpty)
        for sensor in ["S1", "S3"] {
            try await comesTrue("\(sensor) over the cut halts", within: 60) {
                daemon.lines("HALT", "RAISED", sensor).count == 1
            }
            let halt = daemon.lines("HALT", "RAISED", sensor)[0]
            #expect(halt.contains("1.60%CH4"), "\(halt)")
            #expect(halt.contains("LATE: the reading was 3"), "\(halt)")
        }
        #expect(!permits(of: "P1").dropFirst(before).contains("permitted"))
        #expect(!permits(of: "P3").contains("permitted"))
        #expect(permits(of: "P2").last == "permitted", "whose clock is right is proven")
        try await comesTrue("both places are halted", within: Self.slack) {
            permits(of: "P1").last == "halted" && permits(of: "P3").last == "halted"
        }
        #expect(daemon.lines("FAULT", "RAISED").count == 1, "one line for one thing")
    }

    @Test("a feed that somebody begins to delay is silent, is halted, and does not end that")
    func delayBegins() async throws {
        try start(blind: "60s")
        try send("S2", seconds: 140, behind: 0)
        try send("S1", seconds: 15, behind: 0)
        try await comesTrue("the place is proven while its feed is", within: 60) {
            permits(of: "P1").contains("permitted")
        }
        try await comesTrue("the feed has stopped", within: 30) { !gateways[1].isRunning }
        // What was measured from now on comes 45 s later, in order.
        let stopped = nowMilliseconds()
        try await comesTrue("its silence is told", within: 9 + Self.slack) {
            !daemon.lines("FAULT", "RAISED", "S1").isEmpty
        }
        let before = permits(of: "P1").count
        try await wait(Double(45_000 - (nowMilliseconds() - stopped)) / 1000)
        try send("S1", seconds: 45, behind: 45)
        try await comesTrue("it is halted while its old readings come", within: 30 + Self.slack) {
            !daemon.lines("HALT", "WORSE", "S1").isEmpty
        }
        try await wait(10)
        #expect(gateways[2].isRunning, "they still do")
        #expect(daemon.lines("FAULT", "GONE").isEmpty && daemon.lines("HALT", "GONE").isEmpty)
        #expect(!permits(of: "P1").dropFirst(before).contains("permitted"))
        #expect(permits(of: "P1").last == "halted" && permits(of: "P2").last == "permitted")
    }

    @Test("a feed ten minutes behind, in order, proves nothing at once, and is silent after five")
    func tenMinutes() async throws {
        let length = Self.delayedSeconds
        try start(blind: "60s")
        try send("S1", seconds: Int(length) + 120, behind: 600)
        try send("S2", seconds: Int(length) + 120, behind: 0)
        try await comesTrue("who is in time is proven", within: 60) {
            permits(of: "P2").contains("permitted")
        }
        try await wait(min(length, 280))
        #expect(daemon.lines("FAULT", "RAISED", "S1").isEmpty, "a store may take minutes to empty")
        if length >= 330 {
            try await comesTrue("it is silent after five minutes", within: 40) {
                !daemon.lines("FAULT", "RAISED", "S1").isEmpty
            }
            let fault = daemon.lines("FAULT", "RAISED", "S1")[0]
            #expect(fault.contains("old readings only") && fault.contains("check the clock"))
            try await comesTrue("and halted a minute later", within: 60 + Self.slack) {
                !daemon.lines("HALT", "WORSE", "S1").isEmpty
            }
            try await comesTrue("its permit says so", within: Self.slack) {
                permits(of: "P1").last == "halted"
            }
        }
        #expect(!permits(of: "P1").contains("permitted"))
        #expect(permits(of: "P1").contains("doubtful"))
        #expect(permits(of: "P2").last == "permitted")
    }
}
