internal import AdvisoryJournal
internal import Dispatch
internal import Foundation
internal import HaltAdvisory

/// The other end of the control socket, for commands: one request, one answer.
///
/// **Thread:** its caller's, which waits for as long as it said.
package struct ControlClient: Sendable {
    /// Why there is no answer.
    package enum Absence: Error, Equatable {
        /// No daemon listens there.
        case notRunning
        /// We may not connect.
        case notAllowed(reason: String)
        /// The state directory, or the socket in it, cannot be used.
        case unreadable(reason: String)
        /// None came in time. `wasSent`: whether the daemon may have had the request.
        case noAnswer(wasSent: Bool)
    }

    /// An answer is longer only when something is very wrong. Bytes.
    private static let answerBytesMax = 256 << 20
    /// Pause before a request is sent once more.
    private static let pauseMicroseconds: UInt32 = 50_000

    private let stateDirectory: String

    /// Speaks to the daemon that has `stateDirectory`.
    package init(stateDirectory: String) { self.stateDirectory = stateDirectory }

    /// Asks, and returns what is answered within `seconds`.
    ///
    /// Asked again is a daemon that is busy, one whose connection broke before it can have had the
    /// request, and one whose connection broke before the answer to an order with a request
    /// identifier came: it recognises it, also after a restart.
    package func ask(
        _ request: ControlRequest, seconds: Double
    ) throws(Absence) -> ControlAnswer {
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        var wasSent = false
        while true {
            let isOver = { DispatchTime.now().uptimeNanoseconds >= end }
            do throws(Absence) {
                let answer = try askOnce(request, until: end, wasSent: &wasSent)
                if answer.failure?.code != .busy || isOver() { return answer }
            } catch {
                guard wasSent || error == .noAnswer(wasSent: false) else { throw error }
                guard !isOver(), !wasSent || request.order?.request != nil else {
                    throw .noAnswer(wasSent: wasSent)
                }
            }
            usleep(Self.pauseMicroseconds)
        }
    }

    private func askOnce(
        _ request: ControlRequest, until end: UInt64, wasSent: inout Bool
    ) throws(Absence) -> ControlAnswer {
        let handle = try connect()
        defer { close(handle) }
        guard let bytes = try? JSONEncoder().encode(request) else {
            throw .unreadable(reason: "the request cannot be written as JSON")
        }
        let line = Array(bytes) + [UInt8(ascii: "\n")]
        guard line.count <= ControlRequest.bytesMax else {
            throw .unreadable(reason: "the request is longer than \(ControlRequest.bytesMax) bytes")
        }
        // A part of it is no request: only a whole line can have been taken for one.
        var sent = 0
        while sent < line.count {
            let count = unsafe line.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
                return unsafe send(handle, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            sent += count
        }
        if sent == line.count { wasSent = true }
        // Where it was refused before all was read, the reason stands there all the same.
        return try receive(handle, until: end, wasSent: wasSent)
    }

    private func connect() throws(Absence) -> Int32 {
        do throws(FileError) {
            return try ControlSocket.connect(in: stateDirectory)
        } catch {
            switch error.code {
            case ENOENT where unsafe access(stateDirectory, F_OK) != 0:
                throw .unreadable(reason: "\(stateDirectory): \(error.reason)")
            case ENOENT, ECONNREFUSED: throw .notRunning
            case EACCES, EPERM: throw .notAllowed(reason: "\(error)")
            case EAGAIN: throw .noAnswer(wasSent: false)
            default: throw .unreadable(reason: "\(error)")
            }
        }
    }

    private func receive(
        _ handle: Int32, until end: UInt64, wasSent: Bool
    ) throws(Absence) -> ControlAnswer {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while answer.last != UInt8(ascii: "\n") {
            let now = DispatchTime.now().uptimeNanoseconds
            guard now < end, answer.count < Self.answerBytesMax else {
                throw .noAnswer(wasSent: wasSent)
            }
            var look = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(min((end - now) / 1_000_000 + 1, 1000))
            guard unsafe poll(&look, 1, milliseconds) > 0 else { continue }
            let count = unsafe read(handle, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .noAnswer(wasSent: wasSent) }
            answer += buffer[..<count]
        }
        guard let read = try? JSONDecoder().decode(ControlAnswer.self, from: Data(answer)) else {
            throw .unreadable(reason: "the daemon's answer is of another version")
        }
        return read
    }
}
