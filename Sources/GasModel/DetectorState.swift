/// Takes down the state of a detector, field after field, so that a restarted one goes on as if it
/// had never stopped. What is written in one order must be read in the same.
///
/// **Shape:** little-endian words of 8 bytes without names; the layout is as good as the version of
/// the snapshot that holds them.
package struct StateWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// An empty one with room for `capacity` bytes.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Writes an integer.
    package mutating func write(_ value: some FixedWidthInteger) {
        append(UInt64(truncatingIfNeeded: value))
    }

    /// Writes a number, to the last bit.
    package mutating func write(_ value: Double) { append(value.bitPattern) }

    /// Writes a yes or no.
    package mutating func write(_ value: Bool) { append(value ? 1 : 0) }

    /// Writes an instant.
    package mutating func write(_ value: Timestamp) { write(value.nanoseconds) }

    /// Writes an instant that may not be known. 1678, where time begins, counts as not known.
    package mutating func write(_ value: Timestamp?) { write(value ?? .distantPast) }

    /// Writes a text.
    package mutating func write(_ value: String) {
        write(value.utf8.count)
        for byte in value.utf8 { write(byte) }
    }

    @inline(__always)
    private mutating func append(_ word: UInt64) {
        // One reservation and one loop that the compiler unrolls; nothing else grows with the size
        // of a mine here.
        var rest = word
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}

/// Reads back what a `StateWriter` wrote, in the same order.
package struct StateReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var next: Int

    /// A reader of all of `bytes`.
    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    /// Whether all was read.
    package var isAtEnd: Bool { next == bytes.endIndex }

    /// Reads an integer. **Errors:** there is none, or it does not fit.
    package mutating func read<Number: FixedWidthInteger>() throws(StateError) -> Number {
        let word = try take()
        let number = Number(truncatingIfNeeded: word)
        guard UInt64(truncatingIfNeeded: number) == word else {
            throw StateError(offset: next - bytes.startIndex - 8, reason: "a number out of range")
        }
        return number
    }

    /// Reads a number.
    package mutating func read() throws(StateError) -> Double { Double(bitPattern: try take()) }

    /// Reads a yes or no. **Errors:** it is neither.
    package mutating func read() throws(StateError) -> Bool {
        let word = try take()
        guard word <= 1 else {
            throw StateError(offset: next - bytes.startIndex - 8, reason: "neither yes nor no")
        }
        return word == 1
    }

    /// Reads an instant.
    package mutating func read() throws(StateError) -> Timestamp {
        Timestamp(nanoseconds: Int64(bitPattern: try take()))
    }

    /// Reads an instant that may not be known.
    package mutating func read() throws(StateError) -> Timestamp? {
        let time: Timestamp = try read()
        return time == .distantPast ? nil : time
    }

    /// Reads a text.
    package mutating func read() throws(StateError) -> String {
        let count: Int = try read()
        guard count >= 0, count <= (bytes.endIndex - next) / 8 else {
            throw StateError(offset: next - bytes.startIndex, reason: "a text beyond the end")
        }
        var text: [UInt8] = []
        for _ in 0..<count { text.append(try read()) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a count of things that take at least 8 bytes each, so that a damaged one cannot ask
    /// for more memory than the snapshot has.
    package mutating func readCount() throws(StateError) -> Int {
        let count: Int = try read()
        guard count >= 0, count <= (bytes.endIndex - next) / 8 else {
            throw StateError(offset: next - bytes.startIndex - 8, reason: "a count beyond the end")
        }
        return count
    }

    private mutating func take() throws(StateError) -> UInt64 {
        guard bytes.endIndex - next >= 8 else {
            throw StateError(offset: next - bytes.startIndex, reason: "cut off")
        }
        var word: UInt64 = 0
        for place in (0..<8).reversed() { word = word << 8 | UInt64(bytes[next + place]) }
        next += 8
        return word
    }
}

/// Why a snapshot cannot be read.
package struct StateError: Error, Equatable, CustomStringConvertible {
    /// Where in the state, in bytes.
    package var offset: Int
    /// What is wrong there.
    package var reason: String

    /// An error at `offset`.
    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "at byte \(offset): \(reason)" }
}
