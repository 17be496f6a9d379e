internal import Foundation

/// A file descriptor that is closed when it is let go of.
final class Descriptor {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Returns when it can be read from (`POLLIN`) or written to (`POLLOUT`), or after `seconds`;
    /// then whether it can, or the other end is gone.
    func isReady(_ events: Int32, within seconds: Double) -> Bool {
        var entry = pollfd(fd: number, events: Int16(events), revents: 0)
        return unsafe poll(&entry, 1, Int32(max(0, min(seconds * 1000, 60_000)))) > 0
    }

    /// Reads what is there without waiting; `nil` at the end, empty when there is nothing yet.
    func readSome() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(number, &buffer, buffer.count)
        if count > 0 { return Array(buffer[..<count]) }
        if count < 0, errno == EAGAIN || errno == EINTR { return [] }
        return nil
    }

    /// The kernel's word for what went wrong last.
    static var reason: String { unsafe String(cString: strerror(errno)) }
}
