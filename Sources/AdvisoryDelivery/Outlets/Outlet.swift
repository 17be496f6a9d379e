package import AdvisoryJournal
package import Foundation
package import GasModel

/// One way out: a thread of its own that delivers what the journal holds, whatever its other end
/// does.
///
/// **Thread:** every call may come from any thread and returns at once, except `waitForEnd`. The
/// other end can hold up this outlet's thread and nothing else. **Memory:** at most `inboxMax`
/// lines on their way in and `heldMax` in hand; the rest is read again from the journal.
// @unchecked: `shared` is touched under the lock alone. An NSLock and not a Mutex, because
// ThreadSanitizer does not see the latter on Linux.
package final class Outlet: @unchecked Sendable {
    /// Most lines that wait for the thread to look; those beyond it finds in the journal.
    package static let inboxMax = 256

    /// What it was made of.
    package let settings: OutletSettings
    private let bell = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let parts: OutletParts
    private let lock = NSLock()
    private var shared: Shared

    /// What the thread and everybody else share.
    struct Shared {
        var inbox: [OutletDocument] = []
        /// What the journal does not hold, on its way in.
        var urgent: [OutletDocument] = []
        /// The newest line of the journal.
        var newest: UInt64
        var isRung = false
        /// When it ends whether or not something waits; steady clock, nanoseconds.
        var endsAt: Int64?
        /// Since when an attempt is under way; steady clock, nanoseconds.
        var attemptSince: Int64?
        var trouble: DeliveryCourse.Trouble?
        /// How many lines wait that are known to the queue, and the newest that it considered.
        var queued = 0
        var considered: UInt64
        var givenUp = 0
        var givenUpReason = ""
        var transport: (any OutletTransport)?
        /// Since when it does as it does now.
        var since: Timestamp?
        var isFailing = false
    }

    /// How it stands, for who watches it.
    package struct Standing: Sendable {
        /// Why it fails, and since when by the steady clock; `nil` while it does not. An attempt
        /// that is not answered counts from its beginning.
        package var trouble: DeliveryCourse.Trouble?
        /// How many lines were given up so far, and why the last one was.
        package var givenUp: Int
        /// Why.
        package var givenUpReason: String
    }

    /// Starts to deliver. `newest`: the journal's newest line. `predecessor`: the outlet whose mark
    /// it takes over, once that has ended.
    package init(
        _ settings: OutletSettings, parts: OutletParts, newest: UInt64, after predecessor: Outlet?
    ) {
        self.settings = settings
        self.parts = parts
        shared = Shared(newest: newest, considered: newest)
        let thread = Thread { [self] in
            Self.blockBrokenPipes()
            predecessor?.waitForEnd(until: .distantFuture)
            let work = OutletWork(self, parts: parts, newest: newest)
            work.run()
            ended.signal()
        }
        thread.name = "firedamp-outlet"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Hands over lines that have just been synced, the newest of the journal.
    package func offer(_ lines: [JournalLine]) {
        guard let last = lines.last else { return }
        with { shared in
            shared.newest = last.record.number
            if shared.inbox.count + lines.count <= Self.inboxMax {
                shared.inbox += lines.map { OutletDocument($0) }
            }
        }
        ring()
    }

    /// Hands over what the journal does not hold. It goes before all, but for older lines of its
    /// own advisory.
    package func offerUnnumbered(_ document: OutletDocument) {
        with { shared in
            if shared.urgent.count < UnnumberedQueue.haltsMax { shared.urgent.append(document) }
        }
        ring()
    }

    /// Has it end once nothing waits that can be delivered, and at `instant` of the steady clock
    /// whatever waits. Returns at once.
    package func end(by instant: Int64) {
        let transport = with { shared in
            shared.endsAt = instant
            return instant <= parts.clock.steady() ? shared.transport : nil
        }
        transport?.cancel()
        ring()
    }

    /// Returns when it has ended, or at `deadline`; then whether it has. What it does by then is
    /// cancelled.
    @discardableResult
    package func waitForEnd(until deadline: DispatchTime) -> Bool {
        if ended.wait(timeout: deadline) == .timedOut {
            end(by: .min)
            guard ended.wait(timeout: .now() + 0.5) == .success else { return false }
        }
        ended.signal()
        return true
    }

    /// How it stands at `now` of the steady clock.
    package func standing(at now: Int64) -> Standing {
        with { shared in
            var trouble = shared.trouble
            if trouble == nil, let since = shared.attemptSince, Self.isLong(now - since) {
                trouble = .init(since: since, reason: "no answer yet")
            }
            return Standing(
                trouble: trouble, givenUp: shared.givenUp, givenUpReason: shared.givenUpReason)
        }
    }

    /// How it stands, for operators.
    package func state(at now: Int64) -> OutletState {
        let trouble = standing(at: now).trouble
        return with { shared in
            let waiting = shared.queued + Int(shared.newest - min(shared.considered, shared.newest))
            return OutletState(
                name: settings.name, kind: settings.kind.rawValue,
                health: trouble == nil ? .delivering : .failing, waiting: waiting,
                since: shared.since?.rfc3339(), reason: trouble?.reason,
                givenUp: shared.givenUp > 0 ? shared.givenUp : nil)
        }
    }

    /// An attempt is slow from here on.
    private static func isLong(_ nanoseconds: Int64) -> Bool {
        Double(nanoseconds) / 1e9 >= ChannelWatch.patienceSeconds
    }

    // MARK: For the thread

    /// Runs `body` with what is shared, nobody else meanwhile.
    func with<Result>(_ body: (inout Shared) -> Result) -> Result {
        lock.withLock { body(&shared) }
    }

    /// Has the thread look.
    func ring() {
        let isNew = with { shared in
            defer { shared.isRung = true }
            return !shared.isRung
        }
        if isNew { bell.signal() }
    }

    /// Returns when it was rung, or after `seconds`.
    func wait(seconds: Double?) {
        if let seconds {
            _ = bell.wait(timeout: .now() + max(0, min(seconds, 3600)))
        } else {
            bell.wait()
        }
        with { $0.isRung = false }
    }

    /// A hook that is gone must not end the daemon: a write to it fails with EPIPE instead.
    private static func blockBrokenPipes() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}
