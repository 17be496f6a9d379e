import GasModel

/// Where everything lies in the ring's file: one header page, then the slots.
///
/// **Shape:** numbers are little-endian. What never changes while a process has the file lies in
/// the first 256 bytes and is covered by a checksum. Behind it every word that two threads share
/// has 128 bytes to itself: two cache lines, because the processor fetches them in pairs. A change
/// of any of this, or of `Reading`, is a new `version`.
package enum RingLayout {
    /// The file's first eight bytes, the letters `FIREDAMP`.
    package static let magic: UInt64 = 0x504D_4144_4552_4946
    /// Version of the layout and of `Reading`.
    package static let version: UInt32 = 1
    /// Bytes of one record.
    package static let recordBytes = MemoryLayout<Reading>.stride
    /// Bytes of the header: one page, so that it is written in one piece and the slots are aligned.
    package static let headerBytes = 4096
    /// Number of records a ring may hold, always a power of two: up to 4 GiB.
    package static let capacities = 2...(1 << 26)

    /// Offset of `magic`, 8 bytes.
    package static let magicOffset = 0
    /// Offset of `version`, 4 bytes.
    package static let versionOffset = 8
    /// Offset of the record size in bytes, 4 bytes.
    package static let recordBytesOffset = 12
    /// Offset of the capacity in records, 8 bytes.
    package static let capacityOffset = 16
    /// Offset of the creation id, 8 bytes.
    package static let creationOffset = 24
    /// Offset of the readers' names, `readersMax` times `nameBytes`, padded with zeros.
    package static let namesOffset = 32
    /// Offset of the checksum over all bytes before it, 8 bytes.
    package static let checksumOffset = namesOffset + readersMax * nameBytes

    /// Number of readers a ring may have.
    package static let readersMax = 8
    /// Bytes of one name, of which the last is always zero.
    package static let nameBytes = 16

    /// Distance between two words that different threads write.
    package static let lineBytes = 128
    /// Offset of the position after the newest record that readers may see.
    package static let publishedOffset = 256

    /// Offset of the word that the writer watches: the reader may still read from here on.
    package static func holdOffset(reader index: Int) -> Int {
        publishedOffset + (1 + index) * lineBytes
    }

    /// Offset of the word that says where the reader began in this run, its warm-up aside. During
    /// the warm-up the hold lies before it: the next process resumes at the later of the two.
    package static func resumeOffset(reader index: Int) -> Int { holdOffset(reader: index) + 8 }

    /// Bytes of the file of a ring of `capacity` records.
    package static func fileBytes(capacity: Int) -> Int { headerBytes + capacity * recordBytes }
}

extension Reading {
    /// Whether this is the record that was written at `expected`, and not a slot that was never
    /// written or still holds another lap.
    func isRecord(at expected: UInt64) -> Bool {
        position == expected && kind != .blank
    }
}
