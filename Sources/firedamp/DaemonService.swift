import DaemonRuntime
import Dispatch
import Foundation
import GasModel
import HaltAdvisory
import Logging
import ServiceLifecycle
import SiteDescription
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
    private let sitePath: String
    private let log: Logger
    private let queue = DispatchQueue(label: "firedamp.lifecycle")
    private let running = Mutex(Running())

    private struct Running {
        var daemon: Daemon?
        /// Whether SIGHUP came before there was a daemon to tell.
        var isAwaited = false
    }

    /// `sitePath`: where the site of `options` was read, and is read again.
    init(options: DaemonOptions, sitePath: String, log: Logger) {
        self.options = options
        self.sitePath = sitePath
        self.log = log
    }

    func run() async throws {
        let daemon = try await start()
        let isAwaited = running.withLock { running in
            running.daemon = daemon
            return running.isAwaited
        }
        if isAwaited { hangUp() }
        try? await gracefulShutdown()
        await withCheckedContinuation { done in
            queue.async {
                daemon.stop(reason: "stopped in good order")
                done.resume()
            }
        }
    }

    /// SIGHUP: the alert log may have been renamed by somebody, the site file may be another.
    func hangUp() {
        let daemon = running.withLock { running in
            running.isAwaited = running.daemon == nil
            return running.daemon
        }
        guard let daemon else { return }
        daemon.reopenLog()
        daemon.reload { [sitePath] in Self.site(at: sitePath) }
    }

    private static func site(at path: String) -> Result<Site, SiteRefusal> {
        // SIGHUP also comes from logrotate, while somebody saves the file.
        awaitRest(of: path)
        do throws(SiteFailure) {
            return .success(try loadSite(path, checksSecrets: true))
        } catch {
            return .failure(SiteRefusal(problems: problems(of: error, path)))
        }
    }

    private static func problems(of failure: SiteFailure, _ path: String) -> [Phrase] {
        switch failure {
        case .refused(let found): found.list.map { .verbatim($0.text(inFile: path)) }
        case .unreadable(let reason): [Phrase("site-unreadable", path, reason)]
        }
    }

    private func start() async throws -> Daemon {
        try await withCheckedThrowingContinuation { done in
            queue.async { [options, log, queue] in
                do {
                    let daemon = try Daemon(options: options, log: log) { word in
                        complain("firedamp: ready: \(word)")
                    }
                    done.resume(returning: daemon)
                    ProcessMemory.giveBackStart()
                    ProcessMemory.giveBackFreed(on: queue)
                } catch {
                    done.resume(throwing: StartFailure(reason: "\(error)"))
                }
            }
        }
    }
}

/// SIGHUP: logrotate has renamed the alert log, or somebody has changed the site file.
struct HangUps: Service {
    let daemon: DaemonService

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            daemon.hangUp()
        }
    }
}
