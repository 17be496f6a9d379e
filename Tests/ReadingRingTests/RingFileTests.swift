import Foundation
import ReadingRing
import Testing

@Suite("Ring in a file")
struct RingFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    func open(_ readers: String..., capacity: Int = 8) throws -> RingStorage {
        try RingStorage.open(path: scratch.ring, capacity: capacity, readers: readers)
    }

    /// Writes `count` samples into a ring that nobody has open.
    func write(_ count: Int, into storage: consuming RingStorage) {
        var writer = storage.writer()
        #expect(writer.write(count) == count)
    }

    @Test("resumes every reader where it committed, and the writer behind the newest record")
    func resumes() throws {
        let creation: UInt64
        do {
            let storage = try open("a", "b")
            creation = storage.creation
            var a = storage.reader("a")
            var b = storage.reader("b")
            var writer = storage.writer()
            writer.write(7)
            a.finish()
            _ = b.read(atMost: 5)
            b.commit(upTo: 2)
            writer.append(sample(7))
        }
        let storage = try open("b", "a")
        #expect(storage.refusal == nil)
        #expect(storage.creation == creation)
        var a = storage.reader("a")
        var b = storage.reader("b")
        #expect(a.read().positions == [])
        #expect(b.read() == ([2, 3, 4, 5, 6], 0))
        #expect(storage.writer().position == 7, "what was only staged is gone")
    }

    @Test("a full ring is resumed full")
    func resumesFull() throws {
        write(8, into: try open("a"))
        let storage = try open("a")
        var reader = storage.reader("a")
        var writer = storage.writer()
        #expect(writer.freeSlots() == 0)
        #expect(reader.read() == (Array(0..<8), 0))
    }

    @Test("a reader that is no longer named holds the writer back no longer; a new one starts last")
    func retires() throws {
        write(6, into: try open("a", "old"))
        do {
            let storage = try open("new", "a")
            var a = storage.reader("a")
            var new = storage.reader("new")
            var writer = storage.writer()
            #expect(new.resumePosition == 6)
            #expect(a.read().positions.count == 6)
            a.commit(upTo: 6)
            #expect(writer.write(8) == 8, "only the retired reader has not read on")
            #expect(new.read().positions == Array(6..<14))
        }
        let storage = try open("old", "a", "new")
        #expect(storage.reader("old").resumePosition == 14)
        #expect(storage.reader("a").resumePosition == 6)
        #expect(storage.reader("new").resumePosition == 6)
    }

    @Test("is laid out whole on disk, so that a full disk cannot kill the writer later")
    func isNotSparse() throws {
        _ = try open("a", capacity: 4096)
        var status = stat()
        #expect(unsafe stat(scratch.ring, &status) == 0)
        #expect(Int(status.st_size) == RingLayout.fileBytes(capacity: 4096))
        #expect(Int(status.st_blocks) * 512 >= Int(status.st_size))
    }

    @Test("what a process left that was killed while it made the ring is made anew")
    func halfMade() throws {
        try Data("half a ring".utf8).write(to: URL(fileURLWithPath: scratch.ring + ".new"))
        #expect(try open("a").refusal == nil)
        #expect(try scratch.names == ["ring", "ring.lock"])
    }

    @Test("is had by one at a time, and again once that one is gone")
    func lock() throws {
        var first: RingStorage? = try open("a")
        #expect(throws: RingError.inUse(path: scratch.ring)) { try open("a") }
        #expect(first?.refusal == nil)
        first = nil
        #expect(throws: Never.self) { try open("a") }
        #expect(try scratch.names == ["ring", "ring.lock"], "the file in use was left alone")
    }

    @Test("is free once it is released, although somebody still holds on to it")
    func release() throws {
        let first = try open("a")
        #expect(throws: RingError.inUse(path: scratch.ring)) { try open("a") }
        first.release()
        let second = try open("a")
        #expect(throws: RingError.inUse(path: scratch.ring)) { try open("a") }
        // What it once had, it can't give away again.
        first.release()
        #expect(throws: RingError.inUse(path: scratch.ring)) { try open("a") }
        withExtendedLifetime((first, second)) {}
    }

    @Test("tells who has it, and nobody's number once it is free, whatever was left behind")
    func owner() throws {
        #expect(throws: RingError.self) { try RingStorage.owner(path: scratch.ring) }
        var storage: RingStorage? = try open("a")
        #expect(storage?.refusal == nil)
        #expect(try RingStorage.owner(path: scratch.ring) == .process(getpid()))
        storage = nil
        #expect(try RingStorage.owner(path: scratch.ring) == .nobody)
        #expect(throws: Never.self) { try open("a") }
    }

    @Test("is free once its owner is gone, even if a child just forked still has the descriptor")
    func lockAndFork() throws {
        var owner: RingStorage? = try open("a")
        let lock = scratch.ring + ".lock"
        let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let number = numbers.first {
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\($0)")
            return target == lock
        }
        let copy = dup(try #require(number.flatMap { Int32($0) }))
        defer { close(copy) }
        #expect(owner?.refusal == nil)
        owner = nil
        #expect(throws: Never.self) { try open("a") }
    }

    @Test("is had by one process at a time")
    func lockOfAnotherProcess() async throws {
        let storage = try open("a")
        let path = scratch.ring
        await #expect(processExitsWith: .success) { [path = path as String] in
            #expect(throws: RingError.inUse(path: path)) {
                try RingStorage.open(path: path, capacity: 8, readers: ["a"])
            }
        }
        #expect(storage.refusal == nil)
    }

    @Test("a capacity that is no power of two in range is an error, the bounds are not")
    func capacities() throws {
        for wrong in [Int.min, -8, 0, 1, 3, 48, (1 << 26) + 1, 1 << 27, Int.max] {
            #expect(throws: RingError.badCapacity(found: wrong)) { try open("a", capacity: wrong) }
        }
        #expect(try scratch.names == [])
        #expect(try open("a", capacity: 2).capacity == 2)
        #expect(RingLayout.capacities == 2...67_108_864)
        #expect(
            RingError.badCapacity(found: 48).description
                == "ring capacity 48 is not a power of two from 2 to 67108864 records")
    }

    @Test("a folder that is not there is an error that names call and path")
    func noFolder() throws {
        let path = scratch.folder + "/none/ring"
        let error = RingError.system(call: "open", path: path + ".lock", code: ENOENT)
        #expect(throws: error) { try RingStorage.open(path: path, capacity: 8, readers: ["a"]) }
        #expect(error.description == "open of \(path).lock failed: No such file or directory")
    }

    @Test("too little room is an error before the first reading, and leaves nothing behind")
    func noRoom() async throws {
        let path = scratch.ring
        await #expect(processExitsWith: .success) { [path = path as String] in
            _ = signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 65_536, rlim_max: 65_536)
            #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            #expect(throws: RingError.system(call: "posix_fallocate", path: path, code: EFBIG)) {
                try RingStorage.open(path: path, capacity: 1024, readers: ["a"])
            }
        }
        #expect(try scratch.names == ["ring.lock"])
    }

    @Test("a slot that is damaged while the ring runs stops the process before it is believed")
    func damagedWhileRunning() async throws {
        let path = scratch.ring
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let storage = try RingStorage.open(path: path, capacity: 8, readers: ["a"])
            var reader = storage.reader("a")
            var writer = storage.writer()
            writer.write(3)
            overwrite(path, at: RingLayout.headerBytes + 64 + 56, with: [9])
            _ = reader.drain { _ in }
        }
        #expect(try open("a").refusal?.flaw == .record(position: 1, found: 9))
    }
}

