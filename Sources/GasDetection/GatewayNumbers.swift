/// How far the numbers that a gateway gives the readings of one sensor (`seq`, within one `boot`)
/// are believed to count those readings without holes.
///
/// A gateway that counts all its sensors in one row leaves holes that mean nothing. So numbers are
/// believed only after `trustedRun` of which none is missing, and each hole that turns out to be
/// none doubles that run. `InOrder` waits for believed numbers, `GapLedger` counts them as missing.
///
/// **Shape:** a plain value of 40 bytes, for an array with one for each sensor.
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

    /// The hash of the gateway's boot id, see `Reading.boot`.
    package var boot: UInt64 = 0
    /// The number that comes next.
    package var next: UInt64 = 0
    /// The number that the count began with.
    package var start: UInt64 = 0
    /// How many readings came since.
    package var run: UInt64 = 0
    /// How many holes were waited for in vain since one was filled.
    package var strikes: UInt32 = 0

    /// Numbers of which nothing is known.
    package init() {}

    /// Numbers of a boot of which `first` came first.
    package init(boot: UInt64, first: UInt64) {
        self.boot = boot
        next = first &+ 1
        start = first
        run = 1
    }

    private var wantedRun: UInt64 { Self.trustedRun &<< UInt64(strikes) }

    /// Whether a number that does not come is missing.
    package var isTrusted: Bool { run >= wantedRun && run >= next &- start }

    /// Takes note of a reading while the numbers are not believed.
    package mutating func note(_ sequence: UInt64) {
        run += 1
        if sequence >= next { next = sequence &+ 1 }
        if next &- start > wantedRun * Self.runsMax { begin() }
    }

    /// Begins to count with the number that comes next.
    package mutating func begin() {
        start = next
        run = 0
    }

    /// A hole was waited for in vain.
    package mutating func strike() { strikes = min(strikes + 1, Self.strikesMax) }

    /// Takes back a strike where the numbers have proved good for several times the run that was
    /// asked for: who loses a reading a day is believed again, who counts in one row never is.
    package mutating func forgive() {
        if strikes > 0, run >= wantedRun * Self.runsMax { strikes -= 1 }
    }
}
