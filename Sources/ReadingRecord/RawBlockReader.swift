internal import AdvisoryJournal
internal import Foundation
internal import GasModel

/// Reads the blocks of a segment: each proven by its checksum before a record of it is believed.
///
/// One block is held at a time. A mapping of the whole segment would count as memory of this
/// process, up to 64 MiB, just when many halts stand and their evidence is put aside.
///
/// **Thread:** confined to its owner. Another thread may append to the segment meanwhile: what it
/// adds is not looked at.
struct RawBlockReader: ~Copyable {
    private let descriptor: Int32
    /// Bytes of the segment when it was opened.
    let bytes: Int
    /// Where the next block begins.
    private(set) var offset = RawFormat.headBytes
    private var words = [UInt64](repeating: 0, count: RawFormat.blockBytesMax / 8)

    /// A reader of the segment at `path`, behind its head.
    init(path: String) throws(FileError) {
        (descriptor, bytes) = try openFile(path, O_RDONLY)
    }

    deinit { close(descriptor) }

    /// **Errors:** the segment has no head of this version, or the disk does not give it.
    mutating func checkHead() throws(RawFlaw) {
        if bytes >= RawFormat.headBytes {
            try read(RawFormat.headBytes, at: 0)
            let head = unsafe words.withUnsafeBytes { unsafe Data($0.prefix(RawFormat.headBytes)) }
            if RawSegmentHead(head) != nil { return }
        }
        throw RawFlaw(offset: 0, reason: "no head of this version")
    }

    /// The head of the next block, not proven; `nil` at the end. **Errors:** what stands there is
    /// no whole block.
    mutating func peek() throws(RawFlaw) -> RawBlockHead? {
        guard offset < bytes else { return nil }
        guard bytes - offset >= RawFormat.blockHeadBytes else { throw flaw("cut off") }
        try read(RawFormat.blockHeadBytes, at: offset)
        guard word(0) == RawFormat.blockMagic else { throw flaw("no block begins here") }
        let sizes = word(2)
        let head = RawBlockHead(
            ring: word(4), position: word(3), count: UInt32(sizes >> 32),
            payloadBytes: UInt32(truncatingIfNeeded: sizes),
            firstArrival: Int64(bitPattern: word(5)), lastArrival: Int64(bitPattern: word(6)),
            firstUptime: Int64(bitPattern: word(7)))
        guard head.blockBytes <= RawFormat.blockBytesMax else { throw flaw("longer than a block") }
        guard bytes - offset >= head.blockBytes else { throw flaw("cut off") }
        return head
    }

    /// Passes the block with `head`, that `peek` has just returned, without a look at it.
    mutating func skip(_ head: RawBlockHead) { offset += head.blockBytes }

    /// The head of the next block, proven, whose records are left for `records`; `nil` at the end.
    /// **Errors:** what stands there is no whole block; `offset` stays before it.
    mutating func next() throws(RawFlaw) -> RawBlockHead? {
        guard let head = try peek() else { return nil }
        try read(head.blockBytes, at: offset)
        let sum = UInt64(checksumOf: words.span.extracting(2..<head.blockBytes / 8))
        guard sum == word(1) else { throw flaw("damaged") }
        skip(head)
        return head
    }

    /// Hands on the records of the block with `head` that `next` has just returned.
    func records(of head: RawBlockHead, _ body: (Reading) -> Void) throws(RawFlaw) {
        let start = offset - head.blockBytes + RawFormat.blockHeadBytes
        let payload = unsafe words.withUnsafeBytes {
            unsafe [UInt8]($0.dropFirst(RawFormat.blockHeadBytes).prefix(Int(head.payloadBytes)))
        }
        var cursor = RawRecordCursor(payload, head)
        for _ in 0..<head.count {
            guard let record = cursor.next() else {
                throw RawFlaw(offset: start, reason: "a record that ends beyond its block")
            }
            body(record)
        }
    }

