internal import Foundation

/// A value behind a lock that ThreadSanitizer sees: on Linux it is blind to `Mutex` and would call
/// everything under one a race.
// @unchecked: `value` is touched under the lock alone.
package final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    /// Guards `value`.
    package init(_ value: Value) { self.value = value }

    /// Runs `body` with the value, nobody else meanwhile.
    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
