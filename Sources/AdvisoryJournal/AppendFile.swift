internal import Foundation

/// A file that only grows: appended to, synced, never rewritten.
///
/// **Thread:** confined to its owner's queue. **Errors:** every failed system call is thrown with
/// the path and the reason; what was written before it stays written.
package struct AppendFile: ~Copyable {
    /// Where the file is.
    package private(set) var path: String
    /// Bytes in the file, as far as this process wrote or found them.
    package private(set) var size: Int
    private let descriptor: Int32

    /// Opens `path` for appending and creates it, readable by owner and group, where it is missing.
    package init(path: String) throws(FileError) {
        (descriptor, size) = try openFile(path, O_WRONLY | O_APPEND | O_CREAT)
        self.path = path
    }

    deinit { close(descriptor) }

    /// Somebody has given the file another name.
    package mutating func wasRenamed(to path: String) { self.path = path }

    /// Appends all of `bytes`, in one system call unless the kernel takes them in parts.
    package mutating func append(_ bytes: [UInt8]) throws(FileError) {
        try unsafe append(bytes.span.bytes)
    }

    /// The same for bytes that stand anywhere.
    package mutating func append(_ bytes: RawSpan) throws(FileError) {
        var written = 0
        while written < bytes.byteCount {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", path)
            }
            written += count
            size += count
        }
    }

    /// Returns when everything appended so far is on the disk.
    package func sync() throws(FileError) {
        guard fdatasync(descriptor) == 0 else { throw FileError("sync", path) }
    }

    /// Sets the file's times to now: fails where the file may not be written any more.
    package func touch() throws(FileError) {
        guard futimens(descriptor, nil) == 0 else { throw FileError("write", path) }
    }

    /// Cuts off what a failed `append` may have left behind `length` bytes.
    package mutating func truncate(to length: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw FileError("truncate", path) }
        size = length
    }
}

/// A system call on a file that failed.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// What was to be done: `open`, `write`, `sync`...
    package let operation: String
    /// To which file.
    package let path: String
    /// The kernel's reason, an errno.
    package let code: Int32

    /// The failure of `operation` on `path`, with errno as it stands now.
    package init(_ operation: String, _ path: String) {
        self.operation = operation
        self.path = path
        code = errno
    }

    /// What failed and why, for a person.
    package var description: String { "\(operation) \(path): \(reason)" }

    /// The kernel's reason in words.
    package var reason: String { unsafe String(cString: strerror(code)) }

    /// Whether the disk, or the share of it that we may use, is full.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
}

/// Opens `path` with `flags`, readable by owner and group where that makes it; returns the
/// descriptor, which is the caller's to close, and the file's bytes.
package func openFile(
    _ path: String, _ flags: Int32
) throws(FileError) -> (descriptor: Int32, bytes: Int) {
    let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw FileError("open", path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
        let error = FileError("stat", path)
        close(descriptor)
        throw error
    }
    return (descriptor, Int(status.st_size))
}

/// Makes what a directory lists (a new file, a rename) survive a power cut.
package func syncDirectory(_ path: String) throws(FileError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
}
