import AdvisoryJournal
import Foundation
import GasModel
import ReadingRecord
import ReadingRing
import Support

/// A recorder on a ring of its own, and what it told.
final class Recording {
    let directory: String
    let recorder: ReadingRecorder
    private let told = Guarded<[RecordNews]>([])
    private let states = Guarded<(position: UInt64, words: [UInt64])?>(nil)
    private var writer: RingWriter
    private var uptime: Int64 = 0

    /// `ring`: a file of that path; without one the ring is in memory. `keeps`: whether the state
    /// of the ledger is ever safe.
    init(
        directory: String, ring path: String? = nil, retention: RawRetention = RawRetention(),
        roster: SensorRoster = Heading.roster, keeps: Bool = true,
        state: (position: UInt64, words: [UInt64])? = nil
    ) throws {
        self.directory = directory
        let readers = [ReadingRecorder.readerName]
        let ring =
            try path.map { try RingStorage.open(path: $0, capacity: 1 << 16, readers: readers) }
            ?? RingStorage.anonymous(capacity: 1 << 16, readers: readers)
        let names = roster.sensors.enumerated().map { $1?.id ?? "gone-\($0)" }
        let parts = ReadingRecorder.Parts(
            directory: directory, names: RecordNames(roster, names: names), retention: retention,
            gapDays: 730,
            pulse: { RecordPulse(refused: [:], waits: 0, waitNanoseconds: 0) },
            keep: { [states] position, words, done in
                states.withLock { $0 = (position, words) }
                if keeps { done() }
            },
            tell: { [told] news in told.withLock { $0.append(news) } })
        recorder = ReadingRecorder(parts, ring: ring, state: state) { _ in }
        writer = ring.writer()
        recorder.begin(at: testStart)
    }

    var news: [RecordNews] { told.withLock { $0 } }
    var state: (position: UInt64, words: [UInt64])? { states.withLock { $0 } }

    /// Puts records into the ring and has them recorded.
    func take(_ records: [Reading]) {
        for record in records {
            while writer.freeSlots(atLeast: 1) < 1 { recorder.sync() }
            writer.append(record)
        }
        writer.publish()
        recorder.sync()
    }

    func stop(at second: Double = 10_000) { recorder.stop(at: .at(second)) }

    /// Everything that stands in the raw record, and what it lacks.
    func recorded() -> (records: [Reading], holes: [RawHole]) {
        var records: [Reading] = []
        var stretch = RawStretch(
            directory: directory + "/raw", from: .at(-100_000), to: .at(1_000_000))
        let holes = stretch.read { records.append($0) }
        return (records, holes)
    }

    /// The lines of the gap ledger.
    func entries() throws -> [GapEntry] {
        let folder = directory + "/gaps"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try names.filter { $0.hasSuffix(".jsonl") }.flatMap { name in
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            return try data.split(separator: UInt8(ascii: "\n")).map {
                try JSONDecoder().decode(GapEntry.self, from: $0)
            }
        }
    }
}

extension Reading {
    /// Whether all of it is the same, to the last bit; positions may be the ring's own.
    func isSame(as other: Reading) -> Bool {
        sensor == other.sensor && kind == other.kind && quality == other.quality
            && marks == other.marks && sourceTime == other.sourceTime
            && arrivalTime == other.arrivalTime && value.bitPattern == other.value.bitPattern
            && sequence == other.sequence && boot == other.boot
            && arrivalUptime == other.arrivalUptime
    }

    /// A measurement with a gateway's number.
    static func numbered(
        _ sequence: UInt64, of sensor: UInt32 = 0, boot: UInt64 = 7, at second: Double,
        measured: Double? = nil
    ) -> Reading {
        Reading(
            sensor: sensor, kind: .measurement, marks: .hasSequence,
            sourceTime: .at(measured ?? second), arrivalTime: .at(second), value: 0.4,
            sequence: sequence, boot: boot, arrivalUptime: Int64(second * 1e9))
    }

    /// The tick of a second.
    static func tick(at second: Double, uptime: Double? = nil) -> Reading {
        Reading(
            sensor: 0, kind: .tick, sourceTime: .at(second), arrivalTime: .at(second),
            arrivalUptime: Int64((uptime ?? second) * 1e9))
    }

    /// A record of time or link.
    static func event(_ kind: Kind, at second: Double, boot: UInt64 = 0) -> Reading {
        Reading(
            sensor: 0, kind: kind, sourceTime: .at(second), arrivalTime: .at(second), boot: boot,
            arrivalUptime: Int64(second * 1e9))
    }
}
