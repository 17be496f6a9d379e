import GasModel

/// Level and slope of one sensor, estimated by a Kalman filter of the local linear trend model.
///
/// The level is carried along by the slope and wanders a little (turbulence); the slope wanders
/// too (the gas balance changes); a reading is the level plus noise. All gains follow from the time
/// that truly passed between two readings, so 0.1 s and 60 s need no separate tuning.
///
/// **Unit:** the level as a fraction of the limit, the slope in that per second. **Cost:** some 30
/// floating point operations with two divisions a reading.
struct LocalLinearTrend: Sendable, Equatable {
    /// The constants of the model; where each comes from stands in TREND.md.
    private enum Model {
        /// Variance of one reading.
        static let reading = 0.02 * 0.02
        /// Variance that the level gains in a second by itself.
        static let levelPerSecond = 0.0035 * 0.0035
        /// Variance that the slope gains in a second.
        static let slopePerSecond = 3.2e-4 * 3.2e-4
        /// Variance of the slope before anything is known of it.
        static let slopeAtStart = 1e-4 * 1e-4
        /// Variances of surprise beyond which a reading is a jump (three standard deviations).
        static let jump = 3.0 * 3.0
    }

    /// Estimated level at the newest reading.
    private(set) var level: Double
    /// Estimated slope at the newest reading, per second.
    private(set) var slope: Double
    /// The covariance of the two: level with level, level with slope, slope with slope.
    private(set) var levelVariance: Double
    private var covariance: Double
    private var slopeVariance: Double

    /// What is known after one reading: its value, and no slope.
    init(startingAt value: Double) {
        level = value
        slope = 0
        levelVariance = Model.reading
        covariance = 0
        slopeVariance = Model.slopeAtStart
    }

    /// The level `seconds` after the newest reading if it goes on like this.
    func projected(seconds: Double) -> Double { level + slope * seconds }

    /// Takes in `value`, read `seconds` (> 0) after the one before.
    mutating func update(with value: Double, after seconds: Double) {
        predict(seconds)
        let expectedSquare = levelVariance + Model.reading
        let levelGain = levelVariance / expectedSquare
        let slopeGain = covariance / expectedSquare
        let surprise = value - level
        // A jump tells where the level is, but hardly how fast it will go on: a spike, or one step
        // of a coarse meter, must not be drawn out into a wild projection. So beyond the bound the
        // level follows at once, and the slope trusts a surprise the less the larger it is.
        let excess = surprise * surprise / (Model.jump * expectedSquare)
        let trusted = excess > 1 ? surprise / excess : surprise
        level += excess > 1 ? surprise : levelGain * surprise
        slope += slopeGain * trusted
        slopeVariance -= slopeGain * covariance
        levelVariance *= 1 - levelGain
        covariance *= 1 - levelGain
    }

    /// Expresses the same estimate as a fraction of another limit: `ratio` is the old one divided
    /// by the new one.
    mutating func scale(by ratio: Double) {
        level *= ratio
        slope *= ratio
        levelVariance *= ratio * ratio
        covariance *= ratio * ratio
        slopeVariance *= ratio * ratio
    }

    /// Writes the estimate.
    func save(to state: inout StateWriter) {
        state.write(level)
        state.write(slope)
        state.write(levelVariance)
        state.write(covariance)
        state.write(slopeVariance)
    }

    /// Reads an estimate back.
    init(from state: inout StateReader) throws(StateError) {
        level = try state.read()
        slope = try state.read()
        levelVariance = try state.read()
        covariance = try state.read()
        slopeVariance = try state.read()
    }

    /// Moves the estimate forward by `seconds`, which makes it less certain.
    private mutating func predict(_ seconds: Double) {
        let wander = Model.slopePerSecond * seconds
        level += slope * seconds
        levelVariance +=
            seconds
            * (2 * covariance
                + seconds * (slopeVariance + wander / 3) + Model.levelPerSecond)
        covariance += seconds * (slopeVariance + wander / 2)
        slopeVariance += wander
    }
}
