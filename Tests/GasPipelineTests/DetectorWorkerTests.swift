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
    /// What was reported, in a word each, in order.
    private let course = Guarded<[String]>([])
    private let ticks = Atomic<Int>(0)
    private let taken = Guarded<[DetectorSnapshot]>([])
    let confirmsAtOnce: Bool
    private let held = Guarded<[@Sendable () -> Void]>([])

    init(confirmsAtOnce: Bool) { self.confirmsAtOnce = confirmsAtOnce }

    var findings: [Finding] { kept.withLock { $0 } }
    var snapshots: [DetectorSnapshot] { taken.withLock { $0 } }
    var words: [String] { course.withLock { $0 } }
    var tickCount: Int { ticks.load(ordering: .relaxed) }

    func take(_ report: WorkerReport) {
        switch report {
        case .findings(let findings, let confirm):
            kept.withLock { $0 += findings }
            course.withLock { $0 += findings.map { "\($0.rule) \($0.change) \($0.position)" } }
            if confirmsAtOnce { confirm() } else { held.withLock { $0.append(confirm) } }
        case .siteChanged(let change, let position):
            course.withLock { $0.append("site \(change.generation) \(position)") }
        case .snapshot(let snapshot, let done):
            taken.withLock { $0.append(snapshot) }
            if confirmsAtOnce { done() } else { held.withLock { $0.append(done) } }
        case .tick: ticks.wrappingAdd(1, ordering: .relaxed)
        }
    }

    func confirmAll() {
        let waiting = held.withLock { held in
            defer { held = [] }
            return held
        }
        waiting.forEach { $0() }
    }
}

@Suite("DetectorWorker")
struct DetectorWorkerTests {
    static let capacity = 1 << 12

    /// Twenty a second: four crossings are then more than ten minutes apart, and no chatter.
    private func reading(_ index: Int, _ value: Double) -> Reading {
        Reading(
            sensor: Heading.face, kind: .measurement, sourceTime: .at(Double(index) / 20),
            arrivalTime: .at(Double(index) / 20), value: value)
    }

