extension UInt64 {
    /// A checksum of words of 8 bytes: finds what a torn write or a bad disk does, and is no
    /// protection against a person. **Cost:** a multiplication for each word.
    package init(checksumOf words: Span<UInt64>) {
        // Four sums side by side: each word of one has to wait for the word before it. Not as one
        // vector: processors multiply words of 8 bytes one by one.
        let seed: UInt64 = 0xcbf2_9ce4_8422_2325
        var (first, second, third, fourth) = (seed, seed &+ 1, seed &+ 2, seed &+ 3)
        let whole = words.count & ~3
        for index in stride(from: 0, to: whole, by: 4) {
            first = Self.mix(first, words[index])
            second = Self.mix(second, words[index + 1])
            third = Self.mix(third, words[index + 2])
            fourth = Self.mix(fourth, words[index + 3])
        }
        for index in whole..<words.count { first = Self.mix(first, words[index]) }
        self = Self.mix(Self.mix(Self.mix(first, second), third), fourth)
    }

    @inline(__always)
    private static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        (sum ^ word) &* 0x0000_0100_0000_01b3 ^ (sum >> 29)
    }
}
