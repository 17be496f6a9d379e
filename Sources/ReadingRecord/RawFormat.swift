/// What a raw segment is made of; `RECORD.md` has the whole of it.
package enum RawFormat {
    /// Raised with every change of a record's or a block's layout.
    package static let version = 1
    /// The first bytes of a segment: a line of JSON, filled up with blanks.
    package static let headBytes = 512
    /// "FDRAWBLK", the first word of a block.
    static let blockMagic: UInt64 = 0x4B4C_4257_4152_4446
    /// The words before a block's records.
    static let blockHeadWords = 8
    /// The same in bytes.
    static let blockHeadBytes = blockHeadWords * 8
    /// The most bytes of a block: what is written in one piece.
    package static let blockBytesMax = 64 << 10
    /// The most bytes of a record.
    static let recordBytesMax = 80
    /// So many boot ids are remembered in a block, by their lowest bits.
    static let bootCount = 64

    /// The first byte of a record.
    struct Flags: OptionSet {
        var rawValue: UInt8
        /// The value in thousandths follows, which is the very same number.
        static let thousandths = Flags(rawValue: 1)
        /// The eight bytes of the value follow. Neither: the value is the NaN of "no number".
        static let exactValue = Flags(rawValue: 2)
        /// A measurement of good quality without further marks: kind, quality and marks are left
        /// out.
        static let isPlain = Flags(rawValue: 4)
        /// The gateway's number follows.
        static let sequence = Flags(rawValue: 8)
        /// The boot id follows, or where in the block it stands first.
        static let boot = Flags(rawValue: 16)
        /// The boot id is remembered: its place follows.
        static let knownBoot = Flags(rawValue: 32)
        /// The uptime is another than that of the record before.
        static let uptime = Flags(rawValue: 64)
        /// The time of measuring is another than that of arrival.
        static let sourceTime = Flags(rawValue: 128)
    }
}

/// The words before a block's records.
package struct RawBlockHead: Sendable, Equatable {
    /// Identity of the ring that the records come from.
    package var ring: UInt64 = 0
    /// Position of the first record; the others follow without a hole.
    package var position: UInt64 = 0
    /// Number of records.
    package var count: UInt32 = 0
    /// Bytes of the records, without what fills the last word.
    package var payloadBytes: UInt32 = 0
    /// Arrival of the first record, nanoseconds since 1970.
    package var firstArrival: Int64 = 0
    /// Arrival of the last.
    package var lastArrival: Int64 = 0
    /// Uptime at the first record, nanoseconds.
    package var firstUptime: Int64 = 0

    /// Position after the last record.
    package var end: UInt64 { position &+ UInt64(count) }

    /// Bytes of the whole block.
    package var blockBytes: Int {
        RawFormat.blockHeadBytes + (Int(payloadBytes) + 7) / 8 * 8
    }
}

/// Where a raw segment does not hold what it should, and why.
package struct RawFlaw: Error, Equatable, CustomStringConvertible {
    /// Byte in the file, from 0.
    package var offset: Int
    /// What is wrong there, a term of the catalogue.
    package var reason: String

    /// The reason where the disk does not give the bytes, whatever they are.
    static let unreadable = "the disk does not give it"

    /// What is wrong at a byte.
    package init(offset: Int, reason: String) { (self.offset, self.reason) = (offset, reason) }

    /// Place and reason, for a person.
    package var description: String { "byte \(offset): \(reason)" }
}
