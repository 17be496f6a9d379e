/// What a sensor watches, by the tags that AQ 1029 and its users give it.
package enum SensorRole: String, Sendable, CaseIterable {
    /// Upper (return) corner of a longwall.
    case upperCorner = "T0"
    /// Working face.
    case face = "T1"
    /// Return roadway of the face.
    case faceReturn = "T2"
    /// Intake, or in front of the local fan.
    case intake = "T3"
    /// Intake of a face ventilated in series.
    case seriesIntake = "T4"
    /// On a machine: shearer, road-header, locomotive.
    case machine
    /// Return of a district.
    case districtReturn = "district-return"
    /// Main return of the mine.
    case mainReturn = "main-return"
    /// Electrical chamber, pump house, refuge.
    case chamber
    /// Coal bunker.
    case bunker
}

/// The unit in which a sensor's values and limits are given.
package enum GasUnit: String, Sendable, CaseIterable {
    /// Methane, per cent by volume of air.
    case methanePercent = "%CH4"

    /// The values that the quantity can take at all; what lies outside is never a concentration.
    package var possibleValues: ClosedRange<Double> { 0...100 }
}

/// The three limits of one methane sensor, in its unit.
///
/// Alarm and cut are reached at `>=`; re-power is allowed strictly below (`<`). Source: AQ 1029,
/// sensor set-points; the figures themselves come from the site file, never from code.
@frozen package struct GasLimits: Sendable, Equatable {
    /// At or above: alarm.
    package var alarm: Double
    /// At or above: halt. `nil` where the law knows no cut (a main return).
    package var cut: Double?
    /// Strictly below: power may be restored, once a person has checked.
    package var repower: Double

    /// Why three numbers are no set of limits.
    package enum Flaw: Error, Equatable {
        /// A limit is not a finite number above zero.
        case notPositive(name: String, value: Double)
        /// The alarm would come only after the cut.
        case alarmAboveCut
        /// Power could be restored while the cut still stands.
        case repowerAboveCut
    }

    /// The limits, checked against each other.
    package init(alarm: Double, cut: Double?, repower: Double) throws(Flaw) {
        for (name, value) in [("alarm", alarm), ("cut", cut ?? 1), ("repower", repower)]
        where !(value.isFinite && value > 0) {
            throw .notPositive(name: name, value: value)
        }
        if let cut {
            guard alarm <= cut else { throw .alarmAboveCut }
            guard repower <= cut else { throw .repowerAboveCut }
        }
        self.alarm = alarm
        self.cut = cut
        self.repower = repower
    }
}

/// A working place: where people are, what an advisory halts.
package struct Place: Sendable, Equatable {
    /// Short code, unique in the mine: letters, digits, `.`, `_`, `-`.
    package var id: String
    /// What people call it.
    package var name: String

    /// A place with its code and its name.
    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// One sensor of the mine and what is asked of it.
package struct Sensor: Sendable, Equatable {
    /// Short code, unique in the mine and part of its topic: letters, digits, `.`, `_`, `-`.
    package var id: String
    /// The `Place.id` it guards.
    package var place: String
    /// What it watches.
    package var role: SensorRole
    /// The unit of its values and limits.
    package var unit: GasUnit
    /// The limits it is judged by.
    package var limits: GasLimits
    /// The longest time in seconds that may normally pass between two readings.
    package var intervalSeconds: Double
    /// The measuring range, in `unit`; what lies outside is a fault, never a number.
    package var range: ClosedRange<Double>

    /// A sensor with everything that is asked of it.
    package init(
        id: String, place: String, role: SensorRole, unit: GasUnit, limits: GasLimits,
        intervalSeconds: Double, range: ClosedRange<Double>
    ) {
        self.id = id
        self.place = place
        self.role = role
        self.unit = unit
        self.limits = limits
        self.intervalSeconds = intervalSeconds
        self.range = range
    }
}

/// A mine as its site file describes it, checked: every sensor stands in a place that exists, and
/// no code is given twice.
package struct Site: Sendable, Equatable {
    /// Code of the mine, part of every topic: letters, digits, `.`, `_`, `-`.
    package var mine: String
    /// What people call the mine.
    package var name: String
    /// The working places, in the order of the file.
    package var places: [Place]
    /// The sensors, in the order of the file.
    package var sensors: [Sensor]
    /// SHA-256 of the file's bytes in hexadecimal: which description an advisory was judged by.
    package var fingerprint: String

    /// A site from parts that its reader has checked.
    package init(
        mine: String, name: String, places: [Place], sensors: [Sensor], fingerprint: String
    ) {
        self.mine = mine
        self.name = name
        self.places = places
        self.sensors = sensors
        self.fingerprint = fingerprint
    }
}
