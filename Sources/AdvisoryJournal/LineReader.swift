internal import Glibc

/// Reads a file line by line in constant memory, and says where each line stands.
struct LineReader: ~Copyable {
    /// More than any line has; what is longer is not read whole.
    static let lineBytesMax = 16 << 20
    private static let pieceBytes = 1 << 16

    /// A line of the file.
    struct Line {
        /// Its bytes without the line feed; of one that is too long only the beginning.
        var bytes: [UInt8]
        /// Which line, from 1.
        var number: Int
        /// The byte at which it begins, from 0.
        var offset: Int
        /// The byte behind it and its line feed.
        var end: Int
        /// Whether a line feed ends it.
        var isEnded: Bool
        /// Whether it has more than `lineBytesMax`.
        var isTooLong: Bool
    }

    private let path: String
    private let descriptor: Int32
    private var piece = [UInt8](repeating: 0, count: pieceBytes)
    private var at = 0
    private var end = 0
    private var offset = 0
    private var count = 0

    init(path: String) throws(FileError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
    }

    deinit { close(descriptor) }

    /// Which file it is: its name may stand for another one meanwhile.
    var identity: FileIdentity? { FileIdentity(descriptor: descriptor) }

    /// The next line; `nil` at the end.
    mutating func next() throws(FileError) -> Line? {
        var line = Line(
            bytes: [], number: count + 1, offset: offset, end: offset, isEnded: false,
            isTooLong: false)
        while !line.isEnded {
            if at == end {
                (at, end) = (0, try fill())
                if end == 0 { break }
            }
            let feed = piece[at..<end].firstIndex(of: UInt8(ascii: "\n"))
            let part = piece[at..<(feed ?? end)]
            if line.bytes.count + part.count <= Self.lineBytesMax {
                line.bytes += part
            } else {
                line.isTooLong = true
            }
            offset += part.count + (feed == nil ? 0 : 1)
            at = feed.map { $0 + 1 } ?? end
            line.isEnded = feed != nil
        }
        guard line.isEnded || offset > line.offset else { return nil }
        count += 1
        line.end = offset
        return line
    }

    /// The first line of the file, wherever the reader is; `nil` where no line feed ends it.
    func firstLine() throws(FileError) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: Self.pieceBytes)
        while bytes.count <= Self.lineBytesMax {
            let count = unsafe pread(descriptor, &part, part.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            guard count > 0 else { return nil }
            if let feed = part[..<count].firstIndex(of: UInt8(ascii: "\n")) {
                return bytes + part[..<feed]
            }
            bytes += part[..<count]
        }
        return nil
    }

    private mutating func fill() throws(FileError) -> Int {
        while true {
            let count = unsafe read(descriptor, &piece, piece.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileError("read", path) }
        }
    }
}

/// Which file a name stands for.
struct FileIdentity: Equatable {
    var device: UInt
    var file: UInt

    init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        (device, file) = (UInt(status.st_dev), UInt(status.st_ino))
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        (device, file) = (UInt(status.st_dev), UInt(status.st_ino))
    }
}

/// The last line of the file at `path`, without reading what stands before it; `nil` where there is
/// no line that a line feed ends.
func lastLine(of path: String) throws(FileError) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    var length = min(size, 1 << 14)
    while length > 0 {
        var bytes = [UInt8](repeating: 0, count: length)
        let count = unsafe pread(descriptor, &bytes, length, off_t(size - length))
        guard count == length else { throw FileError("read", path) }
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        bytes.removeLast()
        if let feed = bytes.lastIndex(of: UInt8(ascii: "\n")) { return Array(bytes[(feed + 1)...]) }
        if length == size { return bytes }
        guard length < LineReader.lineBytesMax else { return nil }
        length = min(size, length * 4)
    }
    return nil
}
