import ArgumentParser
import DaemonRuntime
import Foundation
import Logging
import MQTTSession
import ServiceLifecycle
import UnixSignals

/// `firedamp serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Guard a mine: readings in, halt advisories out.",
        discussion: """
            Says "firedamp: ready" on standard error, and READY=1 to systemd, when readings arrive \
            or the first attempt to reach the broker has failed. SIGTERM and SIGINT end it in good \
            order within 5 s; SIGHUP has the site file read anew, as `firedamp reload` does, and \
            the alert log opened anew after an outside rotation.
            """)

    @Option(help: "The site file that describes the mine.")
    var site = "/etc/firedamp/site.yaml"

    @Option(help: "The broker, as mqtt://HOST:PORT.")
    var broker = BrokerAddress.local

    @Option(
        help: ArgumentHelp(
            "Directory of ring, journal and alert log.",
            discussion: "Under systemd it comes from STATE_DIRECTORY; else /var/lib/firedamp."))
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "Directory in memory, or on another disk than the state directory.",
            discussion: """
                Keeps what is decided while neither journal nor state directory can be written, \
                and the ring where the state directory takes none at a start. Of this daemon \
                alone. Under systemd it comes from RUNTIME_DIRECTORY; else there is none.
                """))
    var runtimeDir: String?

    @Option(help: "Client identifier at the broker; the default is firedamp-<mine>.")
    var clientId: String?

    @Option(help: "MQTT version: 5 or 3.1.1.")
    var mqtt = MQTTSessionOptions.Version.v5

    @Option(help: "Seconds between two heartbeat lines, 1 to 3600.")
    var heartbeat = 60.0

    @Option(help: "Records in the ring: a power of two from 16384 to 16777216.")
    var ringRecords = DaemonOptions.ringCapacityDefault

    @Option(
        help: ArgumentHelp(
            "File with the key that signs the journal; none: it is not signed.",
            discussion: "`firedamp key new FILE` makes one. Only its owner may touch it."))
    var signingKey: String?

    func validate() throws {
        guard (1...3600).contains(heartbeat) else {
            throw ValidationError("--heartbeat takes 1 to 3600 seconds, not \(heartbeat)")
        }
        guard (1 << 14...1 << 24).contains(ringRecords), ringRecords.nonzeroBitCount == 1 else {
            throw ValidationError(
                "--ring-records takes a power of two from 16384 to 16777216, not \(ringRecords)")
        }
    }

    func run() async throws {
        ProcessMemory.bound()
        // Until the service group listens for it, SIGHUP must not end the daemon.
        signal(SIGHUP, SIG_IGN)
        var options = DaemonOptions(
            site: try readSite(site, checksSecrets: true), brokerHost: broker.host,
            brokerPort: broker.port,
            stateDirectory: stateDir ?? Self.directory("STATE_DIRECTORY") ?? "/var/lib/firedamp")
        options.runtimeDirectory = runtimeDir ?? Self.directory("RUNTIME_DIRECTORY")
        options.mqttVersion = mqtt
        options.heartbeatSeconds = heartbeat
        options.ringCapacity = ringRecords
        if let clientId { options.clientID = clientId }
        options.signer = try signingKey.map(readSigner)
        let log = Logger(label: "firedamp") { StreamLogHandler.standardError(label: $0) }
        let service = DaemonService(options: options, sitePath: site, log: log)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [service, HangUps(daemon: service)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log)))
        do {
            try await group.run()
        } catch let error as DaemonService.StartFailure {
            complain("firedamp: \(error.reason)")
            throw Exit.cannotCreate
        } catch {
            complain("firedamp: \(error)")
            throw Exit.software
        }
    }

    /// systemd names the directory that it made for us; it may name several, the first is ours.
    private static func directory(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name]?.split(separator: ":").first.map(String.init)
    }

    /// The service group's own news are for developers.
    private func quiet(_ log: Logger) -> Logger {
        var log = log
        log.logLevel = .error
        return log
    }
}

extension BrokerAddress: ExpressibleByArgument {}

extension MQTTSessionOptions.Version: ExpressibleByArgument {}
