import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("BookMemory")
struct BookMemoryTests {
    private static let ring: UInt64 = 7

    private static func fresh(ring: UInt64 = ring) -> AdvisoryBook {
        AdvisoryBook(site: site, sensors: Heading.sensors, ring: ring)
    }

    private static var site: Site {
        var site = Heading.site
        let basis = LegalBasis(
            instrument: "Notice", edition: "2019", article: "1", verified: .secondary)
        site.policy = ProvincePolicy(
            name: "p", title: "", outputTonnesMin: nil, outputBasis: basis, haltDays: [3, 6, 9],
            cycleMonths: 2, haltBasis: basis, calibrationDays: nil, calibrationBasis: basis,
            fingerprint: "")
        return site
    }

    /// What a journal that begins with this book would give back.
    private static func carried(_ book: AdvisoryBook) throws -> AdvisoryBook {
        var next = fresh()
        let bytes = try JSONEncoder().encode(book.memory)
        next.restore(try JSONDecoder().decode(BookMemory.self, from: bytes))
        for announcement in book.open { next.restore(carried: announcement) }
        return next
    }

    private static func finding(
        _ rule: Rule, _ change: Finding.Change, _ sensor: UInt32, second: Double, position: UInt64
    ) -> Finding {
        Finding(
            rule, change, of: .sensor(sensor), value: change == .ended ? 0.4 : 1.7,
            eventTime: .at(second), arrivalTime: .at(second), position: position)
    }

    /// A book that read the whole journal.
    private static func restored(_ journal: [Announcement]) -> AdvisoryBook {
        var book = fresh()
        for announcement in journal { book.restore(announcement) }
        return book
    }

    @Test(
        "a book that begins with the newest segment goes on like one that read the whole journal",
        arguments: [1, 2, 3, 4, 5] as [UInt64])
    func same(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var (whole, handed) = (Self.fresh(), Self.fresh())
        var journal: [Announcement] = []
        var position: UInt64 = 10
        var differences = 0
        for step in 0..<400 {
            let tick = Reading.tick(Double(step * 40))
            let (late, alsoLate) = (whole.tick(tick), handed.tick(tick))
            if late != alsoLate || whole.memory != handed.memory { differences += 1 }
            journal += late
            let rule = [Rule.cut, .alarm, .silence, .trend][Int(random.next() % 4)]
            let change: Finding.Change = [.began, .ended, .worsened][Int(random.next() % 3)]
            // Now and then an older record once more, as a restarted detector reads it.
            let isAgain = random.next() % 5 == 0 && position > 20
            let finding = Self.finding(
                rule, change, UInt32(random.next() % 2), second: Double(step * 40),
                position: isAgain ? position - random.next() % 10 : position)
            let (told, alsoTold) = (whole.take(finding), handed.take(finding))
            if told != alsoTold { differences += 1 }
            journal += [told].compactMap { $0 }
            position += 1 + random.next() % 3
            if random.next() % 20 == 0 {
                (whole, handed) = (Self.restored(journal), try Self.carried(handed))
                if handed.open != whole.open { differences += 1 }
            }
        }
        #expect(differences == 0, "seed \(seed)")
        #expect(journal.count > 100)
    }

    @Test("over-limits that were released and closed still count in their cycle")
    func overLimits() throws {
        var book = Self.fresh()
        for index in 0..<3 {
            let second = Double(index) * 86_400
            let raised = book.take(
                Self.finding(.cut, .began, Heading.face, second: second, position: UInt64(index)))
            var released = try #require(raised)
            released.transition = .released
            released.advisory?.revision = 9
            released.advisory?.state = .closed
            book.restore(released)
        }
        #expect(book.open.isEmpty)
        var next = try Self.carried(book)
        let fourth = next.take(
            Self.finding(.cut, .began, Heading.face, second: 3 * 86_400, position: 9))
        let advisory = try #require(fourth?.advisory)
        let halt = try #require(next.cumulativeHalt(of: advisory))
        #expect(halt.number == 4 && halt.days == 9)
    }

    @Test("positions of another ring are forgotten, all else is not")
    func otherRing() {
        var book = Self.fresh()
        _ = book.take(Self.finding(.cut, .began, Heading.face, second: 0, position: 50))
        var next = Self.fresh(ring: 8)
        next.restore(book.memory)
        let raised = next.take(
            Self.finding(.alarm, .began, Heading.face, second: 5, position: 1))
        #expect(raised != nil)
    }

    @Test("a sensor that was taken out stays taken out, although its halt still stands")
    func decommissioned() throws {
        var book = Self.fresh()
        _ = book.take(Self.finding(.cut, .began, Heading.face, second: 0, position: 1))
        let entry = Decommission(sensor: "H101-T1", by: "Chen Jun", reason: "sealed off")
        let told = book.decommission(entry, at: .at(10))
        var next = try Self.carried(book)
        let again = next.decommission(entry, at: .at(20))
        #expect(!told.isEmpty && again.isEmpty, "that was told before")
        #expect(next.openHaltCount == 1)
    }
}

extension Reading {
    fileprivate static func tick(_ second: Double) -> Reading {
        Reading(
            sensor: 0, kind: .tick, sourceTime: .at(second), arrivalTime: .at(second),
            arrivalUptime: Int64(second * 1e9))
    }
}
