internal import GasModel

/// The state of a detector that has judged every record before `position` and none after it.
package struct DetectorSnapshot: Sendable, Equatable {
    /// Position of the record that is judged next.
    package var position: UInt64
    /// What the detector wrote; see `StateWriter`.
    package var words: [UInt64]

    /// A snapshot of a state at a position.
    package init(position: UInt64, words: [UInt64]) {
        self.position = position
        self.words = words
    }
}

/// When a worker takes snapshots of its detector, and how far they are safe.
struct SnapshotPlan {
    /// So many ticks (seconds) between two.
    static let ticksBetween = 10

    /// So many records between two, at most: the ring keeps what lies behind the last safe one.
    /// Half the ring: the other half is filled while the snapshot is written, and so the writer
    /// waits for the disk only where that is slower than the readings are.
    let recordsBetween: UInt64
    /// Position of the newest that was taken.
    private(set) var newest: UInt64
    private var ticks = 0
    /// Taken, and waiting for the findings before it to be safe: those up to `batch`.
    private(set) var waiting: (snapshot: DetectorSnapshot, batch: UInt64)?
    /// Whether one is being written.
    var isWriting = false
    /// What the next one is written into: in a flood what the last one was, since megabytes of
    /// fresh memory would cost more than to fill them; else nothing, so that a daemon at rest does
    /// not hold the state of its detectors twice.
    private var state = StateWriter()
    /// How long the last one was, in words.
    private var length = 0

    init(capacity: Int, from position: UInt64) {
        recordsBetween = UInt64(capacity / 2)
        newest = position
    }

    mutating func count(ticks count: Int) { ticks += count }

    func isDue(at position: UInt64) -> Bool {
        guard waiting == nil, !isWriting, position > newest else { return false }
        return ticks >= Self.ticksBetween || position - newest >= recordsBetween
    }

    /// Takes one at `position`, with the findings up to `batch` told before it.
    mutating func take(
        at position: UInt64, batch: UInt64, save: (inout StateWriter) -> Void
    ) {
        // Another piece of memory where the last snapshot is still held by somebody.
        state.words.removeAll(keepingCapacity: true)
        // A little more than the last: it grows by what is held back, and must not double for that.
        state.words.reserveCapacity(length + length / 16)
        save(&state)
        length = state.words.count
        waiting = (DetectorSnapshot(position: position, words: state.words), batch)
        if position - newest < recordsBetween { state = StateWriter() }
        newest = position
        ticks = 0
    }

    /// The one that may be written now that the findings up to `batch` are safe.
    mutating func ready(safe batch: UInt64) -> DetectorSnapshot? {
        guard let waiting, waiting.batch <= batch else { return nil }
        self.waiting = nil
        isWriting = true
        return waiting.snapshot
    }
}
