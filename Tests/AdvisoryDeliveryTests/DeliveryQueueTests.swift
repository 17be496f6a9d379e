import AdvisoryDelivery
import AdvisoryJournal
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Queue of an outlet")
struct DeliveryQueueTests {
    /// What is delivered of `told`, numbered from 1, when all of it waits.
    private func order(_ told: [Told]) throws -> [UInt64] {
        var queue = DeliveryQueue(deliveredThrough: 0)
        for (index, one) in told.enumerated() {
            let (number, entry) = (UInt64(index + 1), try one.entry())
            queue.add(
                number, row: DeliveryQueue.row(of: entry, number: number), gravity: Gravity(entry))
        }
        var numbers: [UInt64] = []
        while let next = queue.next(where: { _ in true }) {
            numbers.append(next.number)
            queue.removeHead(of: next.row)
        }
        #expect(queue.count == 0)
        #expect(queue.deliveredThrough == UInt64(told.count))
        return numbers
    }

    @Test("halts go first, then by severity, then by value over limit, then by age")
    func gravity() throws {
        #expect(
            try order([
                Told(severity: .notice, id: nil),
                Told(severity: .fault, id: "f", rule: .silence, value: nil, limit: nil),
                Told(severity: .warning, id: "w", rule: .trend, value: 0.9),
                Told(severity: .alarm, id: "a", value: 1.1, limit: ">=1.00"),
                Told(severity: .alarm, id: "b", value: 1.4, limit: ">=1.00"),
                Told(id: "h1", value: 1.6),
                Told(id: "h2", value: 3.0),
                Told(id: "h3", value: 0.75, limit: ">=0.50"),
                Told(id: "h4", value: 1.6),
            ]) == [7, 8, 6, 9, 5, 4, 3, 2, 1])
    }

    @Test("what must stay above its limit is the graver the lower it is")
    func lowerLimit() throws {
        #expect(
            try order([
                Told(severity: .alarm, id: "a", rule: .airShort, value: 0.2, limit: "<0.25"),
                Told(severity: .alarm, id: "b", rule: .airShort, value: 0.05, limit: "<0.25"),
            ]) == [2, 1])
    }

    @Test("an alarm that became a halt goes at once, its own first line before it")
    func stepUp() throws {
        #expect(
            try order([
                Told(severity: .alarm, id: "a", value: 1.1, limit: ">=1.00"),
                Told(severity: .alarm, id: "b", value: 1.4, limit: ">=1.00"),
                Told(severity: .halt, transition: .worse, id: "a", revision: 2, value: 1.6),
            ]) == [1, 3, 2])
    }

    @Test("what is over is no longer grave for the limit that it stays below")
    func over() throws {
        #expect(
            try order([
                Told(
                    transition: .gone, id: "a", revision: 2, state: .gone, value: 0.3,
                    limit: "<1.00"),
                Told(id: "b", value: 1.5),
            ]) == [2, 1])
    }

    @Test("a halt of the mine itself does not wait behind the daemon's other notices")
    func standing() throws {
        #expect(
            try order([
                Told(severity: .notice, id: nil), Told(severity: .fault, id: nil),
                Told(severity: .halt, transition: .standing, id: nil),
                Told(severity: .notice, id: nil),
            ]) == [3, 1, 2, 4])
    }

    @Test("1,000 by seed: no older revision after a newer one, and halts first")
    func thousand() throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        var told: [Told] = []
        var revisions: [String: Int] = [:]
        for _ in 0..<1000 {
            let id = "s\(Int.random(in: 0..<300, using: &generator))"
            revisions[id, default: 0] += 1
            let severity: [Severity] = [.halt, .alarm, .warning, .fault, .notice]
            told.append(
                Told(
                    severity: severity.randomElement(using: &generator) ?? .halt, id: id,
                    revision: revisions[id] ?? 1,
                    value: Double(Int.random(in: 100...400, using: &generator)) / 100,
                    limit: ">=1.00"))
        }
        let numbers = try order(told)
        var last: [String: Int] = [:]
        for number in numbers {
            let one = told[Int(number) - 1]
            let id = one.id ?? ""
            #expect(one.revision == last[id, default: 0] + 1, "seed \(seed)")
            last[id] = one.revision
        }
        // Once no halt waits in any row, none comes any more.
        let lastHalt = numbers.lastIndex { told[Int($0) - 1].severity == .halt } ?? 0
        let halted = Set(told.filter { $0.severity == .halt }.compactMap(\.id))
        let before = numbers[..<lastHalt].compactMap { told[Int($0) - 1].id }
        #expect(Set(before).isSubset(of: halted), "seed \(seed)")
    }

    @Test("the mark is the end of the gapless row, whatever went first")
    func mark() throws {
        var queue = DeliveryQueue(deliveredThrough: 7)
        for number in UInt64(8)...12 {
            queue.add(number, row: number, gravity: Gravity(try Told(id: "\(number)").entry()))
        }
        queue.removeHead(of: 10)
        queue.removeHead(of: 12)
        #expect(queue.deliveredThrough == 7)
        queue.removeHead(of: 8)
        #expect(queue.deliveredThrough == 8)
        queue.removeHead(of: 9)
        #expect(queue.deliveredThrough == 10)
        queue.removeHead(of: 11)
        #expect(queue.deliveredThrough == 12)
        #expect(queue.count == 0)
    }

    @Test("a row of 10,000 lines is taken from its head without growing slow or losing its order")
    func longRow() throws {
        var queue = DeliveryQueue(deliveredThrough: 0)
        let gravity = Gravity(try Told(id: "a").entry())
        for number in UInt64(1)...10_000 { queue.add(number, row: 1, gravity: gravity) }
        var numbers: [UInt64] = []
        while let next = queue.next(where: { _ in true }) {
            numbers.append(next.number)
            queue.removeHead(of: next.row)
        }
        #expect(numbers == Array(1...10_000))
    }
}
