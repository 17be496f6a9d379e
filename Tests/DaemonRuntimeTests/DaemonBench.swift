import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import Logging
import Support

/// A broker, a state directory, and daemons within the test's own process: what suites of whole
/// daemons inherit.
class DaemonBench {
    let directory: TemporaryDirectory
    let broker: Mosquitto

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: false)
    }

    deinit { broker.stop() }

    /// A daemon that is ready. `adjust` has the last word on its options.
    func startDaemon(
        _ site: Site = Heading.site, _ adjust: (inout DaemonOptions) -> Void = { _ in }
    ) throws -> Daemon {
        var options = DaemonOptions(
            site: site, brokerHost: "127.0.0.1", brokerPort: broker.port,
            stateDirectory: directory.file("state"))
        options.ringCapacity = 1 << 14
        adjust(&options)
        var log = Logger(label: "test")
        log.logLevel = .critical
        let ready = Guarded(false)
        let daemon = try Daemon(options: options, log: log) { _ in ready.withLock { $0 = true } }
        try eventually("the daemon is ready") { ready.withLock { $0 } }
        return daemon
    }

    /// The lines of the alert log.
    var alerts: [String] {
        let path = DaemonOptions.alertLogPath(stateDirectory: directory.file("state"))
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }
}
