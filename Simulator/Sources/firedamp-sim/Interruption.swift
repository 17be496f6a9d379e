import Dispatch
import Glibc
import Synchronization

/// Whether SIGINT or SIGTERM asked for the end.
///
/// **Thread:** the signals are taken on a queue of Dispatch; `signal` may be read anywhere.
final class Interruption: Sendable {
    private let number: Number
    // Dispatch's sources are not Sendable on Linux; these are set once and never touched again.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    private final class Number: Sendable {
        let value = Atomic<Int32>(0)
    }

    /// Takes the signals from now on; `came` is called at each.
    init(came: @escaping @Sendable () -> Void) {
        let number = Number()
        self.number = number
        unsafe sources = [SIGINT, SIGTERM].map { signal in
            // The default action would end the process before the source sees it.
            _ = Glibc.signal(signal, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
            source.setEventHandler {
                // Relaxed: nothing else is inferred from it.
                number.value.store(signal, ordering: .relaxed)
                came()
            }
            source.resume()
            return source
        }
    }

    /// The signal that came, if one did.
    var signal: Int32? {
        let found = number.value.load(ordering: .relaxed)
        return found == 0 ? nil : found
    }
}
