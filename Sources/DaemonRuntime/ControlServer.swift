internal import AdvisoryJournal
internal import Foundation
internal import GasModel
internal import HaltAdvisory
internal import Logging
internal import SensorIngest
internal import Synchronization

/// Takes what people ask at the control socket to the desk, and the answers back.
///
/// **Thread:** one of its own, `firedamp.control`, which waits in poll(2) and never for a client, a
/// disk or the desk; `stop` may be called from any. **Bounds:** `Limits`. A client that hangs,
/// floods or sends rubbish loses its own connection and nothing else; at most one thing at a time
/// is asked of the desk.
// @unchecked: `state` is touched only on the thread.
final class ControlServer: @unchecked Sendable {
    /// What a client may take.
    struct Limits: Sendable {
        /// Connections in all, and of one user.
        var connectionsMax = 32
        var connectionsOfUserMax = 8
        /// A connection on which nothing moves for so long is closed. Seconds.
        var idleSecondsMax = 30.0
        /// So many orders of one user at once, and so many a second from then on.
        var orders = Allowance(burst: 20, perSecond: 2)
        /// The same for what only asks.
        var questions = Allowance(burst: 300, perSecond: 50)
    }

    /// How many at once, and how many a second from then on.
    struct Allowance: Sendable {
        var burst: Double
        var perSecond: Double
    }

    /// Meets one request; see `AdvisoryDesk.meet`.
    typealias Desk =
        @Sendable (
            ControlRequest, ControlPeer, @escaping @Sendable (ControlAnswer) -> Void
        ) -> Void

    /// One client.
    private struct Connection {
        var peer: ControlPeer
        var incoming: [UInt8] = []
        var outgoing: [UInt8] = []
        /// Its request is with the desk, or waits for that.
        var isAsking = false
        /// Closed as soon as all is sent.
        var isEnding = false
        var moved: Int64
    }

    private struct Waiting {
        var connection: UInt64
        var request: ControlRequest
        var peer: ControlPeer
    }

    private struct Share: Hashable {
        var user: UInt32
        var isOrder: Bool
    }

    private struct State {
        var connections: [UInt64: Connection] = [:]
        /// The file descriptor of each connection.
        var handles: [UInt64: Int32] = [:]
        var nextConnection: UInt64 = 1
        var waiting: [Waiting] = []
        /// Whether the desk has a request of ours.
        var isDeskBusy = false
        /// What is left to each user, for orders and for questions.
        var allowances: [Share: (left: Double, at: Int64)] = [:]
    }

    private let listener: Int32
    private let wake: (read: Int32, write: Int32)
    private let path: String
    private let limits: Limits
    /// In which language is refused what does not come to the desk.
    private let language: @Sendable () -> Language
    private let desk: Desk
    private let log: Logger
    private let isStopped = Atomic<Bool>(false)
    private let answers = Mutex<[(connection: UInt64, answer: ControlAnswer)]>([])
    private let ended = DispatchSemaphore(value: 0)
    private var state = State()

    /// Listens in `directory` and serves until `stop`. **Errors:** `FileError`.
    init(
        directory: String, limits: Limits = Limits(), log: Logger,
        language: @escaping @Sendable () -> Language, desk: @escaping Desk
    ) throws(FileError) {
        listener = try ControlSocket.listen(in: directory)
        path = directory + "/" + ControlSocket.fileName
        var pair: [Int32] = [0, 0]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard unsafe socketpair(AF_UNIX, Int32(type), 0, &pair) == 0 else {
            let error = FileError("make a pair of sockets for", path)
            close(listener)
            throw error
        }
        wake = (pair[0], pair[1])
        self.limits = limits
        self.log = log
        self.language = language
        self.desk = desk
        let thread = Thread { [self] in run() }
        thread.name = "firedamp.control"
        thread.start()
    }

    // Not before: an answer of the desk may come after the thread has ended, and goes nowhere.
    deinit { close(wake.write) }

    /// Takes nothing more and returns when the thread has ended. What the desk has already is
    /// done, and answered if that is soon enough.
    func stop() {
        // Releasing: the thread that sees it sees all that was done before. Partner: its look.
        isStopped.store(true, ordering: .releasing)
        poke()
        ended.wait()
    }

