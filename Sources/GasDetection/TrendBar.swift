import GasModel

/// How high a forecast must reach before a sensor is warned of: the bar. It moves with what became
/// of the warnings before, so that the rate of false ones stays where it was asked for, also when
/// the mine runs closer to its limits than before.
///
/// A warning that does not come true in ten minutes raises the bar by two parts: one that fades
/// within hours (a level that flickers below its limit is told once, not all shift long), and one
/// that sinks so slowly that as many of them a day as were asked for hold the balance. In the long
/// run the rate is that one whatever the gas does, unless the bar is at the end of its range:
/// adaptive conformal inference, Gibbs and Candès 2021.
///
/// **Unit:** fractions of the limit.
struct TrendBar: Sendable, Equatable {
    /// A warning comes true when the limit is reached within this many seconds.
    static let trueSeconds = 600.0
    private static let fadingStep = 0.02
    private static let fadeSeconds = 3600.0
    private static let lastingRange = -0.1...0.1

    /// What is asked of a bar, and what follows from it.
    struct Sensitivity: Sendable {
        private static let startAtThree = 1.0065
        /// How much lower the bar starts for e times as many false warnings.
        private static let perLog = 0.043
        private static let stepAtThree = 0.0135

        /// The bar before anything is known.
        let start: Double
        /// What a warning in vain raises it by for long.
        let step: Double
        /// What it sinks by in a second.
        let sinkPerSecond: Double
        /// How much more than at three a day counts what is to come, and what has gone by: the
        /// work that has begun, the mean of the last minutes. Who may err seldom waits with a bar
        /// so high that the level alone reaches it only when it is too late.
        let foresight: Double
        /// How long, as a part of what it is at three a day, an excursion goes on before its end is
        /// believed. Who takes more warnings a day is told anew sooner.
        let patience: Double

        /// For `falsePerDay` (> 0) false warnings per day.
        init(falsePerDay: Double) {
            // ln x is the limit of n (x^(1/n) - 1); libm is not to be had on this floor.
            var root = falsePerDay / 3
            for _ in 0..<20 { root = root.squareRoot() }
            start = Self.startAtThree - Self.perLog * (root - 1) * Double(1 << 20)
            // How many warnings of a day are in vain is chance, and its deviation grows with the
            // root of their number. With a step that shrinks with that root the bar wavers alike
            // at every sensitivity; with the same step for all it wavers by twice as much at
            // twelve a day, and misses what a bar at rest would see. Below three a day a longer
            // step would let one warning silence the next for days.
            step = Self.stepAtThree / max(falsePerDay / 3, 1).squareRoot()
            sinkPerSecond = step * falsePerDay / 86_400
            // To the power of three eighths, and no more than at one and a half: below that it was
            // not tried.
            let fourth = max(3 / max(falsePerDay, 1.5), 1).squareRoot().squareRoot()
            foresight = fourth * fourth.squareRoot()
            patience = min(3 / falsePerDay, 1)
        }
    }

    private var lasting = 0.0
    private var fading = 0.0
    /// When the warning was given that may still come true; `nil` when there is none.
    private var openSince: Timestamp?
    /// When the newest warning was given that did not come true.
    private var failedSince: Timestamp?

    /// The bar now.
    func height(at sensitivity: Sensitivity) -> Double { sensitivity.start + lasting + fading }

    /// `seconds` (>= 0) have passed until `time`, in which the limit was not reached.
    mutating func pass(_ seconds: Double, to time: Timestamp, at sensitivity: Sensitivity) {
        lasting -= sensitivity.sinkPerSecond * seconds
        fading *= vanishing(seconds / Self.fadeSeconds)
        if let since = openSince, time.seconds(since: since) > Self.trueSeconds {
            openSince = nil
            if failedSince.map({ since.seconds(since: $0) >= Self.trueSeconds }) ?? true {
                failedSince = since
                lasting += sensitivity.step
                fading += Self.fadingStep
            }
        }
        lasting = min(max(lasting, Self.lastingRange.lowerBound), Self.lastingRange.upperBound)
    }

    /// A warning was given at `time`.
    mutating func open(at time: Timestamp) { openSince = openSince ?? time }

    /// The limit was reached: the warning that is open has come true.
    mutating func confirm() { openSince = nil }

    func save(to state: inout StateWriter) {
        state.write(lasting)
        state.write(fading)
        state.write(openSince)
        state.write(failedSince)
    }

    init() {}

    init(from state: inout StateReader) throws(StateError) {
        lasting = try state.read()
        fading = try state.read()
        openSince = try state.read()
        failedSince = try state.read()
    }
}

/// What is left after `times` (>= 0) time constants: e^-times to 6 % of 1 at the worst. In products
/// and one quotient, since libm is not to be had on this floor.
func vanishing(_ times: Double) -> Double {
    let base = 1 / (1 + times / 8)
    let square = base * base
    return square * square * square * square
}
