import AdvisoryJournal
import Foundation
import GasDetection
import GasModel
import HaltAdvisory
import Support
import Testing

/// A journal that goes from segment to segment without a pause, killed at random instants.
///
/// Not through the daemon: its segments are closed at 8 MiB, and no setting makes that less. What
/// is killed is a process of its own with the same journal, its disk and its syncs.
@Suite("Rotation killed", .serialized)
struct RotationKillTests {
    static let lives = 200
    /// Then it begins anew in another directory: each life is followed by a walk over all lines.
    static let livesInDirectory = 5
    /// So every group is followed by a rotation.
    static let bytesMax = 1
    static let secondsMax = 0.15

    /// What the kills left behind.
    private struct Traces {
        var drafts = 0
        var doubleNames = 0
        var torn = 0
        var headsBehind = 0
        var rotations = 0
        var acknowledged = 0
    }

    @Test("kill -9 in the midst of rotations: the chain is whole, nothing acknowledged is lost")
    func killed() async throws {
        let seed = UInt64(Date().timeIntervalSince1970)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var traces = Traces()
        var directory = try TemporaryDirectory()
        for life in 0..<Self.lives {
            if life % Self.livesInDirectory == 0 {
                try count(directory, &traces)
                directory = try TemporaryDirectory()
            }
            let microseconds = UInt32.random(in: 0...UInt32(Self.secondsMax * 1e6), using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = directory.path as String, microseconds = microseconds as UInt32] in
                try live(path, until: microseconds)
            }
            try examine(directory, &traces, life: life)
        }
        try count(directory, &traces)
        print("\(Self.lives) kills: \(traces)")
        #expect(traces.rotations > 0, "it went from segment to segment")
        #expect(traces.drafts > 0, "some were killed in the midst of a rotation")
    }

    /// Opens what the kill left as the next daemon does, and holds it against what the dead one had
    /// acknowledged.
    private func examine(
        _ directory: TemporaryDirectory, _ traces: inout Traces, life: Int
    ) throws {
        note(directory, &traces)
        var journal = try Life.open(directory.path)
        if journal.journal.needsBeginning { try journal.begin() }
        // A torn end is what nobody was told of; anything else would be damage.
        let repairs = journal.journal.repairs.map { $0.saidAnyway(in: .english) }
        #expect(repairs.allSatisfy { $0.contains("torn") || $0.contains("cut off") }, "\(repairs)")
        traces.torn += repairs.isEmpty ? 0 : 1
        _ = try journal.journal.append([Life.notice("after life \(life)")])
        let report = try verifyJournal(directory: directory.file("journal"))
        #expect(report.isWhole, "life \(life): \(report.damages)")
        let hashes = try Life.hashes(directory)
        #expect(hashes.count == Int(journal.journal.lastNumber), "life \(life): none is missing")
        let acknowledged = try Life.acknowledged(directory)
        for (number, hash) in acknowledged {
            #expect(hashes[number] == hash, "life \(life): line \(number)")
        }
        // Its line is the first of all.
        let open = journal.book.open.count
        #expect(open == 1 || acknowledged.isEmpty, "life \(life): the halt stands")
    }

    private func count(_ directory: TemporaryDirectory, _ traces: inout Traces) throws {
        traces.acknowledged += try Life.acknowledged(directory).count
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory.file("journal"))
        traces.rotations += (names ?? []).count { $0.hasPrefix("advisories-") }
    }

    private func note(_ directory: TemporaryDirectory, _ traces: inout Traces) {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: directory.file("journal"))) ?? []
        if names.contains("advisories.jsonl.new") { traces.drafts += 1 }
        var growing = stat()
        let path = directory.file("journal/advisories.jsonl")
        if unsafe stat(path, &growing) == 0, growing.st_nlink > 1 { traces.doubleNames += 1 }
        let head = (try? String(contentsOfFile: directory.file("journal/head"), encoding: .utf8))
            .flatMap { UInt64($0.prefix { $0 != " " }) }
        if let hashes = try? Life.hashes(directory), let head, head < hashes.keys.max() ?? 0 {
            traces.headsBehind += 1
        }
    }
}

/// A journal and the book that its lines lead to.
private struct Life: ~Copyable {
    var journal: AdvisoryJournal
    var book: AdvisoryBook

    static func open(_ path: String) throws -> Life {
        var limits = AdvisoryJournal.Limits()
        limits.bytesMax = RotationKillTests.bytesMax
        var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
        let journal = try AdvisoryJournal.open(
            directory: path + "/journal", now: .at(0), limits: limits
        ) { line in
            if let memory = line.record.memory { book.restore(memory) }
            if line.record.carried != nil {
                book.restore(carried: line.asTold.record.entry)
            } else {
                book.restore(line.record.entry)
            }
        }
        return Life(journal: journal, book: book)
    }

    static func notice(_ why: String) -> Announcement {
        .notice(.notice, .loss, at: .at(1), site: Heading.site, why: why)
    }

    mutating func begin() throws {
        try journal.begin(AdvisoryJournal.Opening(book, at: .at(2)))
    }

    /// The halt that stands from the first line on.
    mutating func raise() throws -> [JournalLine] {
        let finding = Finding(
            .cut, .began, of: .sensor(Heading.face), value: 1.6, eventTime: .at(0),
            arrivalTime: .at(0), position: 3)
        return try book.take(finding).map { try journal.append([$0]) } ?? []
    }

    /// The hash of each line over all segments, by its number.
    static func hashes(_ directory: TemporaryDirectory) throws -> [UInt64: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.file("journal"))
            .filter { $0.hasPrefix("advisories") && $0.hasSuffix(".jsonl") }
        var hashes: [UInt64: String] = [:]
        for name in names {
            for bytes in try directory.bytes("journal/" + name).split(separator: 10) {
                // The torn end of a write is no line.
                guard let line = try? JournalLine(bytes: Array(bytes)) else { continue }
                hashes[line.record.number] = line.hash
            }
        }
        return hashes
    }

    /// What was told to be on the disk, by number. A last line that is torn was not told in full.
    static func acknowledged(_ directory: TemporaryDirectory) throws -> [(UInt64, String)] {
        guard let bytes = try? directory.bytes("acknowledged") else { return [] }
        let text = String(decoding: bytes, as: UTF8.self)
        return text[..<(text.lastIndex(of: "\n") ?? text.startIndex)].split(separator: "\n")
            .compactMap { line in
                let parts = line.split(separator: " ")
                return UInt64(parts[0]).map { ($0, String(parts[1])) }
            }
    }
}

/// One life: groups and rotations in turn, each acknowledged in a file once it is done, until
/// another thread kills the process.
private func live(_ path: String, until microseconds: UInt32) throws {
    var life = try Life.open(path)
    var told = try AppendFile(path: path + "/acknowledged")
    let thread = Thread {
        usleep(microseconds)
        kill(getpid(), SIGKILL)
    }
    thread.start()
    if life.journal.needsBeginning { try life.begin() }
    var lines = try life.raise()
    var count = 0
    while true {
        for line in lines {
            try told.append(Array("\(line.record.number) \(line.hash)\n".utf8))
        }
        count += 1
        lines = try life.journal.append(
            (0..<1 + count % 3).map { Life.notice("group \(count), line \($0)") })
        if life.journal.isRotationDue(now: .at(3)) { try life.begin() }
    }
}
