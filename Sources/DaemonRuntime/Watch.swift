internal import GasModel
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

/// Pets the service manager's watchdog as long as all workers see the ticks that pass the ring: a
/// daemon that receives and does not judge is dead.
final class WorkerWatch: Sendable {
    /// How far a slower worker may be behind, in nanoseconds.
    private static let behindMax: Int64 = 10_000_000_000
    private let trendTick = Atomic<Int64>(.max)
    private let integrityTick = Atomic<Int64>(.max)
    private let alive: @Sendable () -> Void

    init(alive: @escaping @Sendable () -> Void) { self.alive = alive }

    /// A tick passed the worker of `detector`; with the threshold detector's the watchdog is petted
    /// if the others keep up.
    func ticked(_ detector: Rule.Detector, at uptime: Int64) {
        // Relaxed: a tick more or less decides nothing.
        switch detector {
        case .trend: trendTick.store(uptime, ordering: .relaxed)
        case .integrity: integrityTick.store(uptime, ordering: .relaxed)
        case .threshold:
            let slowest = min(
                trendTick.load(ordering: .relaxed), integrityTick.load(ordering: .relaxed))
            if slowest == .max || uptime - slowest < Self.behindMax { alive() }
        }
    }
}
