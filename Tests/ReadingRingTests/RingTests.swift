import GasModel
import ReadingRing
import Synchronization
import Testing

@Suite("RingLayout")
struct RingLayoutTests {
    @Test("an atomic word is eight plain bytes, so it can lie in a file")
    func atomicWord() {
        #expect(MemoryLayout<Atomic<UInt64>>.size == 8)
        #expect(MemoryLayout<Atomic<UInt64>>.stride == 8)
        #expect(MemoryLayout<Atomic<UInt64>>.alignment == 8)
    }

    @Test("the file format of version 1 lies where it always lay")
    func offsets() {
        #expect(RingLayout.version == 1)
        #expect(RingLayout.recordBytes == 64)
        #expect(RingLayout.namesOffset == 32)
        #expect(RingLayout.checksumOffset == 160)
        #expect(RingLayout.publishedOffset == 256)
        #expect(RingLayout.holdOffset(reader: 0) == 384)
        #expect(RingLayout.resumeOffset(reader: 7) == 384 + 7 * 128 + 8)
        #expect(MemoryLayout<Reading>.offset(of: \.position) == 56)
    }

    @Test("no two threads write within 128 bytes, and the slots begin beyond the last cursor")
    func lines() {
        let words = [RingLayout.publishedOffset] + (0..<8).map(RingLayout.holdOffset(reader:))
        #expect(words.allSatisfy { $0 % 128 == 0 })
        #expect(Set(words).count == words.count)
        #expect(RingLayout.resumeOffset(reader: 7) + 8 <= RingLayout.headerBytes)
        #expect(RingLayout.checksumOffset + 8 <= RingLayout.publishedOffset)
        #expect(RingLayout.headerBytes % 4096 == 0)
    }
}

@Suite("Ring in one thread")
struct RingTests {
    @Test("staged records are seen only once they are published, and then all at once")
    func publication() throws {
        let storage = try RingStorage.anonymous(capacity: 8, readers: ["a"])
        var reader = storage.reader("a")
        var writer = storage.writer()
        #expect(writer.freeSlots() == 8)
        for _ in 0..<3 { writer.append(sample(writer.position)) }
        #expect(reader.available == 0)
        #expect(reader.drain { _ in } == 0)
        writer.publish()
        #expect(reader.available == 3)
        #expect(reader.read().positions == [0, 1, 2])
        #expect(reader.drain { _ in } == 0)
    }

    @Test("records come out whole and in order over many laps", arguments: [2, 4, 8])
    func laps(capacity: Int) throws {
        let storage = try RingStorage.anonymous(capacity: capacity, readers: ["a"])
        var reader = storage.reader("a")
        var writer = storage.writer()
        var expected: UInt64 = 0
        for burst in 0..<100 {
            let count = UInt64(writer.write(1 + burst % capacity))
            let (positions, damaged) = reader.read()
            #expect(positions == Array(expected..<expected + count))
            #expect(damaged == 0)
            expected += count
            reader.commit(upTo: reader.position)
        }
        #expect(expected > UInt64(10 * capacity))
    }

    @Test("a full ring has no slot until the slowest reader commits, and then as many as it gave")
    func full() throws {
        let storage = try RingStorage.anonymous(capacity: 8, readers: ["fast", "slow"])
        var fast = storage.reader("fast")
        var slow = storage.reader("slow")
        var writer = storage.writer()
        #expect(writer.write(9) == 8)
        #expect(writer.freeSlots() == 0)
        fast.finish()
        #expect(writer.freeSlots() == 0)
        _ = slow.read()
        #expect(writer.freeSlots() == 0, "reading is not committing")
        slow.commit(upTo: 3)
        #expect(writer.freeSlots() == 3)
        #expect(storage.held.map(\.records) == [0, 5])
        #expect(storage.published == 8)
    }

    @Test("at most as many are drained as asked for, and none for zero")
    func drainLimit() throws {
        let storage = try RingStorage.anonymous(capacity: 8, readers: ["a"])
        var reader = storage.reader("a")
        var writer = storage.writer()
        writer.write(5)
        #expect(reader.read(atMost: 0).positions == [])
        #expect(reader.read(atMost: 2).positions == [0, 1])
        #expect(reader.read(atMost: 3).positions == [2, 3, 4])
        #expect(reader.position == 5)
        #expect(reader.committed == 0)
    }

    @Test("the writer keeps to its last look at the readers as long as that suffices")
    func lazyLook() throws {
        let storage = try RingStorage.anonymous(capacity: 4, readers: ["a"])
        var reader = storage.reader("a")
        var writer = storage.writer()
        writer.write(3)
        reader.finish()
        #expect(writer.freeSlots(atLeast: 1) == 1)
        #expect(writer.freeSlots(atLeast: 2) == 4)
    }

    @Test("nothing is lost, doubled or overwritten, whatever the speeds", arguments: 1...40)
    func anySpeeds(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let capacity = 1 << Int.random(in: 1...6, using: &random)
        let storage = try RingStorage.anonymous(capacity: capacity, readers: ["a", "b", "c"])
        var a = storage.reader("a")
        var b = storage.reader("b")
        var c = storage.reader("c")
        var writer = storage.writer()
        for _ in 0..<2_000 {
            let lowest = min(a.committed, b.committed, c.committed)
            let free = capacity - Int(writer.position - lowest)
            let wanted = Int.random(in: 0...capacity, using: &random)
            let isRight = writer.freeSlots(atLeast: capacity) == free
            try #require(isRight && writer.write(wanted) == min(wanted, free), "seed \(seed)")
            try #require(step(&a, oneIn: 1, &random), "seed \(seed)")
            try #require(step(&b, oneIn: 3, &random), "seed \(seed)")
            try #require(step(&c, oneIn: 9, &random), "seed \(seed)")
        }
        #expect(writer.position > UInt64(50 * capacity), "seed \(seed)")
    }

    /// Now and then reads some and commits some of it; returns whether all was as it should be.
    private func step(
        _ reader: inout RingReader, oneIn rarity: Int, _ random: inout SeededGenerator
    ) -> Bool {
        guard Int.random(in: 0..<rarity, using: &random) == 0 else { return true }
        let before = reader.position
        let count = min(reader.available, Int.random(in: 0...64, using: &random))
        let (positions, damaged) = reader.read(atMost: count)
        reader.commit(upTo: .random(in: reader.committed...reader.position, using: &random))
        return damaged == 0 && positions == Array(before..<before + UInt64(count))
    }
}
