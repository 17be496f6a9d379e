/// The codes of the sensors that a trace has, each made a `String` once and then known by number.
struct SensorCodes {
    /// The codes by number, in the order in which they were met.
    private(set) var names: [String] = []
    /// The bytes of each, to compare without decoding.
    private var bytes: [[UInt8]] = []
    /// At most half full; -1 is an empty slot, otherwise a number.
    private var slots = [Int32](repeating: -1, count: 64)
    private var last = -1

    /// The number of the code that stands in `text` at `range`.
    mutating func number(of text: Span<UInt8>, _ range: Range<Int>) -> Int {
        // The sensors of a trace mostly come in turn.
        let guess = last + 1 < names.count ? last + 1 : 0
        if guess < names.count, matches(guess, text, range) {
            last = guess
            return guess
        }
        var slot = Self.hash(text, range) & (slots.count - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if matches(number, text, range) {
                last = number
                return number
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        last = add(text, range)
        return last
    }

    private func matches(_ number: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let known = bytes[number]
        guard known.count == range.count else { return false }
        for offset in 0..<range.count where known[offset] != text[range.lowerBound + offset] {
            return false
        }
        return true
    }

    private mutating func add(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var code: [UInt8] = []
        for index in range { code.append(text[index]) }
        names.append(String(decoding: code, as: UTF8.self))
        bytes.append(code)
        if names.count * 2 > slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for number in bytes.indices { place(number) }
        } else {
            place(names.count - 1)
        }
        return names.count - 1
    }

    private mutating func place(_ number: Int) {
        let code = bytes[number]
        var slot = Self.hash(code.span, 0..<code.count) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(number)
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in range { hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & .max
    }
}
