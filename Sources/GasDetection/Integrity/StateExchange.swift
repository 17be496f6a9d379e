internal import GasModel

/// Writes state or reads it back: one list of fields serves both ways, so that they cannot differ.
struct StateExchange: Sendable {
    /// What was written. Not a `StateWriter`: a call into another module for each word would be
    /// most of what a snapshot costs.
    private(set) var words: [UInt64] = []
    private var reader: StateReader?

    /// What writes behind `words`.
    init(behind words: [UInt64]) { self.words = words }

    /// What reads on from where `reader` is.
    init(from reader: StateReader) { self.reader = reader }

    /// Where reading has come to; `nil` when writing.
    var rest: StateReader? { reader }

    /// What is thrown where a number cannot be right.
    var damage: StateError { StateError(offset: 0, reason: "integrity: a number out of range") }

    mutating func word<Number: FixedWidthInteger>(_ value: inout Number) throws(StateError) {
        guard var reader else {
            // As 64 bits with its sign, and read back so.
            return words.append(UInt64(truncatingIfNeeded: value))
        }
        let word: Int64 = try reader.read()
        value = Number(truncatingIfNeeded: word)
        self.reader = reader
    }

    mutating func word(_ value: inout Float) throws(StateError) {
        var bits = value.bitPattern
        try word(&bits)
        value = Float(bitPattern: bits)
    }

    mutating func word(_ value: inout Bool) throws(StateError) {
        var bit: UInt8 = value ? 1 : 0
        try word(&bit)
        value = bit == 1
    }

    mutating func word(_ value: inout Timestamp) throws(StateError) {
        try word(&value.nanoseconds)
    }

    /// Two numbers in one word: the long rings are most of a snapshot.
    mutating func pair(_ first: inout Float, _ second: inout Float) throws(StateError) {
        var bits = UInt64(first.bitPattern) << 32 | UInt64(second.bitPattern)
        try word(&bits)
        first = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
        second = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
}
