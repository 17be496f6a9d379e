package import AdvisoryJournal
package import GasModel
package import MQTTSession
package import ReadingRecord

/// Everything a daemon is started with.
package struct DaemonOptions: Sendable {
    /// The mine, checked.
    package var site: Site
    /// Host of the broker.
    package var brokerHost: String
    /// Port of the broker.
    package var brokerPort: Int32
    /// Directory of ring, journal and alert log; made where it is missing.
    package var stateDirectory: String
    /// Directory on another disk, or in memory, for what neither journal nor state directory
    /// takes, and for a ring where that is so at a start; `nil`: there is none.
    package var runtimeDirectory: String?
    /// Client identifier at the broker: names the persistent session.
    package var clientID: String
    /// Protocol spoken with the broker.
    package var mqttVersion: MQTTSessionOptions.Version
    /// Seconds between two heartbeat lines, at least 1.
    package var heartbeatSeconds: Double
    /// Records in the ring, a power of two.
    package var ringCapacity: Int
    /// What signs the journal; `nil`: nothing does.
    package var signer: JournalSigner?
    /// When a segment of the journal is closed.
    package var journalLimits = AdvisoryJournal.Limits()

    /// Bytes of all raw readings together.
    package var rawBytesMax = RawRetention().bytesMax
    /// How much is put aside around a halt.
    package var evidence = EvidenceWindow()

    /// Four minutes at 1,000 readings a second, 16 MiB.
    package static let ringCapacityDefault = 1 << 18

    /// A daemon for `site` with the defaults of an installation.
    package init(site: Site, brokerHost: String, brokerPort: Int32, stateDirectory: String) {
        self.site = site
        self.brokerHost = brokerHost
        self.brokerPort = brokerPort
        self.stateDirectory = stateDirectory
        clientID = "firedamp-\(site.mine)"
        mqttVersion = .v5
        heartbeatSeconds = 60
        ringCapacity = Self.ringCapacityDefault
    }

    /// Within a state directory: all problems of the site file that the last reload refused.
    package static func problemsPath(stateDirectory: String) -> String {
        stateDirectory + "/reload.refused"
    }

    /// The alert log within a state directory.
    package static func alertLogPath(stateDirectory: String) -> String {
        stateDirectory + "/alerts.log"
    }

    /// What stands in for the journal; not in its own directory, which may be on a disk of its own.
    package var standInPaths: [String] {
        [stateDirectory, runtimeDirectory].compactMap { $0 }.map(Self.standInPath)
    }

    /// The file of it within a state directory or a runtime directory.
    package static func standInPath(in directory: String) -> String {
        directory + "/journal.stand-in"
    }

    /// The journal's directory within a state directory.
    package static func journalPath(stateDirectory: String) -> String {
        stateDirectory + "/journal"
    }
}
