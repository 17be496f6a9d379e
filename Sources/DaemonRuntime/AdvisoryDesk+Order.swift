internal import Dispatch
internal import GasModel

// MARK: In the order of the records

extension AdvisoryDesk {
    /// A finding that waits until the workers whose lines come before it have judged its record.
    struct Held {
        var finding: Finding
        /// How far those workers are.
        var passed: @Sendable () -> UInt64
        /// Called once it is told, if it is the last of its batch.
        var confirm: (@Sendable () -> Void)?

        var position: UInt64 { finding.position }
        /// Threshold before trend before integrity, for one and the same record.
        var rank: (UInt64, Int) { (position, finding.rule.detector == .trend ? 0 : 1) }
    }

    /// Looked at so often whether a held finding may go.
    private static let patience = DispatchTimeInterval.milliseconds(1)

    /// Findings of the trend or integrity worker, told once `passed` is beyond their records.
    ///
    /// It cannot deadlock: only findings wait here. No worker waits for the desk or for another,
    /// so each passes every record that was published, whether or not the other's findings are
    /// confirmed; a held batch keeps only its own cursor in the ring's file where it was. It costs
    /// a look each millisecond, and only while something is held: the threshold worker is nearly
    /// always ahead, so that is once for each batch that has findings at all.
    func hold(
        _ findings: [Finding], until passed: @escaping @Sendable () -> UInt64,
        _ confirm: @escaping @Sendable () -> Void
    ) {
        queue.async { [self] in
            for finding in findings {
                state.held.append(Held(finding: finding, passed: passed))
            }
            if !findings.isEmpty { state.held[state.held.count - 1].confirm = confirm }
            // Stable: what one worker found at one record stays in its order.
            let order = state.held.enumerated().sorted {
                ($0.element.rank.0, $0.element.rank.1, $0.offset)
                    < ($1.element.rank.0, $1.element.rank.1, $1.offset)
            }
            state.held = order.map(\.element)
            releaseSoon(after: .nanoseconds(0))
        }
    }

    /// Tells what is held and `mayGo`, in order, up to the first that may not.
    func release(_ mayGo: (Held) -> Bool) {
        let ready = state.held.prefix(while: mayGo)
        guard !ready.isEmpty else { return }
        state.held.removeFirst(ready.count)
        for held in ready {
            decide(held.finding)
            if let confirm = held.confirm { state.confirmations.append(confirm) }
        }
        deliver()
    }

    private func releaseSoon(after wait: DispatchTimeInterval) {
        guard !state.isReleasing, let first = state.held.first else { return }
        state.isReleasing = true
        // Looked at before the block below is queued: what the other workers reported up to there
        // stands in the queue before it.
        let passed = first.passed()
        queue.asyncAfter(deadline: .now() + wait) { [self] in
            state.isReleasing = false
            release { $0.position < passed && $0.passed() >= passed }
            releaseSoon(after: Self.patience)
        }
    }
}
