import Glibc

/// The lines of a file, one after the other, without holding more of it than one block and a line.
struct LineReader: ~Copyable {
    /// Bytes asked of the kernel at once.
    static let blockBytes = 1 << 16
    /// The longest line that is handed out; a longer one is reported and skipped.
    static let lineBytesMax = 1 << 16

    /// What `next` found.
    enum Line {
        /// A line without its end (LF or CR LF).
        case text([UInt8])
        /// A line longer than `lineBytesMax`; its bytes are gone.
        case tooLong
    }

    private let path: String
    private let descriptor: CInt
    private var block: [UInt8] = []
    private var at = 0
    private var isAtEnd = false

    init(path: String) throws(TraceError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TraceError(file: path, errno: errno) }
    }

    deinit { _ = close(descriptor) }

    /// The next line; `nil` after the last one, whether that has an end or not.
    mutating func next() throws(TraceError) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            let end = block[at...].firstIndex(of: UInt8(ascii: "\n"))
            let part = block[at..<(end ?? block.count)]
            isTooLong = isTooLong || line.count + part.count > Self.lineBytesMax
            if !isTooLong { line += part }
            at = end.map { $0 + 1 } ?? block.count
            if end == nil {
                try fill()
                if !isAtEnd { continue }
                if line.isEmpty && !isTooLong { return nil }
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            return isTooLong ? .tooLong : .text(line)
        }
    }

    /// Replaces the block, all of which is used, by the next one.
    private mutating func fill() throws(TraceError) {
        at = 0
        var code: CInt = 0
        let descriptor = descriptor
        block = unsafe [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { bytes, count in
            var got = 0
            repeat {
                unsafe got = read(descriptor, bytes.baseAddress, bytes.count)
            } while got < 0 && errno == EINTR
            if got < 0 { code = errno }
            count = max(got, 0)
        }
        guard code == 0 else { throw TraceError(file: path, errno: code) }
        isAtEnd = block.isEmpty
    }
}
