/// The header page of a ring as a value: read and checked before any of it is trusted, and written
/// in one piece before the ring is used.
struct RingHeader: Equatable {
    /// A reader and how far it is done.
    struct Reader: Equatable {
        /// The name by which a later run finds its cursor again.
        var name: String
        /// Position of the first record that it has still to read.
        var resume: UInt64
    }

    /// Number of slots, in records.
    var capacity: Int
    /// A random number that no other ring has: positions belong to it.
    var creation: UInt64
    /// Position after the newest record that readers may see.
    var published: UInt64
    /// The readers, in the order of their lines.
    var readers: [Reader]

    /// The header of a ring in which nothing was ever written.
    init(capacity: Int, readers names: [String]) {
        self.capacity = capacity
        creation = .random(in: .min ... .max)
        published = 0
        readers = names.map { Reader(name: $0, resume: 0) }
    }

    /// Gives the ring the readers `names`: who was there before stays where it stood, who is new
    /// begins at the end, and who is not named any more holds the writer back no longer.
    mutating func seat(_ names: [String]) {
        let before = readers
        readers = names.map { name in
            before.first { $0.name == name } ?? Reader(name: name, resume: published)
        }
    }

    /// The same as a ring of its own.
    var withNewIdentity: RingHeader {
        var header = self
        header.creation = .random(in: .min ... .max)
        return header
    }

    /// Positions of the records that some reader has still to read.
    var pending: Range<UInt64> {
        (readers.map(\.resume).min() ?? published)..<published
    }
}

extension RingHeader {
    /// Reads and checks the first page of a file of `fileBytes` bytes that is to be a ring of
    /// `wanted` records.
    ///
    /// The version is looked at before everything that a version may change, so that the flaw named
    /// is the cause and not a consequence.
    init(page: [UInt8], fileBytes: Int, capacity wanted: Int) throws(RingFlaw) {
        let allowedBytes = RingLayout.fileBytes(capacity: wanted)
        guard page.count == RingLayout.headerBytes else {
            throw .size(found: fileBytes, allowed: allowedBytes)
        }
        try Self.checkKind(page, capacity: wanted)
        guard fileBytes == allowedBytes else {
            throw .size(found: fileBytes, allowed: allowedBytes)
        }
        let sum = checksum(page[..<RingLayout.checksumOffset])
        guard page[word: RingLayout.checksumOffset] == sum else {
            throw .checksum(found: page[word: RingLayout.checksumOffset], allowed: sum)
        }
        capacity = wanted
        creation = page[word: RingLayout.creationOffset]
        published = page[word: RingLayout.publishedOffset]
        readers = Self.readers(page)
        try checkCursors()
    }

    private static func checkKind(_ page: [UInt8], capacity wanted: Int) throws(RingFlaw) {
        let magic = page[word: RingLayout.magicOffset]
        guard magic == RingLayout.magic else { throw .magic(found: magic) }
        let version = page[half: RingLayout.versionOffset]
        guard version == RingLayout.version else {
            throw .version(found: version, allowed: RingLayout.version)
        }
        let recordBytes = page[half: RingLayout.recordBytesOffset]
        guard Int(recordBytes) == RingLayout.recordBytes else {
            throw .recordBytes(found: recordBytes, allowed: RingLayout.recordBytes)
        }
        let capacity = page[word: RingLayout.capacityOffset]
        guard capacity == UInt64(wanted) else {
            throw .capacity(found: capacity, allowed: wanted)
        }
    }

    private static func readers(_ page: [UInt8]) -> [Reader] {
        (0..<RingLayout.readersMax).compactMap { index in
            let start = RingLayout.namesOffset + index * RingLayout.nameBytes
            let name = page[start..<start + RingLayout.nameBytes].prefix { $0 != 0 }
            guard !name.isEmpty else { return nil }
            return Reader(
                name: String(decoding: name, as: UTF8.self),
                resume: max(
                    page[word: RingLayout.holdOffset(reader: index)],
                    page[word: RingLayout.resumeOffset(reader: index)]))
        }
    }

    private func checkCursors() throws(RingFlaw) {
        let span = UInt64(capacity)
        let allowed = (published < span ? 0 : published - span)...published
        for reader in readers where !allowed.contains(reader.resume) {
            throw .cursor(reader: reader.name, found: reader.resume, allowed: allowed)
        }
    }

    /// The page as it lies in the file; every reader holds the writer back from where it resumes.
    var page: [UInt8] {
        var page = [UInt8](repeating: 0, count: RingLayout.headerBytes)
        page[word: RingLayout.magicOffset] = RingLayout.magic
        page[half: RingLayout.versionOffset] = RingLayout.version
        page[half: RingLayout.recordBytesOffset] = UInt32(RingLayout.recordBytes)
        page[word: RingLayout.capacityOffset] = UInt64(capacity)
        page[word: RingLayout.creationOffset] = creation
        for (index, reader) in readers.enumerated() {
            let start = RingLayout.namesOffset + index * RingLayout.nameBytes
            page.replaceSubrange(start..<start + reader.name.utf8.count, with: reader.name.utf8)
            page[word: RingLayout.holdOffset(reader: index)] = reader.resume
            page[word: RingLayout.resumeOffset(reader: index)] = reader.resume
        }
        page[word: RingLayout.checksumOffset] = checksum(page[..<RingLayout.checksumOffset])
        page[word: RingLayout.publishedOffset] = published
        return page
    }
}

/// FNV-1a with 64 bits, after G. Fowler, L. C. Noll and P. Vo: finds damage, proves no origin.
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}

extension [UInt8] {
    /// The eight bytes at `offset`, little-endian.
    fileprivate subscript(word offset: Int) -> UInt64 {
        get { self[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        set { for i in 0..<8 { self[offset + i] = UInt8(truncatingIfNeeded: newValue >> (8 * i)) } }
    }

    /// The four bytes at `offset`, little-endian.
    fileprivate subscript(half offset: Int) -> UInt32 {
        get { self[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        set { for i in 0..<4 { self[offset + i] = UInt8(truncatingIfNeeded: newValue >> (8 * i)) } }
    }
}
