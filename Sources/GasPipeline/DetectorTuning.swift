internal import GasDetection

/// What can be set of the detectors, to find out what it does on recorded readings. A daemon is
/// never tuned: it takes what stands here.
package struct DetectorTuning: Sendable, Equatable {
    /// How many false warnings the trend detector strives for, of one sensor on one day.
    package var trendFalsePerDay = TrendDetector.falsePerDayDefault

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
            name: "trend.false-per-day",
            meaning: "false warnings of one sensor on one day that the trend detector strives for",
            allowed: 0.01...100, standard: DetectorTuning().trendFalsePerDay
        ) { $0.trendFalsePerDay = $1 }
    ]

    /// Sets what `key` is about to `value`, which must be allowed.
    package mutating func set(_ key: Key, to value: Double) {
        precondition(key.allowed.contains(value), "\(key.name) may not be \(value)")
        key.set(&self, value)
    }
}
