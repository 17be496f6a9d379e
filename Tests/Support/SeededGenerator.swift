/// Random numbers that a seed reproduces: xorshift64*. Source: S. Vigna, 2016.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Starts from `seed`; zero is taken as one, since zero would yield only zeros.
    package init(seed: UInt64) { state = seed == 0 ? 1 : seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
