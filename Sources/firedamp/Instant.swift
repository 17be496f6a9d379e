import ArgumentParser
import Foundation
import GasModel
import TraceReplay

/// A point of time in an argument: `2026-11-24T06:00:00+08:00`, with an offset.
struct Instant: ExpressibleByArgument {
    /// The point of time.
    var time: Timestamp

    init(_ time: Timestamp) { self.time = time }

    init?(argument: String) {
        guard let time = TraceTimes.instant(argument) else { return nil }
        self.time = time
    }

    /// What the civil clock says.
    static var now: Instant {
        Instant(Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)))
    }
}