    private mutating func read(_ count: Int, at place: Int) throws(RawFlaw) {
        let got = unsafe words.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, count, off_t(place))
        }
        guard got == count else { throw RawFlaw(offset: place, reason: RawFlaw.unreadable) }
    }

    private func word(_ index: Int) -> UInt64 { UInt64(littleEndian: words[index]) }

    private func flaw(_ reason: String) -> RawFlaw { RawFlaw(offset: offset, reason: reason) }
}

/// Takes records out of the payload of a block.
struct RawRecordCursor {
    private let bytes: [UInt8]
    private var place = 0
    private var position: UInt64
    private var arrival: Int64
    private var uptime: Int64
    private var sequence: UInt64 = 0
    private var boots = [UInt64](repeating: 0, count: RawFormat.bootCount)

    init(_ bytes: [UInt8], _ head: RawBlockHead) {
        self.bytes = bytes
        (position, arrival, uptime) = (head.position, head.firstArrival, head.firstUptime)
    }

    /// The next record; `nil` where the bytes end within it.
    mutating func next() -> Reading? {
        guard let first = byte(), let sensor = number() else { return nil }
        let flags = RawFormat.Flags(rawValue: first)
        guard let delta = zigzag() else { return nil }
        arrival &+= delta
        var record = Reading(
            sensor: UInt32(truncatingIfNeeded: sensor), kind: .measurement,
            marks: flags.contains(.sequence) ? .hasSequence : [],
            sourceTime: Timestamp(nanoseconds: arrival),
            arrivalTime: Timestamp(nanoseconds: arrival))
        record.position = position
        position &+= 1
        guard takeMarks(&record, flags), takeTimes(&record, flags), takeValue(&record, flags),
            takeNumbers(&record, flags)
        else { return nil }
        return record
    }

    private mutating func takeMarks(_ record: inout Reading, _ flags: RawFormat.Flags) -> Bool {
        if flags.contains(.isPlain) { return true }
        guard let kind = byte(), let quality = byte(), let marks = number() else { return false }
        record.kind = Reading.Kind(rawValue: kind)
        record.quality = Reading.Quality(rawValue: quality)
        record.marks = Reading.Marks(rawValue: UInt16(truncatingIfNeeded: marks))
        return true
    }

    private mutating func takeTimes(_ record: inout Reading, _ flags: RawFormat.Flags) -> Bool {
        if flags.contains(.uptime) {
            guard let delta = zigzag() else { return false }
            uptime &+= delta
        }
        record.arrivalUptime = uptime
        if flags.contains(.sourceTime) {
            guard let age = zigzag() else { return false }
            record.sourceTime = Timestamp(nanoseconds: arrival &- age)
        }
        return true
    }

    private mutating func takeValue(_ record: inout Reading, _ flags: RawFormat.Flags) -> Bool {
        if flags.contains(.thousandths) {
            guard let thousandths = zigzag() else { return false }
            record.value = Double(thousandths) / 1000
        } else if flags.contains(.exactValue) {
            guard let bits = word() else { return false }
            record.value = Double(bitPattern: bits)
        }
        return true
    }

    private mutating func takeNumbers(_ record: inout Reading, _ flags: RawFormat.Flags) -> Bool {
        if flags.contains(.sequence) {
            guard let delta = zigzag() else { return false }
            sequence &+= UInt64(bitPattern: delta)
            record.sequence = sequence
        }
        guard flags.contains(.boot) else { return true }
        if flags.contains(.knownBoot) {
            guard let place = byte(), Int(place) < boots.count else { return false }
            record.boot = boots[Int(place)]
            return true
        }
        guard let boot = word() else { return false }
        boots[Int(boot % UInt64(boots.count))] = boot
        record.boot = boot
        return true
    }

    private mutating func byte() -> UInt8? {
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return bytes[place]
    }

    private mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let next = byte() else { return nil }
            number |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return number }
        }
        return nil
    }

    private mutating func zigzag() -> Int64? {
        number().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    private mutating func word() -> UInt64? {
        guard bytes.count - place >= 8 else { return nil }
        defer { place += 8 }
        return bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
