internal import MQTTSession

/// What came of one attempt to deliver.
package enum DeliveryOutcome: Sendable, Equatable {
    /// The other end has it.
    case delivered
    /// The other end is not there, does not answer, or asks for patience, for `retrySeconds` if it
    /// said so: whatever else waits would fare no better now.
    case failed(reason: String, retrySeconds: Double? = nil)
    /// The other end works and will not have this one.
    case refused(reason: String)
}

/// How an outlet goes on: what is next, when it is tried again, and what is given up. A value
/// without clock or socket.
///
/// **Retry:** what failed makes the whole outlet rest, doubling from `leastSeconds` to
/// `mostSeconds` with jitter, or as long as the other end asks, at most `patienceSeconds`. What was
/// refused makes only its own row rest. A line that was refused `refusalsMax` times is given up,
/// but never before the other end has taken another one since its first refusal: an end that
/// refuses everything (a wrong secret, a wrong path) loses nothing.
package struct DeliveryCourse: Sendable {
    /// The first wait, in seconds before jitter.
    package static let leastSeconds = 0.25
    /// The longest wait, in seconds before jitter.
    package static let mostSeconds = 15.0
    /// The longest wait that another end may ask for, in seconds.
    package static let patienceSeconds = 300.0
    /// So often a line is refused before it may be given up.
    package static let refusalsMax = 5
    /// So many refusals in a row mean that the other end is at fault, and the outlet rests too.
    static let refusalsInRowMax = 3

    /// What is to be done now.
    package enum Step: Sendable, Equatable {
        /// Nothing waits.
        case idle
        /// Nothing before this instant of the steady clock, nanoseconds.
        case rest(until: Int64)
        /// Deliver this line of the journal; `nil`: what is not in it.
        case deliver(UInt64?)
    }

    /// Why the other end does not take what it should.
    package struct Trouble: Sendable, Equatable {
        /// Since when, by the steady clock, nanoseconds.
        package var since: Int64
        /// In the other end's words.
        package var reason: String
    }

    private struct Hold: Sendable {
        var until: Int64
        var tries: Int
        /// How many lines the other end had taken at the first refusal.
        var takenBefore: UInt64
        var backoff: Backoff
    }

    /// What waits.
    package var queue: DeliveryQueue
    /// Whether something waits that is not in the journal. It goes before all.
    package var isUrgent = false {
        didSet { if isUrgent { urgentRefusals = 0 } }
    }
    /// Why nothing is taken; `nil` while the last attempt went well.
    package private(set) var failure: Trouble?
    /// Why a line is not taken; `nil` while none is refused.
    package private(set) var refusal: Trouble?
    /// How many lines were given up.
    package private(set) var givenUp = 0
    private var taken: UInt64 = 0
    private var restUntil: Int64?
    private var backoff = Self.waits
    private var holds: [UInt64: Hold] = [:]
    private var refusalsInRow = 0
    private var urgentRefusals = 0
    private var jitter: Jitter
    private var current: UInt64?

    private static var waits: Backoff { Backoff(least: leastSeconds, most: mostSeconds) }

    /// A course that begins with `queue`. `seed`: of the jitter; the same seed, the same waits.
    package init(queue: DeliveryQueue, seed: UInt64) {
        self.queue = queue
        jitter = Jitter(state: seed)
    }

    /// Why it fails, if it does: the outlet as a whole before a single line.
    package var trouble: Trouble? { failure ?? refusal }

    /// What is to be done at `now`. `settle` must follow what it says to deliver.
    package mutating func step(at now: Int64) -> Step {
        if let restUntil, restUntil > now { return .rest(until: restUntil) }
        restUntil = nil
        current = nil
        if isUrgent { return .deliver(nil) }
        if let next = queue.next(where: { (holds[$0]?.until ?? .min) <= now }) {
            current = next.row
            return .deliver(next.number)
        }
        return queue.count == 0
            ? .idle : holds.values.map(\.until).min().map { .rest(until: $0) } ?? .idle
    }

    /// What came of the attempt that the last step asked for. Returns why the line was given up, if
    /// it was.
    package mutating func settle(_ outcome: DeliveryOutcome, at now: Int64) -> String? {
        switch outcome {
        case .delivered:
            failure = nil
            refusalsInRow = 0
            backoff.reset()
            taken += 1
            remove()
        case .failed(let reason, let retry):
            failure = Trouble(since: failure?.since ?? now, reason: reason)
            let wait = retry.map { min(max($0, 0), Self.patienceSeconds) }
            rest(wait ?? backoff.wait(jitter: jitter.next()), from: now)
        case .refused(let reason):
            return refuse(reason, at: now)
        }
        return nil
    }

    private mutating func refuse(_ reason: String, at now: Int64) -> String? {
        // It answers, so it is not gone.
        failure = nil
        refusalsInRow += 1
        refusal = Trouble(since: refusal?.since ?? now, reason: reason)
        if refusalsInRow >= Self.refusalsInRowMax {
            rest(backoff.wait(jitter: jitter.next()), from: now)
        }
        guard let row = current else {
            // It goes before all, so it must not be in their way for ever.
            urgentRefusals += 1
            if urgentRefusals >= Self.refusalsMax { remove() }
            rest(backoff.wait(jitter: jitter.next()), from: now)
            return urgentRefusals >= Self.refusalsMax ? reason : nil
        }
        var hold =
            holds[row] ?? Hold(until: now, tries: 0, takenBefore: taken, backoff: Self.waits)
        hold.tries += 1
        if hold.tries >= Self.refusalsMax, taken > hold.takenBefore {
            givenUp += 1
            remove()
            return reason
        }
        hold.until = now + Self.nanoseconds(hold.backoff.wait(jitter: jitter.next()))
        holds[row] = hold
        return nil
    }

    private mutating func remove() {
        if let row = current {
            queue.removeHead(of: row)
            holds[row] = nil
        } else {
            isUrgent = false
        }
        if holds.isEmpty { refusal = nil }
    }

    private mutating func rest(_ seconds: Double, from now: Int64) {
        restUntil = now + Self.nanoseconds(seconds)
    }

    private static func nanoseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }
}

/// Jitter that a seed reproduces: SplitMix64.
struct Jitter: Sendable {
    var state: UInt64

    /// From 0.75 to 1.25.
    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return 0.75 + Double(z >> 11) / Double(UInt64(1) << 53) * 0.5
    }
}
