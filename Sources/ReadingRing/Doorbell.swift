internal import Synchronization

// The flag has no cache line of its own: it is touched once per burst, not per reading.
/// Wakes a worker at most once for all that is published while it works, so that a wake-up, which
/// costs a system call, is not paid per reading.
///
/// The producer publishes, then rings, and wakes the worker only if `ring()` says so. The worker
/// drains until it finds nothing, then rests, **and looks once more**:
///
///     repeat {
///         while reader.drain(handle) > 0 {}
///         bell.rest()
///     } while reader.available > 0 && bell.ring()
///
/// If it finds something it rings for itself. `true`: it goes on. `false`: the producer rang in
/// between and has woken it already, so that it may return and will be called again.
///
/// **No wake-up is lost.** Take the ring for any record.
/// - It returns `true`: the worker is woken for it.
/// - It returns `false`: it read the `true` of a ring since which nobody rested. Whoever got `true`
///   from the first such ring set the worker to work, and the worker has still to rest. That rest
///   follows ours in the order of the exchanges on the one variable, and every exchange between
///   them carries our release on (a release sequence). So the rest, acquiring, sees the record
///   published, and the look after it finds it.
///
/// `releasing` and `acquiring` suffice for that. What does not: to look before resting; or to ask
/// with a plain load whether the bell was rung already, which an old value may answer.
///
/// **Thread:** any may ring; the worker rests.
package final class Doorbell: Sendable {
    private let isRung = Atomic(false)

    /// A doorbell of a worker that rests.
    package init() {}

    /// Says that there is something to do; returns whether the worker rests and must be woken.
    package func ring() -> Bool {
        // Releasing: publishes that something was published. Partner: `rest`. Weakened, the worker
        // takes the ring and does not see what it was for: the record waits for the next one.
        !isRung.exchange(true, ordering: .releasing)  // ordering: ring
    }

    /// Says that the worker found nothing more; returns whether it was rung for since it last
    /// rested. The worker must look once more after it.
    @discardableResult package func rest() -> Bool {
        // Acquiring: observes all that was published before the rings it takes. Partner: `ring`.
        // Weakened, the look that follows may miss it, and nobody wakes the worker again.
        isRung.exchange(false, ordering: .acquiring)  // ordering: rest
    }
}
