import GasModel
import ReadingRecord
import Support
import Testing

/// What the ledger finds in numbers, ticks and links.
@Suite("Gap ledger")
struct GapLedgerTests {
    /// The events that `records` lead to, with ticks after them until all is told.
    private static func events(_ records: [Reading], through last: Double = 7300) -> [GapEvent] {
        var ledger = GapLedger(sensors: 2)
        var events: [GapEvent] = []
        for record in numbered(withTicks(records, through: last)) {
            ledger.observe(record, into: &events)
        }
        return events
    }

    /// The records with a tick before each second of their arrival.
    private static func withTicks(_ records: [Reading], through last: Double) -> [Reading] {
        var all = records
        for second in 0...Int(last) { all.append(.tick(at: Double(second))) }
        return all.enumerated().sorted {
            let (a, b) = ($0.element, $1.element)
            return (a.arrivalUptime, a.kind == .tick ? 0 : 1, $0.offset)
                < (b.arrivalUptime, b.kind == .tick ? 0 : 1, $1.offset)
        }.map(\.element)
    }

    private static func numbered(_ records: [Reading]) -> [Reading] {
        records.enumerated().map { index, record in
            var record = record
            record.position = UInt64(index)
            return record
        }
    }

    private static func tallies(_ records: [Reading], through last: Double = 7300) -> [NumberTally]
    {
        events(records, through: last).compactMap {
            if case .numbers(let tally) = $0.kind { tally } else { nil }
        }
    }

    private static func row(_ numbers: some Sequence<UInt64>, boot: UInt64 = 7) -> [Reading] {
        numbers.enumerated().map { .numbered($1, boot: boot, at: Double($0) + 0.5) }
    }

    @Test("a row without a hole has nothing to tell, with numbers or without")
    func nothing() {
        #expect(Self.events(Self.row(0..<500)).isEmpty)
        #expect(Self.events(Self.row(123_456..<123_956)).isEmpty)
        #expect(Self.events((0..<500).map { .event(.measurement, at: Double($0)) }).isEmpty)
    }

    @Test("numbers that never come are missing: which, how many, and since when")
    func missing() {
        let tallies = Self.tallies(Self.row(Array(1...100) + Array(106...300)))
        #expect(tallies.count == 1)
        #expect(tallies.first?.missing == 5)
        #expect(tallies.first?.firstMissing == 101)
        #expect(tallies.first?.lastMissing == 105)
        #expect(tallies.first?.from == .at(100.5))
        #expect(tallies.first?.duplicates == 0 && tallies.first?.reordered == 0)
    }

    @Test("two holes within the time of waiting are two, and both are believed")
    func twice() {
        let numbers = Array(1...100) + Array(103...105) + Array(108...300) as [UInt64]
        #expect(Self.tallies(Self.row(numbers)).map(\.missing) == [4])
    }

    @Test("disorder within the bound closes the hole again; beyond it, it is missing, then late")
    func disorder() {
        var swapped = Array(UInt64(1)...200)
        swapped.swapAt(120, 123)
        let within = Self.tallies(Self.row(swapped))
        #expect(within.map(\.missing) == [0])
        #expect(within.first?.reordered == 3, "three came after one with a higher number")
        var late = Self.row((1...200).filter { $0 != 100 })
        late.append(.numbered(100, at: 150.7, measured: 99.5))
        let beyond = Self.tallies(late)
        #expect(beyond.map(\.missing).reduce(0, +) == 1)
        #expect(beyond.map(\.filled).reduce(0, +) == 1)
        #expect(beyond.map(\.reordered).reduce(0, +) == 0)
    }

    @Test("what comes twice is doubled, and nothing else")
    func duplicates() {
        var records = Self.row(1...200)
        for number in [3, 100, 150] as [UInt64] {
            records.append(.numbered(number, at: 180.25, measured: Double(number) - 0.5))
        }
        let tallies = Self.tallies(records)
        #expect(tallies.map(\.duplicates).reduce(0, +) == 3)
        #expect(tallies.allSatisfy { $0.missing == 0 && $0.reordered == 0 && $0.reboots == 0 })
    }

    @Test("a reboot with another boot id, and one without, are reboots; what is missing stays so")
    func reboots() {
        let named =
            Self.row(1...100) + (0..<100).map { .numbered($0, boot: 8, at: 101 + Double($0)) }
        #expect(Self.tallies(named).map(\.reboots) == [1])
        #expect(Self.tallies(named).map(\.missing) == [0])
        let silent = Self.row(1...1000) + (0..<100).map { .numbered($0, at: 1001 + Double($0)) }
        #expect(Self.tallies(silent).map(\.reboots) == [1])
        #expect(Self.tallies(silent).map(\.duplicates) == [0])
        let lost =
            Self.row((1...100).filter { $0 != 98 })
            + (0..<100).map { .numbered($0, boot: 8, at: 101 + Double($0)) }
        #expect(Self.tallies(lost).map(\.missing) == [1])
    }

