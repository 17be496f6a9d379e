import DaemonRuntime
import Dispatch
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The daemon as a service of the group that handles signals.
///
/// Starting and stopping block for file and socket, so they run on a queue of their own and never
/// on the threads of Swift's concurrency.
final class DaemonService: Service {
    /// The daemon could not be started; nothing runs.
    struct StartFailure: Error {
        /// What failed, with its place.
        var reason: String
    }

    private let options: DaemonOptions
    private let log: Logger
    private let queue = DispatchQueue(label: "firedamp.lifecycle")
    private let running = Mutex<Daemon?>(nil)

    init(options: DaemonOptions, log: Logger) {
        self.options = options
        self.log = log
    }

    func run() async throws {
        let daemon = try await start()
        running.withLock { $0 = daemon }
        try? await gracefulShutdown()
        await withCheckedContinuation { done in
            queue.async {
                daemon.stop(reason: "stopped in good order")
                done.resume()
            }
        }
    }

    /// The alert log was renamed by somebody.
    func reopenLog() { running.withLock { $0 }?.reopenLog() }

    private func start() async throws -> Daemon {
        try await withCheckedThrowingContinuation { done in
            queue.async { [options, log] in
                do {
                    done.resume(
                        returning: try Daemon(options: options, log: log) { word in
                            complain("firedamp: ready: \(word)")
                        })
                } catch {
                    done.resume(throwing: StartFailure(reason: "\(error)"))
                }
            }
        }
    }
}

/// SIGHUP: logrotate has renamed the alert log.
struct LogReopening: Service {
    let daemon: DaemonService

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            daemon.reopenLog()
        }
    }
}
