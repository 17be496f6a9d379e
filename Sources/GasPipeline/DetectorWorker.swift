internal import Dispatch
package import GasDetection
package import GasModel
internal import Glibc
package import ReadingRing
internal import Synchronization

/// What a worker tells whoever turns findings into advisories.
package enum WorkerReport: Sendable {
    /// Findings, in ring order. The worker holds its place in the ring's file until `confirm` is
    /// called, from any thread, to say that these and all before them are safe; it does not wait
    /// for that, it goes on reading.
    case findings([Finding], confirm: @Sendable () -> Void)
    /// The worker has gone over to another site at the record at `position`. Reported before the
    /// findings of the same batch: those that lie before `position` were judged by the old site.
    case siteChanged(SiteChange, position: UInt64)
    /// A snapshot that may be written: all that its detector found before it is safe. `done` is to
    /// be called, from any thread, once it is on the disk; and also when it cannot be written,
    /// since to guard goes before to remember: a restart then falls back on journal and ring.
    case snapshot(DetectorSnapshot, done: @Sendable () -> Void)
    /// A tick record passed through the worker: proof that session, ring and worker are alive.
    /// `hearing`: who was heard, where the worker has the detector that knows.
    case tick(Reading, heard: Int, watched: Int, hearing: Hearing?)
}

