internal import Foundation

/// Messages to the service manager, by the sd_notify protocol: one datagram to the socket that
/// `NOTIFY_SOCKET` names. Without that variable every call does nothing.
///
/// Written here because libsystemd would be a large dependency for twenty lines. Source:
/// sd_notify(3). **Thread:** any.
package struct ServiceNotification: Sendable {
    private let socketPath: String?

    /// Speaks to the manager that this environment names, if any.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The daemon guards; `status` is what `systemctl status` shows.
    package func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    /// The daemon reads its site anew; `ready` follows, whatever comes of it.
    package func reloading() {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int(now.tv_sec) * 1_000_000 + Int(now.tv_nsec) / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }
    /// The daemon is about to end.
    package func stopping() { send("STOPPING=1") }
    /// The daemon is alive; must come more often than the unit's `WatchdogSec`.
    package func watchdog() { send("WATCHDOG=1") }

    private func send(_ text: String) {
        guard let socketPath else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketPath.utf8)
        // A leading @ stands for the NUL of an abstract socket.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return }
        defer { close(handle) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe sendto(handle, bytes, bytes.count, Int32(MSG_NOSIGNAL), target, size)
            }
        }
    }
}
