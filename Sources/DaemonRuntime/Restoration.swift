internal import AdvisoryJournal
internal import GasDetection
internal import GasModel
internal import HaltAdvisory

/// What the journal says of the time before the start, brought into the shape that book and
/// detectors take it up in.
struct Restoration {
    /// All that stood open, and what was closed last.
    private(set) var book: AdvisoryBook
    /// Newest position of this ring that anything in the journal came of, by what it came of.
    private var told: [Cursor: UInt64] = [:]
    private let indexes: [String: UInt32]

    private struct Cursor: Hashable {
        var sensor: String?
        var isTrend: Bool
    }

    /// `names`: the code of each index. What stands of a sensor that is not in the site is taken up
    /// too: the site may be changed, and the sensor come back, while the daemon runs.
    init(found: [JournalLine], roster: SensorRoster, names: [String], ring: UInt64) {
        book = AdvisoryBook(site: roster.site, sensors: roster.sensors, ring: ring)
        indexes = Dictionary(
            names.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
        for line in found {
            let entry = line.record.entry
            book.restore(entry)
            guard let advisory = entry.advisory, let cause = entry.cause, cause.ring == ring else {
                continue
            }
            let isTrend = advisory.rule == Finding.Rule.trend.rawValue
            let cursor = Cursor(sensor: entry.sensor, isTrend: isTrend)
            told[cursor] = max(told[cursor] ?? 0, cause.position)
        }
    }

    /// Puts the threshold detector in the state in which its findings were told.
    func apply(to detector: inout ThresholdDetector) {
        for entry in book.open {
            guard let advisory = entry.advisory, let rule = Finding.Rule(rawValue: advisory.rule),
                rule != .trend, entry.sensor == nil || index(of: entry) != nil
            else { continue }
            detector.restore(
                rule: rule, sensor: index(of: entry), isActive: advisory.state == .active,
                value: entry.cause?.value ?? .nan, eventTime: measuredAt(entry))
        }
        for (cursor, position) in told where !cursor.isTrend {
            let sensor = cursor.sensor.flatMap { indexes[$0] }
            if cursor.sensor == nil || sensor != nil {
                detector.skip(sensor: sensor, before: position)
            }
        }
    }

    /// Puts the trend detector in the state in which its warnings were told.
    func apply(to detector: inout TrendDetector) {
        for entry in book.open where entry.advisory?.rule == Finding.Rule.trend.rawValue {
            guard let sensor = index(of: entry) else { continue }
            detector.restore(
                sensor: sensor,
                position: told[Cursor(sensor: entry.sensor, isTrend: true)] ?? 0)
        }
    }

    private func index(of entry: Announcement) -> UInt32? { entry.sensor.flatMap { indexes[$0] } }

    private func measuredAt(_ entry: Announcement) -> Timestamp {
        Timestamp(nanoseconds: entry.cause?.measuredNanoseconds ?? .min)
    }
}
