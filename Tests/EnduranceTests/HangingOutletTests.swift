import BrokerSupport
import Foundation
import Support
import Testing

/// Outlets whose other ends hang: a receiver that accepts and never answers, a program that stops
/// reading, a socket that nobody empties, all three beside others that work.
///
/// They hang for `FIREDAMP_HANG_SECONDS`, a minute if that is not set: many times what an outlet
/// has in hand. In a real hour, `FIREDAMP_HANG_SECONDS=3600`, more lines come than it knows at a
/// time, and slower.
@Suite("Outlets that hang")
final class HangingOutletTests {
    static let hangSeconds = seconds(from: "FIREDAMP_HANG_SECONDS", otherwise: 60)
    /// More than an outlet knows at a time (see `DeliveryQueue.linesMax`), in several segments; in
    /// a short time no more than a loaded machine takes in a debug build of this test.
    static let lines = Int(min(34_000, hangSeconds * 100))
    /// A sensor that goes to and fro says so a few times, then that it chatters: many have to.
    static let sensors = (0..<3000).map { "S\($0)" }
    /// Of so many of these, one a second, the values go over the cut: halts, beside the others'
    /// alarms.
    static let halts = 60
    /// And of so many at once, to begin with.
    static let firstHalts = 20
    static let hangingNames = ["hung", "stuck", "deaf"]
    /// What the daemon may grow by while all that waits: what three outlets have in hand at most,
    /// and what the first seconds had not yet filled. All that comes would be several times that.
    static let growthMax = 24 << 20

    private let directory: TemporaryDirectory
    private let hung: HTTPReceiver
    private let stuck: StubbornHook
    private let deaf: NotifySocket
    private let way: EveryWay
    private let isOver = Guarded(false)

    init() throws {
        directory = try TemporaryDirectory()
        hung = try HTTPReceiver()
        stuck = try StubbornHook("stuck", in: directory)
        deaf = try NotifySocket(path: directory.file("deaf"))
        way = try EveryWay(
            sensors: Self.sensors,
            more: [
                "{kind: webhook, name: hung, url: \"http://127.0.0.1:\(hung.port)/\"}",
                stuck.outlet, "{kind: syslog, name: deaf, path: \(directory.file("deaf"))}",
            ], in: directory)
    }

    deinit {
        isOver.withLock { $0 = true }
        hung.stop()
    }

    @Test("nothing else is delayed, memory stays, and all arrives once they are mended")
    func hang() async throws {
        try way.daemon.start()
        let drain = Thread { [syslog = way.syslog, isOver] in
            while !isOver.withLock({ $0 }) {
                _ = syslog.received()
                usleep(1000)
            }
        }
        drain.start()
        try await comesTrue("all take what there is", within: 60) {
            try !hung.requests.isEmpty && !stuck.taken().isEmpty
        }
        hung.answer { _ in .hang }
        try stuck.becomesStuck()
        deaf.fill()
        let start = nowMilliseconds()
        for sensor in Self.sensors[..<Self.firstHalts] { way.publish(sensor, 1.6) }
        try await comesTrue("that all three hang is told", within: 60) {
            way.statuses.contains { Set(Self.hangingNames).isSubset(of: $0.failing ?? []) }
        }
        try expectToldSoon(since: start)
        let reports = try await load(since: start)
        expectNoDelay()
        print("resident, without the ring: \(reports.map { $0 >> 20 }) MiB")
        let growth = (reports.max() ?? 0) - (reports.first ?? 0)
        #expect(growth <= Self.growthMax, "grew by \(growth >> 10) KiB")
        try await mend()
    }

    /// Has sensors cross to and fro until `lines` were told and the time is over.
    /// Returns what the daemon holds resident, second by second.
    private func load(since start: Int64) async throws -> [Int] {
        var resident: [Int] = []
        let others = Self.sensors[Self.halts...]
        var next = 0
        var crossed = Self.firstHalts
        var told = 0
        while true {
            let passed = Double(nowMilliseconds() - start) / 1000
            // By the clock, not by what is told: the others must not be hurried when they lag.
            let due = passed / Self.hangSeconds * Double(Self.lines)
            if passed >= Self.hangSeconds, told >= Self.lines { break }
            guard passed < Self.hangSeconds + 120 else {
                throw TestFailure(description: "only \(told) lines in \(passed) s")
            }
            if next < Int(due) {
                for index in next..<next + 50 {
                    let (turn, sensor) = index.quotientAndRemainder(dividingBy: others.count)
                    way.publish(others[Self.halts + sensor], turn % 2 == 0 ? 1.2 : 0.4)
                }
                next += 50
            }
            if crossed < Self.halts, passed > Self.hangSeconds * Double(crossed) / 60 {
                way.publish(Self.sensors[crossed], 1.7)
                crossed += 1
            }
            try await Task.sleep(for: .milliseconds(20))
            told = way.receiver.count
            let second = Int(passed)
            // The first seconds fill what is of a fixed size.
            if second >= 10, resident.count <= (second - 10) / 5 {
                resident.append(way.daemon.residentBytesWithoutRing)
            }
        }
        resident.append(way.daemon.residentBytesWithoutRing)
        return resident
    }

