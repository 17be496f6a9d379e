/// Takes down the state of a detector, field after field, so that a restarted one goes on as if it
/// had never stopped. What is written in one order must be read in the same.
///
/// **Shape:** words of 8 bytes without names; the layout is as good as the version of the snapshot
/// that holds them. **Cost:** a store for each word.
package struct StateWriter: Sendable {
    /// What was written. Whoever has many words to write at once may take this out, add to it and
    /// put it back.
    package var words: [UInt64] = []

    /// An empty one.
    package init() {}

    // One for each type, not one for all: a generic one is not specialised for callers in other
    // modules, and a snapshot has hundreds of words a sensor.

    /// Writes an integer.
    package mutating func write(_ value: UInt64) { words.append(value) }

    /// Writes an integer.
    package mutating func write(_ value: Int64) { words.append(UInt64(bitPattern: value)) }

    /// Writes an integer.
    package mutating func write(_ value: Int) { write(Int64(value)) }

    /// Writes an integer.
    package mutating func write(_ value: UInt32) { words.append(UInt64(value)) }

    /// Writes an integer.
    package mutating func write(_ value: UInt8) { words.append(UInt64(value)) }

    /// Writes a number, to the last bit.
    package mutating func write(_ value: Double) { words.append(value.bitPattern) }

    /// Writes a yes or no.
    package mutating func write(_ value: Bool) { words.append(value ? 1 : 0) }

    /// Writes an instant.
    package mutating func write(_ value: Timestamp) { write(value.nanoseconds) }

    /// Writes an instant that may not be known. 1678, where time begins, counts as not known.
    package mutating func write(_ value: Timestamp?) { write(value ?? .distantPast) }

    /// Writes a text.
    package mutating func write(_ value: String) {
        write(value.utf8.count)
        for byte in value.utf8 { write(byte) }
    }
}

/// Reads back what a `StateWriter` wrote, in the same order.
package struct StateReader: Sendable {
    private let words: [UInt64]
    private var next = 0

    /// A reader of all of `words`.
    package init(_ words: [UInt64]) { self.words = words }

    /// Whether all was read.
    package var isAtEnd: Bool { next == words.count }

    /// Reads an integer. **Errors:** there is none, or it does not fit.
    package mutating func read<Number: FixedWidthInteger>() throws(StateError) -> Number {
        let word = try take()
        let number = Number(truncatingIfNeeded: word)
        guard UInt64(truncatingIfNeeded: number) == word else {
            throw StateError(offset: next - 1, reason: "a number out of range")
        }
        return number
    }

    /// Reads a number.
    package mutating func read() throws(StateError) -> Double { Double(bitPattern: try take()) }

    /// Reads a yes or no. **Errors:** it is neither.
    package mutating func read() throws(StateError) -> Bool {
        let word = try take()
        guard word <= 1 else {
            throw StateError(offset: next - 1, reason: "neither yes nor no")
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
        guard count >= 0, count <= words.count - next else {
            throw StateError(offset: next, reason: "a text beyond the end")
        }
        var text: [UInt8] = []
        for _ in 0..<count { text.append(try read()) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a count of things that take at least a word each, so that a damaged one cannot ask
    /// for more memory than the snapshot has.
    package mutating func readCount() throws(StateError) -> Int {
        let count: Int = try read()
        guard count >= 0, count <= words.count - next else {
            throw StateError(offset: next - 1, reason: "a count beyond the end")
        }
        return count
    }

    private mutating func take() throws(StateError) -> UInt64 {
        guard next < words.count else { throw StateError(offset: next, reason: "cut off") }
        defer { next += 1 }
        return words[next]
    }
}

/// Why a snapshot cannot be read.
package struct StateError: Error, Equatable, CustomStringConvertible {
    /// Where in the state, in words of 8 bytes.
    package var offset: Int
    /// What is wrong there.
    package var reason: String

    /// An error at `offset`.
    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "at word \(offset): \(reason)" }
}
