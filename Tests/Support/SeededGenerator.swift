internal import Foundation

/// Random numbers that a seed reproduces on any machine: SplitMix64. Source: G. Steele, D. Lea,
/// C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Starts from `seed`.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension SeededGenerator {
    /// A sample of the normal distribution with standard deviation 1.
    package mutating func normal() -> Double {
        let radius = Double.random(in: 1e-12...1, using: &self)
        let angle = Double.random(in: 0..<1, using: &self)
        return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
    }
}
