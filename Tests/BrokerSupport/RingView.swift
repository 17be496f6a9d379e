package import Foundation
internal import GasModel
internal import ReadingRing

/// A look into a ring's file from outside, without opening it as a ring: what stands there is
/// evidence, and looking must not change it.
package struct RingView {
    /// What tells the ring from all others.
    package let creation: UInt64
    /// Position after the newest published record.
    package let published: UInt64
    /// The first position that some reader has not behind it.
    package let judgedThrough: UInt64
    private let bytes: Data
    private let capacity: UInt64

    /// Reads the header of the ring in `bytes`; throws when it is no ring of this version.
    package init(_ bytes: Data) throws {
        func word(_ offset: Int) -> UInt64 { Self.word(bytes, offset) }
        guard bytes.count >= RingLayout.headerBytes,
            word(RingLayout.magicOffset) == RingLayout.magic
        else { throw TestFailure(description: "no ring") }
        self.bytes = bytes
        capacity = word(RingLayout.capacityOffset)
        creation = word(RingLayout.creationOffset)
        published = word(RingLayout.publishedOffset)
        let readers = (0..<RingLayout.readersMax).filter { index in
            bytes[RingLayout.namesOffset + index * RingLayout.nameBytes] != 0
        }
        // As the next process takes it: the later of the two, see `RingLayout`.
        judgedThrough =
            readers.map { reader in
                max(
                    word(RingLayout.holdOffset(reader: reader)),
                    word(RingLayout.resumeOffset(reader: reader)))
            }
            .min() ?? published
    }

    /// The ring at `path`; `nil` where there is none.
    package init?(path: String) throws {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return nil }
        try self.init(bytes)
    }

    /// Kind and gateway sequence of the record at `position`; `nil` when its slot holds another
    /// one.
    package func record(at position: UInt64) -> (isMeasurement: Bool, sequence: UInt64)? {
        let offset =
            RingLayout.headerBytes + Int(position % capacity) * RingLayout.recordBytes
        guard let places = Self.places, Self.word(bytes, offset + places.position) == position
        else {
            return nil
        }
        return (
            bytes[offset + places.kind] == Reading.Kind.measurement.rawValue,
            Self.word(bytes, offset + places.sequence)
        )
    }

    private static let places: (kind: Int, sequence: Int, position: Int)? = {
        guard let kind = MemoryLayout<Reading>.offset(of: \.kind),
            let sequence = MemoryLayout<Reading>.offset(of: \.sequence),
            let position = MemoryLayout<Reading>.offset(of: \.position)
        else { return nil }
        return (kind, sequence, position)
    }()

    private static func word(_ bytes: Data, _ offset: Int) -> UInt64 {
        unsafe bytes.withUnsafeBytes {
            unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
    }
}

/// The sequence numbers of all records that every reader has behind it.
package func judgedSequences(ring path: String) throws -> Set<UInt64> {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    let view = try RingView(bytes)
    var sequences: Set<UInt64> = []
    for position in 0..<view.judgedThrough {
        guard let record = view.record(at: position) else {
            throw TestFailure(description: "the slot of \(position) holds another record")
        }
        if record.isMeasurement { sequences.insert(record.sequence) }
    }
    return sequences
}
