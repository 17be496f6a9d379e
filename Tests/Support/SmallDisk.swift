internal import Foundation

/// A tmpfs of a few megabytes, to be filled up: the real "no space left on device". Needs the right
/// to mount; where that is missing there is none, and the test that wants one skips, saying so.
package final class SmallDisk {
    /// Where it is mounted.
    package let path: String

    /// Mounts a disk of `bytes`, at `path` where nothing stands yet; `nil` where that is not
    /// allowed.
    package init?(bytes: Int, at path: String? = nil) {
        self.path =
            path
            ?? FileManager.default.temporaryDirectory
            .appendingPathComponent("firedamp-disk-\(UUID().uuidString)").path
        let path = self.path
        guard unsafe mkdir(path, 0o700) == 0 else { return nil }
        guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            unsafe rmdir(path)
            return nil
        }
    }

    deinit {
        unsafe umount(path)
        unsafe rmdir(path)
    }

    /// Takes every byte that is left.
    package func fill() {
        let file = unsafe open(path + "/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        while unsafe write(file, block, block.count) > 0 {}
    }

    /// Gives back what `fill` took.
    package func free() { unsafe unlink(path + "/ballast") }
}
