import AdvisoryDelivery
import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Outlets")
struct OutletTests {
    let bench: DeliveryBench

    init() throws { bench = try DeliveryBench() }

    private func halts(_ count: Int, from first: Int = 0) -> [Told] {
        (first..<first + count).map { index in
            Told(id: "demo.S\(index).cut", value: 1.5 + Double(index * 7919 % 1000) / 1000)
        }
    }

    /// One outlet, whose other end takes a document each time that `gate` is signalled.
    private func gated(by gate: DispatchSemaphore) -> (ScriptedTransport, Outlets) {
        let transport = ScriptedTransport { _ in
            gate.wait()
            return .delivered
        }
        let outlets = Outlets(parts: bench.parts(["a": transport]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        return (transport, outlets)
    }

    @Test("one that hangs for an hour holds up nobody, is told in five seconds, and loses nothing")
    func hangs() throws {
        let (gate, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let stuck = ScriptedTransport { _ in
            begun.signal()
            gate.wait()
            return .delivered
        }
        let free = ScriptedTransport()
        let outlets = Outlets(parts: bench.parts(["stuck": stuck, "free": free]))
        outlets.apply(
            [DeliveryBench.settings("stuck"), DeliveryBench.settings("free")], newest: 0)
        for index in 0..<40 { outlets.offer(try bench.append(halts(25, from: index * 25))) }
        #expect(free.waitForAttempts(1000))
        // The clock stands until the one is within its attempt, and the other behind its last.
        begun.wait()
        while outlets.states[1].waiting > 0 { sched_yield() }
        #expect(outlets.look() == [])
        bench.clock.advance(4.5)
        #expect(outlets.look() == [.fails(name: "stuck", reason: "no answer yet")])
        bench.clock.advance(3600)
        #expect(outlets.look() == [])
        let states = outlets.states
        #expect(states.map(\.health) == [.failing, .delivering])
        #expect(states.map(\.waiting) == [1000, 0])
        outlets.offer(try bench.append(halts(1, from: 1000)))
        #expect(free.waitForAttempts(1))
        for _ in 0..<1001 { gate.signal() }
        #expect(stuck.waitForAttempts(1001))
        let taken = stuck.taken.map(\.number)
        #expect(taken.sorted() == Array(1...1001))
        while outlets.states[0].health == .failing { sched_yield() }
        guard case .works("stuck", _) = outlets.look().first else {
            Issue.record("that it works again is told")
            return
        }
        outlets.stop(drainSeconds: 5)
    }

    @Test("1,000 that wait go by their gravity, whether they are in hand or in the journal")
    func gravity() throws {
        let transport = ScriptedTransport { _ in .failed(reason: "away") }
        let outlets = Outlets(parts: bench.parts(["a": transport]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        let told = halts(1000)
        // More than the inbox holds, so most of it is read again.
        outlets.offer(try bench.append(told))
        #expect(transport.waitForAttempts(1))
        transport.answer { _ in .delivered }
        outlets.offer(try bench.append([Told(severity: .notice, id: nil)]))
        #expect(transport.waitForAttempts(1001, moving: bench.clock))
        let values = transport.taken.compactMap(\.entry.cause?.value)
        #expect(values.count == 1000)
        #expect(values == values.sorted(by: >))
        #expect(transport.taken.last?.number == 1001)
        outlets.stop(drainSeconds: 5)
    }

    @Test("after an end with half the queue delivered the rest follows; twice means the same key")
    func restart() throws {
        let first = ScriptedTransport()
        let lines = try bench.append(halts(100))
        let left = Guarded(50)
        first.answer { _ in
            left.withLock { left in
                left -= 1
                return left >= 0 ? .delivered : .failed(reason: "away")
            }
        }
        var outlets = Outlets(parts: bench.parts(["a": first]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        outlets.offer(lines)
        #expect(first.waitForAttempts(51))
        outlets.stop(drainSeconds: 0)
        let second = ScriptedTransport()
        outlets = Outlets(parts: bench.parts(["a": second]))
        outlets.apply([DeliveryBench.settings("a")], newest: bench.newest)
        let delivered = Set(first.taken.map(\.number))
        #expect(delivered.count == 50)
        // All behind the mark, so every one that the first did not deliver, and some that it did.
        let through = (1...100).first { !delivered.contains($0) }.map { $0 - 1 } ?? 100
        #expect(second.waitForAttempts(Int(100 - through)))
        outlets.stop(drainSeconds: 5)
        let all = first.taken + second.taken
        #expect(Set(all.map(\.number)) == Set(1...100))
        let keys = Dictionary(grouping: all, by: \.number).mapValues { Set($0.map(\.key)) }
        #expect(keys.values.allSatisfy { $0.count == 1 })
        #expect(Set(all.map(\.key)).count == 100)
    }

    @Test("a new outlet begins with what stands, not with the whole journal, also after a restart")
    func begins() throws {
        _ = try bench.append([
            Told(id: "a"), Told(id: "b"), Told(severity: .notice, id: nil),
            Told(transition: .gone, id: "a", revision: 2, state: .gone),
            Told(transition: .released, id: "b", revision: 2, state: .closed),
        ])
        let refusing = ScriptedTransport { _ in .failed(reason: "away") }
        var outlets = Outlets(parts: bench.parts(["x": refusing]))
        outlets.apply([DeliveryBench.settings("x")], newest: 5)
        #expect(refusing.waitForAttempts(1))
        outlets.stop(drainSeconds: 0)
        _ = try bench.append([Told(id: "c")])
        let transport = ScriptedTransport()
        outlets = Outlets(parts: bench.parts(["x": transport]))
        outlets.apply([DeliveryBench.settings("x")], newest: 6)
        #expect(transport.waitForAttempts(2))
        outlets.stop(drainSeconds: 5)
        #expect(transport.taken.map(\.number).sorted() == [4, 6])
    }

    @Test("a reload starts what is new, ends what is gone, and a changed one goes on from its mark")
    func reload() throws {
        let (a, b) = (ScriptedTransport(), ScriptedTransport())
        let outlets = Outlets(parts: bench.parts(["a": a, "b": b]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        outlets.offer(try bench.append(halts(3)))
        #expect(a.waitForAttempts(3))
        outlets.apply(
            [DeliveryBench.settings("a", path: "/other"), DeliveryBench.settings("b")],
            newest: bench.newest)
        // The new one begins with the three that stand, the changed one repeats nothing.
        #expect(b.waitForAttempts(3))
        outlets.offer(try bench.append(halts(1, from: 3)))
        #expect(a.waitForAttempts(1))
        #expect(a.taken.map(\.number).sorted() == [1, 2, 3, 4])
        outlets.apply([DeliveryBench.settings("b")], newest: bench.newest)
        outlets.offer(try bench.append(halts(1, from: 4)))
        #expect(b.waitForAttempts(2))
        #expect(outlets.states.map(\.name) == ["b"])
        #expect(a.taken.count == 4)
        let marks = try FileManager.default.contentsOfDirectory(
            atPath: bench.directory.file("outlets"))
        #expect(marks == ["b.mark"])
        outlets.stop(drainSeconds: 5)
    }

    @Test("what the journal cannot hold is delivered before what waits")
    func unnumbered() throws {
        let gate = DispatchSemaphore(value: 0)
        let (transport, outlets) = gated(by: gate)
        outlets.offer(try bench.append(halts(1)))
        outlets.offer(try bench.append(halts(1, from: 1)))
        outlets.offerUnnumbered(
            .notice(.fault, .raised, at: .at(9), site: Heading.site, why: "the journal is full"))
        for _ in 0..<3 { gate.signal() }
        #expect(transport.waitForAttempts(3))
        #expect(transport.taken.map(\.number).prefix(2).contains(0))
        let told = transport.taken.first { $0.number == 0 }
        #expect(told?.entry.why == "the journal is full")
        #expect(told?.hash == nil)
        outlets.stop(drainSeconds: 5)
    }

    @Test("what is told without the journal has its later key, and passes no older line of its own")
    func withoutJournal() throws {
        let gate = DispatchSemaphore(value: 0)
        let (transport, outlets) = gated(by: gate)
        outlets.offer(
            try bench.append([
                Told(severity: .warning, id: "w"), Told(severity: .alarm, id: "a"),
                Told(severity: .warning, id: "v"),
            ]))
        let later = [
            Told(id: "a", revision: 2), Told(id: "b", value: 1.5), Told(severity: .fault),
        ]
        for (index, told) in later.enumerated() {
            let number = bench.newest + UInt64(index) + 1
            outlets.offer(
                try #require(OutletDocument(unnumbered: try told.entry(), awaiting: number)))
        }
        for _ in 0..<6 { gate.signal() }
        #expect(transport.waitForAttempts(6))
        outlets.offer(try bench.append(later))
        for _ in 0..<3 { gate.signal() }
        #expect(transport.waitForAttempts(3))
        let taken = transport.taken
        let first = taken.filter { $0.entry.advisory?.id == "a" }
        #expect(first.map(\.number) == [2, 0, 4], "in the order of its revisions")
        #expect(taken.map(\.number).sorted() == [0, 0, 0, 1, 2, 3, 4, 5, 6])
        let keys = Set(taken.filter { $0.number > 0 }.map(\.key))
        #expect(taken.allSatisfy { keys.contains($0.key) } && keys.count == 6)
        outlets.stop(drainSeconds: 5)
    }

    @Test("what was told without the journal and waits comes with its number alone")
    func overtaken() throws {
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        let transport = ScriptedTransport { _ in
            begun.signal()
            gate.wait()
            return .delivered
        }
        let outlets = Outlets(parts: bench.parts(["a": transport]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        outlets.offer(try bench.append([Told(severity: .warning, id: "w")]))
        begun.wait()
        let told = Told(id: "a")
        outlets.offer(try #require(OutletDocument(unnumbered: try told.entry(), awaiting: 2)))
        outlets.offer(try bench.append([told, Told(id: "a", revision: 2)]))
        for _ in 0..<4 { gate.signal() }
        #expect(transport.waitForAttempts(3))
        outlets.stop(drainSeconds: 5)
        #expect(transport.taken.map(\.number) == [1, 2, 3])
    }

    @Test("what is told before the journal has any line is delivered")
    func beforeAnyLine() throws {
        let transport = ScriptedTransport()
        let outlets = Outlets(parts: bench.parts(["a": transport]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        let told = Told(id: "a")
        outlets.offer(try #require(OutletDocument(unnumbered: try told.entry(), awaiting: 1)))
        #expect(transport.waitForAttempts(1))
        outlets.stop(drainSeconds: 5)
        #expect(transport.taken.map(\.number) == [0])
    }

    @Test("one that cannot even be made is tried again, and says why")
    func notMade() throws {
        let outlets = Outlets(parts: bench.parts(["other": ScriptedTransport()]))
        outlets.apply([DeliveryBench.settings("a")], newest: 0)
        outlets.offer(try bench.append(halts(1)))
        let end = DispatchTime.now() + 20
        while outlets.states[0].health == .delivering, DispatchTime.now() < end { sched_yield() }
        #expect(outlets.states[0].reason?.isEmpty == false)
        #expect(outlets.states[0].waiting == 1)
        outlets.stop(drainSeconds: 0)
    }
}

@Suite("Journal read again")
struct JournalTailTests {
    @Test("from a number on, over segments, without a line that is not whole")
    func segments() throws {
        let bench = try DeliveryBench()
        let lines = try bench.append((0..<30).map { Told(id: "a\($0)", second: Double($0)) })
        let folder = bench.directory.file("journal")
        func write(_ range: Range<Int>, _ name: String, tail: String = "") throws {
            let text = lines[range].map { String(decoding: $0.bytes, as: UTF8.self) + "\n" }
            try (text.joined() + tail).write(
                toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        try write(0..<10, "advisories-000000000001.jsonl")
        try write(10..<20, "advisories-000000000011.jsonl")
        try write(20..<29, "advisories.jsonl", tail: "{\"entry\":{")
        func numbers(from first: UInt64, through last: UInt64) -> [UInt64] {
            var found: [UInt64] = []
            bench.journal.read(from: first, through: last) {
                found.append($0.record.number)
                return true
            }
            return found
        }
        for first in UInt64(1)...29 {
            #expect(numbers(from: first, through: 29) == Array(first...29))
        }
        #expect(numbers(from: 5, through: 12) == Array(5...12))
        #expect(!bench.journal.read(from: 1, through: 30) { _ in true }, "30 is not whole yet")
        #expect(bench.journal.read(from: 31, through: 30) { _ in true })
    }
}
