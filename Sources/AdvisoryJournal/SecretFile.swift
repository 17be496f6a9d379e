internal import Foundation
internal import Glibc

/// A file that holds a secret (a signing key, a shared secret), read only where nobody but its
/// owner and root could have read or replaced it.
package enum SecretFile {
    /// A secret is short; a file that is not is some other file.
    package static let bytesMax = 4096

    /// The bytes of the file at `path` without white space at their end.
    ///
    /// **Errors:** the file cannot be read, is no plain file, belongs to somebody else than us or
    /// root, can be touched by its group or others, or is empty or too long. Looked at through the
    /// descriptor that is then read, so that nothing can be put in its place meanwhile.
    package static func read(path: String) throws(SecretFileError) -> [UInt8] {
        func fail(_ reason: String) -> SecretFileError {
            SecretFileError(path: path, reason: reason)
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw fail(FileError("open", path).reason) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw fail(FileError("stat", path).reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw fail("it is no plain file") }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw fail("it belongs to another user")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw fail("group or others may touch it; chmod 600 it")
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw fail(FileError("read", path).reason) }
        guard count <= bytesMax else { throw fail("it is longer than \(bytesMax) bytes") }
        bytes.removeLast(bytes.count - count)
        while let last = bytes.last, last == 10 || last == 13 || last == 32 || last == 9 {
            bytes.removeLast()
        }
        guard !bytes.isEmpty else { throw fail("it is empty") }
        return bytes
    }
}

/// Why a secret is not used.
package struct SecretFileError: Error, Equatable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What is wrong with it.
    package let reason: String

    /// The file and what is wrong with it, for a person.
    package var description: String { "\(path): \(reason)" }
}
