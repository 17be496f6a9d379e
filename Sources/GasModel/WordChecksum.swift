extension UInt64 {
    /// A checksum of words of 8 bytes: finds what a torn write or a bad disk does, and is no
    /// protection against a person. **Cost:** a multiplication for each word.
    package init(checksumOf words: Span<UInt64>) {
        // Four sums side by side: each word of one has to wait for the word before it.
        var sums = SIMD4<UInt64>(repeating: 0xcbf2_9ce4_8422_2325) &+ SIMD4(0, 1, 2, 3)
        let whole = words.count & ~3
        for index in stride(from: 0, to: whole, by: 4) {
            let four = SIMD4(words[index], words[index + 1], words[index + 2], words[index + 3])
            sums = (sums ^ four) &* 0x0000_0100_0000_01b3 ^ (sums &>> 29)
        }
        for index in whole..<words.count { sums[0] = Self.mix(sums[0], words[index]) }
        self = (1..<4).reduce(sums[0]) { Self.mix($0, sums[$1]) }
    }

    private static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        (sum ^ word) &* 0x0000_0100_0000_01b3 ^ (sum >> 29)
    }
}
