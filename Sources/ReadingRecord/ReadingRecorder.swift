internal import Dispatch
package import GasModel
internal import Glibc
package import ReadingRing
internal import Synchronization

/// What only the daemon knows of what was not seen, counted since its start.
package struct RecordPulse: Sendable, Equatable {
    /// Refused payloads by reason.
    package var refused: [String: UInt64]
    /// How often the ring was found full.
    package var waits: UInt64
    /// For how long nothing was read from the socket then, in nanoseconds.
    package var waitNanoseconds: UInt64

    /// Counts of the daemon.
    package init(refused: [String: UInt64], waits: UInt64, waitNanoseconds: UInt64) {
        (self.refused, self.waits, self.waitNanoseconds) = (refused, waits, waitNanoseconds)
    }
}

/// The fourth reader of the ring: puts every record into the raw segments, and what the records
/// show was not seen into the gap ledger.
///
/// Two queues: one reads the ring and never waits for a disk, the other writes. Between them stand
/// the blocks of a `RawStream`; when the disk is so slow that all are full and the ring fills up
/// behind, records go by unrecorded, are counted and told, and nobody else is held up. Its cursor
/// goes on as far as raw record and ledger are safe, and at the latest when half of the ring is
/// behind it.
///
/// **Thread:** every call may come from any thread and returns at once, but for `begin`, `stop` and
/// `names`.
// @unchecked: `core` is touched only on `queue`, `disk` only on `diskQueue`.
package final class ReadingRecorder: @unchecked Sendable {
    /// Name of its reader in the ring.
    package static let readerName = "record"
    private static let batchRecordsMax = 4096
    /// Nobody waits for the record: a long nap leaves the cores to those who are waited for.
    private static let napMicroseconds: UInt32 = 20_000
    /// A block that is not full goes to the disk after so many ticks.
    private static let flushTicks = 5
    /// The daemon's own counts are looked at, and the time is marked, after so many.
    private static let pulseTicks = 60
    private static let seenTicks = 1
    private static let snapshotTicks = 10

    /// That the ring is not where it should be, or was not before this start.
    package struct Elsewhere: Sendable {
        /// Where it is or was, and why.
        package var words: String
        /// Whether it is where it should be again.
        package var isOver: Bool

        /// The ring is or was elsewhere.
        package init(words: String, isOver: Bool) {
            (self.words, self.isOver) = (words, isOver)
        }
    }

    /// What it is made from.
    package struct Parts: Sendable {
        /// Directory of the raw segments.
        package var rawDirectory: String
        /// Directory of the gap ledger.
        package var gapsDirectory: String
        /// The codes behind indexes and hashes.
        package var names: RecordNames
        /// How much of the raw record is kept.
        package var retention: RawRetention
        /// How many days of the gap ledger are kept.
        package var gapDays: Int
        /// Where the ring is or was, where that is not the directory of the others.
        package var elsewhere: Elsewhere?
        /// What the daemon counts.
        package var pulse: @Sendable () -> RecordPulse
        /// Takes the ledger's state at a position, and calls back once it is safe or given up.
        package var keep:
            @Sendable (_ position: UInt64, [UInt64], _ done: @escaping @Sendable () -> Void) -> Void
        /// Tells the operator.
        package var tell: @Sendable (RecordNews) -> Void

        /// All that a recorder needs.
        package init(
            directory: String, names: RecordNames, retention: RawRetention, gapDays: Int,
            pulse: @escaping @Sendable () -> RecordPulse,
            keep: @escaping @Sendable (UInt64, [UInt64], @escaping @Sendable () -> Void) -> Void,
            tell: @escaping @Sendable (RecordNews) -> Void
        ) {
            rawDirectory = directory + "/raw"
            gapsDirectory = directory + "/gaps"
            (self.names, self.retention, self.gapDays) = (names, retention, gapDays)
            (self.pulse, self.keep, self.tell) = (pulse, keep, tell)
        }
    }

    private struct Core: ~Copyable {
        var reader: RingReader
        var ledger: GapLedger
        var stream: RawStream
        var events: [GapEvent] = []
        var committed: UInt64
        var snapshotAt: UInt64
        var ticks = (flush: 0, seen: 0, pulse: 0, snapshot: 0)
        var newestTick: Reading?
        var told = RecordPulse(refused: [:], waits: 0, waitNanoseconds: 0)
        var state = StateWriter()
    }

    private let queue = DispatchQueue(label: "firedamp.record", qos: .utility)
    private let diskQueue = DispatchQueue(label: "firedamp.record-disk", qos: .utility)
    // A Dispatch source is safe to use from any thread; the protocol type does not say so on Linux.
    nonisolated(unsafe) private let source: any DispatchSourceUserDataAdd
    private let bell = Doorbell()
    private let parts: Parts
    private var core: Core
    private var disk: RecordDisk
    /// Position after the newest block that the disk has dealt with.
    private let writtenThrough = Atomic<UInt64>(0)
    /// Position of the newest state of the ledger that is safe, or was given up.
    private let savedThrough: Atomic<UInt64>
    private let isSaving = Atomic<Bool>(false)

    /// A recorder that reads `ring` from where `state` belongs, or from where its reader was done.
    ///
    /// `problem`: called with the reason where the state cannot be used.
    package init(
        _ parts: Parts, ring: RingStorage, state: (position: UInt64, words: [UInt64])?,
        problem: (String) -> Void
    ) {
        self.parts = parts
        let reader = ring.reader(Self.readerName, from: state?.position)
        var ledger = GapLedger(sensors: parts.names.codes.count)
        if let state, reader.position == state.position {
            var words = StateReader(state.words)
            do throws(StateError) { try ledger.load(from: &words) } catch { problem("\(error)") }
        } else if state != nil {
            problem("the ring lacks what follows it")
        }
        disk = RecordDisk(parts, ring: ring)
        savedThrough = Atomic(reader.resumePosition)
        let stream = RawStream(ring: ring.creation, from: disk.recordedThrough)
        core = Core(
            reader: reader, ledger: ledger, stream: stream, committed: 0, snapshotAt: 0)
        core.committed = core.reader.committed
        core.snapshotAt = core.reader.position
        unsafe source = DispatchSource.makeUserDataAddSource(queue: queue)
        unsafe source.setEventHandler { [weak self] in self?.serve() }
    }

    /// Begins to read. `now`: when the daemon started.
    package func begin(at now: Timestamp) {
        diskQueue.sync { disk.begin(at: now) }
        unsafe source.activate()
        wake()
    }

    /// There is something new in the ring. Costs a system call only when the recorder is idle.
    package func wake() {
        if bell.ring() { unsafe source.add(data: 1) }
    }

    /// Another site holds from about here on.
    package func take(_ names: RecordNames) {
        diskQueue.async { [self] in disk.take(names) }
    }

    /// The broker lost our session: what was sent in between may be missing.
    package func lost(from start: Timestamp, to end: Timestamp) {
        diskQueue.async { [self] in disk.append([GapEntry(.loss, from: start, to: end)]) }
    }

    /// The codes of the site that holds. Waits for the disk.
    package var names: RecordNames { diskQueue.sync { disk.names } }

    /// Returns when all that was published so far is recorded. For tools and tests: in a flood it
    /// may take long.
    package func sync() {
        queue.sync {
            while Self.step(&core, isShort: false) > 0 { handOver() }
            core.stream.handOver()
            handOver()
        }
        diskQueue.sync {}
    }

    /// Records what the ring still holds, and ends. Call when nothing more is written to the ring.
    package func stop(at now: Timestamp) {
        // A wake-up that is still on its way would hold the ring for the length of a nap.
        unsafe source.cancel()
        queue.sync {
            while Self.step(&core, isShort: false) > 0 { handOver() }
            core.stream.handOver()
            pulse(at: now)
            handOver()
        }
        diskQueue.sync { disk.end(at: now) }
        queue.sync {
            snapshot()
            commit()
        }
    }

    // MARK: On the queue

    private func serve() {
        while true {
            var count = run()
            repeat {
                usleep(Self.napMicroseconds)
                count = run()
            } while count != 0
            bell.rest()
            // What was published before the bell was taken down is visible now; see Doorbell.
            guard run() != 0 else { return }
            _ = bell.ring()
        }
    }

    /// Reads until nothing is left. Returns the number of records, or -1 where the disk is waited
    /// for.
    private func run() -> Int {
        var total = 0
        while true {
            let isShort =
                core.stream.isShort && core.reader.available < core.reader.capacity / 2
            let count = Self.step(&core, isShort: isShort)
            if count > 0 { timePasses() }
            handOver()
            commit()
            guard count > 0 else { return isShort ? -1 : total }
            total += count
        }
    }

    private static func step(_ core: inout Core, isShort: Bool) -> Int {
        if isShort { return 0 }
        return drain(
            &core.reader, &core.ledger, &core.stream, &core.events, &core.ticks.snapshot,
            &core.newestTick)
    }

    /// The inner loop.
    @inline(__always)
    private static func drain(
        _ reader: inout RingReader, _ ledger: inout GapLedger, _ stream: inout RawStream,
        _ events: inout [GapEvent], _ ticks: inout Int, _ newest: inout Reading?
    ) -> Int {
        reader.drain(atMost: batchRecordsMax) { record in
            stream.append(record)
            ledger.observe(record, into: &events)
            if record.kind == .tick {
                ticks += 1
                newest = record
            }
        }
    }

    /// What is done with time: by ticks, so that nothing here has a clock of its own.
    private func timePasses() {
        guard let tick = core.newestTick else { return }
        core.newestTick = nil
        core.ticks.flush += 1
        core.ticks.seen += 1
        core.ticks.pulse += 1
        if core.ticks.flush >= Self.flushTicks {
            core.ticks.flush = 0
            core.stream.handOver()
        }
        if core.ticks.seen >= Self.seenTicks {
            core.ticks.seen = 0
            let time = tick.arrivalTime
            diskQueue.async { [self] in disk.note(seen: time) }
        }
        if core.ticks.pulse >= Self.pulseTicks {
            core.ticks.pulse = 0
            pulse(at: tick.arrivalTime)
        }
        snapshotIfDue()
    }

    /// What the daemon counted since the last look.
    private func pulse(at now: Timestamp) {
        let pulse = parts.pulse()
        let told = core.told
        core.told = pulse
        var entries: [GapEntry] = []
        let since = now.advanced(byNanoseconds: -Int64(Self.pulseTicks) * 1_000_000_000)
        let reasons = pulse.refused.filter { $0.value > told.refused[$0.key] ?? 0 }
        if !reasons.isEmpty {
            var entry = GapEntry(.refused, from: since, to: now)
            entry.reasons = Dictionary(
                uniqueKeysWithValues: reasons.map { ($0, $1 - (told.refused[$0] ?? 0)) })
            entries.append(entry)
        }
        if pulse.waits > told.waits || pulse.waitNanoseconds > told.waitNanoseconds {
            var entry = GapEntry(.overload, from: since, to: now)
            entry.count = pulse.waits - told.waits
            entry.seconds = Double(pulse.waitNanoseconds - told.waitNanoseconds) / 1e9
            entries.append(entry)
        }
        guard !entries.isEmpty else { return }
        diskQueue.async { [self, entries] in disk.append(entries) }
    }

    private func snapshotIfDue() {
        guard !isSaving.load(ordering: .relaxed) else { return }
        let records = core.reader.position - core.snapshotAt
        if core.ticks.snapshot >= Self.snapshotTicks || records >= core.reader.capacity / 4 {
            snapshot()
        }
    }

    private func snapshot() {
        core.ticks.snapshot = 0
        core.snapshotAt = core.reader.position
        core.state.words.removeAll(keepingCapacity: true)
        core.ledger.save(to: &core.state)
        let position = core.reader.position
        isSaving.store(true, ordering: .relaxed)
        let words = core.state.words
        // Behind what was found before it: a state never remembers what the file does not know.
        handOver()
        diskQueue.async { [self] in
            parts.keep(position, words) { [self] in
                // Relaxed: looked at with every batch.
                savedThrough.max(position, ordering: .relaxed)
                isSaving.store(false, ordering: .relaxed)
            }
        }
    }

    /// Hands what is ready to the disk.
    private func handOver() {
        if let (blocks, lost) = core.stream.take() {
            diskQueue.async { [self] in
                disk.write(blocks, lost: lost)
                guard let last = blocks.last else { return }
                let end = last.head.end
                for block in blocks { block.giveBack() }
                // Relaxed: only says how far the cursor may go.
                writtenThrough.store(end, ordering: .relaxed)
            }
        }
        if !core.events.isEmpty {
            let events = core.events
            core.events.removeAll(keepingCapacity: true)
            diskQueue.async { [self] in disk.append(events) }
        }
    }

    /// Done is what is on the disk, in segments and in the ledger's state; but the ring is not held
    /// up for that.
    private func commit() {
        let position = core.reader.position
        let written = writtenThrough.load(ordering: .relaxed)
        let isDone = written >= core.stream.handedThrough
        let recorded = isDone ? core.stream.pending ?? position : written
        let half = UInt64(core.reader.capacity / 2)
        let least = position > half ? position - half : 0
        let end = max(min(recorded, savedThrough.load(ordering: .relaxed)), least)
        guard end > core.committed else { return }
        core.committed = end
        core.reader.commit(upTo: end)
    }
}
