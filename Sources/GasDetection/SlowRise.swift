import GasModel

/// A rise over hours: a falling barometer, growing emission, a leak in the ventilation.
///
/// Means of ten minutes, and two lines through them by least squares, one that forgets in an hour
/// and one in three. It speaks once both have led to the limit within hours for an hour on end, and
/// the long one beyond doubt: cycles of the shearer are shorter, and a step bends the lines for
/// less. Minutes are not its matter.
///
/// **Unit:** fractions of the limit, hours.
struct SlowRise: Sendable, Equatable {
    /// How far ahead the limit may be, in hours.
    static let horizonHours = 8.0
    /// Nearer than this is the matter of the fast rules.
    private static let nearestHours = 0.25
    private static let blockSeconds = 600.0
    /// Hours of readings before it says anything.
    private static let spanHoursMin = 3.0
    /// How many standard errors the slope must lie above zero; neighbouring means are alike, so
    /// that of `likeness` of them only one counts.
    private static let certainty = 3.0
    private static let likeness = 3.0
    /// What no mean is better than.
    private static let errorMin = 0.005
    /// Blocks in a row before it begins, and before it ends.
    private static let blocksToBegin: UInt8 = 6
    private static let blocksToEnd: UInt8 = 12

    /// A line through the past, the older the weaker.
    struct Line: Sendable, Equatable {
        /// Sums of weight, time and time squared (hours before now, negative), value, value times
        /// time, value squared.
        private var n = 0.0
        private var t = 0.0
        private var tt = 0.0
        private var y = 0.0
        private var ty = 0.0
        private var yy = 0.0

        init() {}

        mutating func take(_ value: Double, after hours: Double, forgetting: Double) {
            tt += hours * (hours * n - 2 * t)
            ty -= hours * y
            t -= hours * n
            let keep = vanishing(hours / forgetting)
            n = n * keep + 1
            t *= keep
            tt *= keep
            y = y * keep + value
            ty *= keep
            yy = yy * keep + value * value
        }

        /// Per hour; 0 before there are two values.
        var slope: Double {
            let spread = n * tt - t * t
            return spread > 1e-9 ? (n * ty - t * y) / spread : 0
        }

        /// The line now.
        var level: Double { n > 0 ? (y - slope * t) / n : 0 }

        /// Standard error of the slope, if each of its values were worth one.
        var error: Double {
            let spread = tt - t * t / max(n, 1)
            guard spread > 1e-9 else { return .infinity }
            let rest = max(yy - y * y / n - slope * slope * spread, 0) / n
            return ((rest + SlowRise.errorMin * SlowRise.errorMin) / spread).squareRoot()
        }

        mutating func scale(by ratio: Double) {
            y *= ratio
            ty *= ratio
            yy *= ratio * ratio
        }

        func save(to state: inout StateWriter) {
            for sum in [n, t, tt, y, ty, yy] { state.write(sum) }
        }

        init(from state: inout StateReader) throws(StateError) {
            n = try state.read()
            t = try state.read()
            tt = try state.read()
            y = try state.read()
            ty = try state.read()
            yy = try state.read()
        }
    }

    /// Whether the warning stands.
    var isStanding = false
    private var short = Line()
    private var long = Line()
    private var hours = 0.0
    private var blockStart: Timestamp?
    private var sum = 0.0
    private var readings = 0.0
    /// So many blocks in a row spoke for another state than the one that stands.
    private var blocks: UInt8 = 0

    init() {}

    /// Takes in the `value` at `time`; what begins or ends with it.
    mutating func take(_ value: Double, at time: Timestamp, isMute: Bool) -> Finding.Change? {
        guard let start = blockStart else {
            blockStart = time
            return nil
        }
        sum += value
        readings += 1
        let seconds = time.seconds(since: start)
        guard seconds >= Self.blockSeconds else { return nil }
        let mean = sum / readings
        blockStart = time
        sum = 0
        readings = 0
        let step = seconds / 3600
        short.take(mean, after: step, forgetting: 1)
        long.take(mean, after: step, forgetting: 3)
        hours = min(hours + step, Self.spanHoursMin)
        return isMute ? nil : judge()
    }

    /// Hours until the limit by the long line, with what the standard error of its slope makes of
    /// them; `nil` where it is not reached.
    var ahead: (earliest: Double, likely: Double, latest: Double?)? {
        let (slope, left) = (long.slope, 1 - long.level)
        guard slope > 0, left > 0 else { return nil }
        let doubt = 1.28 * long.error * Self.likeness.squareRoot()
        return (left / (slope + doubt), left / slope, slope > doubt ? left / (slope - doubt) : nil)
    }

    /// Fractions of the limit per hour.
    var slope: Double { long.slope }

    mutating func scale(by ratio: Double) {
        short.scale(by: ratio)
        long.scale(by: ratio)
        sum *= ratio
    }

    private mutating func judge() -> Finding.Change? {
        blocks = leadsToTheLimit == isStanding ? 0 : blocks + 1
        guard blocks >= (isStanding ? Self.blocksToEnd : Self.blocksToBegin) else { return nil }
        blocks = 0
        isStanding.toggle()
        return isStanding ? .began : .ended
    }

    private var leadsToTheLimit: Bool {
        guard hours >= Self.spanHoursMin, let ahead, short.slope > 0 else { return false }
        // Once it stands, twice the time ends it: near the bound it must not go to and fro.
        let bound = isStanding ? 2 * Self.horizonHours : Self.horizonHours
        let isSure = long.slope >= Self.certainty * long.error * Self.likeness.squareRoot()
        return (isStanding || ahead.likely >= Self.nearestHours && isSure)
            && ahead.likely <= bound && (1 - short.level) <= 2 * bound * short.slope
    }

    func save(to state: inout StateWriter) {
        state.write(isStanding)
        short.save(to: &state)
        long.save(to: &state)
        state.write(hours)
        state.write(blockStart)
        state.write(sum)
        state.write(readings)
        state.write(blocks)
    }

    init(from state: inout StateReader) throws(StateError) {
        isStanding = try state.read()
        short = try Line(from: &state)
        long = try Line(from: &state)
        hours = try state.read()
        blockStart = try state.read()
        sum = try state.read()
        readings = try state.read()
        blocks = try state.read()
    }
}
