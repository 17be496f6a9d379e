import GasDetection
import GasModel
import Support
import Testing

/// Hands on what it sees, in order, as findings that carry value and position.
private struct Echo: RecordDetector {
    var seen: [String] = []
    var glimpsed: [Double] = []

    mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        seen.append("\(reading.kind.rawValue) \(reading.value) at \(reading.position)")
    }

    mutating func glimpse(_ reading: Reading, into findings: inout [Finding]) {
        glimpsed.append(reading.value)
    }

    mutating func adopt(_: SiteChange, at _: Reading, into _: inout [Finding]) {}
    mutating func reconsider(at _: Reading, into _: inout [Finding]) {}
    mutating func restore(
        _: Rule, of _: Finding.Subject, isActive _: Bool, value _: Double, eventTime _: Timestamp
    ) {}
    func save(to _: inout StateWriter) {}
    mutating func load(from _: inout StateReader) throws(StateError) {}
}

/// A detector behind its stage, and the messages of a gateway that counts.
private struct Bench {
    var stage = InOrder(Echo(), Heading.roster)
    var source = ReadingSource()
    var findings: [Finding] = []
    var position: UInt64 = 0

    /// The reading number `sequence`: its value is its number.
    func reading(_ sequence: Int, boot: UInt64 = 1, sensor: UInt32 = Heading.face) -> Reading {
        Reading(
            sensor: sensor, kind: .measurement, marks: .hasSequence,
            sourceTime: .at(Double(sequence)), arrivalTime: .at(Double(sequence)),
            value: Double(sequence), sequence: UInt64(sequence), boot: boot)
    }

    mutating func see(_ reading: Reading, at second: Double) {
        var reading = reading
        reading.arrivalUptime = Int64(second * 1e9)
        reading.position = position
        position += 1
        stage.observe(reading, into: &findings)
    }

    /// Readings in order, enough to be believed, and forgotten.
    mutating func earnTrust(_ count: Int = 64, from first: Int = 0, boot: UInt64 = 1) {
        for number in first..<first + count {
            see(reading(number, boot: boot), at: Double(number))
        }
        stage.detector.seen = []
    }

    mutating func values() -> [Double] {
        defer { stage.detector.seen = [] }
        return stage.detector.seen.compactMap { Double($0.split(separator: " ")[1]) }
    }

    mutating func tick(at second: Double) {
        see(source.event(.tick, at: second), at: second)
    }
}

@Suite("InOrder")
struct InOrderTests {
    @Test("what comes behind a hole waits until the hole is filled, and all of it comes in order")
    func filled() {
        var bench = Bench()
        bench.earnTrust()
        for number in [64, 67, 66, 68] { bench.see(bench.reading(number), at: 70) }
        #expect(bench.values() == [64])
        #expect(bench.stage.detector.glimpsed == [67, 66, 68])
        #expect(bench.stage.heldCount == 3)
        bench.see(bench.reading(65), at: 71)
        #expect(bench.values() == [65, 66, 67, 68])
        #expect(bench.stage.heldCount == 0)
    }

    @Test("what is held while the machine is started anew waits no longer than from there")
    func rebooted() {
        var bench = Bench()
        bench.earnTrust()
        bench.see(bench.reading(65), at: 1_000_000)
        bench.see(bench.source.event(.runBegins, at: 30), at: 30)
        bench.tick(at: 39)
        #expect(bench.stage.heldCount == 1)
        bench.tick(at: 40)
        #expect(bench.stage.heldCount == 0)
    }

    @Test("what was held is found at the record that set it free: positions never fall")
    func positions() {
        var bench = Bench()
        bench.earnTrust()
        for number in [65, 66] { bench.see(bench.reading(number), at: 66) }
        bench.see(bench.reading(64), at: 67)
        #expect(bench.stage.detector.seen == ["1 64.0 at 66", "1 65.0 at 66", "1 66.0 at 66"])
    }

    @Test(
        "a hole is given up at ten seconds, not before; what comes late then completes the record")
    func givenUp() {
        var bench = Bench()
        bench.earnTrust()
        bench.see(bench.reading(65), at: 65)
        bench.tick(at: 74.9)
        #expect(bench.stage.heldCount == 1)
        bench.tick(at: 75)
        #expect(bench.stage.heldCount == 0)
        bench.see(bench.reading(66), at: 76)
        bench.see(bench.reading(64), at: 77)
        #expect(bench.values().filter { !$0.isNaN } == [65, 66, 64])
    }

    @Test(
        "numbers are believed after 64 without a hole, and after twice as many once it was in vain")
    func trust() {
        var bench = Bench()
        bench.earnTrust(63)
        bench.see(bench.reading(64), at: 64)
        #expect(bench.values() == [64], "63 are not enough")
        bench.see(bench.reading(63), at: 64)
        #expect(bench.values() == [63])
        bench.earnTrust(64, from: 65)
        bench.see(bench.reading(130), at: 130)
        #expect(bench.stage.heldCount == 1)
        bench.tick(at: 141)
        _ = bench.values()
        bench.earnTrust(127, from: 131)
        bench.see(bench.reading(259), at: 259)
        #expect(bench.stage.heldCount == 0, "127 are not enough now")
        bench.see(bench.reading(258), at: 260)
        bench.earnTrust(128, from: 260)
        bench.see(bench.reading(389), at: 389)
        #expect(bench.stage.heldCount == 1)
        bench.see(bench.reading(388), at: 390)
        bench.earnTrust(64, from: 390)
        bench.see(bench.reading(455), at: 455)
        #expect(bench.stage.heldCount == 1, "a hole that was filled restores the old faith")
    }

