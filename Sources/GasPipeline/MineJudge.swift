internal import GasDetection
package import GasModel
package import HaltAdvisory

/// All detectors and the book of advisories, record after record: what the workers and the desk of
/// a daemon do, without clock, queue or file.
///
/// Pure: the same records give the same announcements, to the last byte. For one record the
/// threshold detector speaks first, then trend, then integrity. **Thread:** a value; its owner's.
/// **Cost:** that of the detectors; nothing is allocated for a record without findings.
package struct MineJudge: Sendable {
    private var limits: ThresholdDetector
    private var slopes: TrendDetector
    private var trust: IntegrityDetector
    /// What stands.
    package private(set) var book: AdvisoryBook
    private var halts = HaltWatch()
    private var findings: [Finding] = []
    private var position: UInt64 = 0

    /// A judge of the mine of `roster` that has seen nothing yet.
    package init(_ roster: SensorRoster, tuning: DetectorTuning = DetectorTuning()) {
        limits = ThresholdDetector(roster)
        slopes = TrendDetector(roster, falsePerDay: tuning.trendFalsePerDay)
        trust = IntegrityDetector(roster)
        book = AdvisoryBook(site: roster.site, sensors: roster.sensors, ring: 0)
    }

    /// Judges the next record, at whatever position; `told` hears of each finding, with what is
    /// announced of it, if it changes anything, and of what is announced because time has passed.
    package mutating func take(
        _ record: Reading, told: (Finding?, Announcement?) throws -> Void
    ) rethrows {
        var record = record
        record.position = position
        position += 1
        limits.observe(record, into: &findings)
        slopes.observe(record, into: &findings)
        trust.observe(record, into: &findings)
        if !findings.isEmpty {
            for finding in findings { try told(finding, book.take(finding)) }
            findings.removeAll(keepingCapacity: true)
        }
        if record.kind == .tick {
            book.hear(limits.hearing)
            for announcement in book.tick(record) { try told(nil, announcement) }
        }
        // In a daemon it goes through the ring, before the next tick, which is when it is judged.
        for news in halts.news(of: book) {
            limits.observe(
                news.record(at: record.arrivalTime, uptime: record.arrivalUptime), into: &findings)
        }
    }
}