    @Test("a counter of 16 bits that runs over is no reboot and misses nothing")
    func wrap() {
        let numbers = Array(UInt64(65_000)..<65_536) + Array(0..<500)
        let tallies = Self.tallies(Self.row(numbers))
        #expect(tallies.map(\.wraps) == [1])
        #expect(tallies.allSatisfy { $0.reboots == 0 && $0.missing == 0 && $0.duplicates == 0 })
    }

    @Test(
        "a gateway that counts all its sensors in one row is one entry an hour, and proves nothing")
    func oneRow() {
        let tallies = Self.tallies(Self.row(stride(from: UInt64(0), to: 21_000, by: 3)))
        #expect(tallies.count == 2, "7000 s are two whole hours and what is not told yet")
        #expect(tallies.allSatisfy { $0.missing == 0 && $0.skipped > 6000 })
    }

    @Test("a leap of the number that no loss explains is a reboot")
    func leap() {
        let tallies = Self.tallies(Self.row(Array(1...100) + Array((1 << 40)...(1 << 40) + 100)))
        #expect(tallies.map(\.reboots) == [1])
        #expect(tallies.map(\.missing) == [0])
    }

    @Test("a flood of holes is bounded and every number is counted once")
    func flood() {
        var ledger = GapLedger(sensors: 3000)
        var events: [GapEvent] = []
        for number in 0..<100 as Range<UInt64> {
            for sensor in 0..<3000 as Range<UInt32> {
                ledger.observe(.numbered(number, of: sensor, at: Double(number)), into: &events)
            }
        }
        for sensor in 0..<3000 as Range<UInt32> {
            ledger.observe(.numbered(102, of: sensor, at: 101), into: &events)
        }
        for second in 102...240 { ledger.observe(.tick(at: Double(second)), into: &events) }
        let missing = events.compactMap { event -> UInt64? in
            if case .numbers(let tally) = event.kind { tally.missing } else { nil }
        }
        #expect(missing.count == 3000)
        #expect(missing.allSatisfy { $0 == 2 })
    }

    @Test("a clock that is set forward or back is told with the step, a stall with its length")
    func clocks() {
        var ledger = GapLedger(sensors: 0)
        var events: [GapEvent] = []
        let ticks: [(Double, Double)] = [
            (0, 100), (1, 101), (62, 102), (63, 103), (33, 104), (34, 105), (44, 115), (45, 116),
            (46, 5),
        ]
        for (second, uptime) in ticks {
            ledger.observe(.tick(at: second, uptime: uptime), into: &events)
        }
        #expect(
            events.map(\.kind) == [
                .clockStep(nanoseconds: 60_000_000_000), .clockStep(nanoseconds: -31_000_000_000),
                .stall, .machineReboot,
            ])
        #expect(events[2].from == .at(34) && events[2].to == .at(44))
    }

    @Test("link and gateways are told as they come and go")
    func links() {
        let hash = UInt64(nameHash: "GW1")
        let events = Self.events(
            [
                .event(.linkUp, at: 1), .event(.linkDown, at: 10.5),
                .event(.gatewayDown, at: 12.5, boot: hash), .event(.linkUp, at: 20.5),
            ], through: 30)
        #expect(
            events.map(\.kind) == [
                .link(isUp: true), .link(isUp: false), .gateway(hash, isUp: false),
                .link(isUp: true),
            ])
    }

    @Test(
        "saved and loaded at any record, it finds the same", arguments: [11, 12, 13] as [UInt64])
    func restarts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var records: [Reading] = []
        for sensor in 0..<2 as Range<UInt32> {
            var number: UInt64 = 0
            var boot: UInt64 = 1
            for step in 0..<900 {
                let second = Double(step) + Double.random(in: 0.1...0.9, using: &random)
                switch Int.random(in: 0..<60, using: &random) {
                case 0: number += .random(in: 1...9, using: &random)
                case 1: (number, boot) = (0, boot + 1)
                case 2: records.append(.numbered(number, of: sensor, boot: boot, at: second + 0.05))
                case 3: records.append(.event(.linkDown, at: second))
                default: break
                }
                let delay = Int.random(in: 0..<20, using: &random) == 0 ? 3.0 : 0
                records.append(
                    .numbered(
                        number, of: sensor, boot: boot, at: second + delay, measured: second))
                number += 1
            }
        }
        let all = Self.numbered(Self.withTicks(records, through: 1200))
        var whole = GapLedger(sensors: 2)
        var expected: [GapEvent] = []
        for record in all { whole.observe(record, into: &expected) }
        #expect(expected.count > 20, "seed \(seed) says nothing")
        var events: [GapEvent] = []
        var ledger = GapLedger(sensors: 2)
        for record in all {
            var state = StateWriter()
            ledger.save(to: &state)
            ledger = GapLedger(sensors: 2)
            var words = StateReader(state.words)
            try ledger.load(from: &words)
            ledger.observe(record, into: &events)
        }
        #expect(events == expected, "seed \(seed)")
    }
}
