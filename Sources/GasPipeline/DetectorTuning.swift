internal import GasDetection

/// What can be set of the detectors, to find out what it does on recorded readings. A daemon is
/// never tuned: it takes what stands here.
package struct DetectorTuning: Sendable, Equatable {
    /// How far ahead a trend is drawn. Seconds.
    package var trendHorizonSeconds = TrendDetector.horizonSecondsDefault

    /// The setting of every installation.
    package init() {}

    /// One thing that can be set.
    package struct Key: Sendable {
        /// What it is called: `trend.horizon`.
        package let name: String
        /// What it means, in a few words, with the unit.
        package let meaning: String
        /// What it may be.
        package let allowed: ClosedRange<Double>
        /// What it is where nobody sets it.
        package let standard: Double
        fileprivate let set: @Sendable (inout DetectorTuning, Double) -> Void
    }

    /// All that can be set.
    package static let keys = [
        Key(
            name: "trend.horizon", meaning: "how far ahead a trend is drawn, in seconds",
            allowed: 1...36_000, standard: DetectorTuning().trendHorizonSeconds
        ) { $0.trendHorizonSeconds = $1 }
    ]

    /// Sets what `key` is about to `value`, which must be allowed.
    package mutating func set(_ key: Key, to value: Double) {
        precondition(key.allowed.contains(value), "\(key.name) may not be \(value)")
        key.set(&self, value)
    }
}
