internal import Glibc

/// The right to every place that a ring may be in: the locks beside them, held until the last copy
/// of this is dropped or the process dies.
///
/// Whoever may go from one place to another claims all of them before it looks at any: else two
/// could have one place each.
package struct RingClaim: Sendable {
    private var locks: [String: RingLock] = [:]
    private var refused: [String: RingError] = [:]

    /// Locks the rings at `paths`, as far as the system lets us; of one that it does not, `check`
    /// says why. **Errors:** another process has one of them, or none can be locked.
    package init(_ paths: [String]) throws(RingError) {
        for path in paths {
            do throws(RingError) {
                locks[path] = try RingFile(path: path).lock()
            } catch .inUse(let path) {
                throw .inUse(path: path)
            } catch {
                refused[path] = error
            }
        }
        if locks.isEmpty, let path = paths.first, let error = refused[path] { throw error }
    }

    /// Throws why the ring at `path`, and what stands beside it, is not ours, if it is not.
    package func check(_ path: String) throws(RingError) {
        if let error = refused[path] { throw error }
        precondition(locks[path] != nil, "a ring is claimed before it is touched")
    }
}

/// The lock on one ring's file.
final class RingLock: Sendable {
    private let file: Descriptor

    init(file: consuming Descriptor) { self.file = file }

    // Closing alone would not do: a child that was forked and has not yet called exec has the
    // descriptor too, and the lock with it.
    deinit { _ = flock(file.number, LOCK_UN) }
}
