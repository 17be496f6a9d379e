import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Rotation on a disk that is full, and in a directory that takes no new names.
@Suite("Segments on a bad disk", .serialized)
struct JournalDiskTests {
    @Test("a disk that is full in a rotation: the old segment goes on, nothing is lost")
    func full() throws {
        guard let disk = SmallDisk(bytes: 6 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        let directory = disk.path + "/journal"
        var journal = try AdvisoryJournal.open(directory: directory, now: .at(0))
        var all = try journal.append([try halt(0)])
        let long = String(repeating: "x", count: 20_000)
        for index in 0..<20 { all += try journal.append([notice("\(index)\(long)")]) }
        disk.fill()
        // The draft of the next segment does not fit, wherever the disk runs out.
        for _ in 0..<3 {
            #expect(throws: FileError.self) { try journal.begin(opening(all)) }
            all += try journal.append([notice("still written")])
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(Set(names).subtracting(["reserve"]) == ["advisories.jsonl", "head"])
        disk.free()
        journal.keepReserve()
        try journal.begin(opening(all))
        _ = try journal.append([notice("after")])
        let report = try verifyJournal(directory: directory)
        #expect(report.isWhole, "\(report.damages)")
        #expect(report.segments == 2)
        #expect(report.lines == all.count + 3)
    }

    @Test("a directory that turned read-only: lines go on, rotation fails and is made up for")
    func readOnly() throws {
        guard let disk = SmallDisk(bytes: 8 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        let directory = disk.path + "/journal"
        var journal = try AdvisoryJournal.open(directory: directory, now: .at(0))
        var all = try journal.append([try halt(0)])
        do {
            guard let shut = ReadOnlyDirectory(directory) else {
                print("skipped: a directory cannot be mounted read-only here")
                return
            }
            #expect(throws: FileError.self) { try journal.begin(opening(all)) }
            all += try journal.append([notice("while it is shut")])
            // A daemon that starts now guards, and has all of it.
            var lines = 0
            var other = try AdvisoryJournal.open(directory: directory, now: .at(1)) { _ in
                lines += 1
            }
            #expect(lines == all.count && other.lastNumber == journal.lastNumber)
            #expect(throws: FileError.self) { try other.probe() }
            #expect(throws: FileError.self) { _ = try other.append([notice("not written")]) }
            withExtendedLifetime(shut) {}
        }
        try journal.begin(opening(all))
        _ = try journal.append([notice("after")])
        let report = try verifyJournal(directory: directory)
        #expect(report.isWhole && report.segments == 2)
        #expect(report.lines == all.count + 3)
    }

    @Test("a group for which even the reserve is too small leaves no half of it behind")
    func largerThanReserve() throws {
        guard let disk = SmallDisk(bytes: 8 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        let directory = disk.path + "/journal"
        var journal = try AdvisoryJournal.open(directory: directory, now: .at(0))
        _ = try journal.append([try halt(0)])
        disk.fill()
        let large = notice(String(repeating: "x", count: AdvisoryJournal.reserveBytes + 4096))
        for _ in 0..<3 {
            #expect(throws: FileError.self) { _ = try journal.append([large]) }
        }
        disk.free()
        _ = try journal.append([notice("after")])
        let report = try verifyJournal(directory: directory)
        #expect(report.isWhole && report.lines == 2, "\(report.damages)")
    }

    @Test("a broken segment on a read-only disk: what stands is read, and lines are refused")
    func brokenAndReadOnly() throws {
        let directory = try threeLines()
        var lines = try directory.lines("journal/advisories.jsonl")
        lines[2] = lines[2].replacingOccurrences(of: "three", with: "THREE")
        lines.append(lines[0])
        try directory.overwrite(lines: lines, "journal/advisories.jsonl")
        do {
            guard let mount = ReadOnlyDirectory(directory.file("journal")) else {
                return print("skipped: nothing can be mounted here")
            }
            var standing: [JournalLine] = []
            var journal = try opened(directory) { standing.append($0) }
            #expect(journal.needsBeginning && book(standing).openHaltCount == 1)
            #expect(throws: FileError.self) { try journal.begin(opening(standing)) }
            #expect(throws: FileError.self) { try journal.probe() }
            #expect(throws: FileError.self) { _ = try journal.append([notice("four")]) }
            withExtendedLifetime(mount) {}
        }
        var journal = try opened(directory)
        try journal.begin(opening([]))
        _ = try journal.append([notice("four")])
    }

    @Test("half a group that cannot be taken back is, before anything else is written")
    func notTakenBack() throws {
        let folder = try TemporaryDirectory()
        guard let disk = LoopDisk(in: folder, at: "disk", bytes: 12 << 20) else {
            print("skipped: no disk of our own can be mounted here")
            return
        }
        let directory = disk.path + "/journal"
        var journal = try AdvisoryJournal.open(directory: directory, now: .at(0))
        _ = try journal.append([try halt(0)])
        let growing = directory + "/advisories.jsonl"
        // As careful administrators do it to records: appended to, never cut.
        guard LoopDisk.set(appendOnly: true, growing) else {
            print("skipped: no file can be made append-only here")
            return
        }
        defer { LoopDisk.set(appendOnly: false, growing) }
        let large = notice(String(repeating: "x", count: 12 << 20))
        #expect(throws: FileError.self) { _ = try journal.append([large]) }
        let size = try FileManager.default.attributesOfItem(atPath: growing)[.size] as? Int
        try #require(size ?? 0 > 1 << 20, "half of it is there")
        #expect(throws: FileError.self) { _ = try journal.append([notice("not behind a half")]) }
        LoopDisk.set(appendOnly: false, growing)
        _ = try journal.append([notice("after")])
        let report = try verifyJournal(directory: directory)
        #expect(report.isWhole && report.lines == 2, "\(report.damages)")
    }
}

/// A directory that takes no new names and gives up none as long as this lives: mounted over
/// itself, read-only. Files in it that are open already go on.
private final class ReadOnlyDirectory {
    private let path: String

    init?(_ path: String) {
        self.path = path
        guard unsafe mount(path, path, "", UInt(MS_BIND), nil) == 0 else { return nil }
        let flags = UInt(MS_BIND) | UInt(MS_REMOUNT) | UInt(MS_RDONLY)
        guard unsafe mount(path, path, "", flags, nil) == 0 else {
            unsafe umount(path)
            return nil
        }
    }

    deinit { unsafe umount(path) }
}
