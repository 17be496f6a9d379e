internal import GasModel
internal import Glibc

/// The ring's file: locked, examined, moved aside, made and mapped. Whatever asks the system for
/// something is here, and all of it happens before the first reading.
struct RingFile {
    /// Where the ring stands. Beside it stand `.lock`, and `.new` while a ring is being made.
    let path: String

    /// What stands at `path`.
    enum Found {
        /// Nothing.
        case absent
        /// A ring that can go on.
        case ring(RingHeader)
        /// Something that is moved aside.
        case flawed(RingFlaw)
    }

    /// Takes the ring for this process, until the lock is dropped or the process dies.
    ///
    /// The lock is on a file of its own, because the ring's file may be moved aside while it is
    /// held, and a lock that moved away with it would let a second process in. On a disk that takes
    /// no writes it is held shared: whose it is could not be written there, see `owner`.
    func lock() throws(RingError) -> RingLock {
        let name = path + ".lock"
        do throws(RingError) {
            let file = try Descriptor(name, O_RDWR | O_CREAT)
            try take(file, LOCK_EX)
            writeOwner(to: file)
            return RingLock(file: file)
        } catch .system(call: "open", path: name, let code) {
            guard let file = try? Descriptor(name, O_RDONLY) else {
                throw .system(call: "open", path: name, code: code)
            }
            // Not shared from the first: that would let in who comes in the same way.
            try take(file, LOCK_EX)
            try take(file, LOCK_SH)
            return RingLock(file: file)
        }
    }

    private func take(_ file: borrowing Descriptor, _ kind: Int32) throws(RingError) {
        guard flock(file.number, kind | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .inUse(path: path) : failure("flock")
        }
    }

