internal import GasModel

/// Records on their way into blocks: from the reader's queue to the disk's.
struct RawStream {
    /// Blocks that may be filled, waiting or written at one time: 2 MiB, two minutes of a thousand
    /// readings a second.
    static let blocksMax = 32

    private let ring: UInt64
    private let pool: [RawBlock]
    /// Records before it are on the disk already: the run before wrote them.
    private let begin: UInt64
    private var current: RawBlock?
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
    var pending: UInt64? { current?.head.position }

    /// Whether the disk is so far behind that what comes next may find no block.
    var isShort: Bool { pool.count { $0.isFree } < 4 }

    mutating func append(_ record: Reading) {
        if let current, !current.isFull, current.head.end == record.position {
            return current.append(record)
        }
        guard record.position >= begin else { return }
        handOver()
        guard let block = pool.first(where: { $0.isFree }) else {
            lost = (lost?.since ?? record.arrivalTime, (lost?.records ?? 0) + 1)
            return
        }
        block.take(record, ring: ring)
        block.append(record)
        current = block
    }

    /// What is begun is ready, full or not.
    mutating func handOver() {
        guard let block = current else { return }
        ready.append(block)
        handedThrough = block.head.end
        current = nil
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
