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
    /// Whether all of the journal that counts could be read. Else detectors begin unheard: what
    /// they remembered as told is not in the book, and they would not find it again.
    var isComplete = true
    /// Number of the newest line that rests on another ring; 0 when none does.
    private var newestElsewhere: UInt64 = 0
    private var ring: UInt64
    /// Which record each advisory that stands was told of last.
    private var positions: [String: UInt64] = [:]
    private let indexes: [String: UInt32]

    /// `names`: the code of each index. What stands of a sensor that is not in the site is taken up
    /// too: the site may be changed, and the sensor come back, while the daemon runs.
    init(roster: SensorRoster, names: [String], ring: UInt64) {
        self.ring = ring
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
        let isNew = isFound(line.record.entry) && line.record.carried == nil
        let found = line.record.memory?.ring ?? (isNew ? line.record.entry.cause?.ring : nil)
        if found ?? ring != ring { newestElsewhere = line.record.number }
    }

    /// Whether `entry` is about a record, and not about what people or time have brought since.
    private mutating func isFound(_ entry: Announcement) -> Bool {
        guard let advisory = entry.advisory, let cause = entry.cause else { return false }
        let before = positions[advisory.id]
        positions[advisory.id] = advisory.state == .closed ? nil : cause.position
        return before != cause.position
    }

    /// The lines behind any that rests on another ring. A state of a detector that is older than
    /// those knows nothing of what was found there, and would never see the end of it.
    var linesOfRing: ClosedRange<UInt64> { newestElsewhere...newestNumber }

    /// Whether something was told of records that a ring with `published` of them does not have: it
    /// is an older copy of the one that had them, or a power cut has taken them.
    func knowsRecords(beyond published: UInt64) -> Bool {
        book.newestToldPosition.map { $0 >= published } ?? false
    }

    /// The ring is called otherwise from now on, and nothing that was told rests on it.
    mutating func follow(ring: UInt64) {
        self.ring = ring
        newestElsewhere = newestNumber
        book.follow(ring: ring)
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
