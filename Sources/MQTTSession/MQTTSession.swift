internal import CMosquitto
internal import Foundation

/// One MQTT session over libmosquitto, driven by a poll loop of our own on a thread of our own.
///
/// Why not `mosquitto_loop_start`: it reads one packet per `select` (1.6 to 1.9 times slower here),
/// and only a loop of our own decides when PUBACKs leave. In threaded mode
/// (`mosquitto_threaded_set`) libmosquitto queues each PUBACK, and `mosquitto_loop_write` sends
/// them; we call it after `MQTTSessionHandler.burstEnded`, so an acknowledged reading is safe.
///
/// **Thread:** `start`, `send` and `stop` from any thread. The libmosquitto handle is touched by
/// the session's thread alone. **Order:** messages sent leave in the order of `send`.
package final class MQTTSession: Sendable {
    private let options: MQTTSessionOptions
    private let wake: WakePipe
    private let mailbox = Mailbox()
    private let ended = DispatchSemaphore(value: 0)

    /// A session that is not started yet; nothing is sent. Throws when no pipe can be had.
    package init(options: MQTTSessionOptions) throws(MQTTSessionError) {
        self.options = options
        wake = try WakePipe()
    }

    /// Starts the session's thread, which holds `handler` until it has ended. Call once.
    package func start(handler: any MQTTSessionHandler & Sendable) throws(MQTTSessionError) {
        let loop = try SessionLoop(options: options, handler: handler, wake: wake) { [mailbox] in
            mailbox.empty()
        }
        let handover = Handover(loop)
        let thread = Thread { [ended] in
            // Let go of before the end is said: whoever waits for it may want the ring, or the
            // port.
            handover.take()?.run()
            ended.signal()
        }
        thread.name = "firedamp-mqtt"
        thread.qualityOfService = .userInitiated
        thread.start()
    }

    /// Queues `message`; `MQTTSessionHandler.published` names `token` once the broker has it. A
    /// message that waits for the link stays queued; bounding how many is the caller's part.
    package func send(_ message: MQTTMessage, token: UInt64) {
        if mailbox.put(message, token: token) { wake.signal() }
    }

    /// Runs `work` on the session's thread, between two rounds of messages, and soon: at once
    /// unless the thread waits for a TCP connection. It must not block.
    package func perform(_ work: @escaping @Sendable () -> Void) {
        mailbox.put(work)
        wake.signal()
    }

    /// Ends the session: sends what is queued, waits up to `drainSeconds` for its PUBACKs, then
    /// disconnects without giving up the broker's session. Returns false when the thread did not
    /// end within one more second (it may hang in a connect to a host that does not answer).
    @discardableResult
    package func stop(drainSeconds: Double) -> Bool {
        mailbox.close(drainSeconds: drainSeconds)
        wake.signal()
        return ended.wait(timeout: .now() + drainSeconds + 1) == .success
    }
}

/// What callers on other threads leave for the session's thread. Held for the length of an append.
// @unchecked: `content` is touched under the lock alone. An NSLock and not a Mutex, because
// ThreadSanitizer does not see the latter on Linux and calls everything under it a race.
private final class Mailbox: @unchecked Sendable {
    private let lock = NSLock()
    private var content = SessionLoop.Inbox([], [], false, 0)

    /// Leaves a message; returns whether it is the first since the box was emptied.
    func put(_ message: MQTTMessage, token: UInt64) -> Bool {
        lock.withLock {
            content.outgoing.append((message, token))
            return content.outgoing.count == 1
        }
    }

    /// Leaves something to be done.
    func put(_ work: @escaping @Sendable () -> Void) {
        lock.withLock { content.work.append(work) }
    }

    /// Says that the session is to end once it has sent what it holds, for `drainSeconds` at most.
    func close(drainSeconds: Double) {
        lock.withLock {
            content.isStopping = true
            content.drainSeconds = drainSeconds
        }
    }

    /// Takes the messages, what is to be done, and what was said of the end.
    func empty() -> SessionLoop.Inbox {
        lock.withLock {
            defer { (content.outgoing, content.work) = ([], []) }
            return content
        }
    }
}

/// The loop on its way from the thread that made it to its own.
// @unchecked: it is taken once, by the thread that was started after it was put in.
private final class Handover: @unchecked Sendable {
    private var loop: SessionLoop?

    init(_ loop: SessionLoop) { self.loop = loop }

    func take() -> SessionLoop? {
        defer { loop = nil }
        return loop
    }
}

/// Why a session could not even be set up.
package enum MQTTSessionError: Error, Equatable, CustomStringConvertible {
    /// A file descriptor could not be had.
    case noPipe(errno: Int32)
    /// libmosquitto refused an option or a name.
    case refused(call: String, reason: String)

    /// What failed and why, for a person.
    package var description: String {
        switch self {
        case .noPipe(let code):
            return "no pipe to wake the MQTT thread: errno \(code)"
        case .refused(let call, let reason):
            return "libmosquitto refused \(call): \(reason)"
        }
    }
}

/// A pipe whose only use is to end a `poll` from another thread.
final class WakePipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(MQTTSessionError) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw .noPipe(errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Ends the `poll` that waits, or the next one. A full pipe is as good as a byte more.
    func signal() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Takes every byte out, so that the next `poll` waits again.
    func clear() {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while unsafe read(readEnd, &bytes, 32) > 0 {}
    }
}