    @Test("numbers of a gateway that counts all its readings are never waited for")
    func gatewayWide() {
        var bench = Bench()
        for number in 0..<2000 where number % 7 != 0 || number % 3 == 0 {
            bench.see(bench.reading(number), at: Double(number))
            #expect(bench.stage.heldCount == 0)
        }
    }

    @Test("disorder from the first reading on does not keep the numbers from being believed")
    func disorderedFromTheStart() {
        var generator = SeededGenerator(seed: 9)
        var order = Array(0..<160)
        for place in stride(from: 0, to: order.count, by: 4) {
            order[place..<place + 4].shuffle(using: &generator)
        }
        var bench = Bench()
        for number in order { bench.see(bench.reading(number), at: Double(number)) }
        _ = bench.values()
        bench.see(bench.reading(161), at: 161)
        #expect(bench.stage.heldCount == 1)
    }

    @Test("duplicates, of what is held too, go through once or as duplicates, never reordered")
    func duplicates() {
        var bench = Bench()
        bench.earnTrust()
        for number in [63, 65, 65] { bench.see(bench.reading(number), at: 66) }
        #expect(bench.values() == [63])
        #expect(bench.stage.heldCount == 1)
        bench.see(bench.reading(64), at: 67)
        #expect(bench.values() == [64, 65])
    }

    @Test("a gateway that booted hands on at once what was held of its life before")
    func boot() {
        var bench = Bench()
        bench.earnTrust()
        bench.see(bench.reading(66), at: 66)
        bench.see(bench.reading(1, boot: 2), at: 67)
        #expect(bench.values() == [66, 1])
        bench.see(bench.reading(2, boot: 2), at: 68)
        #expect(bench.values() == [2])
    }

    @Test("a counter that runs over is believed again, and a hole behind it is waited for")
    func runsOver() {
        var bench = Bench()
        let end = 1 << 16
        bench.earnTrust(64, from: end - 64)
        func later(_ number: Int) -> Reading {
            var reading = bench.reading(number)
            (reading.sourceTime, reading.arrivalTime) = (
                .at(Double(end + number)), .at(Double(end + number))
            )
            return reading
        }
        for number in 0..<70 { bench.see(later(number), at: Double(end + number)) }
        #expect(bench.values() == (0..<70).map(Double.init), "none is held or left out meanwhile")
        bench.see(later(71), at: Double(end + 71))
        #expect(bench.stage.heldCount == 1)
        bench.see(later(70), at: Double(end + 72))
        #expect(bench.values() == [70, 71])
    }

    @Test("older readings that come again, in a row of their own, are no new count")
    func sentAgain() {
        var bench = Bench()
        bench.earnTrust()
        for number in 10..<30 { bench.see(bench.reading(number), at: 64) }
        bench.see(bench.reading(65), at: 65)
        #expect(bench.stage.heldCount == 1, "the numbers are still believed")
    }

    @Test("readings without numbers, and one sensor's hole, hold up nobody")
    func others() {
        var bench = Bench()
        bench.earnTrust()
        bench.see(bench.reading(66), at: 66)
        bench.see(bench.source.value(0.4, of: Heading.faceReturn, at: 66), at: 66)
        bench.see(bench.reading(5, sensor: Heading.faceReturn), at: 66)
        bench.see(bench.source.event(.linkUp, at: 66), at: 66)
        #expect(bench.values().filter { !$0.isNaN } == [0.4, 5])
    }

    @Test("no more than its bound is held, and the oldest hole is given up for it")
    func bound() {
        var bench = Bench()
        bench.earnTrust()
        let bound = InOrder<Echo>.heldMax
        for number in 0..<bound { bench.see(bench.reading(65 + number), at: 66) }
        #expect(bench.stage.heldCount == bound)
        #expect(bench.values() == [])
        bench.see(bench.reading(65 + bound), at: 67)
        #expect(bench.stage.heldCount <= 1)
        #expect(bench.values().count >= bound)
    }

    @Test("saved and loaded at any point, with readings held, it goes on the same")
    func saved() throws {
        var generator = SeededGenerator(seed: 4)
        var order = Array(64..<400)
        for place in stride(from: 0, to: order.count - 8, by: 8) {
            order[place..<place + 8].shuffle(using: &generator)
        }
        for cut in [0, 3, 50, 117, 201, 335] {
            var (whole, first) = (Bench(), Bench())
            whole.earnTrust()
            first.earnTrust()
            for number in order { whole.see(whole.reading(number), at: 66) }
            for number in order[..<cut] { first.see(first.reading(number), at: 66) }
            var state = StateWriter()
            first.stage.save(to: &state)
            var second = Bench()
            second.position = first.position
            var reader = StateReader(state.words)
            try second.stage.load(from: &reader)
            #expect(reader.isAtEnd)
            for number in order[cut...] { second.see(second.reading(number), at: 66) }
            #expect(
                first.stage.detector.seen + second.stage.detector.seen == whole.stage.detector.seen)
        }
    }

    @Test("a damaged state is an error that names the place, never a trap")
    func damaged() throws {
        var bench = Bench()
        bench.earnTrust()
        bench.see(bench.reading(66), at: 66)
        var state = StateWriter()
        bench.stage.save(to: &state)
        for length in 0..<state.words.count {
            var reader = StateReader(Array(state.words[..<length]))
            #expect(throws: StateError.self, "\(length) words") {
                var stage = InOrder(Echo(), Heading.roster)
                try stage.load(from: &reader)
            }
        }
        var reader = StateReader([.max] + state.words.dropFirst())
        #expect(throws: StateError.self) {
            var stage = InOrder(Echo(), Heading.roster)
            try stage.load(from: &reader)
        }
    }
}