    /// Writes `count` readings, each fifth thousandth over the cut, waiting for room as ingest
    /// does.
    private func write(
        _ count: Int, from start: Int = 0, into writer: inout RingWriter,
        waking worker: DetectorWorker
    ) {
        var index = start
        while index < start + count {
            guard writer.freeSlots() > 0 else {
                sched_yield()
                continue
            }
            writer.append(reading(index, index % 5000 == 100 ? 1.6 : 0.4))
            index += 1
            if index % 16 == 0 || index == start + count {
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
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
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
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
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

    @Test("with snapshots the ring holds all behind the newest safe one, and a finding goes first")
    func snapshots() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: false)
        let worker = DetectorWorker.threshold(
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
            keepsSnapshots: true, report: reports.take)
        var writer = ring.writer()
        write(3000, into: &writer, waking: worker)
        worker.stop()
        #expect(reports.snapshots.isEmpty, "the crossing at 100 is not safe yet")
        #expect(ring.held.map(\.records) == [3000])
        reports.confirmAll()
        worker.stop()
        let snapshot = try #require(reports.snapshots.first)
        #expect((2048...3000).contains(snapshot.position))
        #expect(ring.held.map(\.records) == [3000], "not done before it is on the disk")
        reports.confirmAll()
        worker.stop()
        #expect(ring.held.map(\.records) == [3000 - Int(snapshot.position)])
    }

    @Test("a detector that goes on from a snapshot finds what one finds that never stopped")
    func resumed() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: true)
        let worker = DetectorWorker.threshold(
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
            keepsSnapshots: true, report: reports.take)
        var writer = ring.writer()
        write(30_000, into: &writer, waking: worker)
        worker.stop()
        #expect(reports.snapshots.count >= 5)
        for snapshot in reports.snapshots {
            var detector = InOrder(ThresholdDetector(Heading.roster), Heading.roster)
            var state = StateReader(snapshot.words)
            try detector.load(from: &state)
            #expect(state.isAtEnd)
            var findings: [Finding] = []
            for index in Int(snapshot.position)..<30_000 {
                var reading = reading(index, index % 5000 == 100 ? 1.6 : 0.4)
                reading.position = UInt64(index)
                detector.observe(reading, into: &findings)
            }
            let rest = reports.findings.filter { $0.position >= snapshot.position }
            #expect(findings == rest, "from \(snapshot.position)")
        }
    }

    @Test("ticks are reported in order with what was heard, and those of the warm-up are not")
    func ticks() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: true)
        let worker = DetectorWorker.threshold(
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
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
                InOrder(ThresholdDetector(Heading.roster), Heading.roster),
                reader: ring.reader(name),
                report: reports.take)
        }
        var writer = ring.writer()
        write(50_000, into: &writer, waking: workers[1])
        for worker in workers { worker.stop() }
        #expect(quick.findings.count == 20)
        #expect(quick.findings == slow.findings)
        #expect(ring.held.map(\.records) == [50_000 - 100, 0])
    }

    @Test("readings before the record are judged by the old site, those behind it by the new one")
    func siteChange() throws {
        let ring = try RingStorage.anonymous(
            capacity: Self.capacity, readers: ["threshold", "trend"])
        let face = Heading.sensor("H101-T1", .face, alarm: 0.5, cut: 0.8, repower: 0.5)
        let change = Heading.change(
            from: Heading.sensors, to: [face, Heading.sensors[1]], run: 7, generation: 3)
        let lookup: DetectorWorker.Lookup = { record in
            record.boot == 7 && record.sequence == 3 ? change : nil
        }
        let (quick, slow) = (Reports(confirmsAtOnce: true), Reports(confirmsAtOnce: true))
        let threshold = DetectorWorker.threshold(
            InOrder(ThresholdDetector(Heading.roster), Heading.roster),
            reader: ring.reader("threshold"),
            changes: lookup, report: quick.take)
        let trend = DetectorWorker.patient(
            .trend, InOrder(TrendDetector(Heading.roster), Heading.roster),
            reader: ring.reader("trend"),
            changes: lookup, report: slow.take)
        var writer = ring.writer()
        var source = ReadingSource()
        #expect(writer.freeSlots(atLeast: 5) >= 5)
        writer.append(source.value(0.9, of: Heading.faceReturn, at: 0))
        writer.append(source.value(0.9, at: 0))
        writer.append(source.siteChange(change, at: 1))
        writer.append(source.value(0.9, at: 2))
        writer.append(source.value(0.4, at: 3))
        writer.publish()
        threshold.wake()
        trend.wake()
        threshold.stop()
        trend.stop()
        #expect(quick.words == ["site 3 2", "cut began 2", "cut ended 4"])
        #expect(slow.words == ["site 3 2"])
    }

    @Test("a record of a generation that this run does not know changes no limit and is no report")
    func unknownChange() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let change = Heading.change(from: Heading.sensors, to: [], run: 7)
        let reports = Reports(confirmsAtOnce: true)
        let worker = DetectorWorker.threshold(
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
            report: reports.take)
        var writer = ring.writer()
        var source = ReadingSource()
        #expect(writer.freeSlots(atLeast: 3) >= 3)
        writer.append(source.value(0.4, at: 0))
        writer.append(source.siteChange(change, at: 1))
        writer.append(source.value(1.6, at: 2))
        writer.publish()
        worker.wake()
        worker.stop()
        #expect(reports.words == ["cut began 2"])
    }

    @Test("a change in the midst of an unbroken stream loses no reading before it or behind it")
    func changeInFlood() throws {
        let ring = try RingStorage.anonymous(capacity: Self.capacity, readers: ["test"])
        let reports = Reports(confirmsAtOnce: true)
        let lower = Heading.sensor("H101-T1", .face, alarm: 1, cut: 1.55, repower: 1)
        let changes = (1...4 as ClosedRange<UInt64>).map { generation in
            let sensors = [Heading.sensors[0], lower]
            return Heading.change(
                from: [sensors[Int(generation - 1) % 2]], to: [sensors[Int(generation) % 2]],
                generation: generation)
        }
        let worker = DetectorWorker.threshold(
            InOrder(ThresholdDetector(Heading.roster), Heading.roster), reader: ring.reader("test"),
            changes: { record in changes.first { $0.generation == record.sequence } },
            report: reports.take)
        var writer = ring.writer()
        for (round, change) in changes.enumerated() {
            write(20_000, from: round * 20_000, into: &writer, waking: worker)
            while writer.freeSlots() == 0 { sched_yield() }
            var source = ReadingSource()
            writer.append(source.siteChange(change, at: Double(round + 1) * 1000))
            writer.publish()
        }
        worker.stop()
        let began = reports.findings.filter { $0.change == .began }.map(\.position)
        // One record of change follows each 20,000 readings.
        let crossings: [UInt64] = (0..<4).flatMap { (round: UInt64) -> [UInt64] in
            [100, 5100, 10_100, 15_100].map { round * 20_001 + $0 }
        }
        #expect(began == crossings)
        #expect(reports.words.filter { $0.hasPrefix("site") }.count == 4)
    }
}
