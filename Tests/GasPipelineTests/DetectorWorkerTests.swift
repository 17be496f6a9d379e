import Foundation
import GasDetection
import GasModel
import GasPipeline
import ReadingRing
import Support
import Synchronization
import Testing

/// What a worker reported, from whatever thread.
private final class Reports: Sendable {
    private let kept = Guarded<[Finding]>([])
    private let ticks = Atomic<Int>(0)
    let confirmsAtOnce: Bool
    private let held = Guarded<[@Sendable () -> Void]>([])

    init(confirmsAtOnce: Bool) { self.confirmsAtOnce = confirmsAtOnce }

    var findings: [Finding] { kept.withLock { $0 } }
    var tickCount: Int { ticks.load(ordering: .relaxed) }

    func take(_ report: WorkerReport) {
        switch report {
        case .findings(let findings, let confirm):
            kept.withLock { $0 += findings }
            if confirmsAtOnce { confirm() } else { held.withLock { $0.append(confirm) } }
        case .tick: ticks.wrappingAdd(1, ordering: .relaxed)
        }
    }

    func confirmAll() { held.withLock { $0 }.forEach { $0() } }
}

@Suite("DetectorWorker")
struct DetectorWorkerTests {
    static let capacity = 1 << 12

    private func reading(_ index: Int, _ value: Double) -> Reading {
        Reading(
            sensor: Heading.face, kind: .measurement, sourceTime: .at(Double(index) / 1000),
            arrivalTime: .at(Double(index) / 1000), value: value)
    }

    /// Writes `count` readings, each fifth thousandth over the cut, waiting for room as ingest
    /// does.
    private func write(
        _ count: Int, into writer: inout RingWriter, waking worker: DetectorWorker
    ) {
        var index = 0
        while index < count {
            guard writer.freeSlots() > 0 else {
                sched_yield()
                continue
            }
            writer.append(reading(index, index % 5000 == 100 ? 1.6 : 0.4))
            index += 1
            if index % 16 == 0 || index == count {
                writer.publish()
                worker.wake()
            } else if writer.freeSlots() == 0 {
                writer.publish()
                worker.wake()
            }
        }
    }

    @Test(
        "an unbroken stream many times the ring's size goes through, findings confirmed on the way")
    func unbroken() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: true)
        let worker = DetectorWorker.threshold(
            ThresholdDetector(sensors: Heading.sensors), reader: ring.reader("test"),
            report: reports.take)
        var writer = ring.writer()
        write(100_000, into: &writer, waking: worker)
        worker.stop()
        let began = reports.findings.filter { $0.change == .began }
        let crossings: [UInt64] = (0..<20).map { UInt64($0) * 5000 + 100 }
        #expect(began.map(\.position) == crossings)
    }

    @Test("the ring holds everything from the first finding on until it is confirmed")
    func held() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: false)
        let worker = DetectorWorker.threshold(
            ThresholdDetector(sensors: Heading.sensors), reader: ring.reader("test"),
            report: reports.take)
        var writer = ring.writer()
        write(2000, into: &writer, waking: worker)
        worker.stop()
        #expect(reports.findings.first?.position == 100)
        #expect(ring.held.map(\.records) == [2000 - 100])
        reports.confirmAll()
        worker.stop()
        #expect(ring.held.map(\.records) == [0])
    }

    @Test("ticks are reported in order with what was heard, and those of the warm-up are not")
    func ticks() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: true)
        let worker = DetectorWorker.threshold(
            ThresholdDetector(sensors: Heading.sensors), reader: ring.reader("test"),
            report: reports.take)
        var writer = ring.writer()
        var source = ReadingSource()
        #expect(writer.freeSlots(atLeast: 3) >= 3)
        for second in 0..<3 { writer.append(source.event(.tick, at: Double(second))) }
        writer.publish()
        worker.wake()
        worker.stop()
        #expect(reports.tickCount == 3)
    }

    @Test("two workers on one ring find the same, neither waiting for the other's confirmation")
    func two() throws {
        let ring = try RingStorage.anonymous(capacity: 1 << 17, readers: ["slow", "quick"])
        let (slow, quick) = (Reports(confirmsAtOnce: false), Reports(confirmsAtOnce: true))
        let workers = [("slow", slow), ("quick", quick)].map { name, reports in
            DetectorWorker.threshold(
                ThresholdDetector(sensors: Heading.sensors), reader: ring.reader(name),
                report: reports.take)
        }
        var writer = ring.writer()
        write(50_000, into: &writer, waking: workers[1])
        for worker in workers { worker.stop() }
        #expect(quick.findings.count == 20)
        #expect(quick.findings == slow.findings)
        #expect(ring.held.map(\.records) == [50_000 - 100, 0])
    }
}
