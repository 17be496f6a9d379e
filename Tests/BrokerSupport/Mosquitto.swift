internal import Foundation

/// A real mosquitto on a free loopback port, ended by its process id when the test lets go of it.
package final class Mosquitto: @unchecked Sendable {
    // @unchecked: a test drives its broker from one thread at a time.

    /// The loopback port that it listens on; the same after a restart.
    package let port: Int32
    private let directory: String
    private let isPersistent: Bool
    private var process: ChildProcess?

    /// Starts a broker whose files stand in `directory`. `isPersistent`: whether sessions, queues
    /// and retained messages survive its own restart.
    package init(directory: String, isPersistent: Bool) throws {
        self.directory = directory
        self.isPersistent = isPersistent
        port = try freePort()
        try start()
    }

    deinit { stop() }

    /// Starts it again after `stop`.
    package func start() throws {
        let persistence =
            isPersistent
            ? "persistence true\npersistence_location \(directory)/\nautosave_interval 1\n"
                + "autosave_on_changes true\n"
            : "persistence false\n"
        let text = """
            listener \(port) 127.0.0.1
            allow_anonymous true
            user root
            max_inflight_messages 65535
            max_queued_messages 0
            \(persistence)
            """
        try text.write(toFile: directory + "/broker.conf", atomically: true, encoding: .utf8)
        process = try ChildProcess("/usr/sbin/mosquitto", ["-c", directory + "/broker.conf"])
        try eventually("mosquitto listens on port \(port)") { canConnect(port: port) }
    }

    /// Ends it with SIGTERM and waits until it is gone.
    package func stop() {
        process?.end(SIGTERM)
        process = nil
    }
}

/// Why a test could not go on.
package struct TestFailure: Error, CustomStringConvertible {
    /// What did not happen.
    package var description: String

    /// The failure to say `description`.
    package init(description: String) { self.description = description }
}

/// Returns as soon as `condition` holds; throws when it does not within `seconds`. For what other
/// processes do; a unit test has no need of it.
package func eventually(
    _ what: @autoclosure () -> String, within seconds: Double = 60,
    _ condition: () throws -> Bool
) throws {
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    while DispatchTime.now().uptimeNanoseconds < end {
        if try condition() { return }
        usleep(5000)
    }
    throw TestFailure(description: "not within \(seconds) s: \(what())")
}

private func loopback(_ port: Int32) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return address
}

/// A loopback port that nobody listens on. Another program may take it before it is used, as with
/// every port that is asked for in this way.
package func freePort() throws -> Int32 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
            unsafe bind(handle, target, size) == 0 && getsockname(handle, target, &size) == 0
        }
    }
    guard isBound else { throw TestFailure(description: "no free port: errno \(errno)") }
    return Int32(UInt16(bigEndian: address.sin_port))
}

private func canConnect(port: Int32) -> Bool {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = loopback(port)
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
            unsafe connect(handle, target, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
