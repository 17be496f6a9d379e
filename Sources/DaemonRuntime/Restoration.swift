internal import AdvisoryJournal
internal import GasDetection
internal import GasModel
internal import HaltAdvisory

/// What the journal says of the time before the start, brought into the shape that book and
/// detectors take it up in.
struct Restoration {
    /// All that stood open, and what was closed last.
    private(set) var book: AdvisoryBook
    /// Number of the journal's newest line; 0 when it has none.
    private(set) var newestNumber: UInt64 = 0
    /// The newest time in it.
    private(set) var newestAt: Timestamp?
    private let indexes: [String: UInt32]

    /// `names`: the code of each index. What stands of a sensor that is not in the site is taken up
    /// too: the site may be changed, and the sensor come back, while the daemon runs.
    init(roster: SensorRoster, names: [String], ring: UInt64) {
        book = AdvisoryBook(site: roster.site, sensors: roster.sensors, ring: ring)
        indexes = Dictionary(
            names.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Takes up a line of the journal, in the journal's order.
    mutating func take(_ line: JournalLine) {
        newestNumber = line.record.number
        newestAt = max(newestAt ?? .distantPast, line.record.entry.decidedAt)
        if let memory = line.record.memory { book.restore(memory) }
        if line.record.carried != nil {
            book.restore(carried: line.asTold.record.entry)
        } else {
            book.restore(line.record.entry)
        }
    }

    /// The run begins at `start`; the one before was seen to look at `lookedLast`.
    mutating func resume(lookedLast: Timestamp?, at start: Timestamp) {
        // What a segment restates at its beginning tells of a daemon that looked, too.
        book.resume(lookedLast: [lookedLast, newestAt].compactMap { $0 }.max(), at: start)
    }

    /// Puts a detector that has no snapshot in the state in which its findings were told.
    func apply(to detector: inout some RecordDetector, _ name: Rule.Detector) {
        for entry in book.open {
            guard let advisory = entry.advisory, let rule = Rule(rawValue: advisory.rule),
                rule.detector == name, let subject = subject(of: entry)
            else { continue }
            let measured = Timestamp(nanoseconds: entry.cause?.measuredNanoseconds ?? .min)
            detector.restore(
                rule, of: subject, isActive: advisory.state == .active,
                value: entry.cause?.value ?? .nan, eventTime: measured)
        }
    }

    private func subject(of entry: Announcement) -> Finding.Subject? {
        if let sensor = entry.sensor { return indexes[sensor].map { .sensor($0) } }
        if let gateway = entry.gateway { return .gateway(gateway) }
        return entry.place.map { .place($0) } ?? .link
    }
}
