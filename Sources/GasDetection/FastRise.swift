import GasModel

/// A rise within seconds that goes on: seen before a filter that is calm enough for minutes has
/// learned its slope. Only of meters that report every few seconds.
///
/// Four stretches of three seconds must rise alike, and the newest must not slacken. The answer of
/// a head to one step slackens from the first to the last, up to a t90 of 70 s, and a peak falls.
///
/// **Unit:** fractions of the limit, seconds.
struct FastRise: Sendable, Equatable {
    /// How far ahead it looks.
    private static let horizonSeconds = 60.0
    private static let markSeconds = 3.0
    /// Marks that are farther apart than these seconds say nothing.
    private static let spanSecondsMax = 30.0
    /// The newest stretch rises by this part of the steepest one at least, ...
    private static let newestPart = 0.75
    /// ... each of them by this part, ...
    private static let leastPart = 0.5
    /// ... and all together by so much: several times what turbulence does in that time.
    private static let riseMin = 0.1

    /// Means of some three seconds, the newest first, and the seconds between each and the one
    /// before it; `.infinity` where there is none.
    private var newest = 0.0
    private var means = SIMD4<Double>(repeating: 0)
    private var steps = SIMD4<Double>(repeating: .infinity)
    private var sum = 0.0
    private var readings = 0.0
    private var markAt: Timestamp?
    /// Per second, while it goes on; 0 otherwise.
    private(set) var rate = 0.0

    init() {}

    /// Takes in the `value` at `time`.
    mutating func take(_ value: Double, at time: Timestamp) {
        sum += value
        readings += 1
        let seconds = markAt.map { time.seconds(since: $0) } ?? .infinity
        guard seconds >= Self.markSeconds else { return }
        means = SIMD4(newest, means[0], means[1], means[2])
        steps = SIMD4(seconds, steps[0], steps[1], steps[2])
        newest = sum / readings
        markAt = time
        sum = 0
        readings = 0
        rate = measured
    }

    /// Whether it reaches the limit from `level` within the horizon.
    func leads(from level: Double) -> Bool { rate > 0 && level + rate * Self.horizonSeconds >= 1 }

    /// Forgets the readings before a gap.
    mutating func restart() { self = FastRise() }

    /// Expresses all as a fraction of another limit.
    mutating func scale(by ratio: Double) {
        newest *= ratio
        means *= ratio
        sum *= ratio
        rate *= ratio
    }

    private var measured: Double {
        guard steps.sum() <= Self.spanSecondsMax, newest - means[3] >= Self.riseMin else {
            return 0
        }
        let rates = (SIMD4(newest, means[0], means[1], means[2]) - means) / steps
        let steepest = rates.max()
        guard rates.min() >= Self.leastPart * steepest, rates[0] >= Self.newestPart * steepest
        else { return 0 }
        return (newest - means[3]) / steps.sum()
    }

    func save(to state: inout StateWriter) {
        state.write(newest)
        for place in 0..<4 {
            state.write(means[place])
            state.write(steps[place])
        }
        state.write(sum)
        state.write(readings)
        state.write(markAt)
        state.write(rate)
    }

    init(from state: inout StateReader) throws(StateError) {
        newest = try state.read()
        for place in 0..<4 {
            means[place] = try state.read()
            steps[place] = try state.read()
        }
        sum = try state.read()
        readings = try state.read()
        markAt = try state.read()
        rate = try state.read()
    }
}
