internal import GasModel
internal import GasPipeline
package import HaltAdvisory
internal import Logging
package import ReadingRecord
internal import ReadingRing
internal import SensorIngest

/// The record of what came and of what did not: the recorder beside the workers, wired to ring,
/// desk and snapshots.
struct RecordKeeping: Sendable {
    private let recorder: ReadingRecorder
    private let desk: AdvisoryDesk

    /// Makes the recorder; it reads nothing before `begin`. `names`: the registry's codes.
    init(
        _ options: DaemonOptions, ring: RingStorage, elsewhere: ReadingRecorder.Elsewhere?,
        names: [String], workers: Workers.Parts, counters: IngestCounters
    ) {
        let (snapshots, desk, log) = (workers.snapshots, workers.desk, workers.log)
        var retention = RawRetention()
        retention.days = options.site.retention.rawDays
        retention.bytesMax = options.rawBytesMax
        var parts = ReadingRecorder.Parts(
            directory: options.stateDirectory,
            names: RecordNames(workers.roster, names: names), retention: retention,
            gapDays: options.site.retention.journalDays, pulse: { Self.pulse(counters) },
            keep: { position, words, done in
                snapshots.write(
                    DetectorSnapshot(position: position, words: words),
                    reader: ReadingRecorder.readerName, done: done)
            },
            tell: { Self.tell($0, desk, log) })
        parts.elsewhere = elsewhere
        let state = snapshots.read(
            reader: ReadingRecorder.readerName, within: workers.restored.linesOfRing)
        recorder = ReadingRecorder(
            parts, ring: ring, state: state.map { ($0.snapshot.position, $0.snapshot.words) },
            problem: { log.warning("state of the gap ledger: \($0); it begins anew") })
        self.desk = desk
    }

    /// Begins to record, and to put readings around halts aside.
    func begin() {
        recorder.begin(at: HostClock.now())
        desk.keepsEvidence(recorder)
    }

    /// There is something new in the ring.
    func wake() { recorder.wake() }

    /// Another site holds. `names`: the registry's codes.
    func take(_ roster: SensorRoster, names: [String]) {
        recorder.take(RecordNames(roster, names: names))
    }

    /// Records what the ring still holds. From then on desk and recorder do not know each other.
    func stop() {
        recorder.stop(at: HostClock.now())
        desk.keepsEvidence(nil)
    }

    private static func pulse(_ counters: IngestCounters) -> RecordPulse {
        RecordPulse(
            refused: Dictionary(
                counters.refused.map { ($0.reason, $0.count) }, uniquingKeysWith: { $0 + $1 }),
            waits: counters.fullWaits, waitNanoseconds: counters.fullNanoseconds)
    }

    private static func tell(_ news: RecordNews, _ desk: AdvisoryDesk, _ log: Logger) {
        switch news {
        case .lost(_, let reason): log.error("raw record: \(reason)")
        case .ledgerFailed(let reason): log.error("gap ledger: \(reason); its entries wait")
        case .mended, .dropped, .repaired: break
        }
        guard let notice = news.notice else { return }
        desk.notice(
            notice.severity, notice.transition, why: notice.why, action: notice.action)
    }
}

extension RecordNews {
    /// What everybody is told of it; `nil`: it is for the log alone.
    package var notice:
        (severity: Severity, transition: Transition, why: [Phrase], action: [Phrase])?
    {
        switch self {
        case .lost(let since, let reason):
            let why = Phrase("not-recorded", since.rfc3339(), Phrase.term(reason))
            return (.fault, .loss, [why], [Phrase("do-mend-record")])
        case .mended(let from, let to, let records):
            let why = Phrase("recorded-again", "\(records)", from.rfc3339(), to.rfc3339())
            return (.notice, .loss, [why], [])
        case .dropped(let through, let reason):
            let why = Phrase("record-given-up", through.rfc3339(), Phrase.term(reason))
            return (.notice, .loss, [why], [Phrase("do-give-room")])
        case .repaired(let path, let flaw, let cutBytes):
            let what = Phrase("raw-flaw", path, flaw.offset, Phrase.term(flaw.reason))
            let done = cutBytes.map { Phrase("raw-cut-off", $0) } ?? Phrase("raw-left")
            return (.fault, .repaired, [what, done], [])
        case .ledgerFailed: return nil
        }
    }
}
