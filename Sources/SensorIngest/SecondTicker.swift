package import GasModel

/// When a tick record is due, and what stands in it: one for each second, dated to the beginning of
/// that second by the civil clock.
///
/// The clock that nobody can set says when: a civil clock that is put back must not stop the ticks,
/// and with them the search for silent sensors. The civil clock is only the label. After a stall
/// there is one tick for all the seconds that were missed, for the second that has begun. Pure: it
/// is told both clocks. **Thread:** a value; its owner's.
package struct SecondTicker: Sendable {
    private static let second: Int64 = 1_000_000_000

    /// The first uptime at which the next tick is due.
    private var due: Int64 = .min
    /// The label of the newest tick, and when it was written.
    private var label: Int64 = .min
    private var writtenAt: Int64 = .min
    /// What the newest tick says of the uptime: it never falls.
    private var newest: Int64 = .min

    /// One that has written no tick yet.
    package init() {}

    /// The tick that is to be written at `now`, when the other clock shows `uptime` (nanoseconds,
    /// never falling); `nil` when none is due. `uptime` in the tick belongs to `time` in it: both
    /// lie before `now` by the same amount, but never before `recorded`, the uptime of the newest
    /// record that stands before the tick: a sensor must not be heard after "now".
    package mutating func tick(
        at now: Timestamp, uptime: Int64, recorded: Int64 = .min
    ) -> (time: Timestamp, uptime: Int64)? {
        guard uptime >= due else { return nil }
        let into = now.nanoseconds % Self.second
        let begun = now.nanoseconds - into
        if begun == label, uptime - writtenAt < 2 * Self.second {
            // The civil clock goes a little slower, or was put back a little: its second still
            // runs. Put back for good, it is not waited for longer than a second.
            due = uptime + Self.second - into
            return nil
        }
        label = begun
        writtenAt = uptime
        newest = max(newest, uptime - into, recorded)
        due = uptime - into + Self.second
        return (Timestamp(nanoseconds: begun), newest)
    }

    /// How long nothing is due at `uptime`: 1 to 1000 milliseconds.
    package func milliseconds(from uptime: Int64) -> Int32 {
        guard due > uptime else { return 1 }
        return Int32(min(1000, (due - uptime - 1) / 1_000_000 + 1))
    }
}
