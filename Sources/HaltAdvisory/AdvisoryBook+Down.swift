package import GasModel

/// When nobody looked, before this run of the daemon.
struct Downtime: Sendable, Equatable {
    /// The newest sign of life of the run before.
    var from: Timestamp
    /// The start of this one.
    var until: Timestamp

    /// Whether the civil clock was put back meanwhile: it shows less than it did.
    var isBackwards: Bool { until < from }
}

// MARK: While the daemon was down

extension AdvisoryBook {
    /// A daemon goes on with what it has restored, at `start`. `lookedLast`: when the run before
    /// is known to have looked last, where anything but the journal says so.
    package mutating func resume(lookedLast: Timestamp?, at start: Timestamp) {
        guard let newest = [lastTold, lookedLast].compactMap({ $0 }).max() else { return }
        down = Downtime(from: newest, until: start)
    }

    /// That the change which a finding tells of came about while nobody looked; `nil` when it did
    /// not. By the records' own times alone: it came between the reading that shows it
    /// and the one before. "Perhaps" where that time was watched for its greater part.
    func downWords(_ finding: Finding) -> Phrase? {
        let (shown, before) = (finding.eventTime, finding.previousTime ?? finding.eventTime)
        guard let down, !down.isBackwards, shown > down.from, before < down.until else {
            return nil
        }
        let unseen = min(shown, down.until).seconds(since: max(before, down.from))
        let isSure = shown < down.until || unseen * 2 >= shown.seconds(since: before)
        let (from, until) = (down.from.rfc3339(), down.until.rfc3339())
        return isSure
            ? Phrase("while-down", from, until) : Phrase("perhaps-while-down", from, until)
    }

    /// The first tick of a run came, at `now` by the steady clock. Where the civil clock was put
    /// back while nobody looked, nobody knows how long that was: what was put aside is back at
    /// once, and nothing waits for a time that may be far ahead.
    mutating func begin(at now: Int64) {
        guard down?.isBackwards == true else { return }
        for key in standing.keys {
            guard var advisory = standing[key]?.advisory else { continue }
            advisory.raisedNanoseconds = advisory.raisedNanoseconds.map { min($0, now) }
            advisory.goneNanoseconds = advisory.goneNanoseconds.map { min($0, now) }
            advisory.shelved?.untilNanoseconds = now
            standing[key]?.advisory = advisory
        }
        watches = watches.mapValues { PlaceWatch(level: $0.level, toldAt: min($0.toldAt, now)) }
    }
}
