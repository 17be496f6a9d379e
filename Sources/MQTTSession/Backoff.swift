/// Waits between attempts to connect: doubling from a least to a most, each with jitter, so that a
/// thousand clients of a restarted broker do not come back in the same instant.
package struct Backoff: Sendable {
    private let least: Double
    private let most: Double
    private var next: Double

    /// Waits from `least` to `most` seconds before jitter.
    package init(least: Double, most: Double) {
        precondition(least > 0 && least <= most, "a back-off needs 0 < least <= most")
        self.least = least
        self.most = most
        next = least
    }

    /// The wait before the next attempt in seconds: between 75 % and 125 % of the doubled one.
    package mutating func wait(jitter: Double = .random(in: 0.75...1.25)) -> Double {
        defer { next = min(next * 2, most) }
        return next * jitter
    }

    /// A link has proved to hold: the next loss starts from the least again.
    package mutating func reset() { next = least }
}
