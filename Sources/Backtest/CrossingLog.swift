package import GasModel

/// Where the values of one sensor lay against one limit, in the definitions that early warnings
/// and halts are scored by.
///
/// A RUN lasts from the first reading that reaches the limit to the first below it; where the
/// record has a gap or ends, to one usual step after its last reading. An EVENT is a run of at
/// least 30 s that begins after at least 300 s below the limit without a gap in them.
/// **Memory:** 32 bytes a run.
package struct CrossingLog: Sendable {
    /// How long a run must last to be an event, or to call for a halt.
    package static let sustainSeconds = 30.0
    /// How long it must have been below before.
    package static let clearSeconds = 300.0
    /// A longer step without a reading is a gap, but for a sensor that may be silent for longer.
    package static let gapSeconds = 300.0

    /// One stretch over the limit.
    package struct Run: Sendable, Equatable {
        /// Its first reading.
        package var start: Timestamp
        /// The first reading below; the last one over it where `isCutOff`.
        package var end: Timestamp
        var isCutOff: Bool
        /// Whether it was below for long enough before.
        var wasClear: Bool

        /// Seconds that it lasted, where readings come every `step` seconds.
        package func seconds(step: Double) -> Double {
            end.seconds(since: start) + (isCutOff ? step : 0)
        }
    }

    /// The smallest value that reaches the limit.
    package let limit: Double
    /// The runs that are over.
    package private(set) var runs: [Run] = []
    private var runStart: Timestamp?
    private var belowSince = Timestamp.distantPast

    /// A log against `limit`.
    package init(limit: Double) { self.limit = limit }

    /// Whether the newest reading reaches the limit.
    package var isOver: Bool { runStart != nil }

    /// Takes the next reading in order; `last`: when the one before it was measured, where no gap
    /// lies between them.
    mutating func take(_ value: Double, at time: Timestamp, after last: Timestamp?) {
        if last == nil { belowSince = time }
        if value >= limit {
            if runStart == nil { runStart = time }
        } else if let start = runStart {
            close(start, at: time, isCutOff: false)
        }
    }

    /// The record has a gap, or ends, behind the reading of `last`.
    mutating func breakOff(at last: Timestamp) {
        if let start = runStart { close(start, at: last, isCutOff: true) }
    }

    private mutating func close(_ start: Timestamp, at end: Timestamp, isCutOff: Bool) {
        let wasClear = start.seconds(since: belowSince) >= Self.clearSeconds
        runs.append(Run(start: start, end: end, isCutOff: isCutOff, wasClear: wasClear))
        runStart = nil
        belowSince = end
    }

    /// When the events began, where readings come every `step` seconds.
    package func events(step: Double) -> [Timestamp] {
        runs.filter { $0.wasClear && $0.seconds(step: step) >= Self.sustainSeconds }.map(\.start)
    }

    /// Seconds over the limit, in all.
    package func secondsOver(step: Double) -> Double {
        runs.reduce(0) { $0 + $1.seconds(step: step) }
    }
}
