import ArgumentParser
import Foundation
import GasDetection
import GasModel
import GasPipeline
import ReadingRing
import Synchronization

/// From the ring through the three detectors, each in its worker, as the daemon runs them.
struct PipelineBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipeline", abstract: "Ring and the three workers.")

    @OptionGroup var length: RunLength

    @Option(help: "Records published with one store.")
    var burst = 64

    func run() throws {
        let ring = try RingStorage.anonymous(
            capacity: 1 << 17, readers: ["threshold", "trend", "integrity"])
        let roster = try SampleMine.roster()
        let findings = FindingCount()
        let threshold = DetectorWorker.threshold(
            InOrder(ThresholdDetector(roster), roster), reader: ring.reader("threshold"),
            report: findings.take)
        let trend = DetectorWorker.patient(
            .trend, InOrder(TrendDetector(roster), roster), reader: ring.reader("trend"),
            report: findings.take)
        let integrity = DetectorWorker.patient(
            .integrity, InOrder(IntegrityDetector(roster), roster),
            reader: ring.reader("integrity"), report: findings.take)
        measure("pipeline", length) {
            var writer = ring.writer()
            var sent = 0
            let (records, burst) = (length.records, burst)
            while sent < records {
                let count = min(burst, records - sent)
                if writer.freeSlots(atLeast: count) < count {
                    // Full: the workers have the word. As the session does, but for less long.
                    usleep(50)
                    continue
                }
                for index in sent..<sent + count { writer.append(SampleMine.reading(index)) }
                writer.publish()
                threshold.wake()
                trend.wake()
                integrity.wake()
                sent += count
            }
            threshold.stop()
            trend.stop()
            integrity.stop()
            return Double(ring.held.reduce(0) { $0 + $1.records } + findings.count)
        }
    }
}

/// Counts findings: the sample readings give none, so a number above zero in the sum means that
/// something else was measured.
final class FindingCount: Sendable {
    private let counted = Atomic<Int>(0)

    var count: Int { counted.load(ordering: .relaxed) }

    func take(_ report: WorkerReport) {
        guard case .findings(let findings, let confirm) = report else { return }
        counted.wrappingAdd(findings.count, ordering: .relaxed)
        confirm()
    }
}