    /// That each hangs was said on every way that works, within five seconds of the attempt that
    /// was not answered; by the daemon's own stamps.
    private func expectToldSoon(since start: Int64) throws {
        let logged = way.syslog.received()
        for name in Self.hangingNames {
            let words = "outlet \(name) delivers nothing"
            let posted = way.receiver.requests.first {
                String(decoding: $0.body, as: UTF8.self).contains(words)
            }
            let told = try #require(posted.flatMap { Slip($0) }, "\(name) was not told")
            #expect(way.daemon.lines("FAULT", "RAISED").count { $0.contains(words) } == 1)
            #expect(try way.hook.taken(words).count == 1, "\(name), hook")
            #expect(logged.contains { $0.contains(words) }, "\(name), syslog")
            #expect(way.statuses.contains { $0.failing?.contains(name) == true }, "\(name), MQTT")
            if name == "hung" {
                let attempt = hung.requests.first { $0.milliseconds >= start }
                let delay = told.decided - (try #require(attempt).milliseconds)
                print("hung: said \(delay) ms after the attempt")
                #expect(delay <= 5000)
            } else {
                print("\(name): said \(told.decided - start) ms after the start")
            }
        }
    }

    /// What the webhook beside them took: halts within five seconds, however many alarms wait. How
    /// soon those come is for the most part this process, which takes them one after the other.
    private func expectNoDelay() {
        let slips = way.receiver.requests.compactMap { Slip($0) }
        for (name, some) in [("documents", slips), ("halts", slips.filter { $0.isHalt })] {
            let delays = some.map { $0.milliseconds - $0.decided }.sorted()
            guard let longest = delays.last else { continue }
            print(
                "webhook beside them: \(delays.count) \(name), p50 \(delays[delays.count / 2]) ms,"
                    + " p99 \(delays[delays.count * 99 / 100]) ms, longest \(longest) ms")
            if name == "halts" { #expect(longest <= 5000) }
        }
        #expect(slips.count { $0.isHalt } >= Self.halts)
    }

    private func mend() async throws {
        let mended = nowMilliseconds()
        hung.answer { _ in .status(200) }
        stuck.goesOn()
        let drain = Thread { [deaf, isOver] in
            while !isOver.withLock({ $0 }) {
                _ = deaf.received()
                usleep(1000)
            }
        }
        drain.start()
        let path = directory.file("state/journal")
        try await comesTrue("all of the journal arrives", within: 300, pauseSeconds: 2) {
            let status = try way.firedamp("status", "--format", "json").output
            return !status.contains("\"failing\"")
                && status.matches(of: /"waiting" ?: ?[1-9]/).isEmpty
        }
        let waited = nowMilliseconds() - mended
        print("all arrived \(waited) ms after they were mended")
        #expect(way.daemon.terminate().code == 0)
        isOver.withLock { $0 = true }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasPrefix("advisories") && $0.hasSuffix(".jsonl") }
        var numbers: Set<UInt64> = []
        for name in names {
            for line in try directory.bytes("state/journal/" + name).split(separator: 10) {
                if let slip = Slip(line: line) { numbers.insert(slip.number) }
            }
        }
        print("\(numbers.count) lines in \(names.count) segments")
        compare(hung.requests.compactMap { Slip($0) }, "hung", numbers)
        compare(try stuck.slips(), "stuck", numbers)
        compareKeys(deaf.received(), numbers)
        let verified = try way.firedamp.verify()
        #expect(verified.code == 0, "\(verified)")
    }

    /// Everything, in order for each advisory, and under one key.
    private func compare(_ slips: [Slip], _ name: String, _ numbers: Set<UInt64>) {
        #expect(Set(slips.map(\.number)) == numbers, "\(name) has every line")
        #expect(slips.isInOrder, "\(name), in order")
        let keys = Dictionary(grouping: slips, by: \.number).mapValues { Set($0.map(\.key)) }
        #expect(keys.values.allSatisfy { $0.count == 1 }, "\(name): each line under one key")
        print("\(name): \(slips.count - numbers.count) attempts were repeated")
    }

    private func compareKeys(_ messages: [String], _ numbers: Set<UInt64>) {
        let found = messages.compactMap { message in
            message.firstMatch(of: /journal="([0-9]+)"/).flatMap { UInt64($0.output.1) }
        }
        #expect(found.count == messages.count && Set(found) == numbers, "deaf has every line")
        #expect(Set(found).count == found.count, "deaf: none twice")
    }
}
