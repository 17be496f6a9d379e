import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The state directory's disk is dead, and the daemon is killed: it starts all the same, says so on
/// every way, judges what arrives, and remembers it over another kill. Mended, all is in the
/// journal once, and the ring is where it was.
@Suite("Dead state disk", .serialized)
final class DeadStateDiskTests {
    private let directory: TemporaryDirectory
    private let way: EveryWay
    private let permits: TestClient
    private var runtime: String { directory.file("run") }
    private var state: String { directory.file("state") }
    /// Commands that are given the other directory.
    private var elsewhere: OperatorCommand { OperatorCommand(stateDirectory: runtime) }

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["run", "state"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: true)
        }
        way = try EveryWay(
            sensors: (0..<12).map { "S\($0)" },
            arguments: ["--ring-records", "16384", "--runtime-dir", directory.file("run")],
            in: directory)
        permits = try TestClient(port: way.broker.port, filters: ["firedamp/v1/demo/permit"])
    }

    deinit {
        permits.stop()
        way.daemon.kill9()
    }

    private func halts(_ sensors: [String], by command: OperatorCommand) throws {
        let status = try command("status", "--format", "json")
        #expect(status.code == 1, "\(status)")
        for sensor in sensors {
            #expect(status.output.contains("\(sensor).cut"), "\(sensor) is halted: \(status)")
        }
    }

    private func isHalted(_ sensor: String, alsoLog: Bool) throws {
        way.publish(sensor, 1.7)
        try eventually("the halt of \(sensor) on every way") {
            try way.hasTold([sensor], alsoLog: alsoLog)
        }
    }

    /// How often the ring was said to be elsewhere: what has no number is said again by the next.
    private func faults() throws -> Int {
        let told = try way.posted().filter { $0.entry.why.contains("the ring cannot be kept in") }
        return Set(told.map(\.entry.atNanoseconds)).count
    }

    /// That the ring is in memory is said on every way that the disk leaves.
    private func expectFault(times: Int, alsoLog: Bool) throws {
        try eventually("on every way that what arrives is in memory only") {
            try way.hasSaid("the ring cannot be kept in") && faults() == times
                && way.statuses.last?.failing?.contains("ring") == true
                && permits.received.last?.text.contains("what arrives is in memory only") == true
                && (!alsoLog
                    || way.daemon.lines("FAULT", "RAISED").contains {
                        $0.contains("the ring cannot be kept in")
                    })
        }
        #expect(way.statuses.last?.state == "degraded")
        #expect(way.daemon.errorText.contains("the ring cannot be kept in"))
    }

    /// Starts on the dead disk, is killed there and starts again; `sensors` are halted before, and
    /// two more meanwhile.
    private func liveOn(_ sensors: [String], alsoLog: Bool) throws -> [Delivery] {
        let before = try #require(try RingView(path: state + "/ring"))
        try way.daemon.start()
        try expectFault(times: 1, alsoLog: alsoLog)
        let command = alsoLog ? way.firedamp : elsewhere
        try halts(sensors, by: command)
        try isHalted("S5", alsoLog: alsoLog)
        way.daemon.kill9()
        let between = try #require(try RingView(path: runtime + "/ring"))
        #expect(between.creation == before.creation, "it went on with what could be read")
        #expect(between.published > before.published)
        try way.daemon.start()
        try expectFault(times: 2, alsoLog: alsoLog)
        try halts(sensors + ["S5"], by: command)
        try isHalted("S6", alsoLog: alsoLog)
        let after = try #require(try RingView(path: runtime + "/ring"))
        #expect(after.creation == before.creation && after.published > between.published)
        return try way.withoutJournal()
    }

    /// Starts on the mended disk: `kept`, which was told without the journal, is in it, and the
    /// ring is at home.
    private func mended(_ sensors: [String], kept: [Delivery]) throws {
        let away = try #require(try RingView(path: runtime + "/ring"))
        try way.daemon.start()
        try eventually("that it is back, and all with its number") {
            try way.hasSaid("the ring is in \(state) again") && way.hasNumbered(kept)
        }
        let home = try #require(try RingView(path: state + "/ring"))
        #expect(home.creation == away.creation && home.published >= away.published)
        let names = try FileManager.default.contentsOfDirectory(atPath: runtime)
        #expect(names.filter { $0.hasPrefix("ring") } == ["ring.lock"])
        try halts(sensors, by: way.firedamp)
        try isHalted("S9", alsoLog: true)
        #expect(way.daemon.terminate().code == 0)
        let verified = try way.firedamp.verify()
        #expect(verified.code == 0, "\(verified)")
        let records = try way.journal()
        #expect(records.map(\.number) == Array(1...UInt64(records.count)))
        let raised = records.filter { $0.entry.transition == .raised }
            .compactMap { $0.entry.advisory?.id }
        #expect(Set(raised).count == raised.count, "no advisory twice")
        #expect(way.numbers == Array(1...records.count), "each line of the log once, in order")
        #expect(records.contains { $0.entry.why.contains("the ring is in \(state) again") })
        let gaps = try way.firedamp("gaps")
        #expect(gaps.output.contains("the ring was in \(runtime), in memory"), "\(gaps)")
    }

    @Test("it turns read-only, kill -9, start, kill -9, start, mended: nothing is forgotten")
    func readOnly() throws {
        guard let disk = LoopDisk(in: directory, at: "state", bytes: 64 << 20) else {
            return print("skipped: this machine lets us mount no disk of our own")
        }
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        guard disk.fail() else {
            return print("skipped: this kernel lets us break no disk of our own")
        }
        try isHalted("S4", alsoLog: false)
        way.daemon.kill9()
        let kept = try liveOn(["S0", "S4"], alsoLog: false)
        #expect(Set(kept.compactMap(\.entry.sensor)).isSuperset(of: ["S4", "S5", "S6"]))
        way.daemon.kill9()
        #expect(disk.mend())
        try mended(["S0", "S4", "S5", "S6"], kept: kept)
    }

    @Test("kills in a stream of readings: each that was acknowledged is judged")
    func stream() throws {
        guard let disk = LoopDisk(in: directory, at: "state", bytes: 64 << 20) else {
            return print("skipped: this machine lets us mount no disk of our own")
        }
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        let count = 10_000
        let client = try TestClient(port: way.broker.port)
        let thread = Thread {
            for number in 1...count {
                client.publish("firedamp/v1/demo/reading/S2", payload("0.4", seq: number))
                if number % 10 == 0 { usleep(3000) }
            }
        }
        thread.start()
        try eventually("readings flow") { client.acknowledged > 500 }
        guard disk.fail() else {
            return print("skipped: this kernel lets us break no disk of our own")
        }
        for _ in 0..<6 {
            way.daemon.kill9()
            try way.daemon.start()
            usleep(200_000)
        }
        #expect(client.acknowledged < count, "the kills came while readings flowed")
        try eventually("each of them is judged", within: 60) {
            try client.acknowledged == count
                && judgedSequences(ring: runtime + "/ring").isSuperset(of: Set(1...UInt64(count)))
        }
        client.stop()
        way.daemon.kill9()
        #expect(disk.mend())
        try mended(["S0"], kept: [])
    }

    @Test("it is mounted read-only between a kill and a start: the same")
    func covered() throws {
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        way.daemon.kill9()
        guard LoopDisk.cover(state) else {
            return print("skipped: this machine lets us mount nothing read-only")
        }
        var isCovered = true
        defer { if isCovered { LoopDisk.uncover(state) } }
        let kept = try liveOn(["S0"], alsoLog: false)
        way.daemon.kill9()
        LoopDisk.uncover(state)
        isCovered = false
        try mended(["S0", "S5", "S6"], kept: kept)
    }

    @Test("it gives nothing but errors: what stood is not known, so nothing is proven")
    func gone() throws {
        guard let disk = LoopDisk(in: directory, at: "state", bytes: 64 << 20) else {
            return print("skipped: this machine lets us mount no disk of our own")
        }
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        guard disk.shutDown() else {
            return print("skipped: this machine lets us take no disk away")
        }
        try isHalted("S4", alsoLog: false)
        way.daemon.kill9()
        for (sensor, times) in [("S5", 1), ("S6", 2)] {
            try way.daemon.start()
            try expectFault(times: times, alsoLog: false)
            try eventually("that what stood is not known") {
                try way.hasSaid("the journal cannot be read")
            }
            let permit = try #require(permits.received.last?.text)
            #expect(permit.contains("\"permit\":\"halted\""), "\(permit)")
            #expect(permit.contains("the journal cannot be read"), "\(permit)")
            try halts(times == 1 ? ["S4"] : ["S4", "S5"], by: elsewhere)
            try isHalted(sensor, alsoLog: false)
            if times == 1 {
                try isHalted("S0", alsoLog: false)
                try eventually("it is another advisory than before") { try idsOfS0().count == 2 }
                way.daemon.kill9()
            }
        }
        let kept = try way.withoutJournal()
        way.daemon.kill9()
        #expect(disk.mend())
        try mended(["S0", "S4", "S5", "S6"], kept: kept)
        let ids = try idsOfS0()
        let ends = try way.journal().filter {
            $0.entry.sensor == "S0" && $0.entry.transition == .closed
        }
        #expect(ends.map(\.entry.advisory?.id) == [ids[0]])
        #expect(ends.first?.entry.why.contains("it goes on as \(ids[1])") == true)
        // A further start knows of the end, and of what stands since.
        try way.daemon.start()
        try halts(["S0"], by: way.firedamp)
        let status = try way.firedamp("status", "--format", "json").output
        #expect(status.contains(ids[1]) && !status.contains(ids[0]))
        #expect(way.daemon.terminate().code == 0)
        let again = try way.journal().filter { $0.entry.transition == .closed }
        #expect(again.count == 1)
    }

    /// The advisories of S0, in the order in which they were raised.
    private func idsOfS0() throws -> [String] {
        Set(
            try way.posted().filter { $0.entry.sensor == "S0" && $0.entry.severity == .halt }
                .compactMap(\.revision?.id)
        ).sorted()
    }

    @Test("only the journal gives nothing but errors: what stood is found anew, under the old ring")
    func journalGone() throws {
        guard let disk = LoopDisk(in: directory, at: "state/journal", bytes: 32 << 20) else {
            return print("skipped: this machine lets us mount no disk of our own")
        }
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        way.daemon.kill9()
        guard disk.shutDown() else {
            return print("skipped: this machine lets us take no disk away")
        }
        for times in 2...3 {
            try way.daemon.start()
            #expect(try RingView(path: runtime + "/ring") == nil, "the ring is at home")
            way.publish("S0", 1.7)
            try eventually("what stands is a halt again") {
                try way.withoutJournal().contains {
                    $0.entry.sensor == "S0" && $0.entry.transition == .raised
                } && permits.received.last?.text.contains("the journal cannot be read") == true
            }
            try halts(["S0"], by: way.firedamp)
            if times == 2 { way.daemon.kill9() }
        }
        #expect(way.daemon.terminate().code == 0)
        #expect(disk.mend())
        try way.daemon.start()
        try halts(["S0"], by: way.firedamp)
        #expect(way.daemon.terminate().code == 0)
        let verified = try way.firedamp.verify()
        #expect(verified.code == 0, "\(verified)")
    }

    @Test("the ring's file alone cannot be written: all else goes on")
    func ringAlone() throws {
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        way.daemon.kill9()
        guard LoopDisk.set(immutable: true, [state + "/ring"]) else {
            return print("skipped: this machine lets us make no file immutable")
        }
        defer { LoopDisk.set(immutable: false, [state + "/ring"]) }
        let kept = try liveOn(["S0"], alsoLog: true)
        #expect(kept.isEmpty, "the journal takes all of it")
        let gaps = try way.firedamp("gaps")
        #expect(gaps.output.contains("the ring is in \(runtime), in memory"), "\(gaps)")
        way.daemon.kill9()
        LoopDisk.set(immutable: false, [state + "/ring"])
        try mended(["S0", "S5", "S6"], kept: kept)
    }

    /// A halt, a kill, the disk read-only from then on, and a start on it; then `body`.
    private func onReadOnlyDisk(_ body: () throws -> Void) throws {
        try way.daemon.start()
        try isHalted("S0", alsoLog: true)
        way.daemon.kill9()
        guard LoopDisk.cover(state) else {
            return print("skipped: this machine lets us mount nothing read-only")
        }
        defer {
            way.daemon.kill9()
            LoopDisk.uncover(state)
        }
        try way.daemon.start()
        try body()
    }

    @Test("mended while it runs: the journal takes all, the ring goes back with the next start")
    func mendedMeanwhile() throws {
        try onReadOnlyDisk {
            try isHalted("S5", alsoLog: false)
            let kept = try way.withoutJournal()
            #expect(LoopDisk.mend(cover: state))
            try eventually("all of it is in the journal") {
                try way.hasSaid("the journal can be written again") && way.hasNumbered(kept)
            }
            #expect(way.statuses.last?.failing?.contains("ring") == true, "it is in memory still")
            try isHalted("S6", alsoLog: true)
            way.daemon.kill9()
            try mended(["S0", "S5", "S6"], kept: kept)
        }
    }

    @Test("the machine ends after it was mended: an older ring does not hide what comes")
    func rebooted() throws {
        try onReadOnlyDisk {
            try isHalted("S5", alsoLog: false)
            #expect(LoopDisk.mend(cover: state))
            try eventually("the journal has it") { try way.hasSaid("journal can be written again") }
            // So far that the ring on the disk comes nowhere near for a while.
            for _ in 0..<500 { way.publish("S2", 0.4) }
            try isHalted("S6", alsoLog: true)
            way.daemon.kill9()
            for name in try FileManager.default.contentsOfDirectory(atPath: runtime) {
                try FileManager.default.removeItem(atPath: runtime + "/" + name)
            }
            try way.daemon.start()
            #expect(way.daemon.lines("FAULT", "REPAIRED").contains { $0.contains("lacks records") })
            try halts(["S0", "S5", "S6"], by: way.firedamp)
            way.publish("S6", 0.4)
            try eventually("that it is below re-power is not taken for told") {
                try way.posted().contains {
                    $0.entry.sensor == "S6" && $0.entry.transition == .gone
                }
            }
            try isHalted("S9", alsoLog: true)
            #expect(way.daemon.terminate().code == 0)
            let verified = try way.firedamp.verify()
            #expect(verified.code == 0, "\(verified)")
        }
    }
}