/// One detector on a serial Dispatch queue of its own, with a cursor of its own in the ring.
///
/// It is woken through a `Doorbell`, so that a reading costs no system call, and takes a short nap
/// before it declares itself idle, so that a steady stream of single readings does not wake it for
/// each of them. It waits for nobody: not for the other workers, not for the disk.
///
/// **Thread:** `wake` and `stop` from any thread; the detector lives on the queue.
package final class DetectorWorker: Sendable {
    /// Records judged between two looks at what was confirmed.
    static let batchRecordsMax = 4096
    /// So many records between two naps are a flood, and the next nap is so many times as long: a
    /// wake-up costs more than to judge what came, and in a flood readings wait for the network.
    private static let flood = (records: 64, naps: UInt32(5))

    private struct Core: ~Copyable {
        var reader: RingReader
        var judge: Judge
        /// Writes the detector's state.
        var save: Save
        /// How far the reader has committed in this run; begins where its warm-up begins.
        var committed: UInt64
        /// When snapshots are taken; `nil` where none are kept, and what was read is done.
        var plan: SnapshotPlan?
        var nextBatch: UInt64 = 0
        /// Batches of findings that are not known to be safe, with the position of their first
        /// finding.
        var unconfirmed: [(batch: UInt64, position: UInt64)] = []
        var batch = Batch()
    }

    /// What a batch of records led to.
    struct Batch {
        var findings: [Finding] = []
        var ticks: [Reading] = []
        var changes: [(change: SiteChange, position: UInt64)] = []
        /// As of the newest tick.
        var hearing: Hearing?
    }

    /// The change of the site that a record stands for; `nil` when it was written by a run before
    /// this one. Called once for each such record, on the worker's queue.
    package typealias Lookup = @Sendable (Reading) -> SiteChange?

    /// Judges up to a batch of records; returns how many there were, how many sensors are heard and
    /// how many watched.
    typealias Judge = (inout RingReader, inout Batch) -> (Int, Int, Int)

    typealias Save = (inout StateWriter) -> Void

    private let queue: DispatchQueue
    // A Dispatch source is safe to use from any thread; the protocol type does not say so on Linux.
    nonisolated(unsafe) private let source: any DispatchSourceUserDataAdd
    private let bell = Doorbell()
    /// The newest batch of findings that is safe, and with it all before.
    private let confirmed = Atomic<UInt64>(0)
    /// Position of the newest snapshot that is on the disk, or was given up.
    private let saved = Atomic<UInt64>(0)
    /// Whether the newest one that was handed out is still being written.
    private let isWriting = Atomic<Bool>(false)
    private let passedPosition = Atomic<UInt64>(0)
    private let core: QueueConfined<Core>
    private let napMicroseconds: UInt32
    private let report: @Sendable (WorkerReport) -> Void

    /// A worker around the threshold detector. `keepsSnapshots`: it reports snapshots, and what it
    /// has read is done only when one beyond it is safe.
    package static func threshold(
        _ detector: InOrder<ThresholdDetector>, reader: consuming RingReader,
        keepsSnapshots: Bool = false, changes: @escaping Lookup = { _ in nil },
        report: @escaping @Sendable (WorkerReport) -> Void
    ) -> DetectorWorker {
        var detector = detector
        // Forty times cheaper for the writer than a wake-up for each reading, and a twentieth of
        // the ten milliseconds that a halt may take to the alert log.
        return DetectorWorker(
            name: "threshold", reader: reader, napMicroseconds: 400, keepsSnapshots, report: report,
            save: { detector.save(to: &$0) },
            judge: { reader, batch in
                let count = drain(&reader, &detector, changes, &batch)
                let heard = detector.detector.heardCount(ifAny: batch.ticks)
                batch.hearing = batch.ticks.isEmpty ? nil : detector.detector.hearing
                return (count, heard, detector.detector.watchedCount)
            })
    }

    /// A worker around a detector whose findings are minutes long: a longer nap leaves the core to
    /// those who are in a hurry.
    package static func patient<D: RecordDetector>(
        _ name: Rule.Detector, _ detector: InOrder<D>, reader: consuming RingReader,
        keepsSnapshots: Bool = false, changes: @escaping Lookup = { _ in nil },
        report: @escaping @Sendable (WorkerReport) -> Void
    ) -> DetectorWorker {
        var detector = detector
        return DetectorWorker(
            name: name.rawValue, reader: reader, napMicroseconds: 2000, keepsSnapshots,
            report: report, save: { detector.save(to: &$0) },
            judge: { reader, batch in (drain(&reader, &detector, changes, &batch), 0, 0) })
    }

    private init(
        name: String, reader: consuming RingReader, napMicroseconds: UInt32,
        _ keepsSnapshots: Bool, report: @escaping @Sendable (WorkerReport) -> Void,
        save: @escaping Save, judge: @escaping Judge
    ) {
        queue = DispatchQueue(label: "firedamp.\(name)", qos: .userInitiated)
        let start = reader.position
        let plan =
            keepsSnapshots
            ? SnapshotPlan(capacity: reader.capacity, from: reader.resumePosition) : nil
        core = QueueConfined(
            Core(reader: reader, judge: judge, save: save, committed: start, plan: plan), on: queue)
        self.napMicroseconds = napMicroseconds
        self.report = report
        unsafe source = DispatchSource.makeUserDataAddSource(queue: queue)
        unsafe source.setEventHandler { [weak self] in self?.serve() }
        unsafe source.activate()
    }

    /// The first position that was not judged yet: of all before it the findings were reported.
    /// **Thread:** any.
    package var passed: UInt64 {
        // Acquiring: whoever sees a position also sees what its reports had done.
        passedPosition.load(ordering: .acquiring)
    }

    /// There is something new in the ring. Costs a system call only when the worker is idle.
    package func wake() {
        if bell.ring() { unsafe source.add(data: 1) }
    }

    /// The findings of `batch` are safe in the journal: the ring may forget the records behind
    /// them.
    ///
    /// Not a block on the queue: while readings come without a pause the queue never ends its turn,
    /// and the ring would fill up behind the first finding.
    private func confirm(batch: UInt64) {
        // Relaxed: the worker looks at it with every batch, and `wake` publishes it to one that
        // rests.
        confirmed.max(batch, ordering: .relaxed)
        wake()
    }

    /// The snapshot at `position` is dealt with.
    private func noteSaved(_ position: UInt64) {
        // Relaxed, as for `confirm`.
        saved.max(position, ordering: .relaxed)
        isWriting.store(false, ordering: .relaxed)
        wake()
    }

    /// Judges what the ring still holds. Call when nothing more is written to the ring; from then
    /// on the worker only takes note of what is confirmed.
    package func stop() {
        queue.sync { _ = judgeAll() }
    }

    /// On the queue: reads until nothing comes for the length of a nap.
    private func serve() {
        while true {
            var count = judgeAll()
            repeat {
                let isFlood = count >= Self.flood.records
                usleep(isFlood ? napMicroseconds * Self.flood.naps : napMicroseconds)
                count = judgeAll()
            } while count > 0
            bell.rest()
            // What was published before the bell was taken down is visible now; see Doorbell.
            guard step() > 0 else { return }
            _ = bell.ring()
        }
    }

    /// Judges until nothing is left. Returns the number of records.
    private func judgeAll() -> Int {
        var total = 0
        while case let count = step(), count > 0 { total += count }
        return total
    }

    /// Judges one batch and reports on it. Returns the number of records.
    private func step() -> Int {
        core.with { core in
            let (count, heard, watched) = core.judge(&core.reader, &core.batch)
            for (change, position) in core.batch.changes {
                report(.siteChanged(change, position: position))
            }
            core.batch.changes.removeAll()
            core.plan?.count(ticks: core.batch.ticks.count)
            for tick in core.batch.ticks {
                // What was found before a tick is told before it.
                tell(&core, upTo: tick.position)
                report(
                    .tick(tick, heard: heard, watched: watched, hearing: core.batch.hearing))
            }
            core.batch.ticks.removeAll(keepingCapacity: true)
            tell(&core, upTo: .max)
            // Releasing: publishes the reports above. Partner: the load in `passed`.
            passedPosition.store(core.reader.position, ordering: .releasing)
            commit(&core)
            return count
        }
    }

    /// Reports the findings of records up to `position`.
    private func tell(_ core: inout Core, upTo position: UInt64) {
        let count = core.batch.findings.prefix { $0.position <= position }.count
        guard count > 0 else { return }
        core.nextBatch += 1
        core.unconfirmed.append((core.nextBatch, core.batch.findings[0].position))
        let batch = core.nextBatch
        let findings = Array(core.batch.findings[..<count])
        core.batch.findings.removeFirst(count)
        report(.findings(findings, confirm: { [self] in confirm(batch: batch) }))
    }

    /// Done is what was read, but not beyond the first finding that is not safe yet, nor, where
    /// snapshots are kept, beyond the newest that is safe: a restarted detector goes on from there.
    private func commit(_ core: inout Core) {
        let safe = confirmed.load(ordering: .relaxed)
        if !core.unconfirmed.isEmpty { core.unconfirmed.removeAll { $0.batch <= safe } }
        var end = min(core.reader.position, core.unconfirmed.first?.position ?? .max)
        if core.plan != nil {
            keepSnapshot(&core, safe: safe)
            end = min(end, saved.load(ordering: .relaxed))
        }
        guard end > core.committed else { return }
        core.committed = end
        core.reader.commit(upTo: end)
    }

    private func keepSnapshot(_ core: inout Core, safe: UInt64) {
        let position = core.reader.position
        core.plan?.isWriting = isWriting.load(ordering: .relaxed)
        if core.plan?.isDue(at: position) == true {
            core.plan?.take(at: position, batch: core.nextBatch, save: core.save)
        }
        guard let snapshot = core.plan?.ready(safe: safe) else { return }
        isWriting.store(true, ordering: .relaxed)
        report(.snapshot(snapshot, done: { [self] in noteSaved(snapshot.position) }))
    }
}

