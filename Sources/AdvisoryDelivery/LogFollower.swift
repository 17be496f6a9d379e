internal import Foundation

/// Follows a log by its name, through rotation and truncation, as `tail -F` does.
///
/// Each `poll` returns the complete lines that came since the last one. A file that was renamed is
/// read to its end before the new one is begun, so a rotation costs no line. **Thread:** its
/// owner's.
package struct LogFollower: ~Copyable {
    private let path: String
    private var descriptor: Int32 = -1
    private var identity: (device: UInt64, inode: UInt64) = (0, 0)
    private var offset = 0
    private var partial: [UInt8] = []

    /// Follows the log at `path`, whether it exists yet or not.
    package init(path: String) { self.path = path }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The lines that were completed since the last call, oldest first.
    package mutating func poll() -> [String] {
        var lines: [String] = []
        if descriptor < 0 { openFile() }
        readOn(into: &lines)
        guard let now = Self.identity(of: path), now != identity || descriptor < 0 else {
            return lines
        }
        // The name means another file now. What the old one got in its last moment is read first.
        readOn(into: &lines)
        openFile()
        readOn(into: &lines)
        return lines
    }

    private mutating func openFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        offset = 0
        partial = []
        guard descriptor >= 0 else { return }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return }
        identity = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    private mutating func readOn(into lines: inout [String]) {
        guard descriptor >= 0 else { return }
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, Int(status.st_size) < offset {
            // Cut off by somebody: begin again from its start.
            offset = 0
            partial = []
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe pread(descriptor, &buffer, buffer.count, off_t(offset))
            guard count > 0 else { return }
            offset += count
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") {
                    lines.append(String(decoding: partial, as: UTF8.self))
                    partial.removeAll(keepingCapacity: true)
                } else {
                    partial.append(byte)
                }
            }
        }
    }

    private static func identity(of path: String) -> (device: UInt64, inode: UInt64)? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}
