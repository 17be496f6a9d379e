import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The journal's directory turns read-only while the daemon guards: said on every other way within
/// five seconds, advisories go out all the same, and nothing is lost once it is mended.
///
/// Three ways in which that happens, each different for files that are open: the kernel finds an
/// error and the whole disk turns read-only; files and directory are made immutable; the directory
/// alone takes no new names.
@Suite("Read-only journal", .serialized)
final class ReadOnlyJournalTests {
    private let directory: TemporaryDirectory
    private let disk: LoopDisk?
    static let sensors = (0..<12).map { "S\($0)" }

    init() throws {
        directory = try TemporaryDirectory()
        disk = LoopDisk(in: directory, at: "state/journal", bytes: 32 << 20)
        if disk == nil { print("skipped: this machine lets us mount no disk of our own") }
    }

    deinit { LoopDisk.set(immutable: false, journalPaths) }

    /// The directory last, so that its files can still be found.
    private var journalPaths: [String] {
        ["advisories.jsonl", "head", "reserve", ""].map { directory.file("state/journal/" + $0) }
    }

    /// `more`: sensors besides those of all tests.
    private func started(_ arguments: [String] = [], more: [String] = []) throws -> EveryWay {
        let way = try EveryWay(sensors: Self.sensors + more, arguments: arguments, in: directory)
        try way.daemon.start()
        way.publish("S0", 1.6)
        try eventually("a halt before it on every way") { try way.hasTold(["S0"]) }
        return way
    }

