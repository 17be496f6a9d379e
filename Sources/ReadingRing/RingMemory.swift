internal import GasModel
internal import Glibc
internal import Synchronization

// Safe: the pointers handed out stay within `bytes`, and whoever keeps one keeps the storage too.
/// The mapped pages of a ring, and where in them each word and slot lies.
@safe struct RingMemory: ~Copyable {
    private let base: UnsafeMutableRawPointer
    private let bytes: Int

    /// Maps `bytes` bytes of `file`, or of nothing but memory when `file` is -1.
    ///
    /// The pages are brought in at once, so that no reading waits for one.
    init(bytes: Int, flags: Int32, file: Int32, path: String) throws(RingError) {
        let protection = PROT_READ | PROT_WRITE
        guard
            let base = unsafe mmap(nil, bytes, protection, flags | MAP_POPULATE, file, 0),
            unsafe base != MAP_FAILED
        else { throw .system(call: "mmap", path: path, code: errno) }
        unsafe self.base = base
        self.bytes = bytes
    }

    deinit { unsafe munmap(base, bytes) }

    /// Puts a header in memory that has no file.
    func write(_ header: RingHeader) {
        unsafe UnsafeMutableRawBufferPointer(start: base, count: bytes).copyBytes(from: header.page)
    }

    /// Position after the newest record that readers may see. Written by the writer alone.
    var published: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe word(at: RingLayout.publishedOffset)
    }

    /// From here on the writer must not overwrite. Written by the reader of that line alone.
    func hold(reader index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe word(at: RingLayout.holdOffset(reader: index))
    }

    /// The slots, as many as the ring's capacity.
    var slots: UnsafeMutablePointer<Reading> {
        let start = unsafe base + RingLayout.headerBytes
        let count = (bytes - RingLayout.headerBytes) / RingLayout.recordBytes
        return unsafe start.bindMemory(to: Reading.self, capacity: count)
    }

    // The stride and alignment of `Atomic<UInt64>` are 8, which the tests assert.
    private func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
    }
}
