internal import CMosquitto
internal import Foundation

/// What the C callbacks reach: one allocation that lives exactly as long as the handle.
///
/// A struct behind a pointer and not the loop itself, so that a message costs no retain of the
/// loop.
// @safe: the unmanaged reference is valid for the life of the context, which the loop owns.
@safe struct CallbackContext {
    /// Messages handed to the loop's handler so far: how the loop sees that a read brought none.
    var received: UInt64 = 0
    /// Unretained: the loop owns the context, and clears the handle before it goes.
    let loop: Unmanaged<SessionLoop>
}

extension SessionLoop {
    /// Sets up the handle: options before callbacks before the will, all before the first connect.
    func configure() throws(MQTTSessionError) {
        let version = options.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        try check(
            "MOSQ_OPT_PROTOCOL_VERSION",
            unsafe mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version))
        // MQTT 5 lets a broker send only 20 unacknowledged messages unless we say otherwise.
        try check(
            "MOSQ_OPT_RECEIVE_MAXIMUM",
            unsafe mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, 65_535))
        // And libmosquitto sends only 20 unless the broker allows more: how many is our caller's
        // part.
        try check(
            "MOSQ_OPT_SEND_MAXIMUM",
            unsafe mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, 65_535))
        try check(
            "MOSQ_OPT_TCP_NODELAY",
            unsafe mosquitto_int_option(
                handle, MOSQ_OPT_TCP_NODELAY, options.sendsAtOnce ? 1 : 0))
        // Threaded mode queues PUBACKs until we call mosquitto_loop_write; see MQTTSession.
        try check("threaded mode", unsafe mosquitto_threaded_set(handle, true))
        unsafe mosquitto_message_callback_set(handle, onMessage)
        unsafe mosquitto_connect_v5_callback_set(handle, onConnect)
        unsafe mosquitto_disconnect_v5_callback_set(handle, onDisconnect)
        unsafe mosquitto_subscribe_callback_set(handle, onSubscribe)
        unsafe mosquitto_publish_v5_callback_set(handle, onPublish)
        guard let will = options.will else { return }
        try check(
            "the will",
            unsafe will.payload.withUnsafeBytes { bytes in
                unsafe mosquitto_will_set(
                    handle, will.topic, Int32(bytes.count), bytes.baseAddress, will.qos,
                    will.retain)
            })
    }

    private func check(_ call: String, _ code: Int32) throws(MQTTSessionError) {
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            throw .refused(call: call, reason: Self.text(of: code))
        }
    }

    /// What libmosquitto says of one of its result codes, with errno where it says "see errno".
    static func text(of code: Int32) -> String {
        if code == MOSQ_ERR_ERRNO.rawValue { return unsafe String(cString: strerror(errno)) }
        guard let text = unsafe mosquitto_strerror(code) else { return "code \(code)" }
        return unsafe String(cString: text)
    }

    /// Starts one attempt. Blocks for as long as the kernel takes to open the TCP connection.
    func connect(now: Double) {
        var properties: OpaquePointer?
        if options.version == .v5 && !options.cleanSession {
            unsafe mosquitto_property_add_int32(
                &properties, Int32(bitPattern: MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue),
                options.sessionExpirySeconds)
        }
        defer { unsafe mosquitto_property_free_all(&properties) }
        link = .connecting(since: now)
        let code = unsafe mosquitto_connect_bind_v5(
            handle, options.host, options.port, options.keepAliveSeconds, nil, properties)
        readAhead.attach(unsafe mosquitto_socket(handle))
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        let wait = backoff.wait()
        link = .waiting(until: Self.uptime() + wait)
        handler.sessionChanged(.connectFailed(reason: Self.text(of: code), retrySeconds: wait))
    }

    /// The link is gone or useless. libmosquitto keeps what is unacknowledged and sends it again.
    func lost(reason: String, isTakenOver: Bool = false) {
        var hadLink = false
        switch link {
        case .waiting: return
        case .connecting: break
        case .up(let since):
            hadLink = true
            if Self.uptime() - since >= Self.goodLinkSeconds {
                backoff.reset()
                earlyLosses = 0
            } else {
                earlyLosses += 1
            }
        }
        readAhead.attach(-1)
        let wait = backoff.wait()
        link = .waiting(until: Self.uptime() + wait)
        if isTakenOver || earlyLosses == Self.earlyLossesMax {
            handler.sessionChanged(.takenOver(clientID: options.clientID))
        }
        handler.sessionChanged(
            hadLink
                ? .disconnected(reason: reason, retrySeconds: wait)
                : .connectFailed(reason: reason, retrySeconds: wait))
        giveUpUnwritten(reason: reason)
    }

    /// Messages of QoS 0 that were not written go with the link; nothing sends them again.
    private func giveUpUnwritten(reason: String) {
        let unwritten = tokens.filter { $0.value.isLostWithLink }
        for (packet, message) in unwritten.sorted(by: { $0.value.token < $1.value.token }) {
            tokens[packet] = nil
            handler.sessionChanged(.notPublished(token: message.token, reason: reason))
        }
    }

    /// Hands libmosquitto what waits, while there is a link that it can leave by.
    func publishWaiting() {
        guard case .up = link, !waitingOutgoing.isEmpty else { return }
        for (index, item) in waitingOutgoing.enumerated() {
            var packet: Int32 = 0
            let code = unsafe item.message.payload.withUnsafeBytes { bytes in
                unsafe mosquitto_publish(
                    handle, &packet, item.message.topic, Int32(bytes.count), bytes.baseAddress,
                    item.message.qos, item.message.retain)
            }
            switch code {
            case MOSQ_ERR_SUCCESS.rawValue:
                tokens[packet] = InFlight(token: item.token, isLostWithLink: item.message.qos == 0)
            case MOSQ_ERR_NO_CONN.rawValue, MOSQ_ERR_CONN_LOST.rawValue, MOSQ_ERR_ERRNO.rawValue,
                MOSQ_ERR_NOMEM.rawValue:
                // The link broke under us: what is left waits for the next one.
                waitingOutgoing.removeFirst(index)
                return
            default:
                // What this broker can't take it won't take on the next link either.
                handler.sessionChanged(
                    .notPublished(token: item.token, reason: Self.text(of: code)))
            }
        }
        waitingOutgoing.removeAll(keepingCapacity: true)
    }

    /// CONNACK came.
    func connected(code: Int32, sessionPresent: Bool) {
        guard code == 0 else {
            lost(reason: "the broker refused: \(Self.reasonText(code))")
            return
        }
        link = .up(since: Self.uptime())
        handler.sessionChanged(.connected(sessionPresent: sessionPresent))
        // Always, whatever the broker says it remembers: a broker that lost its disk remembers
        // nothing and says so, but one with an edited access list does not.
        for filter in options.filters {
            unsafe mosquitto_subscribe(handle, nil, filter, 1)
        }
        awaitedSubscriptions = options.filters
    }

    private static func reasonText(_ code: Int32) -> String {
        guard let text = unsafe mosquitto_reason_string(code) else { return "code \(code)" }
        return unsafe String(cString: text)
    }

    /// One SUBACK came; they come in the order of the requests.
    func subscribed(grantedQoS: Int32) {
        guard !awaitedSubscriptions.isEmpty else { return }
        let filter = awaitedSubscriptions.removeFirst()
        if grantedQoS >= 128 { handler.sessionChanged(.subscriptionRefused(filter: filter)) }
        if awaitedSubscriptions.isEmpty { handler.sessionChanged(.subscribed) }
    }

    /// PUBACK came, or a QoS 0 message was written. From 128 on the code is a refusal.
    func acknowledged(packet: Int32, code: Int32) {
        guard let token = tokens.removeValue(forKey: packet)?.token else { return }
        guard code < 128 else {
            return handler.sessionChanged(
                .notPublished(token: token, reason: Self.reasonText(code)))
        }
        let isUnheard = code == Int32(bitPattern: MQTT_RC_NO_MATCHING_SUBSCRIBERS.rawValue)
        handler.published(token: token, hasSubscriber: !isUnheard)
    }
}