    /// Who has the ring. What the lock's file says counts only while it is locked: a process that
    /// was killed cannot take its number back.
    func owner() throws(RingError) -> RingOwner {
        let file = try Descriptor(path + ".lock", O_RDONLY)
        if flock(file.number, LOCK_SH | LOCK_NB) == 0 {
            // Who has it shared with us could not write its number, and another's stands there.
            let isFree = flock(file.number, LOCK_EX | LOCK_NB) == 0
            _ = flock(file.number, LOCK_UN)
            return isFree ? .nobody : .unknown
        }
        guard errno == EWOULDBLOCK else { throw failure("flock") }
        var text = [UInt8](repeating: 0, count: 16)
        let count = unsafe text.withUnsafeMutableBytes { bytes in
            unsafe pread(file.number, bytes.baseAddress, bytes.count, 0)
        }
        let digits = text.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self)).map { .process($0) } ?? .unknown
    }

    /// Always as many bytes, in place and in one call: nobody reads half a number, and a full disk
    /// has room for it. Where it cannot be written at all, no number stands there.
    private func writeOwner(to file: borrowing Descriptor) {
        let number = String(getpid())
        let line = Array((number + "\n" + String(repeating: " ", count: 15 - number.count)).utf8)
        let written = unsafe line.withUnsafeBytes { bytes in
            unsafe pwrite(file.number, bytes.baseAddress, bytes.count, 0)
        }
        if written != line.count { ftruncate(file.number, 0) }
    }

    /// Looks at what stands at `path` and trusts none of it. **Cost:** reads every record that a
    /// reader has still to read.
    func examine(capacity: Int) throws(RingError) -> Found {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return .absent }
            throw failure("stat")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return .flawed(.notRegularFile) }
        let file = try Descriptor(path, O_RDONLY)
        let header: RingHeader
        do throws(RingFlaw) {
            header = try RingHeader(
                page: readPage(of: file), fileBytes: Int(status.st_size), capacity: capacity)
        } catch {
            return .flawed(error)
        }
        if let flaw = try firstStranger(in: file, of: header) { return .flawed(flaw) }
        return .ring(header)
    }

    /// Renames what stands at `path`, so that people can look at it; returns the new path.
    func setAside() throws(RingError) -> String {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        let time = Timestamp(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
        let plain = "\(path).refused-\(time.compactUTC)"
        var aside = plain
        var count = 1
        while unsafe access(aside, F_OK) == 0 {
            count += 1
            aside = "\(plain)-\(count)"
        }
        guard unsafe rename(path, aside) == 0 else { throw failure("rename") }
        return aside
    }

    /// Makes a ring and puts it at `path` only when it is whole: a process killed in between leaves
    /// nothing there that would have to be refused.
    ///
    /// Every block is allocated. In a sparse file the write of a reading to a full disk would be
    /// SIGBUS; here the lack of space is an error before the first reading.
    ///
    /// `source`: the ring whose header it is; its records are taken over.
    func create(_ header: RingHeader, from source: RingFile? = nil) throws(RingError) {
        let fresh = path + ".new"
        do throws(RingError) {
            let file = try Descriptor(fresh, O_RDWR | O_CREAT | O_TRUNC)
            let bytes = RingLayout.fileBytes(capacity: header.capacity)
            let code = posix_fallocate(file.number, 0, off_t(bytes))
            guard code == 0 else { throw failure("posix_fallocate", code) }
            if let source { try source.copySlots(to: file, until: bytes) }
            try write(header, to: file)
            guard fsync(file.number) == 0 else { throw failure("fsync") }
            guard unsafe rename(fresh, path) == 0 else { throw failure("rename") }
        } catch {
            _ = unsafe unlink(fresh)
            throw error
        }
    }

    /// Copies what stands behind the header to the same place in `copy`.
    private func copySlots(
        to copy: borrowing Descriptor, until end: Int
    ) throws(RingError) {
        let file = try Descriptor(path, O_RDONLY)
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var offset = RingLayout.headerBytes
        while offset < end {
            let count = min(piece.count, end - offset)
            let got = unsafe pread(file.number, &piece, count, off_t(offset))
            guard got == count else { throw failure("pread") }
            let written = unsafe pwrite(copy.number, piece, count, off_t(offset))
            guard written == count else { throw failure("pwrite") }
            offset += count
        }
    }

    /// Writes the header of a ring that goes on.
    func update(_ header: RingHeader) throws(RingError) {
        try write(header, to: Descriptor(path, O_RDWR))
    }

    /// Maps a ring of `capacity` records.
    func map(capacity: Int) throws(RingError) -> RingMemory {
        let file = try Descriptor(path, O_RDWR)
        return try RingMemory(
            bytes: RingLayout.fileBytes(capacity: capacity), flags: MAP_SHARED, file: file.number,
            path: path)
    }

    /// One call for one page: the old header or the new one, whenever the process is killed.
    private func write(_ header: RingHeader, to file: borrowing Descriptor) throws(RingError) {
        let page = header.page
        let written = unsafe page.withUnsafeBytes { bytes in
            unsafe pwrite(file.number, bytes.baseAddress, bytes.count, 0)
        }
        guard written == page.count else { throw failure("pwrite") }
    }

    /// The first page of the file, or less of it if the file is shorter.
    private func readPage(of file: borrowing Descriptor) -> [UInt8] {
        var page = [UInt8](repeating: 0, count: RingLayout.headerBytes)
        let count = unsafe page.withUnsafeMutableBytes { bytes in
            unsafe pread(file.number, bytes.baseAddress, bytes.count, 0)
        }
        return Array(page.prefix(max(0, count)))
    }

    /// The first slot that does not hold the record which a reader has still to read from it.
    ///
    /// A killed process leaves none. A power cut may, since the kernel writes pages in any order.
    private func firstStranger(
        in file: borrowing Descriptor, of header: RingHeader
    ) throws(RingError) -> RingFlaw? {
        let blank = Reading(
            sensor: 0, kind: .blank, sourceTime: .distantPast, arrivalTime: .distantPast)
        var records = [Reading](repeating: blank, count: min(1024, header.capacity))
        var position = header.pending.lowerBound
        while position < header.published {
            let slot = Int(position % UInt64(header.capacity))
            let count = min(
                records.count, header.capacity - slot, Int(header.published - position))
            let offset = RingLayout.headerBytes + slot * RingLayout.recordBytes
            let bytes = count * RingLayout.recordBytes
            let got = unsafe records.withUnsafeMutableBytes { buffer in
                unsafe pread(file.number, buffer.baseAddress, bytes, off_t(offset))
            }
            guard got == bytes else { throw failure("pread") }
            for record in records[..<count] {
                guard record.isRecord(at: position) else {
                    return .record(position: position, found: record.position)
                }
                position += 1
            }
        }
        return nil
    }

    private func failure(_ call: String, _ code: Int32 = errno) -> RingError {
        .system(call: call, path: path, code: code)
    }
}

/// An open file that closes itself.
struct Descriptor: ~Copyable {
    /// The number by which the kernel knows it.
    let number: Int32

    /// Opens `path`; what it creates is readable for the owner and the group.
    init(_ path: String, _ flags: Int32) throws(RingError) {
        number = unsafe open(path, flags | O_CLOEXEC, 0o640)
        guard number >= 0 else { throw .system(call: "open", path: path, code: errno) }
    }

    deinit { close(number) }
}
