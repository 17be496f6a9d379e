internal import GasModel

/// Readings in a row that were older than the newest one of their sensor: out of a store, or by a
/// clock that was put back. 64 bytes.
///
/// A store is emptied faster than it was filled. Readings that come as fast as they were measured,
/// for as long as would be silence, tell of now, whatever the clock of their gateway says.
struct OldReadings: Sendable, Equatable {
    /// How many there were.
    private(set) var count = 0
    /// The one that they are older than.
    private(set) var newest = Timestamp.distantPast
    /// Since when they come as fast as they were measured: by their own clock, and by ours.
    private var since = Timestamp.distantPast
    private var sinceUptime: Int64 = 0
    /// The highest of them since then, and when it was measured.
    private(set) var highest = -Double.infinity
    private(set) var highestTime = Timestamp.distantPast
    /// Whether they have come so for long enough.
    private(set) var isClockPutBack = false

    /// Takes note of a reading that is older than `newest`, of a sensor that is silent after
    /// `silence` nanoseconds.
    mutating func note(_ reading: Reading, than newest: Timestamp, silence: Int64) {
        if newest != self.newest { self = OldReadings() }
        self.newest = newest
        count += 1
        let measured = reading.eventTime.nanoseconds &- since.nanoseconds
        let passed = reading.arrivalUptime &- sinceUptime
        if count == 1 || (measured &- passed).magnitude > silence / 3 {
            since = reading.eventTime
            sinceUptime = reading.arrivalUptime
            highest = -.infinity
            isClockPutBack = false
        } else if passed >= silence {
            isClockPutBack = true
        }
        if reading.value > highest {
            highest = reading.value
            highestTime = reading.eventTime
        }
    }

    func save(to state: inout StateWriter) {
        state.write(count)
        state.write(newest)
        state.write(since)
        state.write(sinceUptime)
        state.write(highest)
        state.write(highestTime)
        state.write(isClockPutBack)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        count = try state.read()
        newest = try state.read()
        since = try state.read()
        sinceUptime = try state.read()
        highest = try state.read()
        highestTime = try state.read()
        isClockPutBack = try state.read()
    }
}
