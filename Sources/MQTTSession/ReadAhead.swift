internal import CReadAhead

// @safe: both pieces of memory are made in `init`, freed in `deinit` and never leave the class.
/// What came from the broker's socket and libmosquitto has not yet asked for; see `CReadAhead`.
///
/// **Thread:** made by the starter, then confined to the session's thread, on which `begin` is
/// called once and `end` before it is given up.
@safe final class ReadAhead {
    /// As much as a burst of small messages: the rest waits in the kernel as it always did.
    static let bytes = 64 << 10

    private let state: UnsafeMutablePointer<read_ahead>

    init() {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(
            to: read_ahead(
                descriptor: -1, bytes: .allocate(capacity: Self.bytes), capacity: Self.bytes,
                begin: 0, end: 0))
    }

    deinit {
        unsafe state.pointee.bytes.deallocate()
        unsafe state.deallocate()
    }

    /// From now on this thread reads ahead of the socket that is attached.
    func begin() { unsafe read_ahead_use(state) }

    /// This thread reads as any other.
    func end() { read_ahead_use(nil) }

    /// Reads ahead of `socket`, or of none when it is negative. What was read ahead of another, or
    /// of one that had the same number before, is forgotten.
    func attach(_ socket: Int32) {
        unsafe state.pointee.descriptor = socket
        unsafe state.pointee.begin = 0
        unsafe state.pointee.end = 0
    }

    /// Whether there is something that `poll` does not know of, since it left the kernel.
    var isFilled: Bool { unsafe state.pointee.begin != state.pointee.end }
}
