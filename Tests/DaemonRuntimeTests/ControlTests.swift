import AdvisoryJournal
import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The control socket of a daemon within the test's own process.
@Suite("Control socket", .serialized)
final class ControlTests: DaemonBench {
    private static let site: Site = {
        var site = Heading.site
        let login = NSUserName()
        site.people = [
            Person(name: "Wang Lei", duty: .dispatcher, contact: nil, login: login),
            Person(name: "Chen Jun", duty: .chiefEngineer, contact: nil, login: login),
        ]
        site.timing.holdSeconds = 1
        return site
    }()

    private func start(stateDirectory: String? = nil) throws -> Daemon {
        try startDaemon(Self.site) { options in
            options.stateDirectory = stateDirectory ?? options.stateDirectory
        }
    }

    private func ask(
        _ request: ControlRequest, stateDirectory: String? = nil
    ) throws -> ControlAnswer {
        let client = ControlClient(stateDirectory: stateDirectory ?? directory.file("state"))
        return try client.ask(request, seconds: 10)
    }

    private func order(
        _ order: OperatorOrder, by name: String, stateDirectory: String? = nil
    ) throws -> ControlAnswer {
        try ask(
            ControlRequest(.order, by: name, order: order), stateDirectory: stateDirectory)
    }

    private func publish(_ value: String) throws {
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/H101-T1", payload(value))
        try eventually("it is acknowledged") { client.acknowledged == 1 }
        client.stop()
    }

    private func stage(stateDirectory: String? = nil) throws -> String? {
        try ask(ControlRequest(.show, advisory: "T1.cut"), stateDirectory: stateDirectory)
            .advisory?.stage
    }

    @Test("a halt from its first line to its release, all of it asked from outside")
    func life() throws {
        let daemon = try start()
        defer { daemon.stop(reason: "the test is over") }
        try publish("1.6")
        try eventually("it is raised") { try stage() == "raised" }
        let ack = OperatorOrder(.acknowledge, of: "T1.cut", text: "all out")
        #expect(try order(ack, by: "Wang Lei").done?.transition == .acknowledged)
        let seen = OperatorOrder(.verify, of: "T1.cut", text: "", checks: Check.allCases)
        #expect(try order(seen, by: "Wang Lei").done?.advisory?.stage == .secured)
        let release = OperatorOrder(.release, of: "T1.cut", text: "treated")
        let early = try order(release, by: "Chen Jun")
        #expect(early.failure?.code == .notNow)
        #expect(early.failure?.reasons.contains("its condition still holds") == true)
        try publish("0.5")
        try eventually("it is over") { try stage() == "releasable" }
        try eventually("it was held") {
            try ask(ControlRequest(.show, advisory: "T1.cut")).advisory?.lacks == []
        }
        #expect(try order(release, by: "Chen Jun").done?.transition == .released)
        let open = try ask(ControlRequest(.status)).status?.advisories
        // Its sensors may have fallen silent meanwhile.
        #expect(open?.contains { $0.last.advisory?.rule == "cut" } == false)
        #expect(try order(release, by: "Chen Jun").failure?.code == .unknown)
    }

    @Test("an order that the journal does not take has not happened, and can be given again")
    func journalFails() throws {
        guard let disk = SmallDisk(bytes: 16 << 20) else {
            print("skipped: no right to mount")
            return
        }
        let state = disk.path + "/state"
        let daemon = try start(stateDirectory: state)
        defer { daemon.stop(reason: "the test is over") }
        try publish("1.6")
        try eventually("it is raised") { try stage(stateDirectory: state) == "raised" }
        disk.fill()
        var (number, refusals) = (0, 0)
        // The reserve and raw readings are given up first; then nothing is left.
        try eventually("the journal takes no more") {
            number += 1
            disk.fill()
            let note = OperatorOrder(.note, text: String(repeating: "x", count: 5000))
            let answer = try order(note, by: "Wang Lei", stateDirectory: state)
            refusals = answer.failure?.code == .unavailable ? refusals + 1 : 0
            return refusals == 8
        }
        #expect(number < 60)
        let ack = OperatorOrder(.acknowledge, of: "T1.cut", text: "all out", request: "r")
        let refused = try order(ack, by: "Wang Lei", stateDirectory: state)
        #expect(refused.failure?.code == .unavailable)
        #expect(refused.failure?.reasons.first?.contains("nothing was done") == true)
        #expect(try stage(stateDirectory: state) == "raised")
        disk.free()
        let done = try order(ack, by: "Wang Lei", stateDirectory: state)
        #expect(done.done?.transition == .acknowledged && done.isRepeated == nil)
        #expect(try order(ack, by: "Wang Lei", stateDirectory: state).isRepeated == true)
        let journal = try readJournal(path: state + "/journal/advisories.jsonl")
        #expect(journal.damage == nil)
        #expect(journal.lines.count { $0.record.entry.act?.request == "r" } == 1)
    }

