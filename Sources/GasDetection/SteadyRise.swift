import GasModel

/// Whether a rise goes on so steadily that it can be drawn out over minutes: by how wrong the
/// sensor's own forecasts were so far, and only if both halves of the last minute and a half rose.
///
/// In calm air that gives minutes where the plain projection gives one: a fan that stopped, a duct
/// that came off. Over a working shearer the forecasts are poor, and it keeps silent. One step,
/// however the head smears it, rises in one half only.
///
/// **Unit:** fractions of the limit, seconds.
struct SteadyRise: Sendable, Equatable {
    /// How far ahead it looks.
    static let horizonSeconds = 240.0
    /// So near, in seconds, the error of a slope no longer matters.
    private static let nearSeconds = 80.0
    /// How many standard deviations the forecast must lie above the limit.
    private static let certainty = 2.5
    /// The forecast error before any is known, and as how many of them that counts.
    private static let errorAtStart = 0.07
    private static let countAtStart = 2.0
    private static let countMax = 20.0
    /// With forecasts worse than this the air is turbulent, and nothing is drawn out.
    private static let errorMax = 0.08
    /// What no forecast is better than.
    private static let errorFloor = 0.03
    /// So many mean squares one error counts at most.
    private static let surprise = 9.0
    private static let markSeconds = 20.0
    /// Marks that are farther apart say nothing of the last minutes.
    private static let spanSecondsMax = 300.0
    /// Each half must rise at this part of the slope at least, and the newest stretch at this part
    /// of the steepest one: what slackens is the answer to a step.
    private static let steadiness = 0.5

    /// Mean square error of the forecasts, and of how many.
    private var errorSquare = errorAtStart * errorAtStart
    private var count = countAtStart
    /// Square error of the newest forecast. It counts only with the next one: where a rise begins,
    /// a forecast fails, and that must not silence what is said of the rise.
    private var newestSquare: Double?
    private var forecast = 0.0
    private var forecastAt: Timestamp?
    /// Means of stretches of about 20 s, the newest first, and the age of their ends, in seconds
    /// before the newest end; `.infinity` where there is none yet.
    private var means = SIMD8<Double>(repeating: 0)
    private var ages = SIMD8<Double>(repeating: .infinity)
    private var sum = 0.0
    private var readings = 0.0
    private var markAt: Timestamp?

    /// Standard deviation of a forecast, as a fraction of the limit.
    var error: Double { variance.squareRoot() }
    private var variance: Double { errorSquare + Self.errorFloor * Self.errorFloor }

    /// How turbulent the air is: from 0, where the forecasts are as good as any, to 1, where
    /// nothing is drawn out. 0 until there were enough of them, after an hour and a half.
    var turbulence: Double {
        guard count >= Self.countMax else { return 0 }
        return min((error - Self.errorFloor) / (Self.errorMax - Self.errorFloor), 1)
    }

    /// Takes in the `value` at `time` and the trend that it left.
    mutating func take(_ value: Double, at time: Timestamp, _ trend: LocalLinearTrend) {
        sum += value
        readings += 1
        if let mark = markAt {
            let seconds = time.seconds(since: mark)
            if seconds >= Self.markSeconds { set(mark: time, after: seconds) }
        } else {
            set(mark: time, after: .infinity)
        }
        guard let since = forecastAt else { return begin(at: time, trend) }
        let seconds = time.seconds(since: since)
        guard seconds >= Self.horizonSeconds else { return }
        if seconds < 2 * Self.horizonSeconds {
            if let newestSquare {
                count = min(count + 1, Self.countMax)
                // One surprise is not a habit.
                let square = min(newestSquare, Self.surprise * variance)
                errorSquare += (square - errorSquare) / count
            }
            newestSquare = (value - forecast) * (value - forecast)
        }
        begin(at: time, trend)
    }

    /// Forgets the readings before a gap; what was learned of the forecasts holds on.
    mutating func restart() {
        forecastAt = nil
        markAt = nil
        ages = SIMD8(repeating: .infinity)
        sum = 0
        readings = 0
    }

    /// Whether `trend` reaches the limit within the horizon, and surely enough.
    func reaches(_ trend: LocalLinearTrend) -> Bool {
        guard error <= Self.errorMax, ages[4] <= Self.spanSecondsMax,
            trend.projected(seconds: Self.horizonSeconds) >= 1 + Self.certainty * error
                || trend.projected(seconds: Self.nearSeconds) >= 1
        else { return false }
        var steepest = 0.0
        for place in 0..<4 { steepest = max(steepest, rate(from: place + 1, to: place)) }
        return rate(from: 2, to: 0) >= Self.steadiness * trend.slope
            && rate(from: 4, to: 2) >= Self.steadiness * trend.slope
            && rate(from: 1, to: 0) >= Self.steadiness * steepest
    }

    private func rate(from early: Int, to late: Int) -> Double {
        (means[late] - means[early]) / (ages[early] - ages[late])
    }

    /// Expresses all as a fraction of another limit.
    mutating func scale(by ratio: Double) {
        errorSquare *= ratio * ratio
        newestSquare = newestSquare.map { $0 * ratio * ratio }
        forecast *= ratio
        means *= ratio
        sum *= ratio
    }

    private mutating func begin(at time: Timestamp, _ trend: LocalLinearTrend) {
        forecast = trend.projected(seconds: Self.horizonSeconds)
        forecastAt = time
    }

    private mutating func set(mark time: Timestamp, after seconds: Double) {
        let mean = sum / readings
        means = SIMD8(mean, means[0], means[1], means[2], means[3], means[4], means[5], means[6])
        ages = SIMD8(0, ages[0], ages[1], ages[2], ages[3], ages[4], ages[5], ages[6])
        for place in 1..<8 { ages[place] += seconds }
        markAt = time
        sum = 0
        readings = 0
    }

    init() {}

    func save(to state: inout StateWriter) {
        state.write(errorSquare)
        state.write(count)
        state.write(newestSquare ?? -1)
        state.write(forecast)
        state.write(forecastAt)
        for place in 0..<8 {
            state.write(means[place])
            state.write(ages[place])
        }
        state.write(sum)
        state.write(readings)
        state.write(markAt)
    }

    init(from state: inout StateReader) throws(StateError) {
        errorSquare = try state.read()
        count = try state.read()
        let square: Double = try state.read()
        newestSquare = square < 0 ? nil : square
        forecast = try state.read()
        forecastAt = try state.read()
        for place in 0..<8 {
            means[place] = try state.read()
            ages[place] = try state.read()
        }
        sum = try state.read()
        readings = try state.read()
        markAt = try state.read()
    }
}
