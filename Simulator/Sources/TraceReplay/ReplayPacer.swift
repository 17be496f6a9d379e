/// Says when the next message may leave: not before it is due, and not while the window is full.
///
/// Pure: it is told the time, as the time since the replay started. It never waits for what is
/// overdue, so a replay that was held up catches up as fast as the window lets it.
package struct ReplayPacer: Sendable {
    /// What to do about the next message.
    package enum Step: Sendable, Equatable {
        /// Send it now.
        case send
        /// Wait this long, then ask again.
        case wait(Duration)
        /// Wait until fewer messages are unacknowledged, then ask again.
        case waitForWindow
    }

    /// Most messages sent and not yet acknowledged, at least 1.
    package let window: Int
    /// How long messages that were due waited for the window, in all.
    package private(set) var heldUp = Duration.zero
    /// How far a message left behind its time at most.
    package private(set) var latestBy = Duration.zero
    private var heldUpSince: Duration?

    /// A pacer for a window of at least 1 message.
    package init(window: Int) {
        precondition(window > 0, "a window holds at least one message")
        self.window = window
    }

    /// What to do at `now` about the message that is due at `due`; times do not go back.
    package mutating func step(due: Duration, now: Duration, unacknowledged: Int) -> Step {
        if due > now { return .wait(due - now) }
        if unacknowledged >= window {
            heldUpSince = heldUpSince ?? now
            return .waitForWindow
        }
        leaveWindow(at: now)
        latestBy = max(latestBy, now - due)
        return .send
    }

    /// The replay ends at `now`, whatever it was waiting for.
    package mutating func end(at now: Duration) { leaveWindow(at: now) }

    private mutating func leaveWindow(at now: Duration) {
        guard let since = heldUpSince else { return }
        heldUp += now - since
        heldUpSince = nil
    }
}
