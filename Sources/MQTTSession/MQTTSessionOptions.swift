/// One message to publish.
package struct MQTTMessage: Sendable, Equatable {
    /// Where it goes: a topic without wildcards.
    package var topic: String
    /// The bytes it carries; empty with `retain` removes what the broker retains there.
    package var payload: [UInt8]
    /// 0 or 1. QoS 2 is not offered: it brings nothing to receivers that know an id.
    package var qos: Int32
    /// Whether the broker keeps it for those who subscribe later.
    package var retain: Bool

    /// A message with all that MQTT wants to know of it.
    package init(topic: String, payload: [UInt8], qos: Int32 = 1, retain: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
    }
}

/// How a session is to be held. Values are fixed for the life of the session.
package struct MQTTSessionOptions: Sendable {
    /// The protocol spoken.
    package enum Version: String, Sendable, CaseIterable {
        /// MQTT 5.
        case v5 = "5"
        /// MQTT 3.1.1, for brokers that know no better.
        case v311 = "3.1.1"
    }

    /// Host name or address of the broker.
    package var host: String
    /// TCP port, 1 to 65535.
    package var port: Int32
    /// Client identifier: names the session that the broker keeps.
    package var clientID: String
    /// Protocol version.
    package var version: Version
    /// Whether the broker is to forget the session at each connect: right for a tester, wrong for a
    /// daemon, which would lose what came in between.
    package var cleanSession: Bool
    /// Seconds for which an MQTT 5 broker keeps the session after a disconnect.
    package var sessionExpirySeconds: UInt32
    /// Seconds between signs of life, at least 5 (libmosquitto refuses less).
    package var keepAliveSeconds: Int32
    /// Topic filters subscribed at QoS 1 after every connect, whatever the broker remembers.
    package var filters: [String]
    /// What the broker publishes for us when we are gone without a word.
    package var will: MQTTMessage?
    /// Whether small packets leave at once (TCP_NODELAY): right for a publisher that waits for each
    /// PUBACK, wrong for a subscriber, whose PUBACKs the kernel packs (0.56x without).
    package var sendsAtOnce: Bool

    /// The first wait after a lost link in seconds; it doubles up to `reconnectSecondsMax`.
    package static let reconnectSecondsMin = 0.5
    /// The longest wait between two attempts in seconds, before jitter.
    package static let reconnectSecondsMax = 15.0
    /// How long a broker may take to answer CONNECT, in seconds.
    package static let connackSecondsMax = 10.0

    /// A persistent MQTT 5 session; change the rest by name.
    package init(host: String, port: Int32, clientID: String) {
        self.host = host
        self.port = port
        self.clientID = clientID
        version = .v5
        cleanSession = false
        sessionExpirySeconds = 7 * 86_400
        keepAliveSeconds = 20
        filters = []
        will = nil
        sendsAtOnce = false
    }
}

/// What happened to a session, in the order in which it happened.
package enum MQTTSessionEvent: Sendable, Equatable {
    /// CONNACK came. `sessionPresent`: the broker still had the session, and with it what was
    /// queued.
    case connected(sessionPresent: Bool)
    /// SUBACK came for all filters: from now on readings arrive.
    case subscribed
    /// The broker refused a filter; nothing will arrive on it.
    case subscriptionRefused(filter: String)
    /// An attempt to connect failed; the next one follows after `retrySeconds`.
    case connectFailed(reason: String, retrySeconds: Double)
    /// The link is gone; the next attempt follows after `retrySeconds`.
    case disconnected(reason: String, retrySeconds: Double)
    /// Another client connected with our client identifier, and the broker threw us out.
    case takenOver(clientID: String)
    /// The message sent with `token` is given up and `published` will not name it: the broker
    /// refused it, or it was of QoS 0 and the link broke before it left.
    case notPublished(token: UInt64, reason: String)
}

/// The part that understands what a session brings.
///
/// **Thread:** every call comes on the session's own thread, one at a time. **Re-entrancy:** none
/// may call back into the session other than by `MQTTSession.send`.
package protocol MQTTSessionHandler: AnyObject {
    /// One message came. `topic` and `payload` die with the call. Must not block, lock or log per
    /// message: keep-alive and acknowledgements wait for it.
    func received(topic: Span<UInt8>, payload: Span<UInt8>)
    /// All that the socket held has been handed over; the PUBACKs leave when this returns, so what
    /// was received must be safe by then.
    func burstEnded()
    /// Whether `received` may be called. While it says no the socket is left alone: TCP and the
    /// broker hold the queue, keep-alive goes on.
    func hasRoom() -> Bool
    /// Called after every round of reading and writing, and at least once a second, connected or
    /// not.
    func turn()
    /// How long the next `turn` may take to come, in milliseconds, where nothing else happens.
    func turnMilliseconds() -> Int32
    /// The session changed.
    func sessionChanged(_ event: MQTTSessionEvent)
    /// The broker acknowledged the message that was sent with `token`; one of QoS 0 was written.
    /// `hasSubscriber` is false when the broker says that nobody subscribes to the topic, which
    /// only one of MQTT 5 says.
    func published(token: UInt64, hasSubscriber: Bool)
}

extension MQTTSessionHandler {
    /// A second: nothing waits for the turn.
    package func turnMilliseconds() -> Int32 { 1000 }
}
