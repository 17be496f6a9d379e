import Foundation
import GasModel
import ReadingRing
import Synchronization
import Testing

/// These run two and more real threads. Under ThreadSanitizer they are what proves each ordering
/// necessary: `Deploy/checks/mutate-orderings` weakens them one by one and expects a report.
@Suite("Ring races")
struct RingRaceTests {
    @Test("every reader sees every record once, whole and in order", arguments: [2, 8, 64])
    func readersOfDifferentSpeed(capacity: Int) throws {
        let total: UInt64 = 20_000
        let storage = try RingStorage.anonymous(capacity: capacity, readers: ["fast", "slow"])
        // The locks are taken once each, by the one thread that uses what is in them.
        let fast = Mutex(storage.reader("fast"))
        let slow = Mutex(storage.reader("slow"))
        let writer = Mutex(storage.writer())
        let wrong = Atomic(0)
        inThreads(
            { writer.withLock { write(total, burst: 5, to: &$0) } },
            {
                let count = fast.withLock { misread(total, atMost: 64, in: &$0) }
                wrong.add(count, ordering: .relaxed)
            },
            {
                let count = slow.withLock { misread(total, atMost: 3, in: &$0) }
                wrong.add(count, ordering: .relaxed)
            })
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(storage.published == total)
        #expect(storage.held.allSatisfy { $0.records == 0 })
    }

    /// Writes `total` samples in bursts, waiting whenever the ring is full.
    private func write(_ total: UInt64, burst: Int, to writer: inout RingWriter) {
        while writer.position < total {
            let count = min(burst, Int(total - writer.position))
            if writer.write(count) == 0 { sched_yield() }
        }
    }

    /// Reads `total` records; returns how many were damaged, missing or out of order.
    private func misread(_ total: UInt64, atMost most: Int, in reader: inout RingReader) -> Int {
        var wrong = 0
        while reader.position < total {
            var expected = reader.position
            let count = reader.drain(atMost: most) { reading in
                if !isSample(reading, at: expected) { wrong += 1 }
                expected += 1
            }
            reader.commit(upTo: reader.position)
            if count == 0 { sched_yield() }
        }
        return wrong
    }
}

/// Outcomes of the hand-over: allowed is that the other side sees all that came before the ring;
/// forbidden is that it sees less, and that a record stays behind with nobody awake.
@Suite("Doorbell races")
struct DoorbellRaceTests {
    /// A number that is not atomic: only the bells keep two threads from touching it at once.
    private final class Ball: Sendable {
        // Unsafe on purpose: whether the bells order the accesses is what is tested.
        nonisolated(unsafe) var bounces = 0
    }

    @Test("who takes a ring sees all that was done before it")
    func handOver() {
        let ball = Ball()
        let there = Doorbell()
        let back = Doorbell()
        let wrong = Atomic(0)
        inThreads(
            {
                let count = play(ball, from: 0, ringing: there, waitingFor: back)
                wrong.add(count, ordering: .relaxed)
            },
            {
                let count = play(ball, from: 1, ringing: back, waitingFor: there)
                wrong.add(count, ordering: .relaxed)
            })
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(unsafe ball.bounces == 10_000)
    }

    /// Hits the ball 5,000 times, every other bounce; returns how often it was not where it must
    /// be.
    private func play(
        _ ball: Ball, from first: Int, ringing bell: Doorbell, waitingFor answer: Doorbell
    ) -> Int {
        var wrong = 0
        for bounce in stride(from: first, to: 10_000, by: 2) {
            while bounce > 0, !answer.rest() { sched_yield() }
            if unsafe ball.bounces != bounce { wrong += 1 }
            unsafe ball.bounces += 1
            _ = bell.ring()
        }
        return wrong
    }

    @Test("no wake-up is lost: all that is published is read, and nobody waits", arguments: 1...5)
    func wakeUps(seed: UInt64) throws {
        let total: UInt64 = 20_000
        let storage = try RingStorage.anonymous(capacity: 64, readers: ["a"])
        let reader = Mutex(storage.reader("a"))
        let writer = Mutex(storage.writer())
        let bell = Doorbell()
        let wake = DispatchSemaphore(value: 0)
        inThreads(
            { writer.withLock { produce(total, seed: seed, to: &$0, bell, wake) } },
            { reader.withLock { consume(total, from: &$0, bell, wake) } })
        #expect(reader.withLock { $0.committed } == total, "seed \(seed)")
    }

    private func produce(
        _ total: UInt64, seed: UInt64, to writer: inout RingWriter, _ bell: Doorbell,
        _ wake: DispatchSemaphore
    ) {
        var random = SeededGenerator(seed: seed)
        while writer.position < total {
            let wanted = min(Int.random(in: 1...4, using: &random), Int(total - writer.position))
            if writer.write(wanted) == 0 {
                sched_yield()
            } else if bell.ring() {
                wake.signal()
            }
        }
    }

    /// A worker as `Doorbell` describes it; gives up when it should have been woken and was not.
    private func consume(
        _ total: UInt64, from reader: inout RingReader, _ bell: Doorbell,
        _ wake: DispatchSemaphore
    ) {
        while reader.position < total {
            // The limit only turns a lost wake-up into a failure instead of a hang.
            guard wake.wait(timeout: .now() + 20) == .success else { return }
            repeat {
                while reader.drain({ _ in }) > 0 { reader.commit(upTo: reader.position) }
                bell.rest()
            } while reader.available > 0 && bell.ring()
        }
    }

    @Test("only the first ring since the last rest wakes")
    func coalesces() {
        let bell = Doorbell()
        #expect(bell.ring())
        #expect(!bell.ring())
        #expect(!bell.ring())
        #expect(bell.rest())
        #expect(!bell.rest())
        #expect(bell.ring())
    }
}