    private func poke() {
        var byte: UInt8 = 1
        _ = unsafe write(wake.write, &byte, 1)
    }
}

// MARK: On the thread

extension ControlServer {
    /// poll(2) returns at least so often. Milliseconds.
    private static let lookMilliseconds: Int32 = 1000

    private func run() {
        // Releasing's partner: what `stop` wrote is seen here.
        while !isStopped.load(ordering: .acquiring) {
            var polls = [
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
            ]
            let ids = state.connections.keys.sorted()
            for id in ids {
                guard let connection = state.connections[id], let handle = state.handles[id] else {
                    continue
                }
                var events = connection.isAsking || connection.isEnding ? 0 : POLLIN
                if !connection.outgoing.isEmpty { events |= POLLOUT }
                polls.append(pollfd(fd: handle, events: Int16(events), revents: 0))
            }
            let hasMore = ids.contains { hasLine($0) }
            _ = unsafe poll(&polls, nfds_t(polls.count), hasMore ? 0 : Self.lookMilliseconds)
            if polls[1].revents != 0 { drainWake() }
            takeAnswers()
            for (index, id) in ids.enumerated() {
                turn(id, Int32(polls[index + 2].revents))
                takeLine(id)
            }
            if polls[0].revents != 0 { acceptAll() }
            askNext()
            closeIdle()
        }
        end()
    }

    private func end() {
        takeAnswers()
        for id in state.connections.keys {
            send(id)
            drop(id)
        }
        close(listener)
        unsafe unlink(path)
        close(wake.read)
        ended.signal()
    }

    private func drainWake() {
        var buffer = [UInt8](repeating: 0, count: 64)
        while unsafe read(wake.read, &buffer, buffer.count) > 0 {}
    }

    // MARK: Connections

    private func acceptAll() {
        for _ in 0..<limits.connectionsMax {
            let handle = accept(listener, nil, nil)
            guard handle >= 0 else {
                // No descriptor is left: whoever waits goes on waiting, and we do not spin.
                if errno == EMFILE || errno == ENFILE { usleep(50_000) }
                return
            }
            _ = fcntl(handle, F_SETFD, FD_CLOEXEC)
            _ = fcntl(handle, F_SETFL, O_NONBLOCK)
            guard let peer = ControlSocket.peer(of: handle) else {
                close(handle)
                continue
            }
            let id = state.nextConnection
            state.nextConnection += 1
            state.handles[id] = handle
            state.connections[id] = Connection(peer: peer, moved: HostClock.uptime())
            let own = state.connections.values.count { $0.peer.user == peer.user }
            if state.connections.count > limits.connectionsMax
                || own > limits.connectionsOfUserMax
            {
                let refusal = ControlRefusal(.busy, Phrase("too-many-connections"))
                reply(id, ControlAnswer(refusal, in: language()), isLast: true)
                send(id)
                // Nobody waits for one who is too many.
                drop(id)
            }
        }
    }

    private func turn(_ id: UInt64, _ events: Int32) {
        if events == 0 { return }
        if events & POLLOUT != 0 { send(id) }
        if events & (POLLIN | POLLHUP | POLLERR) != 0 { receive(id) }
    }

    private func receive(_ id: UInt64) {
        guard let handle = state.handles[id], let connection = state.connections[id] else { return }
        guard !connection.isAsking, !connection.isEnding else {
            // It hung up while its request is with the desk, or before it read its answer.
            return drop(id)
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = unsafe read(handle, &buffer, buffer.count)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN && errno != EINTR { drop(id) }
            return
        }
        state.connections[id]?.moved = HostClock.uptime()
        state.connections[id]?.incoming += buffer[..<count]
    }

    /// Whether a further request can be taken out of what came.
    private func hasLine(_ id: UInt64) -> Bool {
        guard let connection = state.connections[id] else { return false }
        return isReady(connection) && connection.incoming.contains(UInt8(ascii: "\n"))
    }

    private func isReady(_ connection: Connection) -> Bool {
        !connection.isAsking && !connection.isEnding && connection.outgoing.isEmpty
    }

