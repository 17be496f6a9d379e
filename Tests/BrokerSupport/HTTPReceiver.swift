internal import Foundation
internal import Support

/// A receiver of webhooks in the test's own process: plain sockets, one connection after the other
/// on a thread of its own each.
// @unchecked: all that changes is behind locks.
package final class HTTPReceiver: @unchecked Sendable {
    /// What it does with a request.
    package enum Answer: Sendable {
        /// Answers with a status, and headers as they stand in a response.
        case status(Int, headers: [String] = [])
        /// Says nothing until it is stopped.
        case hang
        /// Closes within the head of its answer.
        case closeMidway
    }

    /// One request, whole.
    package struct Request: Sendable {
        /// The path of its address.
        package var path: String
        /// By name in lower case.
        package var headers: [String: String]
        /// What was posted.
        package var body: [UInt8]
        /// When it had come whole, in milliseconds since 1970.
        package var milliseconds: Int64
    }

    private struct Script: Sendable {
        var answer: @Sendable (Request) -> Answer
    }

    /// The loopback port that it listens on.
    package let port: Int32
    private let listener: Int32
    private let kept = Guarded<[Request]>([])
    private let script: Guarded<Script>
    private let open = Guarded<[Int32]>([])
    private let came = DispatchSemaphore(value: 0)

    /// Listens, and does with each request what `answer` says.
    package init(_ answer: @escaping @Sendable (Request) -> Answer = { _ in .status(200) }) throws {
        script = Guarded(Script(answer: answer))
        port = try freePort()
        listener = try listeningSocket(port: port)
        Thread { [self] in
            // Closed by who accepts, and by nobody else: its number may be another receiver's the
            // next instant, and what comes there would be taken away.
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                open.withLock { $0.append(connection) }
                Thread { [self] in serve(connection) }.start()
            }
        }.start()
    }

    /// Ends it, and every connection.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        open.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    /// What it does from now on.
    package func answer(_ answer: @escaping @Sendable (Request) -> Answer) {
        script.withLock { $0 = Script(answer: answer) }
    }

    /// The requests that came whole, in the order in which they came.
    package var requests: [Request] { kept.withLock { $0 } }

    /// How many came whole.
    package var count: Int { kept.withLock { $0.count } }

    /// Waits for one more request than was waited for before; false when none came in a minute.
    package func waitForRequest() -> Bool { came.wait(timeout: .now() + 60) == .success }

    private func serve(_ connection: Int32) {
        var rest: [UInt8] = []
        while let request = read(connection, &rest) {
            kept.withLock { $0.append(request) }
            came.signal()
            switch script.withLock({ $0 }).answer(request) {
            case .status(let status, let headers):
                let more = headers.map { $0 + "\r\n" }.joined()
                write(connection, "HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\(more)\r\nno")
            case .hang:
                var byte = UInt8(0)
                _ = unsafe recv(connection, &byte, 1, 0)
            case .closeMidway:
                write(connection, "HTTP/1.1 200 OK\r\nContent-Le")
                shutdown(connection, Int32(SHUT_RDWR))
            }
        }
        open.withLock {
            $0.removeAll { $0 == connection }
            close(connection)
        }
    }

    private func read(_ connection: Int32, _ rest: inout [UInt8]) -> Request? {
        while true {
            if let request = take(&rest) { return request }
            var buffer = [UInt8](repeating: 0, count: 1 << 14)
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            rest += buffer[..<count]
        }
    }

    private func take(_ rest: inout [UInt8]) -> Request? {
        let text = String(decoding: rest, as: UTF8.self)
        guard let head = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<head.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = Int(headers["content-length"] ?? "") ?? 0
        let start = text[..<head.upperBound].utf8.count
        guard rest.count >= start + length else { return nil }
        let body = Array(rest[start..<start + length])
        rest.removeFirst(start + length)
        let words = lines[0].split(separator: " ")
        return Request(
            path: String(words[1]), headers: headers, body: body, milliseconds: nowMilliseconds())
    }

    private func write(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// A socket that listens on `port` of the loopback; whoever has it closes it.
package func listeningSocket(port: Int32) throws -> Int32 {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var (on, address) = (Int32(1), sockaddr_in())
    unsafe setsockopt(
        listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
            unsafe bind(listener, target, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard isBound, listen(listener, 64) == 0 else {
        throw TestFailure(description: "nobody can listen on port \(port): errno \(errno)")
    }
    return listener
}
