internal import GasModel

// @safe: `current` is one of `pool`, which holds it as long as there is a stream.
/// Records on their way into blocks: from the reader's queue to the disk's.
@safe struct RawStream {
    /// Blocks that may be filled, waiting or written at one time: 2 MiB, two minutes of a thousand
    /// readings a second.
    static let blocksMax = 32

    private let ring: UInt64
    private let pool: [RawBlock]
    /// Records before it are on the disk already: the run before wrote them.
    private let begin: UInt64
    /// The one that is filled. Not counted: `pool` holds it, and to count it for each record would
    /// cost more than to put the record into it.
    private var current: Unmanaged<RawBlock>?
    /// Blocks that are ready for the disk.
    private var ready: [RawBlock] = []
    /// Position after the last record that was handed to the disk.
    private(set) var handedThrough: UInt64 = 0
    /// Records that found no block, and the arrival of the first.
    private var lost: (since: Timestamp, records: UInt64)?

    init(ring: UInt64, from begin: UInt64) {
        self.ring = ring
        self.begin = begin
        pool = (0..<Self.blocksMax).map { _ in RawBlock() }
        ready.reserveCapacity(Self.blocksMax)
    }

    /// Position of the first record that was taken and not handed over; `nil` when there is none.
    var pending: UInt64? { unsafe current?._withUnsafeGuaranteedRef { $0.head.position } }

    /// Whether the disk is so far behind that what comes next may find no block.
    var isShort: Bool { pool.count { $0.isFree } < 4 }

    mutating func append(_ record: Reading) {
        let isTaken = unsafe current?._withUnsafeGuaranteedRef { $0.takes(record) } ?? false
        if isTaken { return }
        guard record.position >= begin else { return }
        handOver()
        guard let block = pool.first(where: { $0.isFree }) else {
            lost = (lost?.since ?? record.arrivalTime, (lost?.records ?? 0) + 1)
            return
        }
        block.take(record, ring: ring)
        _ = block.takes(record)
        unsafe current = Unmanaged.passUnretained(block)
    }

    /// What is begun is ready, full or not.
    mutating func handOver() {
        guard let block = unsafe current?.takeUnretainedValue() else { return }
        ready.append(block)
        handedThrough = block.head.end
        unsafe current = nil
    }

    /// Takes out what is ready; `nil` when there is nothing for the disk to do.
    mutating func take() -> (blocks: [RawBlock], lost: (since: Timestamp, records: UInt64)?)? {
        guard !ready.isEmpty || lost != nil else { return nil }
        defer {
            ready.removeAll(keepingCapacity: true)
            lost = nil
        }
        return (ready, lost)
    }
}
