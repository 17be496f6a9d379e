internal import MQTTSession
internal import Synchronization

/// Says "ready" once: at the first event of the session that tells how the daemon stands.
final class ReadyOnce: Sendable {
    private let done = Atomic<Bool>(false)
    private let say: @Sendable (String) -> Void

    init(say: @escaping @Sendable (String) -> Void) { self.say = say }

    /// Whether it was said. Relaxed: who asks infers nothing else from it.
    var hasSaid: Bool { done.load(ordering: .relaxed) }

    func consider(_ event: MQTTSessionEvent) {
        let word: String
        switch event {
        case .subscribed: word = "guarding"
        case .connectFailed(let reason, _): word = "standing ready, broker out of reach: \(reason)"
        case .connected, .subscriptionRefused, .disconnected, .takenOver, .notPublished: return
        }
        // Relaxed: only one thread, the session's, ever comes here.
        if !done.exchange(true, ordering: .relaxed) { say(word) }
    }
}

/// Pets the service manager's watchdog as long as both workers see the ticks that pass the ring: a
/// daemon that receives and does not judge is dead.
final class WorkerWatch: Sendable {
    /// How far the slower worker may be behind, in nanoseconds.
    private static let behindMax: Int64 = 10_000_000_000
    private let trendTick = Atomic<Int64>(.max)
    private let alive: @Sendable () -> Void

    init(alive: @escaping @Sendable () -> Void) { self.alive = alive }

    // Relaxed: a tick more or less decides nothing.
    func trendTicked(at uptime: Int64) { trendTick.store(uptime, ordering: .relaxed) }

    func thresholdTicked(at uptime: Int64) {
        let trend = trendTick.load(ordering: .relaxed)
        if trend == .max || uptime - trend < Self.behindMax { alive() }
    }
}
