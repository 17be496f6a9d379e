package import GasModel

/// What the numbers of one sensor told in a stretch of time.
package struct NumberTally: Sendable, Equatable {
    /// Index of the sensor.
    package var sensor: UInt32
    /// Arrival of what came first.
    package var from: Timestamp
    /// Arrival of what came last.
    package var to: Timestamp
    /// Readings that never came: numbers that were believed, and waited for in vain.
    package var missing: UInt64 = 0
    /// The lowest of those numbers.
    package var firstMissing: UInt64 = .max
    /// The highest.
    package var lastMissing: UInt64 = 0
    /// Readings that came after they had been counted as missing.
    package var filled: UInt64 = 0
    /// Readings that came a second time.
    package var duplicates: UInt64 = 0
    /// Readings that were overtaken by a later one.
    package var reordered: UInt64 = 0
    /// How often the gateway began to count anew, with another boot id or without.
    package var reboots: UInt64 = 0
    /// How often a counter of 16 or 32 bits ran over.
    package var wraps: UInt64 = 0
    /// Numbers that were left out while they were not believed: nothing need be missing.
    package var skipped: UInt64 = 0

    /// Whether it says more than that the gateway numbers in a way that tells nothing.
    var isTelling: Bool {
        missing > 0 || filled > 0 || duplicates > 0 || reordered > 0 || reboots > 0 || wraps > 0
    }

    init(sensor: UInt32, at time: Timestamp) {
        self.sensor = sensor
        (from, to) = (time, time)
    }
}

/// What the gap ledger finds in the records, with the position of the record at which it found it.
package struct GapEvent: Sendable, Equatable {
    /// What was found.
    package enum Kind: Sendable, Equatable {
        /// The numbers of a sensor.
        case numbers(NumberTally)
        /// No tick for longer than there should be: nobody looked.
        case stall
        /// The civil clock was set: by so many nanoseconds, forward or back.
        case clockStep(nanoseconds: Int64)
        /// The machine itself began anew.
        case machineReboot
        /// The broker is reached, or is not.
        case link(isUp: Bool)
        /// A gateway came or went: the hash of its code.
        case gateway(UInt64, isUp: Bool)
    }

    /// What was found.
    package var kind: Kind
    /// Since when.
    package var from: Timestamp
    /// Until when.
    package var to: Timestamp
    /// Position of the record that showed it.
    package var position: UInt64

    init(_ kind: Kind, from: Timestamp, to: Timestamp, position: UInt64) {
        (self.kind, self.from, self.to, self.position) = (kind, from, to, position)
    }
}
