/// One limit: a value, and whether it is reached at the value itself or only beyond it.
package struct Limit: Sendable, Equatable {
    /// The value, in the quantity's own unit.
    package let value: Double
    /// Whether it takes more than the value: some laws say "above" where others say "at".
    package let isBeyond: Bool

    /// A limit that is reached at `value`, or, if `beyond`, only above it.
    package init(_ value: Double, beyond: Bool = false) {
        self.value = value
        isBeyond = beyond
    }

    /// The smallest value that reaches it: detectors compare with `>=` alone, and exactly.
    package var reachedAt: Double { isBeyond ? value.nextUp : value }

    /// As tables and lines write the comparison: `>=` or `>`.
    package var comparison: String { isBeyond ? ">" : ">=" }
}

/// The limits of one sensor, in its quantity's own unit.
///
/// Alarm and cut are reached at `>=`, or at `>` where the law says so; re-power is allowed strictly
/// below (`<`). The figures come from limit tables and site files, never from code.
package struct GasLimits: Sendable, Equatable {
    /// From here on: alarm.
    package let alarm: Limit
    /// From here on: halt. `nil` where the law knows no cut (a main return).
    package let cut: Limit?
    /// Strictly below: power may be restored, once a person has checked.
    package let repower: Double

    /// Why numbers are no set of limits.
    package enum Flaw: Error, Equatable {
        /// A limit is not a finite number above zero.
        case notPositive(name: String, value: Double)
        /// The alarm would come only after the cut.
        case alarmAboveCut
        /// Power could be restored while the cut still stands.
        case repowerAboveCut
    }

    /// The limits, checked against each other.
    package init(alarm: Limit, cut: Limit?, repower: Double) throws(Flaw) {
        for (name, value) in [
            ("alarm", alarm.value), ("cut", cut?.value ?? 1), ("repower", repower),
        ] where !(value.isFinite && value > 0) {
            throw .notPositive(name: name, value: value)
        }
        if let cut {
            guard alarm.reachedAt <= cut.reachedAt else { throw .alarmAboveCut }
            guard repower <= cut.value else { throw .repowerAboveCut }
        }
        self.alarm = alarm
        self.cut = cut
        self.repower = repower
    }

    /// The limits of sensors that are reached at the value itself.
    package init(alarm: Double, cut: Double?, repower: Double) throws(Flaw) {
        try self.init(alarm: Limit(alarm), cut: cut.map { Limit($0) }, repower: repower)
    }
}

/// How long an alarm is held back so that it does not tremble: only ever the alarm level. There is
/// no such thing for a cut, which is judged by every single reading.
package struct AlarmDelay: Sendable, Equatable {
    /// The longest delay of the onset that a site may ask for. Seconds.
    package static let onSecondsMax = 60.0
    /// The longest delay of the end that a site may ask for. Seconds.
    package static let offSecondsMax = 600.0

    /// The alarm begins once its limit was reached by every reading of so many seconds.
    package let onSeconds: Double
    /// The alarm ends once every reading of so many seconds was below it.
    package let offSeconds: Double

    /// Delays in seconds, brought into what is allowed.
    package init(onSeconds: Double = 0, offSeconds: Double = 0) {
        self.onSeconds = min(max(onSeconds, 0), Self.onSecondsMax)
        self.offSeconds = min(max(offSeconds, 0), Self.offSecondsMax)
    }
}
