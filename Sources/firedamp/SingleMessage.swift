import Dispatch
import Foundation
import MQTTSession

/// One message to a broker, and what became of it.
///
/// **Thread:** the session's but for `send`, which blocks its caller for up to ten seconds.
final class SingleMessage: MQTTSessionHandler, Sendable {
    /// What became of the message.
    enum Outcome: Sendable, Equatable {
        /// The broker has it, and somebody subscribes to it.
        case taken
        /// The broker has it, and nobody subscribes to it.
        case unheard
        /// It did not get there, and why.
        case failed(String)
    }

    private static let secondsMax = 10.0
    private let outcome = Settled()
    private let done = DispatchSemaphore(value: 0)

    // @unchecked: `value` is touched under the lock alone.
    private final class Settled: @unchecked Sendable {
        private let lock = NSLock()
        private var value: Outcome?

        /// Takes the first outcome; returns whether it was the first.
        func settle(_ outcome: Outcome) -> Bool {
            lock.withLock {
                defer { value = value ?? outcome }
                return value == nil
            }
        }

        var outcome: Outcome? { lock.withLock { value } }
    }

    private init() {}

    /// Sends `message` at QoS 1 and waits for what becomes of it.
    static func send(
        _ message: MQTTMessage, to broker: BrokerAddress
    ) throws(MQTTSessionError) -> Outcome {
        var options = MQTTSessionOptions(
            host: broker.host, port: broker.port,
            clientID: "firedamp-\(ProcessInfo.processInfo.processIdentifier)")
        options.cleanSession = true
        options.sendsAtOnce = true
        let session = try MQTTSession(options: options)
        let handler = SingleMessage()
        try session.start(handler: handler)
        session.send(message, token: 1)
        _ = handler.done.wait(timeout: .now() + secondsMax)
        session.stop(drainSeconds: 0)
        return handler.outcome.outcome ?? .failed("no answer within \(Int(secondsMax)) s")
    }

    private func settle(_ outcome: Outcome) {
        if self.outcome.settle(outcome) { done.signal() }
    }

    func published(token: UInt64, hasSubscriber: Bool) {
        settle(hasSubscriber ? .taken : .unheard)
    }

    func sessionChanged(_ event: MQTTSessionEvent) {
        switch event {
        case .connectFailed(let reason, _), .disconnected(let reason, _):
            settle(.failed(reason))
        case .notPublished(_, let reason): settle(.failed("refused: \(reason)"))
        case .connected, .subscribed, .subscriptionRefused, .takenOver: return
        }
    }

    func received(topic: Span<UInt8>, payload: Span<UInt8>) {}

    func burstEnded() {}

    func hasRoom() -> Bool { true }

    func turn() {}
}
