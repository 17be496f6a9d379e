import Foundation
import ReadingRing
import Testing

/// Replaces bytes of the file at `path`.
func overwrite(_ path: String, at offset: Int, with bytes: [UInt8]) {
    guard let file = FileHandle(forUpdatingAtPath: path) else {
        Issue.record("no file at \(path)")
        return
    }
    file.seek(toFileOffset: UInt64(offset))
    file.write(Data(bytes))
    file.closeFile()
}

@Suite("Refused files")
struct RingRefusalTests {
    /// What is done to a ring of 8 in which 0 to 9 were written and 0 to 3 are done.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var flaw: RingFlaw
        var damage: @Sendable (_ path: String) throws -> Void

        init(
            _ name: String, _ flaw: RingFlaw, _ damage: @escaping @Sendable (String) throws -> Void
        ) {
            testDescription = name
            self.flaw = flaw
            self.damage = damage
        }

        init(_ name: String, _ flaw: RingFlaw, at offset: Int, _ bytes: UInt8...) {
            self.init(name, flaw) { overwrite($0, at: offset, with: bytes) }
        }

        init(_ name: String, size: Int) {
            self.init(name, .size(found: size, allowed: 4096 + 8 * 64)) { path in
                guard unsafe truncate(path, off_t(size)) == 0 else { throw POSIXError(.EIO) }
            }
        }
    }

    static let damages: [Case] = [
        Case("other magic", .magic(found: 0x504D_4144_4552_4900), at: 0, 0),
        Case("older version", .version(found: 0, allowed: 1), at: 8, 0),
        Case("newer version", .version(found: 2, allowed: 1), at: 8, 2),
        Case("smaller records", .recordBytes(found: 32, allowed: 64), at: 12, 32),
        Case("other capacity", .capacity(found: 16, allowed: 8), at: 16, 16),
        Case("reader beyond the end", cursor(11), at: 384, 11),
        Case("run begun beyond the end", cursor(11), at: 392, 11),
        Case("reader one lap behind", cursor(1), at: 384, 1),
        Case("end before the readers", cursor(4, published: 3), at: 256, 3),
        Case("end beyond what was written", .record(position: 10, found: 2), at: 256, 11),
        Case("pending slot of another lap", .record(position: 8, found: 0), at: 4096 + 56, 0),
        Case(
            "pending slot that is blank", .record(position: 5, found: 5), at: 4096 + 5 * 64 + 4, 0),
        Case("empty file", size: 0),
        Case("half a header", size: 2048),
        Case("header alone", size: 4096),
        Case("one byte short", size: 4096 + 8 * 64 - 1),
        Case("one byte long", size: 4096 + 8 * 64 + 1),
    ]

    static func cursor(_ found: UInt64, published: UInt64 = 10) -> RingFlaw {
        .cursor(
            reader: "a", found: found,
            allowed: (published < 8 ? 0 : published - 8)...published)
    }

    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        let storage = try open()
        var reader = storage.reader("a")
        var writer = storage.writer()
        writer.write(6)
        _ = reader.read(atMost: 4)
        reader.commit(upTo: 4)
        writer.write(4)
    }

    func open(capacity: Int = 8) throws -> RingStorage {
        try RingStorage.open(path: scratch.ring, capacity: capacity, readers: ["a"])
    }

    @Test("the undamaged file is taken, its edges included")
    func undamaged() throws {
        for resume: UInt8 in [2, 4, 10] {
            overwrite(scratch.ring, at: RingLayout.holdOffset(reader: 0), with: [resume])
            let storage = try open()
            #expect(storage.refusal == nil)
            #expect(storage.reader("a").resumePosition == UInt64(resume))
        }
    }

    @Test("is named, moved aside unchanged, and a fresh ring takes its place", arguments: damages)
    func refused(_ damage: Case) throws {
        try damage.damage(scratch.ring)
        let bytes = try scratch.bytes(of: scratch.ring)
        let storage = try open()
        let refusal = try #require(storage.refusal)
        #expect(refusal.flaw == damage.flaw)
        #expect(refusal.path == scratch.ring)
        #expect(refusal.movedTo.hasPrefix(scratch.ring + ".refused-2"))
        #expect(try scratch.bytes(of: refusal.movedTo) == bytes)
        #expect(refusal.description.contains(refusal.flaw.description))
        try expectFresh(storage)
    }

    @Test(
        "a checksum catches every byte that is constant", arguments: [24, 31, 32, 33, 47, 159, 160])
    func checksum(offset: Int) throws {
        let before = try scratch.bytes(of: scratch.ring)[offset]
        overwrite(scratch.ring, at: offset, with: [before ^ 1])
        let refusal = try #require(try open().refusal)
        guard case .checksum(let found, let allowed) = refusal.flaw else {
            Issue.record("\(refusal)")
            return
        }
        #expect(found != allowed)
    }

    @Test("another capacity in the settings is a reason, not a conversion")
    func otherCapacity() throws {
        let refusal = try #require(try open(capacity: 16).refusal)
        #expect(refusal.flaw == .capacity(found: 8, allowed: 16))
        #expect(
            refusal.description
                == "\(scratch.ring) is refused: it holds 8 records, not 16;"
                + " it was moved to \(refusal.movedTo)")
    }

    @Test("a directory and a pipe are moved aside too, and neither is opened")
    func notFiles() throws {
        try FileManager.default.removeItem(atPath: scratch.ring)
        try FileManager.default.createDirectory(
            atPath: scratch.ring, withIntermediateDirectories: false)
        #expect(try open().refusal?.flaw == .notRegularFile)
        try FileManager.default.removeItem(atPath: scratch.ring)
        #expect(unsafe mkfifo(scratch.ring, 0o600) == 0)
        #expect(try open().refusal?.flaw == .notRegularFile)
    }

    @Test("several in one millisecond get a name each")
    func uniqueNames() throws {
        var names: Set<String> = []
        for _ in 0..<20 {
            overwrite(scratch.ring, at: RingLayout.versionOffset, with: [7])
            names.insert(try #require(try open().refusal).movedTo)
        }
        #expect(names.count == 20)
        #expect(try scratch.names.count == 22)
    }

    private func expectFresh(_ storage: RingStorage) throws {
        var reader = storage.reader("a", warmUp: 8)
        var writer = storage.writer()
        #expect(writer.position == 0)
        #expect(writer.write(8) == 8)
        #expect(reader.read() == (Array(0..<8), 0))
    }
}
