internal import CMosquitto
internal import Foundation

/// The thread's side of a session: owns the libmosquitto handle and everything that goes with it.
///
/// **Thread:** made by the starter, then confined to the session's thread.
// @safe: the three pointers are made in `init`, freed in `deinit` and never leave the class.
@safe final class SessionLoop {
    typealias Inbox = (
        outgoing: [(message: MQTTMessage, token: UInt64)], work: [@Sendable () -> Void],
        isStopping: Bool, drainSeconds: Double
    )

    /// Most packets read between two rounds of acknowledgements: as the yardstick's batch.
    static let burstMessagesMax = 256
    /// How long the loop leaves the socket alone while the handler has no room, in milliseconds.
    static let fullWaitMilliseconds: Int32 = 2
    /// A link that lasted this long in seconds was a good one: the back-off starts afresh.
    static let goodLinkSeconds = 10.0
    /// Early losses in a row after which a second client with our identifier is suspected: MQTT
    /// 3.1.1 has no reason code that would say so.
    static let earlyLossesMax = 3

    enum Link: Equatable {
        case waiting(until: Double)
        case connecting(since: Double)
        case up(since: Double)
    }

    /// A message that libmosquitto has and the broker has not acknowledged.
    struct InFlight {
        var token: UInt64
        /// QoS 0: libmosquitto drops it with the link, without a word.
        var isLostWithLink: Bool
    }

    let options: MQTTSessionOptions
    let handler: any MQTTSessionHandler
    let takeInbox: () -> Inbox
    private let wake: WakePipe
    /// The wake pipe and the socket: kept, so that a turn of the loop allocates nothing.
    private let polled: UnsafeMutablePointer<pollfd>
    let readAhead = ReadAhead()
    let handle: OpaquePointer
    let context: UnsafeMutablePointer<CallbackContext>
    var link = Link.waiting(until: 0)
    var backoff = Backoff(
        least: MQTTSessionOptions.reconnectSecondsMin, most: MQTTSessionOptions.reconnectSecondsMax)
    var earlyLosses = 0
    /// Filters whose SUBACK has not come yet, in the order of the requests.
    var awaitedSubscriptions: [String] = []
    /// The messages in flight, by packet identifier.
    var tokens: [Int32: InFlight] = [:]
    var waitingOutgoing: [(message: MQTTMessage, token: UInt64)] = []
    private var stopBy: Double?

    init(
        options: MQTTSessionOptions, handler: any MQTTSessionHandler & Sendable,
        wake: WakePipe, takeInbox: @escaping () -> Inbox
    ) throws(MQTTSessionError) {
        self.options = options
        self.handler = handler
        self.takeInbox = takeInbox
        self.wake = wake
        _ = libraryIsReady
        let made = UnsafeMutablePointer<CallbackContext>.allocate(capacity: 1)
        guard
            let new = unsafe mosquitto_new(options.clientID, options.cleanSession, made)
        else {
            unsafe made.deallocate()
            throw .refused(call: "mosquitto_new", reason: "client id '\(options.clientID)'")
        }
        unsafe handle = new
        unsafe context = made
        unsafe polled = UnsafeMutablePointer<pollfd>.allocate(capacity: 2)
        unsafe made.initialize(to: CallbackContext(loop: Unmanaged.passUnretained(self)))
        try configure()
    }

    deinit {
        // The handle first: its callbacks use the context.
        unsafe mosquitto_destroy(handle)
        unsafe context.deinitialize(count: 1)
        unsafe context.deallocate()
        unsafe polled.deallocate()
    }

    /// Seconds on a clock that nobody can set.
    static func uptime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The loop, until it is told to stop.
    func run() {
        readAhead.begin()
        defer { readAhead.end() }
        while true {
            let inbox = takeInbox()
            for work in inbox.work { work() }
            waitingOutgoing += inbox.outgoing
            if inbox.isStopping, shouldEnd(drainSeconds: inbox.drainSeconds) { break }
            let now = Self.uptime()
            attend(to: now)
            publishWaiting()
            waitAndServe(now: now)
            handler.turn()
        }
        disconnect()
    }

    /// Connects when it is time to, and gives up on a broker that does not answer CONNECT.
    private func attend(to now: Double) {
        switch link {
        case .waiting(let until) where now >= until && stopBy == nil:
            connect(now: now)
        case .connecting(let since) where now - since > MQTTSessionOptions.connackSecondsMax:
            lost(reason: "the broker did not answer CONNECT")
        default:
            break
        }
    }

    private func shouldEnd(drainSeconds: Double) -> Bool {
        let now = Self.uptime()
        let deadline = stopBy ?? now + drainSeconds
        stopBy = deadline
        if now >= deadline { return true }
        guard case .up = link else { return true }
        return waitingOutgoing.isEmpty && tokens.isEmpty
    }

    private func disconnect() {
        guard case .up = link else { return }
        // Said first, so that the disconnect that follows is not taken for a loss.
        link = .waiting(until: .infinity)
        unsafe mosquitto_disconnect(handle)
        unsafe mosquitto_loop_write(handle, 1)
    }

    /// One wait, and one round of reading, handing over, acknowledging and writing.
    private func waitAndServe(now: Double) {
        let socket = unsafe mosquitto_socket(handle)
        let isLinked = socket >= 0 && !isWaiting
        let hasRoom = handler.hasRoom()
        var wanted: Int16 = 0
        if isLinked {
            if hasRoom { wanted |= Int16(POLLIN) }
            if unsafe mosquitto_want_write(handle) { wanted |= Int16(POLLOUT) }
        }
        unsafe polled[0] = pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0)
        unsafe polled[1] = pollfd(fd: isLinked ? socket : -1, events: wanted, revents: 0)
        let isFilled = isLinked && hasRoom && readAhead.isFilled
        let wait = isFilled ? 0 : timeout(now: now, hasRoom: hasRoom || !isLinked)
        _ = unsafe poll(polled, 2, wait)
        if unsafe polled[0].revents != 0 { wake.clear() }
        guard isLinked else { return }
        let isReadable = unsafe polled[1].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0
        if isReadable || isFilled { readBurst() }
        if unsafe mosquitto_want_write(handle) { unsafe mosquitto_loop_write(handle, 1) }
        unsafe mosquitto_loop_misc(handle)
    }

    private var isWaiting: Bool {
        if case .waiting = link { return true }
        return false
    }

    private func timeout(now: Double, hasRoom: Bool) -> Int32 {
        if !hasRoom { return Self.fullWaitMilliseconds }
        if stopBy != nil { return 20 }
        let turn = max(1, min(1000, handler.turnMilliseconds()))
        guard case .waiting(let until) = link else { return turn }
        return Int32(max(1, min(Double(turn), ((until - now) * 1000).rounded(.up))))
    }

    /// Reads until a call brings no message: `mosquitto_loop_read` takes one packet a call.
    private func readBurst() {
        for _ in 0..<Self.burstMessagesMax {
            let before = unsafe context.pointee.received
            guard unsafe mosquitto_loop_read(handle, 1) == MOSQ_ERR_SUCCESS.rawValue else { break }
            guard unsafe context.pointee.received != before else { break }
            guard handler.hasRoom() else { break }
        }
        handler.burstEnded()
    }
}

/// libmosquitto wants to be initialised once in a process.
private let libraryIsReady: Void = { mosquitto_lib_init() }()
