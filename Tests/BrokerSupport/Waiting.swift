internal import Foundation

/// As `eventually`, for a test that waits for minutes: it leaves its thread to other tests
/// meanwhile. Looks every `pauseSeconds`.
package func comesTrue(
    _ what: String, within seconds: Double, pauseSeconds: Double = 0.25,
    _ condition: () throws -> Bool
) async throws {
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    var isOver = false
    while !isOver {
        // Other tests may keep every thread of the pool for longer than this one waits: what has
        // come true meanwhile counts.
        isOver = DispatchTime.now().uptimeNanoseconds >= end
        if try condition() { return }
        try await Task.sleep(for: .seconds(pauseSeconds))
    }
    throw TestFailure(description: "not within \(seconds) s: \(what)")
}

/// A number of seconds from the environment, for tests that can run for longer than they usually
/// do.
package func seconds(from variable: String, otherwise: Double) -> Double {
    ProcessInfo.processInfo.environment[variable].flatMap { Double($0) } ?? otherwise
}
