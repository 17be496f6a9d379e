internal import Foundation
internal import Support

/// The service manager's end of sd_notify: a datagram socket that keeps what it is told.
package final class NotifySocket: Sendable {
    private let descriptor: Int32
    private let kept = Guarded<[String]>([])

    /// Binds a socket at `path`.
    package init(path: String) throws {
        descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8.prefix($0.count - 1)))
        }
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe bind(descriptor, target, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else { throw TestFailure(description: "bind \(path): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Everything that was told so far, a datagram each.
    package func received() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            kept.withLock { $0.append(String(decoding: buffer[..<count], as: UTF8.self)) }
        }
        return kept.withLock { $0 }
    }
}
