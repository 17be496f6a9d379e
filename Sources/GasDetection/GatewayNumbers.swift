package import GasModel

/// How far the numbers that a gateway gives the readings of one sensor (`seq`, within one `boot`)
/// are believed to count those readings without holes.
///
/// A gateway that counts all its sensors in one row leaves holes that mean nothing. So numbers are
/// believed only after `trustedRun` of which none is missing, and each hole that turns out to be
/// none doubles that run. `InOrder` waits for believed numbers, `GapLedger` counts them as missing.
///
/// A counter that ran over, or was begun anew without another boot id, is found by a row of lower
/// numbers that newer readings carry.
///
/// **Shape:** a plain value of 56 bytes, for an array with one for each sensor.
package struct GatewayNumbers: Sendable, Equatable {
    /// So many numbers of which none is missing, in whatever order they came, and they are
    /// believed: more than a gateway that counts all its readings sends of a fast sensor between
    /// two of a slow one.
    static let trustedRun: UInt64 = 64
    /// After so many times that run the count begins anew: a number that is lost for good must not
    /// spoil it for ever.
    private static let runsMax: UInt64 = 4
    /// How often that may double.
    package static let strikesMax: UInt32 = 16
    /// How long a missing number is waited for, in seconds.
    package static let lateSecondsMax = 10.0
    /// So many lower numbers of newer readings in a row, and the gateway counts anew.
    package static let restartRun: UInt8 = 3

    /// The hash of the gateway's boot id, see `Reading.boot`.
    package var boot: UInt64 = 0
    /// The number that comes next.
    package var next: UInt64 = 0
    /// The number that the count began with.
    package var start: UInt64 = 0
    /// How many readings came since.
    package var run: UInt64 = 0
    /// The newest time of measuring.
    package var newest = Timestamp.distantPast
    /// The number that goes on a row of lower ones, and how long that row is.
    private var rowNext: UInt64 = 0
    /// How many holes were waited for in vain since one was filled.
    package var strikes: UInt32 = 0
    private var rowLength: UInt8 = 0

    /// Numbers of which nothing is known.
    package init() {}

    /// Numbers that began with `first`, of which `reading` carries the newest.
    package init(first: UInt64, newest reading: Reading) {
        boot = reading.boot
        next = reading.sequence &+ 1
        start = first
        run = next &- first
        newest = reading.eventTime
    }

    private var wantedRun: UInt64 { Self.trustedRun &<< UInt64(strikes) }

    /// Whether a number that does not come is missing.
    package var isTrusted: Bool { run >= wantedRun && run >= next &- start }

    /// Takes note of the reading with the number that comes next: the way of nearly all.
    @inline(__always)
    package mutating func pass(_ reading: Reading) {
        next &+= 1
        run &+= 1
        newest = max(newest, reading.eventTime)
    }

    /// Takes note of a reading while the numbers are not believed.
    package mutating func note(_ reading: Reading) {
        run += 1
        if reading.sequence >= next { next = reading.sequence &+ 1 }
        newest = max(newest, reading.eventTime)
        if next &- start > wantedRun * Self.runsMax { begin() }
    }

    /// Begins to count with the number that comes next.
    package mutating func begin() {
        start = next
        run = 0
    }

    /// Takes note of a newer reading with a lower number. Returns the number that the gateway began
    /// anew with, where that is clear: one such reading alone may be anything.
    package mutating func restart(_ reading: Reading) -> UInt64? {
        let isRow = rowLength > 0 && rowNext == reading.sequence
        rowLength = isRow ? rowLength + 1 : 1
        rowNext = reading.sequence &+ 1
        newest = reading.eventTime
        guard rowLength == Self.restartRun else { return nil }
        return reading.sequence &- UInt64(Self.restartRun - 1)
    }

    /// A hole was waited for in vain.
    package mutating func strike() { strikes = min(strikes + 1, Self.strikesMax) }

    /// Takes back a strike where the numbers have proved good for several times the run that was
    /// asked for: who loses a reading a day is believed again, who counts in one row never is.
    package mutating func forgive() {
        if strikes > 0, run >= wantedRun * Self.runsMax { strikes -= 1 }
    }
}

extension GatewayNumbers {
    /// Writes all of it.
    package func save(to state: inout StateWriter) {
        for number in [boot, next, start, run] { state.write(number) }
        state.write(newest.nanoseconds)
        state.write(rowNext)
        state.write(strikes)
        state.write(rowLength)
    }

    /// Reads what `save` wrote.
    package init(from state: inout StateReader) throws(StateError) {
        boot = try state.read()
        next = try state.read()
        start = try state.read()
        run = try state.read()
        newest = try state.read()
        rowNext = try state.read()
        strikes = min(try state.read(), Self.strikesMax)
        rowLength = try state.read()
    }
}
