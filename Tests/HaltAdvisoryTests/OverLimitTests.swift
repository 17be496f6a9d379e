import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Which over-limit of its cycle a halt is, and how many days the province asks for.
@Suite("Cumulative halts")
struct OverLimitTests {
    /// One heading with two heads.
    private static func mine() -> Course {
        let basis = LegalBasis(
            instrument: "Notice", edition: "2021", article: "1", verified: .secondary)
        var site = Course.site
        site.policy = ProvincePolicy(
            name: "p", title: "", outputTonnesMin: nil, outputBasis: basis, haltDays: [3, 6, 9],
            cycleMonths: 2, haltBasis: basis, calibrationDays: nil, calibrationBasis: basis,
            fingerprint: "")
        return Course(site)
    }

    /// The gas of `sensor` goes over the limit; which over-limit that is, and what is said of it.
    private static func cross(
        _ mine: inout Course, _ sensor: Int
    ) throws -> (number: Int, days: Int) {
        mine.take(.began, sensor: sensor)
        let told = try #require(mine.told.last)
        let advisory = try #require(told.advisory)
        let halt = try #require(mine.book.cumulativeHalt(of: advisory))
        let words = "over-limit \(halt.number) of its cycle halts for \(halt.days) days"
        #expect(told.why.contains(words), "\(told.why)")
        return (halt.number, halt.days)
    }

    /// All that ends the halt of `sensor`, as far as its days allow it.
    private static func end(_ mine: inout Course, _ sensor: Int, hadOtherCause: Bool) {
        mine.take(.ended, sensor: sensor)
        mine.take(.acknowledge, sensor: sensor)
        mine.take(.seen, sensor: sensor)
        mine.pass(70)
        let id = (Heading.sensors[sensor]?.id ?? "") + ".cut"
        let refusal = mine.order(
            OperatorOrder(
                .release, of: id, text: "treated", hadOtherCause: hadOtherCause ? true : nil),
            by: Course.people[2])
        #expect(refusal == nil)
    }

    @Test("two heads of one place that see the same gas are one over-limit")
    func together() throws {
        var mine = Self.mine()
        #expect(Heading.sensors[0]?.place == Heading.sensors[1]?.place)
        #expect(try Self.cross(&mine, 0) == (1, 3))
        mine.pass(20)
        #expect(try Self.cross(&mine, 1) == (1, 3))
    }

    @Test("what another head sees before the halt is released belongs to the same over-limit")
    func unreleased() throws {
        var mine = Self.mine()
        #expect(try Self.cross(&mine, 0) == (1, 3))
        mine.take(.ended)
        mine.pass(600)
        #expect(try Self.cross(&mine, 1) == (1, 3))
        mine.take(.ended, sensor: 1)
        mine.pass(600)
        mine.take(.began)
        let again = try #require(mine.told.last?.advisory)
        #expect(mine.book.cumulativeHalt(of: again)?.number == 1)
    }

    @Test("after their release the next is the second, by whichever head")
    func released() throws {
        var mine = Self.mine()
        _ = try Self.cross(&mine, 0)
        _ = try Self.cross(&mine, 1)
        for _ in 0..<73 { mine.pass(3600) }
        Self.end(&mine, 0, hadOtherCause: false)
        Self.end(&mine, 1, hadOtherCause: false)
        #expect(mine.book.openHaltCount == 0)
        #expect(try Self.cross(&mine, 1) == (2, 6))
        #expect(try Self.cross(&mine, 0) == (2, 6))
    }

    @Test("one that had another cause does not count; those beside it do")
    func forgiven() throws {
        var mine = Self.mine()
        _ = try Self.cross(&mine, 0)
        mine.pass(20)
        _ = try Self.cross(&mine, 1)
        let second = try #require(mine.told.last?.advisory)
        Self.end(&mine, 0, hadOtherCause: true)
        #expect(mine.book.cumulativeHalt(of: second)?.number == 1)
        Self.end(&mine, 1, hadOtherCause: true)
        #expect(mine.book.cumulativeHalt(of: second) == nil)
        #expect(try Self.cross(&mine, 0) == (1, 3))
    }

