internal import Dispatch

/// State that belongs to one serial queue, and traps when anything else touches it.
// @unchecked: every access is checked to be on the queue, which runs one block at a time.
final class QueueConfined<State: ~Copyable>: @unchecked Sendable {
    private var state: State
    private let queue: DispatchQueue

    init(_ state: consuming State, on queue: DispatchQueue) {
        self.state = state
        self.queue = queue
    }

    func with<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        dispatchPrecondition(condition: .onQueue(queue))
        return try body(&state)
    }
}