// The callbacks are plain file-scope closures: written inside a main-actor context they would be
// inferred main-actor and trap on the session's thread, and in a generic class they cannot be
// formed at all. Each runs on the session's thread, inside a mosquitto_loop_* call of the loop; the
// context outlives the handle, and `message` dies on return.

private let onMessage:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, UnsafePointer<mosquitto_message>?
    ) -> Void = { _, object, message in
        guard let object = unsafe object, let message = unsafe message,
            let name = unsafe message.pointee.topic
        else { return }
        let context = unsafe object.assumingMemoryBound(to: CallbackContext.self)
        unsafe context.pointee.received &+= 1
        let topic = unsafe UnsafeRawBufferPointer(start: name, count: strlen(name))
        let payload = unsafe UnsafeRawBufferPointer(
            start: message.pointee.payload, count: Int(message.pointee.payloadlen))
        // The loop lives as long as the handle, and its handler as long as the loop: to count
        // references to them for each message would cost as much as to look up its sensor.
        unsafe context.pointee.loop._withUnsafeGuaranteedRef {
            unsafe $0.handler.received(
                topic: topic.bindMemory(to: UInt8.self).span,
                payload: payload.bindMemory(to: UInt8.self).span)
        }
    }

private let onConnect:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, Int32, Int32, OpaquePointer?
    ) -> Void = { _, object, code, flags, _ in
        unsafe withLoop(object) { $0.connected(code: code, sessionPresent: flags & 1 != 0) }
    }

private let onDisconnect:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, Int32, OpaquePointer?
    ) -> Void = { _, object, code, _ in
        let takenOver = code == Int32(bitPattern: MQTT_RC_SESSION_TAKEN_OVER.rawValue)
        let reason =
            takenOver
            ? "another client took the session" : SessionLoop.text(of: code)
        unsafe withLoop(object) { $0.lost(reason: reason, isTakenOver: takenOver) }
    }

private let onSubscribe:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, Int32, Int32, UnsafePointer<Int32>?
    ) -> Void = { _, object, _, count, granted in
        let qos: Int32 = unsafe count > 0 ? (granted?.pointee ?? 128) : 128
        unsafe withLoop(object) { $0.subscribed(grantedQoS: qos) }
    }

private let onPublish:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, Int32, Int32, OpaquePointer?
    ) -> Void = { _, object, packet, code, _ in
        unsafe withLoop(object) { $0.acknowledged(packet: packet, code: code) }
    }

private func withLoop(_ object: UnsafeMutableRawPointer?, _ body: (SessionLoop) -> Void) {
    guard let object = unsafe object else { return }
    let context = unsafe object.assumingMemoryBound(to: CallbackContext.self)
    body(unsafe context.pointee.loop.takeUnretainedValue())
}
