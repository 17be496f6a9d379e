import Foundation
import GasModel

/// Now, by the civil clock.
func wallClock() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
}

/// Whether `path` names a file that can be read more than once.
func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// A line on standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("firedamp-sim: \(text)\n".utf8))
}
