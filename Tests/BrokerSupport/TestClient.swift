internal import Foundation
package import MQTTSession
internal import Support

/// A client of the broker for tests: publishes with a bounded window, and keeps what it receives.
package final class TestClient: MQTTSessionHandler, Sendable {
    /// One message as it came.
    package struct Received: Sendable, Equatable {
        /// Its topic.
        package var topic: String
        /// Its payload as text.
        package var text: String
    }

    /// Most messages that wait for their PUBACK.
    private static let window = 1000

    private struct State {
        var received: [Received] = []
        var acknowledged = 0
        var isSubscribed = false
        var events: [MQTTSessionEvent] = []
    }

    private let state = Guarded(State())
    // Raised to the window from zero: one that ends below what it was made with stops the process,
    // and a client may be let go of before its last message is acknowledged.
    private let free = DispatchSemaphore(value: 0)
    private let session: MQTTSession

    /// Connects and subscribes to `filters`; returns when the subscription stands.
    package init(port: Int32, filters: [String] = [], clientID: String? = nil) throws {
        var options = MQTTSessionOptions(
            host: "127.0.0.1", port: port, clientID: clientID ?? "test-\(UUID().uuidString)")
        options.cleanSession = true
        options.filters = filters
        options.sendsAtOnce = true
        for _ in 0..<Self.window { free.signal() }
        session = try MQTTSession(options: options)
        try session.start(handler: self)
        try eventually("a test client is connected") {
            state.withLock { state in
                state.isSubscribed
                    || filters.isEmpty && state.events.contains { $0.isConnected }
            }
        }
    }

    /// Publishes at QoS 1; waits while too many are not acknowledged.
    package func publish(_ topic: String, _ text: String, retain: Bool = false) {
        free.wait()
        session.send(
            MQTTMessage(topic: topic, payload: Array(text.utf8), retain: retain), token: 1)
    }

    /// How many of the published messages the broker has acknowledged.
    package var acknowledged: Int { state.withLock { $0.acknowledged } }
    /// What came so far.
    package var received: [Received] { state.withLock { $0.received } }
    /// What happened to the session so far.
    package var events: [MQTTSessionEvent] { state.withLock { $0.events } }

    /// Disconnects.
    package func stop() { session.stop(drainSeconds: 2) }

    package func received(topic: Span<UInt8>, payload: Span<UInt8>) {
        let message = Received(topic: text(topic), text: text(payload))
        state.withLock { $0.received.append(message) }
    }
    package func burstEnded() {}
    package func hasRoom() -> Bool { true }
    package func turn() {}
    package func sessionChanged(_ event: MQTTSessionEvent) {
        state.withLock { state in
            state.events.append(event)
            if event == .subscribed { state.isSubscribed = true }
        }
    }
    package func published(token: UInt64, hasSubscriber: Bool) {
        state.withLock { $0.acknowledged += 1 }
        free.signal()
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        var array: [UInt8] = []
        for index in 0..<bytes.count { array.append(bytes[index]) }
        return String(decoding: array, as: UTF8.self)
    }
}

extension MQTTSessionEvent {
    fileprivate var isConnected: Bool {
        if case .connected = self { return true }
        return false
    }
}
