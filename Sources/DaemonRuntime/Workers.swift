internal import GasDetection
internal import GasModel
internal import GasPipeline
internal import ReadingRing

/// The three workers, each with its detector as the last run left it.
struct Workers: Sendable {
    private let threshold: DetectorWorker
    private let trend: DetectorWorker
    private let integrity: DetectorWorker

    init(
        ring: RingStorage, restored: Restoration, roster: SensorRoster, desk: AdvisoryDesk,
        known: KnownChanges, watch: WorkerWatch
    ) {
        let lookup: DetectorWorker.Lookup = { known.change(at: $0) }
        func report(_ name: Rule.Detector) -> @Sendable (WorkerReport) -> Void {
            { report in
                switch report {
                case .findings(let findings, let confirm): desk.take(findings, confirm: confirm)
                case .siteChanged(let change, let position):
                    desk.siteChanged(change, position: position) { known.done(change) }
                case .tick(let tick, let heard, let watched):
                    watch.ticked(name, at: tick.arrivalUptime)
                    guard name == .threshold else { return }
                    desk.tick(tick, heard: heard, watched: watched)
                }
            }
        }
        func reader(_ name: Rule.Detector) -> RingReader {
            ring.reader(name.rawValue, warmUp: ring.capacity / 2)
        }
        var limits = ThresholdDetector(roster)
        restored.apply(to: &limits, .threshold)
        threshold = .threshold(
            limits, reader: reader(.threshold), changes: lookup, report: report(.threshold))
        var slopes = TrendDetector(roster)
        restored.apply(to: &slopes, .trend)
        trend = .trend(slopes, reader: reader(.trend), changes: lookup, report: report(.trend))
        var trust = IntegrityDetector(roster)
        restored.apply(to: &trust, .integrity)
        integrity = .integrity(
            trust, reader: reader(.integrity), changes: lookup, report: report(.integrity))
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