    /// Waits until `words` are said as a fault on every way, and holds the daemon's own stamps
    /// against the five seconds since `start`.
    private func expectFault(_ words: String, since start: Int64, by way: EveryWay) throws {
        func told(_ deliveries: [Delivery]) -> Delivery? {
            deliveries.first { $0.entry.why.contains(words) && $0.entry.transition == .raised }
        }
        func status() -> EveryWay.Status? {
            way.statuses.first {
                $0.journalFault != nil || $0.failing?.contains("journal-directory") == true
            }
        }
        try eventually("\(words): on every way") {
            try way.daemon.lines("FAULT", "RAISED").contains { $0.contains(words) }
                && told(way.posted()) != nil && told(way.hook.taken()) != nil
                && way.syslog.received().contains { $0.contains(words) } && status() != nil
        }
        let posted = try #require(try told(way.posted()))
        let delays = [posted.decided, try #require(status()).milliseconds].map { $0 - start }
        print("\(words): said \(delays[0]) ms after it began, in the status \(delays[1]) ms")
        #expect(delays.allSatisfy { $0 <= 5000 }, "\(delays)")
    }

    @Test("made immutable with open files: told, advisories go on, all is made up for when mended")
    func immutable() throws {
        guard disk != nil else { return }
        let way = try started()
        guard LoopDisk.set(immutable: true, journalPaths) else {
            return print("skipped: this machine lets us make no file immutable")
        }
        let start = nowMilliseconds()
        // Nothing is decided meanwhile: that it cannot be written is found out all the same.
        try expectFault("the journal cannot be written", since: start, by: way)
        let crossed = Array(Self.sensors[1..<9])
        for sensor in crossed { way.publish(sensor, 1.7) }
        way.publish("S0", 0.4)
        try eventually("each halt, and what followed on the one before, on every way") {
            try way.hasTold(crossed)
                && way.posted().contains { $0.number == 0 && $0.entry.transition == .gone }
        }
        let without = try way.withoutJournal()
        let delays = without.map { $0.milliseconds - $0.decided }
        print("\(without.count) told without the journal, at most \(delays.max() ?? 0) ms later")
        #expect(without.count == crossed.count + 1)
        #expect(delays.allSatisfy { $0 <= 5000 })
        let order = ["ack", "S0.cut", "--ordered", "all out", "--by", "王磊"]
        let refused = try way.firedamp.start(order).answer()
        #expect(refused.code == 75, "an order needs the journal: \(refused)")
        #expect(LoopDisk.set(immutable: false, journalPaths.reversed()))
        let mended = nowMilliseconds()
        try eventually("that it can be written again is told") {
            try way.posted().contains { $0.entry.why.contains("can be written again") }
        }
        let again = try way.posted().first { $0.entry.why.contains("can be written again") }
        #expect(try #require(again).decided - mended <= 5000)
        #expect(try way.firedamp.start(order).answer().code == 0)
        #expect(way.daemon.terminate().code == 0)
        try way.compareWithJournal(told: without)
    }

    @Test("the disk turns read-only, kill -9, mended: the same advisories are in the journal")
    func broken() throws {
        guard let disk else { return }
        let way = try started()
        let start = nowMilliseconds()
        guard disk.fail() else {
            return print("skipped: this kernel lets us break no disk of our own")
        }
        try expectFault("the journal cannot be written", since: start, by: way)
        let crossed = Array(Self.sensors[1..<6])
        for sensor in crossed { way.publish(sensor, 1.7) }
        try eventually("each halt on every way") { try way.hasTold(crossed) }
        let without = try way.withoutJournal()
        #expect(without.count == crossed.count)
        way.daemon.kill9()
        #expect(disk.mend())
        try way.daemon.start()
        let keys = Set(without.map(\.key))
        try eventually("all of it is in the journal, under the same names") {
            try keys.isSubset(of: way.posted().filter { $0.number > 0 }.map(\.key))
                && keys.isSubset(of: way.hook.taken().filter { $0.number > 0 }.map(\.key))
        }
        #expect(way.daemon.terminate().code == 0)
        try way.compareWithJournal(told: without)
    }

    @Test("all of the state directory's disk turns read-only: more than the ring holds is judged")
    func everything() throws {
        let folder = try TemporaryDirectory()
        guard let whole = LoopDisk(in: folder, at: "state", bytes: 64 << 20) else { return }
        let way = try EveryWay(
            sensors: Self.sensors,
            arguments: ["--ring-records", "16384", "--runtime-dir", folder.path], in: folder)
        try way.daemon.start()
        way.publish("S0", 1.6)
        try eventually("a halt before it on every way") { try way.hasTold(["S0"]) }
        let start = nowMilliseconds()
        guard whole.fail() else {
            return print("skipped: this kernel lets us break no disk of our own")
        }
        way.publish("S4", 1.7)
        // The ring is mapped and goes on, all of its pages; nothing else in the directory does.
        let client = try flood(way, 40_000, then: "S1")
        try eventually(
            "on every way that is left: that it cannot be written, and halts", within: 120
        ) {
            try way.hasSaid("the journal cannot be written")
                && way.hasSaid("the alert log cannot be written")
                && way.hasTold(["S4", "S1"], alsoLog: false)
        }
        let posted = try way.posted().first { $0.entry.why.contains("journal cannot be written") }
        #expect(try #require(posted).decided - start <= 5000)
        client.stop()
        let kept = try way.withoutJournal()
        way.daemon.kill9()
        // What of the ring was not on the disk is gone with it: only the runtime directory has it.
        #expect(whole.mend())
        try way.daemon.start()
        try eventually("all of it is in the journal, under the same names") {
            try way.hasNumbered(kept)
        }
        #expect(way.daemon.terminate().code == 0)
        let verified = try way.firedamp.verify()
        #expect(verified.code == 0, "\(verified)")
    }

    @Test("the directory alone takes no new names: told, the open segment goes on")
    func directoryAlone() throws {
        guard disk != nil else { return }
        let way = try started()
        let folder = directory.file("state/journal")
        guard LoopDisk.cover(folder) else {
            return print("skipped: this machine lets us mount nothing read-only")
        }
        let start = nowMilliseconds()
        defer { LoopDisk.uncover(folder) }
        try expectFault("the journal directory cannot be written", since: start, by: way)
        let crossed = Array(Self.sensors[1..<4])
        for sensor in crossed { way.publish(sensor, 1.7) }
        try eventually("each halt on every way") { try way.hasTold(crossed) }
        #expect(try way.posted().allSatisfy { $0.number > 0 }, "with its number in the journal")
        LoopDisk.uncover(folder)
        try eventually("that it is mended is told") {
            try way.posted().contains {
                $0.entry.why.contains("the journal directory can be written again")
            }
        }
        #expect(way.daemon.terminate().code == 0)
        try way.compareWithJournal(told: [])
    }

    @Test("a flood of alarms meanwhile: halts one by one in the alert log, all else together")
    func flooded() throws {
        guard disk != nil else { return }
        let others = (0..<40).map { "A\($0)" }
        let way = try started(more: others)
        guard LoopDisk.set(immutable: true, journalPaths) else {
            return print("skipped: this machine lets us make no file immutable")
        }
        for other in others { way.publish(other, 1.2) }
        way.publish("S1", 1.7)
        try eventually("every alarm at the receiver, and the halt on every way") {
            let alarms = try way.posted().filter {
                $0.entry.severity == .alarm && $0.entry.transition == .raised
            }
            let isHaltTold = try way.hasTold(["S1"])
            return isHaltTold
                && Set(alarms.compactMap(\.entry.sensor)).isSuperset(of: others)
        }
        try eventually("what was held back is told together") {
            !way.daemon.lines("ALARM", "GROUPED").isEmpty
        }
        // Ten make no flood yet, the eleventh is told by itself.
        let alone = way.daemon.lines("ALARM", "RAISED").count
        #expect(alone <= 12, "\(alone) alarms by themselves")
        #expect(way.numbers.allSatisfy { $0 <= 3 }, "none of it has a number yet")
        #expect(LoopDisk.set(immutable: false, journalPaths.reversed()))
        try eventually("that it can be written again is told") {
            try way.hasSaid("can be written again")
        }
        #expect(way.daemon.terminate().code == 0)
        let verified = try way.firedamp.verify()
        #expect(verified.code == 0, "\(verified)")
        let raised = try way.journal().filter {
            $0.entry.severity == .alarm && $0.entry.transition == .raised
        }
        #expect(Set(raised.compactMap(\.entry.sensor)).isSuperset(of: others))
    }

    /// Publishes `count` readings that nothing is wrong with, then one of `sensor` over its cut: on
    /// a thread of its own, since it waits for what the broker holds back.
    private func flood(_ way: EveryWay, _ count: Int, then sensor: String) throws -> TestClient {
        let client = try TestClient(port: way.broker.port)
        let thread = Thread {
            for number in 1...count {
                client.publish("firedamp/v1/demo/reading/S2", payload("0.4", seq: number))
            }
            client.publish("firedamp/v1/demo/reading/\(sensor)", payload("1.7"))
        }
        thread.start()
        return client
    }

    @Test("more than the ring holds, kill -9, a start, all before it is mended: judging goes on")
    func outlasted() throws {
        guard disk != nil else { return }
        let way = try started(["--ring-records", "16384"])
        guard LoopDisk.set(immutable: true, journalPaths) else {
            return print("skipped: this machine lets us make no file immutable")
        }
        way.publish("S1", 1.7)
        try eventually("the halt on every way") { try way.hasTold(["S1"]) }
        let first = try flood(way, 40_000, then: "S3")
        try eventually("what comes after more than the ring holds is judged", within: 120) {
            try way.hasTold(["S3"])
        }
        way.publish("S1", 0.4)
        try eventually("that a halt's condition is gone") {
            try way.posted().contains {
                $0.number == 0 && $0.entry.sensor == "S1" && $0.entry.transition == .gone
            }
        }
        first.stop()
        way.daemon.kill9()
        try way.daemon.start()
        let status = try way.firedamp("status", "--format", "json").output
        for sensor in ["S0", "S1", "S3"] {
            #expect(status.contains("\(sensor).cut"), "\(sensor) is halted after the kill")
        }
        let second = try flood(way, 40_000, then: "S4")
        try eventually("the same after a start in that state", within: 120) {
            try way.hasTold(["S4"])
        }
        second.stop()
        #expect(try !way.posted().contains { $0.entry.why.contains("wait for the journal") })
        let without = try way.withoutJournal()
        #expect(LoopDisk.set(immutable: false, journalPaths.reversed()))
        try eventually("that it can be written again is told") {
            try way.posted().contains { $0.entry.why.contains("can be written again") }
        }
        try eventually("all of it is in the journal, under the same names") {
            try way.hasNumbered(without)
        }
        #expect(way.daemon.terminate().code == 0)
        try way.compareWithJournal(told: without)
    }

    @Test("nothing stands in for it: the ring fills up, which is told, and goes on when mended")
    func ringIsFull() throws {
        guard disk != nil else { return }
        // No file can be made there.
        try FileManager.default.createDirectory(
            atPath: directory.file("state/journal.stand-in"), withIntermediateDirectories: true)
        let way = try started(["--ring-records", "16384"])
        #expect(way.daemon.lines("FAULT", "RAISED").contains { $0.contains("stand in for") })
        guard LoopDisk.set(immutable: true, journalPaths) else {
            return print("skipped: this machine lets us make no file immutable")
        }
        way.publish("S1", 1.7)
        try eventually("the halt on every way") { try way.hasTold(["S1"]) }
        let client = try flood(way, 40_000, then: "S3")
        try eventually("that the ring fills up is told") {
            try way.posted().contains { $0.entry.why.contains("wait for the journal") }
        }
        try eventually("the ring is full") {
            usleep(300_000)
            let status = try way.firedamp("status", "--format", "json").output
            let fill = try #require(status.firstMatch(of: /"ringFill"\s*:\s*([0-9.]+)/)).output.1
            // Room for the largest message is kept free.
            return try #require(Double(fill)) > 0.74
        }
        #expect(LoopDisk.set(immutable: false, journalPaths.reversed()))
        try eventually("what stood behind it is judged", within: 120) {
            try way.hasTold(["S3"])
                && way.posted().contains { $0.entry.why.contains("journal can be written again") }
        }
        let without = try way.withoutJournal()
        client.stop()
        #expect(way.daemon.terminate().code == 0)
        try way.compareWithJournal(told: without)
    }
}
