package import AdvisoryJournal
package import GasModel

/// The way to one other end.
///
/// **Thread:** the outlet's own, which it may block as long as it takes, but for `cancel`.
package protocol OutletTransport: AnyObject {
    /// Hears of every line before it is delivered, in the order of the journal.
    func note(_ document: OutletDocument)
    /// Tries to deliver once.
    func deliver(_ document: OutletDocument) -> DeliveryOutcome
    /// Has a delivery that is under way end soon. **Thread:** any.
    func cancel()
    /// How often `tend` wants to be called while nothing waits. Seconds; `nil`: never.
    var tendSeconds: Double? { get }
    /// Looks after the other end.
    func tend()
    /// Lets go of the other end, in good order and within a second.
    func close()
}

extension OutletTransport {
    package func note(_ document: OutletDocument) {}
    package func cancel() {}
    package var tendSeconds: Double? { nil }
    package func tend() {}
    package func close() {}
}

/// What a transport is made of besides its settings.
package struct OutletParts: Sendable {
    /// The journal, to be read again.
    package var journal: JournalTail
    /// Where the marks stand.
    package var directory: String
    /// The clocks, which a test may turn by hand.
    package var clock: OutletClock
    /// A line for the daemon's own log.
    package var log: @Sendable (String) -> Void
    /// How the other end is reached; a test may put another one in its place.
    package var transport: @Sendable (OutletSettings, OutletParts) throws -> any OutletTransport

    /// Parts with the transports that are real.
    package init(
        journal: JournalTail, directory: String, clock: OutletClock,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.journal = journal
        self.directory = directory
        self.clock = clock
        self.log = log
        transport = { try Self.transport($0, $1) }
    }

    private static func transport(
        _ settings: OutletSettings, _ parts: OutletParts
    ) throws -> any OutletTransport {
        switch settings.target {
        case .webhook(let target):
            try WebhookTransport(
                target, name: settings.name, clock: parts.clock, journal: parts.journal)
        case .cap(let directory): CAPDirectory(path: directory, journal: parts.journal)
        case .hook(let command, let seconds):
            HookTransport(
                command: command, name: settings.name, answerSeconds: seconds, parts: parts)
        case .syslog(let target): SyslogTransport(target)
        case .journald(let path): JournaldTransport(path: path)
        }
    }
}

/// The two clocks that delivery knows.
package struct OutletClock: Sendable {
    /// Nanoseconds of a clock that nobody can set.
    package var steady: @Sendable () -> Int64
    /// Civil time.
    package var civil: @Sendable () -> Timestamp

    /// Two clocks.
    package init(
        steady: @escaping @Sendable () -> Int64, civil: @escaping @Sendable () -> Timestamp
    ) {
        self.steady = steady
        self.civil = civil
    }
}
