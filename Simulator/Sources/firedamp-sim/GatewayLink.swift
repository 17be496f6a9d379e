import Dispatch
import MQTTSession
import Synchronization

/// The gateway's end of the wire: what it sent, what the broker said to it, how the link is.
///
/// **Thread:** the handler's part on the session's thread, the rest on the replaying one; what both
/// know is behind the lock.
final class GatewayLink: MQTTSessionHandler, Sendable {
    /// What the broker made of the messages that were sent.
    struct Account {
        var acknowledged = 0
        /// Acknowledged, but nobody subscribes to the topic.
        var unheard = 0
        /// Given up.
        var refused = 0
        /// Why the first of them was.
        var refusal = ""

        var settled: Int { acknowledged + refused }
    }

    private struct State {
        var account = Account()
        var hasConnected = false
        var trouble = "no answer"
        /// What a person should hear of the link, in the order in which it happened.
        var news: [String] = []
        /// The number of settled messages that the replaying thread waits for.
        var awaited: Int?
    }

    private let session: MQTTSession
    private let qos: Int32
    private let state = Mutex(State())
    /// Rung for the replaying thread: something that it waits for may have come.
    private let bell = DispatchSemaphore(value: 0)

    init(options: MQTTSessionOptions, qos: Int32) throws(MQTTSessionError) {
        session = try MQTTSession(options: options)
        self.qos = qos
    }

    /// Starts the session, which holds this until `stop`.
    func start() throws(MQTTSessionError) { try session.start(handler: self) }

    /// Leaves the broker. What is not acknowledged by now never will be.
    func stop() { session.stop(drainSeconds: 0) }

    /// Queues one message; it leaves as soon as there is a link.
    func send(topic: String, payload: [UInt8]) {
        session.send(MQTTMessage(topic: topic, payload: payload, qos: qos), token: 0)
    }

    /// What became of the messages so far.
    var account: Account { state.withLock { $0.account } }

    /// Whether there has been a link.
    var hasConnected: Bool { state.withLock { $0.hasConnected } }

    /// Why there is no link, as far as it is known.
    var trouble: String { state.withLock { $0.trouble } }

    /// What happened to the link since the last call.
    func takeNews() -> [String] {
        state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    /// Ends a `wait`, or the next one, from any thread.
    func wake() { bell.signal() }

    /// Waits until `count` messages are settled, the link has changed, `wake` is called, or `time`
    /// is over. May return early: ask again.
    func wait(forSettled count: Int = .max, upTo time: Duration) {
        let isThere = state.withLock { state in
            state.awaited = count
            return state.account.settled >= count
        }
        if isThere { return }
        _ = bell.wait(timeout: .now() + .nanoseconds(Int(time / .nanoseconds(1))))
    }

    func published(token: UInt64, hasSubscriber: Bool) {
        state.withLock { state in
            state.account.acknowledged += 1
            if !hasSubscriber { state.account.unheard += 1 }
        }
    }

    /// Rings once for all the acknowledgements of a turn. Not for a share of the window: the
    /// broker's kernel keeps PUBACKs back while ours has nothing to send, 40 ms at a time.
    func turn() {
        let isAwaited = state.withLock { state in
            guard let awaited = state.awaited, state.account.settled >= awaited else {
                return false
            }
            state.awaited = nil
            return true
        }
        if isAwaited { bell.signal() }
    }

    func sessionChanged(_ event: MQTTSessionEvent) {
        switch event {
        case .connected:
            state.withLock { state in
                if state.hasConnected { state.news.append("the broker is back") }
                state.hasConnected = true
            }
        case .connectFailed(let reason, let retry), .disconnected(let reason, let retry):
            state.withLock { state in
                state.trouble = reason
                let seconds = (retry * 10).rounded() / 10
                state.news.append("broker: \(reason); next attempt in \(seconds) s")
            }
        case .takenOver:
            // Our identifier was drawn by lot; it is rather the broker that minds what we send.
            state.withLock { $0.news.append("the broker ends each link at once; see its log") }
        case .notPublished(_, let reason):
            return state.withLock { state in
                if state.account.refused == 0 { state.account.refusal = reason }
                state.account.refused += 1
            }
        case .subscribed, .subscriptionRefused:
            return
        }
        bell.signal()
    }

    func received(topic: Span<UInt8>, payload: Span<UInt8>) {}

    func burstEnded() {}

    func hasRoom() -> Bool { true }
}
