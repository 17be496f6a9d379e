import Foundation
import ReadingRing
import Testing

@Suite("Ring that goes to another place")
struct RingCopyTests {
    private let home: Scratch
    private let away: Scratch

    init() throws { (home, away) = (try Scratch(), try Scratch()) }

    private func open(
        _ scratch: Scratch, claim: RingClaim? = nil
    ) throws -> RingStorage {
        guard let claim else {
            return try RingStorage.open(path: scratch.ring, capacity: 8, readers: ["a", "b"])
        }
        return try RingStorage.open(
            path: scratch.ring, capacity: 8, readers: ["a", "b"], claim: claim)
    }

    /// Writes `count` more records, of which reader `a` is done with all and `b` with none.
    @discardableResult private func write(_ count: Int, at scratch: Scratch) throws -> UInt64 {
        let storage = try open(scratch)
        var reader = storage.reader("a")
        var writer = storage.writer()
        #expect(writer.write(count) == count)
        reader.finish()
        return storage.creation
    }

    private func copy(_ source: Scratch, to target: Scratch) throws -> RingStorage.Copy {
        let claim = try RingClaim([source.ring, target.ring])
        return try RingStorage.copy(
            from: source.ring, to: target.ring, capacity: 8, claim: claim)
    }

    @Test("has the same identity, records and cursors there, and the source is as it was")
    func made() throws {
        let creation = try write(5, at: home)
        let before = try home.bytes(of: home.ring)
        guard case .made(nil) = try copy(home, to: away) else {
            Issue.record("no copy was made")
            return
        }
        #expect(try home.bytes(of: home.ring) == before)
        let storage = try open(away)
        #expect(storage.refusal == nil && storage.creation == creation)
        var a = storage.reader("a", warmUp: 8)
        var b = storage.reader("b")
        #expect(a.read() == (Array(0..<5), 0), "what is warmed up with came along")
        #expect(b.read() == (Array(0..<5), 0), "what was not read yet did")
        #expect(a.resumePosition == 5 && storage.writer().position == 5)
    }

    @Test("goes back over what it came from, which is older")
    func back() throws {
        try write(3, at: home)
        _ = try copy(home, to: away)
        try write(4, at: away)
        guard case .made(nil) = try copy(away, to: home) else {
            Issue.record("no copy was made")
            return
        }
        #expect(try open(home).published == 7)
        #expect(try home.names == ["ring", "ring.lock"])
    }

    @Test("never goes over what has gone further itself")
    func older() throws {
        try write(3, at: home)
        _ = try copy(home, to: away)
        try write(1, at: home)
        guard case .older = try copy(away, to: home) else {
            Issue.record("an older ring took the place")
            return
        }
        #expect(try open(home).published == 4)
    }

    @Test("moves another ring aside, and what is none")
    func superseded() throws {
        try write(3, at: home)
        try write(2, at: away)
        guard case .made(let refusal?) = try copy(away, to: home) else {
            Issue.record("nothing was moved aside")
            return
        }
        #expect(refusal.flaw == .superseded && refusal.path == home.ring)
        #expect(try open(home).published == 2)
        overwrite(home.ring, at: 0, with: [0])
        guard case .made(let second?) = try copy(away, to: home) else {
            Issue.record("nothing was moved aside")
            return
        }
        #expect(second.flaw != .superseded)
    }

    @Test("is none where there is none, or one that cannot go on")
    func none() throws {
        guard case .absent = try copy(home, to: away) else {
            Issue.record("there is none")
            return
        }
        try write(3, at: home)
        overwrite(home.ring, at: 8, with: [2])
        guard case .flawed(.version(found: 2, allowed: 1)) = try copy(home, to: away) else {
            Issue.record("it cannot go on")
            return
        }
        #expect(try away.names == ["ring.lock"])
    }

    @Test("one claim on two places: neither is another's, whichever is in use")
    func claimed() throws {
        let claim = try RingClaim([home.ring, away.ring])
        let storage = try open(away, claim: claim)
        #expect(throws: RingError.inUse(path: home.ring)) { try open(home) }
        #expect(throws: RingError.inUse(path: away.ring)) {
            try RingClaim([home.ring + "x", away.ring])
        }
        withExtendedLifetime((storage, claim)) {}
    }

    @Test("a place that cannot be locked is not opened, and keeps nobody from the other")
    func unlockable() throws {
        let nowhere = home.folder + "/none/ring"
        let error = RingError.system(call: "open", path: nowhere + ".lock", code: ENOENT)
        #expect(throws: error) { try RingClaim([nowhere]) }
        let claim = try RingClaim([nowhere, away.ring])
        #expect(throws: error) {
            try RingStorage.open(path: nowhere, capacity: 8, readers: ["a"], claim: claim)
        }
        #expect(throws: Never.self) { try open(away, claim: claim) }
    }

    @Test("begun anew it is another ring with the same records, also when it is opened again")
    func anew() throws {
        let creation = try write(5, at: home)
        let second: UInt64
        do {
            let storage = try open(home)
            try storage.beginAnew()
            second = storage.creation
            #expect(second != creation)
        }
        let storage = try open(home)
        #expect(storage.refusal == nil && storage.creation == second)
        var reader = storage.reader("b")
        #expect(reader.read() == (Array(0..<5), 0))
    }
}
