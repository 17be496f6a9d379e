internal import Foundation

/// A socket that takes messages: of this machine, or of another one over UDP or TCP.
///
/// A receiver whose queue is full gets a moment to empty it: the kernel's queue of a local socket
/// is ten messages long, and to rest behind each ten would make forty a second of a flood. Then it
/// is a failure like any other, and the message is tried again. **Thread:** its owner's.
struct MessageSocket {
    /// Where it leads.
    enum Peer: Equatable {
        /// A datagram socket, by its path.
        case local(path: String)
        /// A datagram for each message.
        case udp(host: String, port: UInt16)
        /// A connection, each message after its length.
        case tcp(host: String, port: UInt16)
    }

    /// So long a connection may take to come about, or to take a message. Seconds.
    private static let patienceSeconds = 3.0
    /// So long a datagram may wait for room. Seconds.
    private static let fullSeconds = 0.25

    private let peer: Peer
    private var socket: Descriptor?

    init(_ peer: Peer) { self.peer = peer }

    /// Sends one message, whole; connects before where that is needed, and once more where an old
    /// connection turns out to be gone.
    mutating func send(_ message: [UInt8]) -> DeliveryOutcome {
        let hadSocket = socket != nil
        let outcome = attempt(message)
        if case .failed = outcome { socket = nil }
        guard case .failed = outcome, hadSocket else { return outcome }
        let again = attempt(message)
        if case .failed = again { socket = nil }
        return again
    }

    private mutating func attempt(_ message: [UInt8]) -> DeliveryOutcome {
        do throws(Failure) {
            let socket: Descriptor
            if let known = self.socket { socket = known } else { socket = try connected() }
            self.socket = socket
            if case .tcp = peer {
                // A receiver that has closed says so; what is written to it would be lost unseen.
                if socket.isReady(Int32(POLLIN), within: 0), socket.readSome() == nil {
                    throw Failure(reason: "the receiver has closed the connection")
                }
                return try write(Array("\(message.count) ".utf8) + message, to: socket)
            }
            return try write(message, to: socket)
        } catch {
            return .failed(reason: error.reason)
        }
    }

    private struct Failure: Error {
        var reason: String
    }

    private func write(_ bytes: [UInt8], to socket: Descriptor) throws(Failure) -> DeliveryOutcome {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
                return unsafe Foundation.send(
                    socket.number, rest.baseAddress, rest.count,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count >= 0 {
                start += count
            } else if errno == EMSGSIZE {
                return .refused(reason: "a message of \(bytes.count) bytes is too long for it")
            } else if errno == EAGAIN {
                let seconds = isStream ? Self.patienceSeconds : Self.fullSeconds
                guard socket.isReady(Int32(POLLOUT), within: seconds) else {
                    throw Failure(reason: "the receiver takes nothing")
                }
            } else if errno != EINTR {
                throw Failure(reason: Descriptor.reason)
            }
        }
        return .delivered
    }

    private var isStream: Bool {
        if case .tcp = peer { true } else { false }
    }

    private func connected() throws(Failure) -> Descriptor {
        switch peer {
        case .local(let path): try connectedLocally(path)
        case .udp(let host, let port): try connected(host, port, SOCK_DGRAM)
        case .tcp(let host, let port): try connected(host, port, SOCK_STREAM)
        }
    }

    private func connectedLocally(_ path: String) throws(Failure) -> Descriptor {
        let number = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Failure(reason: "socket: \(Descriptor.reason)") }
        let descriptor = Descriptor(number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            unsafe room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw Failure(reason: "\(path): the path is too long for a socket") }
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe connect(number, target, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { throw Failure(reason: "\(path): \(Descriptor.reason)") }
        return descriptor
    }

    private func socket(_ domain: Int32, _ kind: Int32, _ proto: Int32) -> Int32 {
        Foundation.socket(domain, kind, proto)
    }

    /// Tries every address that the host has.
    private func connected(
        _ host: String, _ port: UInt16, _ kind: __socket_type
    ) throws(Failure) -> Descriptor {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(kind.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0, let first = unsafe list else {
            throw Failure(reason: "\(host): \(unsafe String(cString: gai_strerror(code)))")
        }
        defer { unsafe freeaddrinfo(first) }
        var reason = "no address"
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let entry = unsafe next {
            let address = unsafe entry.pointee
            let number = unsafe socket(
                address.ai_family,
                Int32(kind.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            if number >= 0 {
                let descriptor = Descriptor(number)
                if unsafe connect(number, address.ai_addr, address.ai_addrlen) == 0 {
                    return descriptor
                }
                if errno == EINPROGRESS, finished(descriptor) { return descriptor }
            }
            reason = Descriptor.reason
            unsafe next = address.ai_next
        }
        throw Failure(reason: "\(host):\(port): \(reason)")
    }

    /// Whether a connection came about in time; if not, errno says why.
    private func finished(_ descriptor: Descriptor) -> Bool {
        guard descriptor.isReady(Int32(POLLOUT), within: Self.patienceSeconds) else {
            errno = ETIMEDOUT
            return false
        }
        var (error, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &error, &size)
        errno = error
        return error == 0
    }
}
