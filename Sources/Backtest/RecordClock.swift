package import GasModel

/// Makes the records that a daemon's ring would hold beside the readings: the link comes up at the
/// start, and the tick of each second stands before all that arrives in it.
package struct RecordClock: Sendable {
    private static let second: Int64 = 1_000_000_000

    /// When the link comes up.
    package let start: Timestamp
    /// Label of the next tick.
    private var nextTick: Int64
    /// When the newest reading or tick arrived.
    private var newest: Int64

    /// A clock that begins at `start`.
    package init(start: Timestamp) {
        self.start = start
        let begun = start.nanoseconds - start.nanoseconds % Self.second
        nextTick = begun == start.nanoseconds ? begun : begun + Self.second
        newest = start.nanoseconds - 1
    }

    /// The first record.
    package var linkUp: Reading { event(.linkUp, at: start) }

    /// A record of time or link.
    package func event(_ kind: Reading.Kind, at time: Timestamp) -> Reading {
        Reading(
            sensor: 0, kind: kind, sourceTime: time, arrivalTime: time,
            arrivalUptime: uptime(time.nanoseconds))
    }

    /// The next tick up to `time`, if there is one.
    package mutating func tick(through time: Timestamp) -> Reading? {
        guard nextTick <= time.nanoseconds else { return nil }
        defer { nextTick += Self.second }
        // What is due at a whole second comes behind its tick, or a wait of whole seconds would be
        // over one tick sooner than at a socket.
        newest = max(newest, nextTick)
        return event(.tick, at: Timestamp(nanoseconds: nextTick))
    }

    /// When a reading arrives that is due at `time`: never before or with the record before it, as
    /// at the daemon's socket. With its time on the clock that nobody can set.
    package mutating func arrival(due time: Timestamp) -> (time: Timestamp, uptime: Int64) {
        newest = max(time.nanoseconds, newest + 1)
        return (Timestamp(nanoseconds: newest), uptime(newest))
    }

    /// A machine that has been up for an hour: no sensor was ever heard before it booted.
    private func uptime(_ nanoseconds: Int64) -> Int64 {
        nanoseconds - start.nanoseconds + 3600 * Self.second
    }
}
