import ArgumentParser
import DaemonRuntime
import Foundation
import GasModel
import Logging
import MQTTSession
import SiteDescription

/// The whole daemon without its command line, until standard input ends: valgrind 3.19 cannot run
/// what waits in `dispatch_main`, as every command with an asynchronous main does.
struct DaemonBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon", abstract: "The daemon for the sample mine, until end of input.")

    @Option(help: "Port of the broker on loopback.")
    var port: Int32

    @Option(help: "Directory of ring, journal and alert log.")
    var stateDir: String

    func run() throws {
        var site = Site(
            mine: "bench", name: "Benchmark mine", places: SampleMine.places(),
            sensors: try SampleMine.sensors(), fingerprint: "")
        site.grounds = HaltGrounds.grounds(under: nil)
        let options = DaemonOptions(
            site: site, brokerHost: "127.0.0.1", brokerPort: port, stateDirectory: stateDir)
        let daemon = try Daemon(options: options, log: Logger(label: "bench")) { word in
            FileHandle.standardError.write(Data("firedamp: ready: \(word)\n".utf8))
        }
        while readLine() != nil {}
        daemon.stop(reason: "end of input")
    }
}
