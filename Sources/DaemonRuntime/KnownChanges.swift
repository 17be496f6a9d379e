internal import Foundation
internal import GasModel

/// The changes of the site that records in the ring stand for, from the moment before such a record
/// is written until both workers have gone over.
///
/// **Thread:** any. A lock is taken once for each change and worker, never for a reading.
// @unchecked: `changes` is touched under the lock alone. An NSLock and not a Mutex, as in the
// session's mailbox: ThreadSanitizer does not see the latter on Linux.
final class KnownChanges: @unchecked Sendable {
    private let lock = NSLock()
    private var changes: [(change: SiteChange, whenDone: @Sendable () -> Void)] = []

    /// `whenDone` is called once, by `done`.
    func add(_ change: SiteChange, whenDone: @escaping @Sendable () -> Void) {
        lock.withLock { changes.append((change, whenDone)) }
    }

    /// The change that a record of kind `.siteChange` stands for; `nil` for a record of another
    /// run.
    func change(at record: Reading) -> SiteChange? {
        lock.withLock {
            changes.first {
                $0.change.run == record.boot && $0.change.generation == record.sequence
            }
        }?.change
    }

    /// Both workers have gone over to `change`.
    func done(_ change: SiteChange) {
        let entry = lock.withLock { () -> (change: SiteChange, whenDone: @Sendable () -> Void)? in
            let place = changes.firstIndex { $0.change.generation == change.generation }
            return place.map { changes.remove(at: $0) }
        }
        entry?.whenDone()
    }

    /// The daemon ends: nobody waits any more.
    func forgetAll() { lock.withLock { changes = [] } }
}