    @Test("a book that begins with the journal, or with what another knew, counts the same")
    func restored() throws {
        var mine = Self.mine()
        _ = try Self.cross(&mine, 0)
        _ = try Self.cross(&mine, 1)
        let memory = mine.book.memory
        var carried = AdvisoryBook(site: mine.book.site, sensors: Heading.sensors, ring: 7)
        carried.restore(memory)
        for announcement in mine.book.open { carried.restore(carried: announcement) }
        #expect(carried.memory == memory)
        let second = try #require(mine.book.open.last?.advisory)
        mine.down(60)
        #expect(mine.book.cumulativeHalt(of: second)?.number == 1)
        #expect(carried.cumulativeHalt(of: second)?.number == 1)
    }

    @Test("what was remembered before halts of one place were one can be read")
    func older() throws {
        let text = """
            {"ring": 7, "closed": [], "told": [], "decommissioned": [], "watches": [],
             "overLimits": [{"id": "a", "onset": 1}, {"id": "b", "onset": 2}]}
            """
        let memory = try JSONDecoder().decode(BookMemory.self, from: Data(text.utf8))
        var mine = Self.mine()
        mine.book.restore(memory)
        #expect(mine.book.memory == memory)
    }

    /// An over-limit as the memory of a book is written.
    private struct Written: Codable {
        var id: String
        var onset: Int64
        var begunBy: String?

        var event: String { begunBy ?? id }
    }

    private struct WrittenMemory: Codable { var overLimits: [Written] }

    /// Which one of its cycle `one` is, by a look at all.
    private static func number(of one: Written, among all: [Written]) -> Int {
        let begins = Dictionary(grouping: all, by: \.event).mapValues { $0.map(\.onset).min() ?? 0 }
        let begin = begins[one.event] ?? 0
        let cycle: Int64 = 60 * 86_400_000_000_000
        return begins.values.count { $0 > begin - cycle && $0 <= begin }
    }

    @Test("each of hundreds has the number that a count of all gives it", arguments: 0..<20)
    func counted(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var mine = Self.mine()
        let day: Int64 = 86_400_000_000_000
        let written = (0..<400).map { index in
            Written(
                id: "h\(index)",
                onset: mine.now.nanoseconds - .random(in: 0..<120 * day, using: &random),
                begunBy: [nil, nil, "h\(index / 2)", "lost"].randomElement(using: &random) ?? nil)
        }
        let list = String(decoding: try JSONEncoder().encode(written), as: UTF8.self)
        let text = """
            {"ring": 7, "closed": [], "told": [], "decommissioned": [], "watches": [],
             "overLimits": \(list)}
            """
        mine.book.restore(try JSONDecoder().decode(BookMemory.self, from: Data(text.utf8)))
        mine.take(.began)
        mine.pass(20)
        mine.take(.began, sensor: 1)
        if seed % 2 == 1 { Self.end(&mine, 0, hadOtherCause: true) }
        let memory = try JSONEncoder().encode(mine.book.memory)
        let all = try JSONDecoder().decode(WrittenMemory.self, from: memory).overLimits
        #expect(all.count == (seed % 2 == 1 ? 401 : 402))
        var advisory = try #require(mine.book.open.last?.advisory)
        for one in all {
            advisory.id = one.id
            let found = mine.book.cumulativeHalt(of: advisory)?.number
            #expect(found == Self.number(of: one, among: all), "\(one)")
        }
    }

    @Test("of more than ten thousand the oldest are forgotten, and the newest counts")
    func bounded() throws {
        var mine = Self.mine()
        let written = (0..<10_000).map { Written(id: "h\($0)", onset: Int64($0), begunBy: nil) }
        let list = String(decoding: try JSONEncoder().encode(written), as: UTF8.self)
        let text = """
            {"ring": 7, "closed": [], "told": [], "decommissioned": [], "watches": [],
             "overLimits": \(list)}
            """
        mine.book.restore(try JSONDecoder().decode(BookMemory.self, from: Data(text.utf8)))
        #expect(try Self.cross(&mine, 0) == (1, 3))
        let memory = try JSONEncoder().encode(mine.book.memory)
        let kept = try JSONDecoder().decode(WrittenMemory.self, from: memory).overLimits
        #expect((5000...10_000).contains(kept.count))
        #expect(kept.contains { $0.id == "h9999" } && !kept.contains { $0.id == "h0" })
    }
}
