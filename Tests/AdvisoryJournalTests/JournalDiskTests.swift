import AdvisoryJournal
import Foundation
import GasModel
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
            #expect(throws: FileError.self) {
                _ = try AdvisoryJournal.open(directory: directory, now: .at(1))
            }
            withExtendedLifetime(shut) {}
        }
        try journal.begin(opening(all))
        _ = try journal.append([notice("after")])
        let report = try verifyJournal(directory: directory)
        #expect(report.isWhole && report.segments == 2)
        #expect(report.lines == all.count + 3)
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
