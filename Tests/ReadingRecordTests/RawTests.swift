import Foundation
import GasModel
import ReadingRecord
import ReadingRing
import Support
import Testing

/// The raw record: what comes out is what went in, whatever happens to disk and daemon.
@Suite("Raw record")
struct RawTests {
    private static func anything(_ count: Int, seed: UInt64) -> [Reading] {
        var random = SeededGenerator(seed: seed)
        let values = [
            0, -0.0, 0.42, 1.005, -3.2, .nan, .infinity, 1e300, .pi, .leastNonzeroMagnitude,
        ]
        return (0..<count).map { index in
            let kind: UInt8 = .random(in: 1...9, using: &random)
            let hasSequence = Bool.random(using: &random)
            let second = Double(index) / 50
            return Reading(
                sensor: .random(in: 0...70_000, using: &random), kind: .init(rawValue: kind),
                quality: .init(rawValue: Bool.random(using: &random) ? 0 : 4),
                marks: hasSequence ? .hasSequence : [],
                sourceTime: Timestamp(
                    nanoseconds: testStart.nanoseconds
                        &+ .random(in: -1_000_000_000_000...1_000_000_000, using: &random)),
                arrivalTime: .at(second),
                value: values.randomElement(using: &random) ?? 0,
                sequence: hasSequence ? .random(in: 0...(.max), using: &random) : 0,
                boot: Bool.random(using: &random) ? 0 : .random(in: 1...200, using: &random),
                arrivalUptime: Int64(second * 1e9) &- .random(in: 0...3, using: &random))
        }
    }

    @Test("every field of any record comes back to the last bit", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let recording = try Recording(directory: directory.path)
        let records = Self.anything(30_000, seed: seed)
        recording.take(records)
        recording.stop()
        let found = recording.recorded()
        #expect(found.records.count == records.count, "seed \(seed)")
        let wrong = zip(found.records, records).filter { !$0.isSame(as: $1) }
        #expect(wrong.isEmpty, "seed \(seed): \(String(describing: wrong.first))")
        #expect(found.records.map(\.position) == Array(0..<UInt64(records.count)))
        // It ends long before what is asked for, and that is said.
        #expect(found.holes.map(\.why) == ["the record begins later", "the record ends before"])
    }

    @Test("a steady stream takes less than 20 bytes a reading")
    func size() throws {
        let directory = try TemporaryDirectory()
        let recording = try Recording(directory: directory.path)
        recording.take(
            (0..<20_000).map { .numbered(UInt64($0), of: 1, at: Double($0) / 1000, measured: 0) })
        recording.stop()
        let bytes = RawSegment.list(in: directory.file("raw")).reduce(0) { $0 + $1.bytes }
        #expect(bytes < 20 * 20_000)
    }

    @Test("what a run had written is not written twice by the next, nor told twice")
    func again() throws {
        let directory = try TemporaryDirectory()
        var records = (0..<200).map { Reading.numbered(UInt64($0), at: Double($0) / 10) }
        records.remove(at: 150)
        records += (20..<130).map { .tick(at: Double($0)) }
        do {
            // Its state is never safe, as if it had been killed: the next begins at the beginning.
            let first = try Recording(
                directory: directory.path, ring: directory.file("ring"), keeps: false)
            first.take(records)
        }
        // The first lets go of the ring with the last wake-up of its queue.
        var opened: Recording?
        for _ in 0..<100_000 where opened == nil {
            opened = try? Recording(directory: directory.path, ring: directory.file("ring"))
            if opened == nil { sched_yield() }
        }
        let second = try #require(opened)
        second.take([.tick(at: 130)])
        second.stop()
        #expect(second.recorded().records.count == records.count + 1)
        let missing = try second.entries().compactMap(\.counts).map(\.missing)
        #expect(missing == [1])
        let kinds = try second.entries().map(\.kind).filter { $0 == .start || $0 == .stop }
        #expect(kinds == [.start, .start, .stop])
    }

    @Test("a ring of three readers is taken over with its cursors when the fourth comes")
    func upgrade() throws {
        let directory = try TemporaryDirectory()
        let old = ["threshold", "trend", "integrity"]
        let path = directory.file("ring")
        do {
            let ring = try RingStorage.open(path: path, capacity: 1024, readers: old)
            var reader = ring.reader("threshold")
            var writer = ring.writer()
            #expect(writer.freeSlots(atLeast: 10) >= 10)
            for second in 0..<10 { writer.append(.tick(at: Double(second))) }
            writer.publish()
            #expect(reader.drain(atMost: 4) { _ in } == 4)
            reader.commit(upTo: 4)
        }
        let ring = try RingStorage.open(
            path: path, capacity: 1024, readers: old + [ReadingRecorder.readerName])
        #expect(ring.refusal == nil)
        #expect(ring.reader("threshold").position == 4)
        #expect(ring.reader("trend").position == 0)
        #expect(ring.reader(ReadingRecorder.readerName).position == 10, "from the newest on")
    }

