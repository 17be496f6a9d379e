import Glibc

/// The lines of a file, one after the other, without holding more of it than one block.
struct LineReader: ~Copyable {
    /// Bytes held at once; more than a line may have.
    static let blockBytes = 1 << 18
    /// The longest line that is handed out; a longer one is reported and skipped.
    static let lineBytesMax = 1 << 16

    /// What `next` found.
    enum Line {
        /// Where in `bytes` a line stands, without its end (LF or CR LF), until the next call.
        case text(Range<Int>)
        /// A line longer than `lineBytesMax`; its bytes are gone.
        case tooLong
    }

    /// What is held of the file.
    private(set) var bytes = [UInt8](repeating: 0, count: Self.blockBytes)
    /// Bytes of the file that were read.
    private(set) var bytesRead = 0
    private let path: String
    private let descriptor: CInt
    private var at = 0
    private var end = 0
    private var isAtEnd = false

    init(path: String) throws(TraceError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TraceError(file: path, errno: errno) }
    }

    deinit { _ = close(descriptor) }

    /// The next line; `nil` after the last one, whether that has an end or not.
    mutating func next() throws(TraceError) -> Line? {
        var isTooLong = false
        while true {
            let lineFeed = lineFeed()
            if lineFeed == nil, !isAtEnd {
                if end - at > Self.lineBytesMax {
                    isTooLong = true
                    at = end
                }
                try fill()
                continue
            }
            if lineFeed == nil, at == end, !isTooLong { return nil }
            var line = at..<(lineFeed ?? end)
            at = lineFeed.map { $0 + 1 } ?? end
            if line.count > Self.lineBytesMax || isTooLong { return .tooLong }
            if let last = line.last, bytes[last] == UInt8(ascii: "\r") { line.removeLast() }
            return .text(line)
        }
    }

    private func lineFeed() -> Int? {
        unsafe bytes.withUnsafeBytes { all in
            guard let start = all.baseAddress,
                let found = unsafe memchr(start + at, CInt(UInt8(ascii: "\n")), end - at)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - start
        }
    }

    /// Moves what is not used yet to the front and reads behind it.
    private mutating func fill() throws(TraceError) {
        if at > 0 {
            bytes.replaceSubrange(0..<(end - at), with: Array(bytes[at..<end]))
            end -= at
            at = 0
        }
        var code: CInt = 0
        let (descriptor, offset) = (descriptor, end)
        let got = unsafe bytes.withUnsafeMutableBytes { all in
            var got = 0
            repeat {
                unsafe got = read(
                    descriptor, all.baseAddress?.advanced(by: offset), all.count - offset)
            } while got < 0 && errno == EINTR
            if got < 0 { code = errno }
            return got
        }
        guard code == 0 else { throw TraceError(file: path, errno: code) }
        isAtEnd = got == 0
        end += got
        bytesRead += got
    }
}

extension Range<Int> {
    fileprivate mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
}