    /// Takes one request out of what came; the next one waits until it is answered.
    private func takeLine(_ id: UInt64) {
        guard let connection = state.connections[id], isReady(connection) else { return }
        guard let end = connection.incoming.firstIndex(of: UInt8(ascii: "\n")) else {
            guard connection.incoming.count > ControlRequest.bytesMax else { return }
            return refuseLength(id)
        }
        guard end <= ControlRequest.bytesMax else { return refuseLength(id) }
        state.connections[id]?.incoming.removeFirst(end + 1)
        do throws(ControlRefusal) {
            let request = try ControlRequest(line: connection.incoming[..<end])
            try allow(request, connection.peer)
            state.connections[id]?.isAsking = true
            state.waiting.append(
                Waiting(connection: id, request: request, peer: connection.peer))
        } catch {
            // Who sends rubbish has to begin anew.
            reply(id, ControlAnswer(error, in: language()), isLast: error.code == .malformed)
        }
    }

    private func refuseLength(_ id: UInt64) {
        state.connections[id]?.incoming = []
        let refusal = ControlRefusal(.malformed, Phrase("too-long", ControlRequest.bytesMax))
        reply(id, ControlAnswer(refusal, in: language()), isLast: true)
    }

    /// Each order costs a sync of the disk, so one user gets only so many.
    private func allow(
        _ request: ControlRequest, _ peer: ControlPeer
    ) throws(ControlRefusal) {
        let share = Share(user: peer.user, isOrder: request.ask == .order)
        let allowance = share.isOrder ? limits.orders : limits.questions
        let now = HostClock.uptime()
        let last = state.allowances[share] ?? (allowance.burst, now)
        let left = min(
            allowance.burst, last.left + Double(now - last.at) / 1e9 * allowance.perSecond)
        guard left >= 1 else {
            var refusal = ControlRefusal(.busy, Phrase("too-much-asked"))
            refusal.language = request.language
            throw refusal
        }
        state.allowances[share] = (left - 1, now)
    }

    private func reply(_ id: UInt64, _ answer: ControlAnswer, isLast: Bool = false) {
        guard state.connections[id] != nil else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and finite numbers always encode.
        let bytes = (try? encoder.encode(answer)).map { Array($0) } ?? []
        state.connections[id]?.outgoing += bytes + [UInt8(ascii: "\n")]
        state.connections[id]?.isAsking = false
        state.connections[id]?.moved = HostClock.uptime()
        if isLast { state.connections[id]?.isEnding = true }
        send(id)
    }

    private func send(_ id: UInt64) {
        guard let handle = state.handles[id], let connection = state.connections[id],
            !connection.outgoing.isEmpty
        else { return }
        let count = unsafe Glibc.send(
            handle, connection.outgoing, connection.outgoing.count, Int32(MSG_NOSIGNAL))
        if count < 0 {
            if errno != EAGAIN, errno != EINTR { drop(id) }
            return
        }
        state.connections[id]?.outgoing.removeFirst(count)
        state.connections[id]?.moved = HostClock.uptime()
        if connection.isEnding, count == connection.outgoing.count { drop(id) }
    }

    private func drop(_ id: UInt64) {
        if let handle = state.handles[id] { close(handle) }
        state.handles[id] = nil
        state.connections[id] = nil
    }

    private func closeIdle() {
        let bound = HostClock.uptime() - Int64(limits.idleSecondsMax * 1e9)
        for (id, connection) in state.connections
        where connection.moved < bound && !connection.isAsking {
            drop(id)
        }
        state.allowances = state.allowances.filter { $0.value.at > bound }
    }

    // MARK: The desk

    private func askNext() {
        guard !state.isDeskBusy, !state.waiting.isEmpty else { return }
        // Orders first: somebody acts.
        let index = state.waiting.firstIndex { $0.request.ask == .order } ?? 0
        let next = state.waiting.remove(at: index)
        state.isDeskBusy = true
        desk(next.request, next.peer) { [self] answer in
            answers.withLock { $0.append((next.connection, answer)) }
            poke()
        }
    }

    private func takeAnswers() {
        let come = answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
        for (id, answer) in come {
            state.isDeskBusy = false
            reply(id, answer.said())
        }
    }
}
