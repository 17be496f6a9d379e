internal import GasDetection
internal import GasModel
internal import GasPipeline
internal import Logging
internal import ReadingRing

/// The three workers, each with its detector as the last run left it.
struct Workers: Sendable {
    /// What workers are made from, and whom they report to.
    struct Parts: Sendable {
        var ring: RingStorage
        var restored: Restoration
        var roster: SensorRoster
        var desk: AdvisoryDesk
        var known: KnownChanges
        var watch: WorkerWatch
        var snapshots: SnapshotStore
        var log: Logger
    }

    private let threshold: DetectorWorker
    private let trend: DetectorWorker
    private let integrity: DetectorWorker

    init(_ parts: Parts) {
        let roster = parts.roster
        let changes: DetectorWorker.Lookup = { [known = parts.known] in known.change(at: $0) }
        var limits = InOrder(ThresholdDetector(roster), roster)
        let first = parts.reader(.threshold, for: &limits)
        threshold = .threshold(
            limits, reader: first, keepsSnapshots: true, changes: changes,
            report: parts.report(.threshold))
        var slopes = InOrder(TrendDetector(roster), roster)
        let second = parts.reader(.trend, for: &slopes)
        trend = .patient(
            .trend, slopes, reader: second, keepsSnapshots: true, changes: changes,
            report: parts.report(.trend, behind: [threshold]))
        var trust = InOrder(IntegrityDetector(roster), roster)
        let third = parts.reader(.integrity, for: &trust)
        integrity = .patient(
            .integrity, trust, reader: third, keepsSnapshots: true, changes: changes,
            report: parts.report(.integrity, behind: [threshold, trend]))
    }

    /// There is something new in the ring.
    func wake() {
        threshold.wake()
        trend.wake()
        integrity.wake()
    }

    /// Judges what the ring still holds; see `DetectorWorker.stop`.
    func stop() {
        threshold.stop()
        trend.stop()
        integrity.stop()
    }
}

extension Workers.Parts {
    /// The reader of a detector, which is put in the state that belongs to the reader's place: by
    /// the snapshot, to the last bit; without one by the journal, and by as much of the ring as
    /// leaves the writer room to begin.
    fileprivate func reader<D: RecordDetector>(
        _ name: Rule.Detector, for detector: inout InOrder<D>
    ) -> RingReader {
        let warmUp = restored.isComplete ? ring.capacity / 2 : 0
        if restored.isComplete,
            let (snapshot, isOfSite) = snapshots.read(name, within: restored.linesOfRing)
        {
            var taken = detector
            var state = StateReader(snapshot.words)
            do {
                try taken.load(from: &state)
                guard state.isAtEnd else {
                    throw StateError(offset: 0, reason: "longer than what the detector reads")
                }
                let reader = ring.reader(
                    name.rawValue, warmUp: warmUp, from: snapshot.position)
                if reader.resumePosition == snapshot.position {
                    // What follows is judged by another site than it was: that it may not find what
                    // was found then, above all of a sensor that left, must end nothing.
                    if !isOfSite { restored.apply(to: &taken, name) }
                    detector = taken
                    return reader
                }
                log.warning("the ring lacks what follows the snapshot of \(name.rawValue)")
                return begin(name, &detector, reader)
            } catch {
                log.warning("snapshot of \(name.rawValue), \(error); it is not used")
            }
        }
        return begin(name, &detector, ring.reader(name.rawValue, warmUp: warmUp))
    }

    /// Brings a detector as near to where it stood as journal and ring allow, and keeps that at
    /// once: a daemon that is killed again before its first regular snapshot goes on from here, and
    /// not from what the journal has learned since.
    private func begin<D: RecordDetector>(
        _ name: Rule.Detector, _ detector: inout InOrder<D>, _ reader: consuming RingReader
    ) -> RingReader {
        restored.apply(to: &detector, name)
        var reader = reader
        var known: [Finding] = []
        _ = reader.drain(atMost: Int(reader.resumePosition - reader.position)) { record in
            // What it leads to was told by the run before.
            detector.observe(record, into: &known)
            known.removeAll(keepingCapacity: true)
        }
        reader.commit(upTo: reader.position)
        var state = StateWriter()
        detector.save(to: &state)
        snapshots.writeNow(
            DetectorSnapshot(position: reader.position, words: state.words), of: name)
        return reader
    }

    /// `others`: the workers whose lines on a record come before this one's.
    fileprivate func report(
        _ name: Rule.Detector, behind others: [DetectorWorker] = []
    ) -> @Sendable (WorkerReport) -> Void {
        { [desk, known, watch, snapshots] report in
            switch report {
            case .findings(let findings, let confirm):
                if others.isEmpty { return desk.take(findings, confirm: confirm) }
                desk.hold(findings, until: { others.map(\.passed).min() ?? 0 }, confirm)
            case .siteChanged(let change, let position):
                desk.siteChanged(change, position: position) { known.done(change) }
            case .snapshot(let snapshot, let done):
                snapshots.write(snapshot, of: name, done: done)
            case .tick(let tick, let heard, let watched, let hearing):
                watch.ticked(name, at: tick.arrivalUptime)
                if name == .threshold {
                    desk.tick(tick, heard: heard, watched: watched, hearing: hearing)
                }
            }
        }
    }
}