@Suite("Warm-up")
struct RingWarmUpTests {
    let scratch: Scratch

    /// A ring of 8 in which 20 records were written and 18 are done: slots hold 12 to 19.
    init() throws {
        scratch = try Scratch()
        let storage = try open()
        var reader = storage.reader("a")
        var writer = storage.writer()
        for _ in 0..<5 {
            writer.write(4)
            _ = reader.read()
            reader.commit(upTo: min(18, reader.position))
        }
    }

    func open() throws -> RingStorage {
        try RingStorage.open(path: scratch.ring, capacity: 8, readers: ["a"])
    }

    @Test(
        "begins as many records back as asked for, but not before the oldest that is left",
        arguments: [(-1, 18), (0, 18), (1, 17), (5, 13), (6, 12), (7, 12), (Int.max, 12)]
            as [(Int, UInt64)])
    func start(warmUp: Int, expected: UInt64) throws {
        var reader = try open().reader("a", warmUp: warmUp)
        #expect(reader.position == expected)
        #expect(reader.resumePosition == 18)
        #expect(reader.committed == 18)
        #expect(reader.read() == (Array(expected..<20), 0))
    }

    @Test("never begins before the first record that was ever written")
    func beginning() throws {
        let young = scratch.folder + "/young"
        do {
            let storage = try RingStorage.open(path: young, capacity: 8, readers: ["a"])
            var reader = storage.reader("a")
            var writer = storage.writer()
            writer.write(3)
            reader.finish()
        }
        let storage = try RingStorage.open(path: young, capacity: 8, readers: ["a", "b"])
        #expect(storage.reader("a", warmUp: 100).position == 0)
        #expect(storage.reader("b", warmUp: 2).position == 1, "a new reader may warm up as well")
    }

    @Test("of an empty ring is nothing")
    func empty() throws {
        let storage = try RingStorage.anonymous(capacity: 8, readers: ["a"])
        #expect(storage.reader("a", warmUp: 8).position == 0)
    }

    @Test("makes the writer wait for its records as for all others")
    func holds() throws {
        let storage = try open()
        var reader = storage.reader("a", warmUp: 6)
        var writer = storage.writer()
        #expect(writer.freeSlots() == 0)
        #expect(reader.read(atMost: 2).positions == [12, 13])
        reader.commit(upTo: 14)
        #expect(reader.committed == 18)
        #expect(writer.write(8) == 2)
        #expect(reader.read() == (Array(14..<22), 0))
    }

    @Test("does not move where a restarted process resumes, until it is over")
    func interrupted() throws {
        for (end, resume) in [(12, 18), (14, 18), (18, 18), (19, 19)] as [(UInt64, UInt64)] {
            do {
                var reader = try open().reader("a", warmUp: 6)
                _ = reader.read()
                reader.commit(upTo: end)
            }
            #expect(try open().reader("a").resumePosition == resume)
        }
    }
}
