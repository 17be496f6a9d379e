internal import GasModel
internal import GasPipeline
internal import HaltAdvisory
internal import Logging
internal import ReadingRecord
internal import ReadingRing
internal import SensorIngest

/// The record of what came and of what did not: the recorder beside the workers, wired to ring,
/// desk and snapshots.
struct RecordKeeping: Sendable {
    private let recorder: ReadingRecorder
    private let desk: AdvisoryDesk

    /// Makes the recorder; it reads nothing before `begin`. `names`: the registry's codes.
    init(
        _ options: DaemonOptions, ring: RingStorage, names: [String], workers: Workers.Parts,
        counters: IngestCounters
    ) {
        let (snapshots, desk, log) = (workers.snapshots, workers.desk, workers.log)
        var retention = RawRetention()
        retention.days = options.site.retention.rawDays
        retention.bytesMax = options.rawBytesMax
        let parts = ReadingRecorder.Parts(
            directory: options.stateDirectory,
            names: RecordNames(workers.roster, names: names), retention: retention,
            gapDays: options.site.retention.journalDays, pulse: { Self.pulse(counters) },
            keep: { position, words, done in
                snapshots.write(
                    DetectorSnapshot(position: position, words: words),
                    reader: ReadingRecorder.readerName, done: done)
            },
            tell: { Self.tell($0, desk, log) })
        let state = snapshots.read(
            reader: ReadingRecorder.readerName, upTo: workers.restored.newestNumber)
        recorder = ReadingRecorder(
            parts, ring: ring, state: state.map { ($0.snapshot.position, $0.snapshot.words) },
            problem: { log.warning("state of the gap ledger: \($0); it begins anew") })
        self.desk = desk
    }

    /// Begins to record, and to put readings around halts aside.
    func begin() {
        recorder.begin(at: Clock.now())
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
        recorder.stop(at: Clock.now())
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
        case .lost(let since, let reason):
            log.error("raw record: \(reason)")
            desk.notice(
                .fault, .loss,
                why: "readings are judged and not recorded since \(since.rfc3339()): \(reason)",
                action: "free the disk, or see to it; the gap ledger will have how many")
        case .mended(let from, let to, let records):
            desk.notice(
                .notice, .loss,
                why: "readings are recorded again; the record lacks \(records) from "
                    + "\(from.rfc3339()) to \(to.rfc3339())")
        case .dropped(let through, let reason):
            desk.notice(
                .notice, .loss,
                why: "raw readings up to \(through.rfc3339()) were given up for \(reason); more "
                    + "may follow, the gap ledger has each",
                action: "give the state directory more room, or ask for fewer days")
        case .repaired(let what):
            desk.notice(.fault, .repaired, why: "raw record: \(what)")
        case .ledgerFailed(let reason):
            log.error("gap ledger: \(reason); its entries wait")
        }
    }
}
