internal import Foundation

/// A real ext4 on a file of its own, to be broken as disks break. Needs the right to mount; where
/// that, or a tool, is missing there is none, and the test that wants one skips, saying so.
package final class LoopDisk {
    /// Where it is mounted.
    package let path: String
    private let image: String
    // What is mounted within a directory keeps it from being removed, so this goes first.
    private let directory: TemporaryDirectory

    /// Mounts a fresh disk of `bytes` at `name` within `directory`, which is made where it is
    /// missing; `nil` where that is not possible.
    package init?(in directory: TemporaryDirectory, at name: String, bytes: Int) {
        self.directory = directory
        path = directory.file(name)
        image = path + ".img"
        let folder = URL(fileURLWithPath: path)
        let files = FileManager.default
        guard (try? files.createDirectory(at: folder, withIntermediateDirectories: true)) != nil,
            files.createFile(atPath: image, contents: nil),
            unsafe truncate(image, off_t(bytes)) == 0,
            Self.runs("/usr/sbin/mkfs.ext4", ["-q", "-F", image]),
            Self.mounts(image, path)
        else { return nil }
    }

    deinit {
        if Self.runs("/usr/bin/umount", [path]) { return }
        Self.runs("/usr/bin/umount", ["--lazy", path])
    }

    private static func mounts(_ image: String, _ path: String) -> Bool {
        defer {
            // The journal would call it a file that it does not know.
            unsafe rmdir(path + "/lost+found")
        }
        return runs("/usr/bin/mount", ["-o", "loop,errors=remount-ro", image, path])
    }

    /// Has the kernel find an error: the whole disk turns read-only, also for files that are open.
    /// Returns whether it has.
    package func fail() -> Bool {
        // Not from /proc/mounts: Foundation reads the first page of it, and takes that for all.
        var status = stat()
        guard unsafe stat(path, &status) == 0,
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/sys/dev/block/\(major(status.st_dev)):\(minor(status.st_dev))"),
            let device = target.split(separator: "/").last
        else { return false }
        let trigger = "/sys/fs/ext4/\(device)/trigger_fs_error"
        guard let handle = FileHandle(forWritingAtPath: trigger) else { return false }
        // What counts is what the disk says then, and not what the write did.
        _ = try? handle.write(contentsOf: Data("test".utf8))
        let probe = path + "/probe"
        defer { unsafe unlink(probe) }
        return !FileManager.default.createFile(atPath: probe, contents: nil)
    }

    private func major(_ device: dev_t) -> UInt64 { UInt64(device) >> 8 & 0xFFF }
    private func minor(_ device: dev_t) -> UInt64 {
        UInt64(device) & 0xFF | UInt64(device) >> 12 & 0xFFF00
    }

    /// Takes it away from under those who use it: whatever is asked of it fails with EIO. Returns
    /// whether it does.
    package func shutDown() -> Bool {
        // FS_IOC_SHUTDOWN without a flush; ioctl(2) takes any number of arguments, which Swift
        // cannot call.
        let script =
            "import fcntl, os, struct, sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), "
            + "0x8004587D, struct.pack('I', 2))"
        return Self.runs("/usr/bin/python3", ["-c", script, path])
    }

    /// Unmounts it, has it checked and mounts it again. Nobody may have a file of it open.
    package func mend() -> Bool {
        Self.runs("/usr/bin/umount", [path]) && Self.runs("/usr/sbin/e2fsck", ["-f", "-y", image])
            && Self.mounts(image, path)
    }

    /// Makes `paths` immutable, or lets them be changed again: also root may then not write to
    /// files that are open. Returns whether that was possible.
    @discardableResult
    package static func set(immutable: Bool, _ paths: [String]) -> Bool {
        runs("/usr/bin/chattr", [immutable ? "+i" : "-i"] + paths)
    }

    /// Has a file take nothing but what is appended, or whatever it is told again. Returns whether
    /// that was possible.
    @discardableResult
    package static func set(appendOnly: Bool, _ path: String) -> Bool {
        runs("/usr/bin/chattr", [appendOnly ? "+a" : "-a", path])
    }

    /// Mounts `path` once more over itself, read-only: its names can no longer be changed, while
    /// files that are open go on. Returns whether that was possible.
    package static func cover(_ path: String) -> Bool {
        runs("/usr/bin/mount", ["--bind", path, path])
            && runs("/usr/bin/mount", ["-o", "remount,bind,ro", path])
    }

    /// Lets what `cover` has put there be written again, also for who has files of it open.
    package static func mend(cover path: String) -> Bool {
        runs("/usr/bin/mount", ["-o", "remount,bind,rw", path])
    }

    /// Takes away what `cover` has put there.
    @discardableResult
    package static func uncover(_ path: String) -> Bool { runs("/usr/bin/umount", [path]) }

    /// Whether the program ends well. e2fsck says with 1 that it has mended something.
    @discardableResult
    private static func runs(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus <= (program.hasSuffix("e2fsck") ? 1 : 0)
    }
}
