internal import Crypto

/// SHA-256 of what comes in piece by piece.
struct RunningHash {
    private var sum = SHA256()

    mutating func add(_ bytes: [UInt8]) { sum.update(data: bytes) }

    /// The hash of all so far, in hexadecimal.
    var hash: String { hexadecimal(sum.finalize()) }
}
