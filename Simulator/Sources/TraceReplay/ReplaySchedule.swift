package import GasModel

/// When each row of a trace is to be sent, and which time stamp it then carries.
///
/// Pure: it is told when the replay starts and reads no clock. Rows are taken in file order and
/// sent in that order; rows of one time are due at one instant.
///
/// Re-based, the first row is measured at `start`, and a row that the trace has `d` later is
/// measured `d / speed` after it. So a stamp is never later than the instant of sending: the daemon
/// judges by arrival what is stamped in the future, and a replay that kept the full spacing at
/// speed 10 would run ahead of the clock at once. A row that is out of order in the trace is sent
/// without delay and keeps an early stamp, late by the trace's own lateness divided by the speed.
package struct ReplaySchedule: Sendable {
    /// How fast the trace is replayed.
    package enum Speed: Sendable, Equatable {
        /// So many times as fast as it was recorded: 0.1 to 1,000,000.
        case times(Double)
        /// As fast as the wire takes it.
        case max
    }

    /// Which time stamps the rows carry.
    package enum Stamps: String, Sendable, CaseIterable {
        /// Those of the trace, unchanged.
        case kept
        /// Those of the replay. At speed `.max` a row is stamped with the instant of its sending.
        case rebased
    }

    /// When to send a row, and as what.
    package struct Slot: Sendable, Equatable {
        /// Time from the start of the replay; never less than that of the row before.
        package var due: Duration
        /// The stamp to send; `nil` for the instant of sending.
        package var stamp: Timestamp?
    }

    private let speed: Speed
    private let stamps: Stamps
    private let start: Timestamp
    private var first: Timestamp?
    private var latestDue: Int64 = 0

    /// A replay that starts at the instant `start`.
    package init(speed: Speed, stamps: Stamps, start: Timestamp) {
        self.speed = speed
        self.stamps = stamps
        self.start = start
    }

    /// The slot of the next row, which the trace has at `time`.
    package mutating func slot(forRowAt time: Timestamp) -> Slot {
        let first = first ?? time
        self.first = first
        let elapsed = time.nanoseconds &- first.nanoseconds
        guard case .times(let factor) = speed else {
            return Slot(due: .zero, stamp: stamps == .kept ? time : nil)
        }
        let offset = Self.divided(elapsed, by: factor)
        latestDue = max(latestDue, offset)
        let stamp = stamps == .kept ? time : start.advanced(byNanoseconds: offset)
        return Slot(due: .nanoseconds(latestDue), stamp: stamp)
    }

    /// Rounded down, so that no stamp lies after its instant; saturates.
    private static func divided(_ nanoseconds: Int64, by factor: Double) -> Int64 {
        guard factor != 1 else { return nanoseconds }
        let quotient = (Double(nanoseconds) / factor).rounded(.down)
        return Int64(exactly: quotient) ?? (quotient < 0 ? .min / 2 : .max / 2)
    }
}

extension ReplaySchedule.Speed {
    /// What the option `--speed` may say, for its error text.
    package static let allowed = "max, or a number from 0.1 to 1000000"

    /// The speed that `text` names: `max`, `10`, `0.5`; `nil` for anything else.
    package init?(_ text: String) {
        if text == "max" {
            self = .max
        } else if let factor = Double(text), 0.1...1_000_000 ~= factor {
            self = .times(factor)
        } else {
            return nil
        }
    }
}
