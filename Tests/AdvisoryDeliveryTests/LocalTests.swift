import AdvisoryDelivery
import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Against a real datagram socket.
@Suite("syslog and journald")
struct LocalTests {
    let bench: DeliveryBench

    init() throws { bench = try DeliveryBench() }

    private func transport(_ target: OutletSettings.Target) throws -> any OutletTransport {
        let parts = bench.parts()
        return try parts.transport(OutletSettings(name: "l", target: target), parts)
    }

    private func document(_ told: Told) throws -> OutletDocument {
        OutletDocument(try bench.append([told])[0])
    }

    @Test("a message of RFC 5424 carries who, what and which in its structured data")
    func syslog() throws {
        let path = bench.directory.file("log")
        let socket = try NotifySocket(path: path)
        let transport = try transport(.syslog(.local(path: path)))
        let told = Told(id: "demo.S1.cut", revision: 2, why: "two ] \"words\" and a \\, \nline")
        #expect(transport.deliver(try document(told)) == .delivered)
        let message = try #require(socket.received().first)
        let shape =
            /<25>1 (\S+) \S+ firedamp \d+ RAISED \[firedamp@32473 ([^\]]*)\] \u{FEFF}HALT RAISED .*/
        let parts = try #require(try shape.wholeMatch(in: message))
        let stamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d/
        #expect(String(parts.1).wholeMatch(of: stamp) != nil)
        let data = String(parts.2)
        for pair in [
            "key=\"demo.S1.cut/2\"", "journal=\"1\"", "mine=\"demo\"", "place=\"H101\"",
            "sensor=\"H101-T1\"", "rule=\"cut\"", "revision=\"2\"", "state=\"active\"",
            "value=\"1.6\"", "limit=\">=1.50\"",
        ] {
            #expect(data.contains(pair))
        }
        #expect(!message.contains("\n"))
        #expect(message.utf8.count <= 2048)
    }

    @Test("a long one is cut at 2,048 bytes, between two characters")
    func long() throws {
        let path = bench.directory.file("log")
        let socket = try NotifySocket(path: path)
        let transport = try transport(.syslog(.local(path: path)))
        let told = Told(id: "a", why: String(repeating: "瓦斯", count: 2000))
        #expect(transport.deliver(try document(told)) == .delivered)
        let message = try #require(socket.received().first)
        #expect((2040...2048).contains(message.utf8.count))
        #expect(!message.contains("\u{FFFD}"))
    }

    @Test("the native protocol of journald takes a text of several lines whole")
    func journald() throws {
        let path = bench.directory.file("journal.socket")
        let socket = try NotifySocket(path: path)
        let transport = try transport(.journald(path: path))
        let told = Told(id: "demo.S1.cut", why: "first\nsecond")
        var entry = try told.entry()
        entry.action = "stop\nwithdraw"
        let line = try JournalLine(JournalRecord(number: 4, previous: "", entry: entry))
        #expect(transport.deliver(OutletDocument(line)) == .delivered)
        let message = try #require(socket.received().first)
        for field in [
            "PRIORITY=1\n", "MESSAGE_ID=", "SYSLOG_IDENTIFIER=firedamp\n",
            "FIREDAMP_ADVISORY=demo.S1.cut\n", "FIREDAMP_KEY=demo.S1.cut/1\n",
            "FIREDAMP_JOURNAL=4\n", "FIREDAMP_SEVERITY=HALT\n", "FIREDAMP_VALUE=1.6\n",
            "FIREDAMP_ACTION\n\u{d}\0\0\0\0\0\0\0stop\nwithdraw\n",
        ] {
            #expect(message.contains(field), "\(field)")
        }
    }

    @Test("a receiver that is not there fails, and one that comes back has the next one")
    func absent() throws {
        let path = bench.directory.file("log")
        let transport = try transport(.syslog(.local(path: path)))
        let document = try document(Told(id: "a"))
        let reason = "\(path): No such file or directory"
        #expect(transport.deliver(document) == .failed(reason: reason))
        do {
            let socket = try NotifySocket(path: path)
            #expect(transport.deliver(document) == .delivered)
            #expect(socket.received().count == 1)
        }
        unsafe unlink(path)
        let again = try NotifySocket(path: path)
        #expect(transport.deliver(document) == .delivered, "by a new connection")
        #expect(again.received().count == 1)
    }

    @Test("a receiver whose queue stays full fails within half a second and holds up nobody")
    func full() throws {
        let path = bench.directory.file("log")
        let socket = try NotifySocket(path: path)
        let transport = try transport(.syslog(.local(path: path)))
        let document = try document(Told(id: "a"))
        var outcome = DeliveryOutcome.delivered
        for _ in 0..<100_000 where outcome == .delivered { outcome = transport.deliver(document) }
        guard case .failed = outcome else {
            Issue.record("a queue without end: \(outcome)")
            return
        }
        #expect(!socket.received().isEmpty)
        #expect(transport.deliver(document) == .delivered)
    }

    @Test("over TCP each message stands behind its length, and a new connection follows a lost one")
    func tcp() throws {
        let receiver = try StreamReceiver()
        let transport = try transport(
            .syslog(.tcp(host: "127.0.0.1", port: UInt16(receiver.port))))
        let document = try document(Told(id: "a"))
        #expect(transport.deliver(document) == .delivered)
        let first = try #require(receiver.next())
        let length = try #require(first.split(separator: " ").first)
        #expect(first.utf8.count == length.utf8.count + 1 + (Int(length) ?? 0))
        receiver.closeConnection()
        #expect(transport.deliver(document) == .delivered)
        #expect(receiver.next() == first)
    }
}

/// One TCP connection at a time, read where the test asks.
final class StreamReceiver {
    let port: Int32
    private let listener: Int32
    private var connection: Int32 = -1

    init() throws {
        port = try freePort()
        listener = try listeningSocket(port: port)
    }

    deinit {
        closeConnection()
        close(listener)
    }

    /// What came next.
    func next() -> String? {
        if connection < 0 { connection = accept(listener, nil, nil) }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = unsafe recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    func closeConnection() {
        if connection >= 0 { close(connection) }
        connection = -1
    }
}
