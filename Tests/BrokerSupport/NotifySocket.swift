internal import Foundation
internal import Support

/// The service manager's end of sd_notify: a datagram socket that keeps what it is told.
package final class NotifySocket: Sendable {
    private let path: String
    private let descriptor: Int32
    private let kept = Guarded<[String]>([])

    /// Binds a socket at `path`.
    package init(path: String) throws {
        self.path = path
        descriptor = Self.socket()
        let isBound = unsafe Self.call(bind, descriptor, path)
        guard isBound else { throw TestFailure(description: "bind \(path): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Fills the queue of what was not received, however long this machine lets it be: whoever
    /// tells something then waits.
    package func fill() {
        let filler = Self.filler
        while true {
            // A fresh one each time: a sender's own share is used up before a long queue is.
            let sender = Self.socket()
            defer { close(sender) }
            guard unsafe Self.call(connect, sender, path) else { return }
            var count = 0
            while unsafe send(sender, filler, filler.count, 0) > 0 { count += 1 }
            if count == 0 { return }
        }
    }

    /// What `fill` puts into the queue; never among what was told.
    private static let filler = Array("filler".utf8)

    private static func socket() -> Int32 {
        let kind = SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        return Glibc.socket(AF_UNIX, Int32(kind), 0)
    }

    /// Whether `bind` or `connect` succeeds.
    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32,
        _ path: String
    ) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8.prefix($0.count - 1)))
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe function(descriptor, target, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Everything that was told so far, a datagram each.
    package func received() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            if buffer[..<count].elementsEqual(Self.filler) { continue }
            kept.withLock { $0.append(String(decoding: buffer[..<count], as: UTF8.self)) }
        }
        return kept.withLock { $0 }
    }
}
