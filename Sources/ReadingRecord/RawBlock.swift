internal import GasModel
internal import Synchronization

// @unchecked: whoever has taken it, by `take`, is its only user until `giveBack`.
// @safe: it writes within the memory that it owns; `takes` leaves room for the longest record.
/// A block of records as it grows in memory, and the room for it, used again and again.
///
/// **Thread:** taken by the reader's queue, handed to the disk's queue, given back there. **Cost:**
/// no allocation after `init`.
@safe final class RawBlock: @unchecked Sendable {
    private(set) var head = RawBlockHead()
    private let memory: UnsafeMutableRawPointer
    private var used = RawFormat.blockHeadBytes
    private var arrival: Int64 = 0
    private var uptime: Int64 = 0
    private var sequence: UInt64 = 0
    private var boots = [UInt64](repeating: 0, count: RawFormat.bootCount)
    private let isTaken = Atomic<Bool>(false)

    init() {
        unsafe memory = .allocate(byteCount: RawFormat.blockBytesMax, alignment: 8)
    }

    deinit { unsafe memory.deallocate() }

    /// Whether nobody uses it.
    var isFree: Bool {
        // Acquiring: what the disk's queue did with it is done. Partner: `giveBack`.
        !isTaken.load(ordering: .acquiring)
    }

    /// Begins a block of records of `ring` with `first`, which is not yet put into it.
    func take(_ first: Reading, ring: UInt64) {
        // Relaxed: there is one who takes.
        isTaken.store(true, ordering: .relaxed)
        head = RawBlockHead(
            ring: ring, position: first.position,
            firstArrival: first.arrivalTime.nanoseconds,
            lastArrival: first.arrivalTime.nanoseconds, firstUptime: first.arrivalUptime)
        used = RawFormat.blockHeadBytes
        (arrival, uptime, sequence) = (head.firstArrival, head.firstUptime, 0)
        for index in boots.indices { boots[index] = 0 }
    }

    /// Its bytes are written or given up.
    func giveBack() {
        // Releasing: publishes that it is no longer read. Partner: `isFree`.
        isTaken.store(false, ordering: .releasing)
    }

    /// Puts `record` behind the others, and says whether it did: it may not fit, or not be the one
    /// that comes next.
    func takes(_ record: Reading) -> Bool {
        guard used <= RawFormat.blockBytesMax - RawFormat.recordBytesMax - 8,
            record.position == head.end
        else { return false }
        let start = used
        var flags: RawFormat.Flags = []
        used += 1
        put(UInt64(record.sensor))
        put(zigzag: record.arrivalTime.nanoseconds &- arrival)
        arrival = record.arrivalTime.nanoseconds
        putMarks(record, &flags)
        putTimes(record, &flags)
        putValue(record.value, &flags)
        putNumbers(record, &flags)
        unsafe memory.storeBytes(of: flags.rawValue, toByteOffset: start, as: UInt8.self)
        head.count += 1
        head.lastArrival = arrival
        return true
    }

    private func putMarks(_ record: Reading, _ flags: inout RawFormat.Flags) {
        let hasSequence = record.marks == .hasSequence
        if record.kind == .measurement, record.quality == .good,
            hasSequence || record.marks.isEmpty && record.sequence == 0
        {
            flags.insert(.isPlain)
            if hasSequence { flags.insert(.sequence) }
            return
        }
        put(byte: record.kind.rawValue)
        put(byte: record.quality.rawValue)
        put(UInt64(record.marks.rawValue))
        if record.sequence != 0 { flags.insert(.sequence) }
    }

    private func putTimes(_ record: Reading, _ flags: inout RawFormat.Flags) {
        if record.arrivalUptime != uptime {
            flags.insert(.uptime)
            put(zigzag: record.arrivalUptime &- uptime)
            uptime = record.arrivalUptime
        }
        if record.sourceTime != record.arrivalTime {
            flags.insert(.sourceTime)
            put(zigzag: arrival &- record.sourceTime.nanoseconds)
        }
    }

    /// Most values have three decimals at most: the thousandths are then the same number.
    private func putValue(_ value: Double, _ flags: inout RawFormat.Flags) {
        if value.bitPattern == Double.nan.bitPattern { return }
        let scaled = (value * 1000).rounded()
        // The minus of a zero has no place among whole numbers.
        if scaled.magnitude < 1e12, scaled != 0 || value.bitPattern == 0,
            (scaled / 1000).bitPattern == value.bitPattern
        {
            flags.insert(.thousandths)
            put(zigzag: Int64(scaled))
        } else {
            flags.insert(.exactValue)
            put(word: value.bitPattern)
        }
    }

    private func putNumbers(_ record: Reading, _ flags: inout RawFormat.Flags) {
        if flags.contains(.sequence) {
            put(zigzag: Int64(bitPattern: record.sequence &- sequence))
            sequence = record.sequence
        }
        guard record.boot != 0 else { return }
        flags.insert(.boot)
        let place = Int(truncatingIfNeeded: record.boot % UInt64(RawFormat.bootCount))
        if boots[place] == record.boot {
            flags.insert(.knownBoot)
            put(byte: UInt8(place))
        } else {
            boots[place] = record.boot
            put(word: record.boot)
        }
    }

    /// Seven bits in a byte, the lowest first; the highest bit says that more follow.
    @inline(__always)
    private func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            put(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(byte: UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    private func put(zigzag number: Int64) {
        put(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    @inline(__always)
    private func put(byte: UInt8) {
        unsafe memory.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
        used += 1
    }

    @inline(__always)
    private func put(word: UInt64) {
        unsafe memory.storeBytes(of: word.littleEndian, toByteOffset: used, as: UInt64.self)
        used += 8
    }

    /// Closes the block and hands its bytes to `body`.
    func seal<Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        head.payloadBytes = UInt32(used - RawFormat.blockHeadBytes)
        while used % 8 != 0 { put(byte: 0) }
        let words = [
            RawFormat.blockMagic, 0, UInt64(head.payloadBytes) | UInt64(head.count) << 32,
            head.position, head.ring, UInt64(bitPattern: head.firstArrival),
            UInt64(bitPattern: head.lastArrival), UInt64(bitPattern: head.firstUptime),
        ]
        for (index, word) in words.enumerated() {
            unsafe memory.storeBytes(
                of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
        }
        let all = unsafe UnsafeBufferPointer(
            start: memory.assumingMemoryBound(to: UInt64.self), count: used / 8)
        let sum = unsafe UInt64(checksumOf: Span(_unsafeElements: all).extracting(2...))
        unsafe memory.storeBytes(of: sum.littleEndian, toByteOffset: 8, as: UInt64.self)
        let bytes = unsafe UnsafeRawBufferPointer(start: memory, count: used)
        try unsafe body(RawSpan(_unsafeBytes: bytes))
    }
}