    @Test("a torn or damaged end is cut off and told; what stands before it is whole")
    func torn() throws {
        for damage in ["torn", "changed"] {
            let directory = try TemporaryDirectory()
            let first = try Recording(directory: directory.path)
            first.take((0..<100).map { .numbered($0, at: Double($0)) })
            first.take((100..<200).map { .numbered($0, at: Double($0)) })
            first.stop()
            let segment = try #require(RawSegment.list(in: directory.file("raw")).first)
            var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: segment.path)))
            if damage == "torn" { bytes.removeLast(9) } else { bytes[bytes.count - 20] ^= 1 }
            try Data(bytes).write(to: URL(fileURLWithPath: segment.path))
            let second = try Recording(directory: directory.path)
            second.take([.tick(at: 300)])
            second.stop()
            let isCut = second.news.contains { news in
                guard case .repaired(segment.path, _, let cutBytes?) = news else { return false }
                return cutBytes > 0
            }
            #expect(isCut, "\(damage): \(second.news)")
            let found = second.recorded()
            #expect(found.records.count == 101, "\(damage)")
            #expect(found.holes.contains { $0.why.contains("another ring") }, "\(damage)")
            #expect(RawSegment.list(in: directory.file("raw")).map(\.number) == [1, 2])
        }
    }

    @Test("a full disk: guarding goes on, the hole is told once and counted, and mended")
    func fullDisk() throws {
        guard let disk = SmallDisk(bytes: 16 << 20) else {
            print("skipped: no right to mount a small disk here")
            return
        }
        let recording = try Recording(directory: disk.path)
        recording.take((0..<100).map { .numbered($0, at: Double($0)) })
        disk.fill()
        for start in stride(from: 100, to: 400, by: 100) {
            recording.take(
                (start..<start + 100).map { .numbered(UInt64($0), at: Double($0)) })
        }
        disk.free()
        recording.take((400..<500).map { .numbered($0, at: Double($0)) })
        recording.stop()
        let lost = recording.news.filter { if case .lost = $0 { true } else { false } }
        #expect(lost.count == 1, "\(recording.news)")
        #expect(
            recording.news.contains(.mended(from: .at(100), to: .at(400), records: 300)),
            "\(recording.news)")
        let found = recording.recorded()
        #expect(found.records.count == 200)
        #expect(found.holes.contains { $0.why == "300 records could not be written" })
        let entries = try recording.entries().filter { $0.kind == .unrecorded }
        #expect(entries.compactMap(\.count) == [300])
    }

    @Test("segments go when their share is used up, the oldest first, and that is told")
    func share() throws {
        let directory = try TemporaryDirectory()
        var retention = RawRetention()
        (retention.segmentBytesMax, retention.bytesMax) = (16 << 10, 64 << 10)
        let recording = try Recording(directory: directory.path, retention: retention)
        for start in stride(from: UInt64(0), to: 40_000, by: 1000) {
            recording.take((start..<start + 1000).map { .numbered($0, at: Double($0) / 10) })
        }
        recording.stop()
        let segments = RawSegment.list(in: directory.file("raw"))
        #expect(segments.reduce(0) { $0 + $1.bytes } <= 64 << 10 + 32 << 10)
        let first = segments[0].number
        #expect(segments.map(\.number) == Array(first..<first + segments.count))
        let dropped = recording.news.filter { if case .dropped = $0 { true } else { false } }
        #expect(dropped.count == 1, "said once")
        #expect(try recording.entries().count { $0.kind == .dropped } == first - 1)
        #expect(recording.recorded().records.last?.sequence == 39_999)
    }

    @Test("what is older than its days goes; a clock that leaps by years takes nothing with it")
    func days() throws {
        let directory = try TemporaryDirectory()
        var retention = RawRetention()
        retention.days = 3
        let recording = try Recording(directory: directory.path, retention: retention)
        for day in 0..<8 { recording.take([.tick(at: Double(day) * 86_400)]) }
        let segments = RawSegment.list(in: directory.file("raw"))
        #expect(segments.map(\.number) == [4, 5, 6, 7, 8])
        recording.take([.tick(at: 3000 * 86_400)])
        #expect(RawSegment.list(in: directory.file("raw")).count == 6)
        recording.stop()
    }
}
