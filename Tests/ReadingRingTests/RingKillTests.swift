import Foundation
import GasModel
import ReadingRing
import Synchronization
import Testing

@Suite("Killed ring")
struct RingKillTests {
    static let readers = ["prompt", "lagging"]

    @Test("kill -9 at any instant leaves every reader where it committed, and all after it whole")
    func killed() async throws {
        let scratch = try Scratch()
        let path = scratch.ring
        var random = SeededGenerator(seed: 20_261_123)
        var lastEnd: UInt64 = 0
        for life in 0..<20 {
            let death = lastEnd + .random(in: 1...20_000, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, death = death as UInt64] in
                try live(path, until: death)
            }
            let end = try examine(path, life: life)
            #expect(end >= death, "life \(life)")
            lastEnd = end
        }
    }

    /// Reads all that the dead process left; returns where it ended. Commits for one reader only.
    private func examine(_ path: String, life: Int) throws -> UInt64 {
        let storage = try RingStorage.open(path: path, capacity: 256, readers: Self.readers)
        #expect(storage.refusal == nil, "life \(life)")
        let end = storage.published
        for name in Self.readers {
            var reader = storage.reader(name, warmUp: life % 2 * 256)
            let start = reader.position
            let (positions, damaged) = reader.read()
            #expect(positions == Array(start..<end), "life \(life), reader \(name)")
            #expect(damaged == 0, "life \(life), reader \(name)")
            if name == "prompt" { reader.commit(upTo: end) }
        }
        return end
    }
}

/// One life: a writer at full speed, two readers, and a fourth thread that kills the process when
/// the writer has come to `death`, wherever in their work the others are.
private func live(_ path: String, until death: UInt64) throws {
    let storage = try RingStorage.open(
        path: path, capacity: 256, readers: RingKillTests.readers)
    let prompt = Mutex(storage.reader("prompt"))
    let lagging = Mutex(storage.reader("lagging"))
    let writer = Mutex(storage.writer())
    inThreads(
        { writer.withLock { writer in while true { writer.write(7) } } },
        { prompt.withLock { reader in while true { reader.finish() } } },
        {
            lagging.withLock { reader in
                while true {
                    _ = reader.read(atMost: 5)
                    let half = (reader.position - reader.committed) / 2
                    reader.commit(upTo: reader.committed + half)
                }
            }
        },
        {
            while storage.published < death { sched_yield() }
            kill(getpid(), SIGKILL)
        })
}