    // MARK: Clients that do wrong

    /// A bare connection.
    private final class Line: Sendable {
        let handle: Int32
        init(_ path: String) throws {
            handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) {
                unsafe $0.copyBytes(from: Array(path.utf8.prefix($0.count - 1)))
            }
            let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                    unsafe connect(
                        handle, target, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            guard isConnected else { throw TestFailure(description: "connect: \(errno)") }
            var second = timeval(tv_sec: 5, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &second, size)
            unsafe setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &second, size)
        }
        deinit { close(handle) }
        func say(_ text: String) {
            let bytes = Array(text.utf8)
            _ = unsafe send(handle, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        /// Everything until the other end closes, or nothing came for long.
        func hear() -> String {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = unsafe recv(handle, &buffer, buffer.count, 0)
                guard count > 0 else { return String(decoding: all, as: UTF8.self) }
                all += buffer[..<count]
            }
        }
    }

    @Test(
        "rubbish gets a clear error and loses its connection, nothing else",
        arguments: [
            ("nonsense", "no JSON object"), ("{}", "'v', the version"),
            (#"{"v":2,"ask":"status"}"#, "version 2 is not spoken"),
            (#"{"v":1,"ask":"reboot"}"#, "'ask' must be one of"),
            (#"{"v":1,"ask":"status","colour":1}"#, "unknown field 'colour'"),
            (#"{"v":1,"ask":"order"}"#, "'order' is missing"),
            (#"{"v":1,"ask":"order","order":{"kind":"note"}}"#, "'text' is missing"),
            (
                #"{"v":1,"ask":"order","order":{"kind":"note","text":"x","now":true}}"#,
                "the order has an unknown field 'now'"
            ),
            (#"{"v":1,"ask":"order","order":{"kind":"erase","text":"x"}}"#, "order.kind"),
            (String(repeating: "x", count: 70_000), "at most 65536 bytes"), ("", "no JSON object"),
        ])
    func rubbish(_ text: String, _ reason: String) throws {
        let daemon = try start()
        defer { daemon.stop(reason: "the test is over") }
        let line = try Line(directory.file("state/control.sock"))
        line.say(text + "\n")
        let answer = line.hear()
        #expect(answer.contains(reason), "\(answer)")
        #expect(answer.contains(#""code":"malformed""#))
        #expect(answer.count { $0 == "\n" } == 1)
        #expect(try ask(ControlRequest(.status)).status != nil)
    }

    @Test("clients that hang or flood do not keep others from being answered")
    func floods() throws {
        let daemon = try start()
        defer { daemon.stop(reason: "the test is over") }
        let path = directory.file("state/control.sock")
        let hanging = try (0..<6).map { _ in try Line(path) }
        hanging[0].say(#"{"v":1,"ask":"sta"#)
        // Asks without end and never reads an answer.
        let question = "{\"v\":1,\"ask\":\"status\"}\n"
        let flood = Thread {
            for _ in 0..<20 { hanging[1].say(String(repeating: question, count: 100)) }
        }
        flood.start()
        // The flooder is of our own user, whose share of questions is used up soon: then that is
        // said, at once, and an order is carried out all the same.
        let start = DispatchTime.now().uptimeNanoseconds
        let note = try order(OperatorOrder(.note, text: "here"), by: "Wang Lei")
        #expect(note.done?.transition == .noted)
        #expect(DispatchTime.now().uptimeNanoseconds - start < 2_000_000_000)
        let others = try [Line(path), Line(path), Line(path)]
        #expect(others[2].hear().contains("too many connections"))
        _ = others[0]
        _ = hanging[5]
    }

    @Test("a user who orders without end is held up, and nobody else's journal is filled")
    func orderRate() throws {
        let daemon = try start()
        defer { daemon.stop(reason: "the test is over") }
        func give(_ count: Int) throws {
            for _ in 0..<count {
                let note = try order(OperatorOrder(.note, text: "x"), by: "Wang Lei")
                #expect(note.failure == nil)
            }
        }
        let begin = DispatchTime.now().uptimeNanoseconds
        try give(24)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        // Twenty at once, two a second from then on; whoever waits is not refused.
        #expect(seconds >= 2)
        let path = directory.file("state/control.sock")
        let impatient = try Line(path)
        let text = #"{"v":1,"ask":"order","by":"Wang Lei","order":{"kind":"note","text":"x"}}"#
        impatient.say(String(repeating: text + "\n", count: 20))
        #expect(impatient.hear().contains("\"busy\""))
    }
}
