import ArgumentParser
import Foundation
import GasModel
import ReadingRing

/// The ring alone: bursts in, and each reader takes all of them out.
struct RingBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ring", abstract: "One writer, one to eight readers.")

    @OptionGroup var length: RunLength

    @Option(help: "Number of readers with --threads, 1 to 8.")
    var readers = 3

    @Option(help: "Records published with one store.")
    var burst = 64

    @Option(help: "Records in the ring: a power of two.")
    var capacity = 1 << 16

    @Flag(help: "A thread for each reader; without it one thread writes and reads in turn.")
    var threads = false

    func validate() throws {
        guard (1...RingLayout.readersMax).contains(readers) else {
            throw ValidationError("--readers takes 1 to \(RingLayout.readersMax)")
        }
        guard (1...capacity).contains(burst) else {
            throw ValidationError("--burst takes 1 to the capacity of the ring")
        }
    }

    func run() throws {
        guard threads else { return try inTurn() }
        let names = (0..<readers).map { "reader\($0)" }
        let ring = try RingStorage.anonymous(capacity: capacity, readers: names)
        let seats = names.map { ReaderSeat(ring.reader($0)) }
        measure("ring, a thread each", length) { inThreads(ring, seats) }
    }

    /// One thread and one reader: what push and pop cost in instructions, without waiting.
    private func inTurn() throws {
        let ring = try RingStorage.anonymous(capacity: capacity, readers: ["reader"])
        let (records, burst) = (length.records, burst)
        measure("ring", length) {
            var reader = ring.reader("reader")
            var writer = ring.writer()
            return burst == 1
                ? Self.singles(records, &writer, &reader)
                : Self.bursts(records, of: burst, &writer, &reader)
        }
    }

    private static func bursts(
        _ records: Int, of burst: Int, _ writer: inout RingWriter, _ reader: inout RingReader
    ) -> Double {
        var (sent, alarms) = (0, 0)
        while sent < records {
            let count = min(burst, records - sent)
            guard writer.freeSlots(atLeast: count) >= count else { break }
            stage(count, into: &writer)
            sent += reader.drain { if $0.value > 1 { alarms &+= 1 } }
            reader.commit(upTo: reader.position)
        }
        return Double(alarms)
    }

    private static func singles(
        _ records: Int, _ writer: inout RingWriter, _ reader: inout RingReader
    ) -> Double {
        var alarms = 0
        for _ in 0..<records {
            guard writer.freeSlots() > 0 else { break }
            stage(1, into: &writer)
            _ = reader.drain { if $0.value > 1 { alarms &+= 1 } }
            reader.commit(upTo: reader.position)
        }
        return Double(alarms)
    }

    /// The writer here, each reader on a thread of its own.
    private func inThreads(_ ring: RingStorage, _ seats: [ReaderSeat]) -> Double {
        let done = DispatchSemaphore(value: 0)
        for seat in seats {
            let records = length.records
            Thread.detachNewThread {
                var taken = 0
                while taken < records {
                    let count = seat.take()
                    taken += count
                    if count == 0 { sched_yield() }
                }
                done.signal()
            }
        }
        var writer = ring.writer()
        var sent = 0
        let (records, burst) = (length.records, burst)
        while sent < records {
            let count = min(burst, records - sent)
            if writer.freeSlots(atLeast: count) < count {
                sched_yield()
                continue
            }
            Self.stage(count, into: &writer)
            sent += count
        }
        for _ in seats { done.wait() }
        return seats.reduce(0) { $0 + $1.sum }
    }

    /// Appends `count` records; the position of each is also its sequence number, as in the
    /// yardstick.
    private static func stage(_ count: Int, into writer: inout RingWriter) {
        let end = writer.position &+ UInt64(truncatingIfNeeded: count)
        while writer.position != end {
            let number = writer.position
            let time = Timestamp(nanoseconds: Int64(truncatingIfNeeded: number))
            writer.append(
                Reading(
                    sensor: 1, kind: .measurement, sourceTime: time, arrivalTime: time,
                    value: Double(number % 100) * 0.0101, sequence: number))
        }
        writer.publish()
    }
}

/// A reader and what it has seen.
// @unchecked: one thread at a time has it; the semaphore orders its last use before ours.
final class ReaderSeat: @unchecked Sendable {
    private var reader: RingReader
    private(set) var sum = 0.0

    init(_ reader: consuming RingReader) { self.reader = reader }

    /// Takes what there is, declares it done, and returns the number of records.
    @discardableResult func take() -> Int {
        var partial = 0.0
        let count = reader.drain { partial += $0.value }
        reader.commit(upTo: reader.position)
        sum += partial
        return count
    }
}