/// The inner loop, specialised for each detector because it is called with a concrete one.
@inline(__always)
private func drain<D: RecordDetector>(
    _ reader: inout RingReader, _ detector: inout D, _ changes: DetectorWorker.Lookup,
    _ batch: inout DetectorWorker.Batch
) -> Int {
    reader.drain(atMost: DetectorWorker.batchRecordsMax) { reading in
        detector.observe(reading, into: &batch.findings)
        switch reading.kind {
        case .tick: batch.ticks.append(reading)
        case .siteChange:
            change(&detector, at: reading, changes(reading), &batch)
        default: break
        }
    }
}

/// Takes a detector over to another site, or, where the record is one of a run that ended before it
/// was judged, has it find what that run would have found.
private func change<D: RecordDetector>(
    _ detector: inout D, at record: Reading, _ change: SiteChange?,
    _ batch: inout DetectorWorker.Batch
) {
    guard let change else { return detector.reconsider(at: record, into: &batch.findings) }
    detector.adopt(change, at: record, into: &batch.findings)
    batch.changes.append((change, record.position))
}

extension ThresholdDetector {
    /// Counting walks over all sensors, so it is done only when there is a tick to tell it with.
    fileprivate func heardCount(ifAny ticks: [Reading]) -> Int { ticks.isEmpty ? 0 : heardCount }
}
