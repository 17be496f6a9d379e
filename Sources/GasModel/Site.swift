/// What a sensor watches in its place, by the tag that the limit table gives it: `T0`, `T1`,
/// `machine`. Which roles there are is data, see `LimitTable`.
package struct SensorRole: RawRepresentable, Sendable, Hashable {
    /// The tag.
    package var rawValue: String
    /// The role with that tag, whether a table knows it or not.
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// How a sensor measures, which says what its values are worth.
package enum SensorType: String, Sendable, CaseIterable {
    /// Catalytic combustion, 0 to 4 %: poisoned or folded back above its range.
    case catalytic
    /// Catalytic and thermal conduction, 0 to 40 %.
    case highLow = "high-low"
    /// Laser absorption, 0 to 100 %.
    case laser
    /// Infrared absorption.
    case infrared
    /// Electrochemical cell.
    case electrochemical
    /// A contact or a current: two states.
    case contact
    /// Anything else.
    case other

    /// The measuring range that the type is built for, where there is one, in % by volume.
    package var methaneRange: ClosedRange<Double>? {
        switch self {
        case .catalytic: 0...4
        case .highLow: 0...40
        case .laser: 0...100
        case .infrared, .electrochemical, .contact, .other: nil
        }
    }
}

/// A part of the mine with ventilation of its own.
package struct District: Sendable, Equatable {
    /// Short code, unique in the mine.
    package var id: String
    /// What people call it.
    package var name: String
    /// The operator position that its alarms come upon; `nil`: the control room.
    package var position: String?

    /// A district with its code and its name.
    package init(id: String, name: String, position: String? = nil) {
        self.id = id
        self.name = name
        self.position = position
    }
}

/// A working place: where people are, what an advisory halts.
package struct Place: Sendable, Equatable {
    /// Short code, unique in the mine: letters, digits, `.`, `_`, `-`.
    package var id: String
    /// What people call it.
    package var name: String
    /// What it is in the eyes of the law.
    package var kind: PlaceKind
    /// The `District.id` that it belongs to; `nil` for the mine as a whole.
    package var district: String?
    /// The `Place.id`s that its air goes to next: gas here is gas there.
    package var ventilates: [String]
    /// The `Sensor.id`s that tell whether work goes on in it.
    package var production: [String]
    /// Whether its gas must be drained while it is worked.
    package var needsDrainage = false
    /// How long it takes to withdraw everybody from it, where the site says so. Seconds.
    package var withdrawalSeconds: Double?

    /// A place with its code and its name, and what else is known of it.
    package init(
        id: String, name: String, kind: PlaceKind = .other, district: String? = nil,
        ventilates: [String] = [], production: [String] = []
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.district = district
        self.ventilates = ventilates
        self.production = production
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
    /// What it measures.
    package var quantity: Quantity
    /// From the unit that it sends to the quantity's own: applied once, where the value enters.
    package var conversion: UnitConversion
    /// The unit that it sends, where it is another than the quantity's own.
    package var sentUnit: String?
    /// How it measures, where the site says so.
    package var type: SensorType?
    /// The limits it is judged by; `nil` for evidence that has none.
    package var limits: GasLimits?
    /// How long its alarm is held back; `nil`: not at all.
    package var alarmDelay: AlarmDelay?
    /// Graver steps over the cut, rising.
    package var steps: [LimitStep]
    /// The row of the limit table that its limits come from, or that they are stricter than; `nil`
    /// where the site has no table or the table no such row.
    package var row: LimitRow?
    /// The longest time in seconds that may normally pass between two readings.
    package var intervalSeconds: Double
    /// The measuring range, in the quantity's own unit; what lies outside is a fault.
    package var range: ClosedRange<Double>
    /// The smallest difference that it shows, in the quantity's own unit; `nil` when not stated.
    package var resolution: Double?
    /// The day on which it must be calibrated again, as in `2026-12-01`; `nil` when not stated.
    package var calibrationDue: String?
    /// The gateway that sends it, where the site says so.
    package var gateway: String?

    /// A sensor with everything that is asked of it.
    package init(
        id: String, place: String, role: SensorRole, quantity: Quantity = .methane,
        conversion: UnitConversion = UnitConversion(), type: SensorType? = nil,
        limits: GasLimits?, steps: [LimitStep] = [], row: LimitRow? = nil, intervalSeconds: Double,
        range: ClosedRange<Double>, resolution: Double? = nil, calibrationDue: String? = nil,
        gateway: String? = nil, alarmDelay: AlarmDelay? = nil
    ) {
        self.id = id
        self.place = place
        self.role = role
        self.quantity = quantity
        self.conversion = conversion
        self.type = type
        self.limits = limits
        self.steps = steps
        self.row = row
        self.intervalSeconds = intervalSeconds
        self.range = range
        self.resolution = resolution
        self.calibrationDue = calibrationDue
        self.gateway = gateway
        self.alarmDelay = alarmDelay
    }

    /// Whether it may fold back: a catalytic head in far more gas than its scale shows less and
    /// less of it, down to nothing. Where the site does not say how a head measures, a short scale
    /// does.
    package var foldsBack: Bool {
        guard quantity == .methane else { return false }
        return type.map { $0 == .catalytic } ?? (range.upperBound <= Self.catalyticRangeMax)
    }

    /// The longest scales of catalytic heads, in % by volume.
    private static let catalyticRangeMax = 5.0
}

/// The part that a person has in gas control, and whom an advisory therefore names.
package enum Duty: String, Sendable, CaseIterable {
    /// Takes every alarm first, and orders the halt.
    case dispatcher
    /// Checks the gas in the place.
    case gasInspector = "gas-inspector"
    /// Answers for gas control.
    case chiefEngineer = "chief-engineer"
    /// Treats the cause.
    case gasTeam = "gas-team"
    /// Heads the mine.
    case mineManager = "mine-manager"
}

/// A person with a duty.
package struct Person: Sendable, Equatable {
    /// Full name.
    package var name: String
    /// The duty that has this name behind it.
    package var duty: Duty
    /// How to reach them.
    package var contact: String?
    /// The name under which they log in on the daemon's machine; `nil` for who acts through others.
    package var login: String?
    /// What they may do with advisories.
    package var powers: Set<Power>

    /// A person with a duty. `powers`: those of the duty where nothing else is said.
    package init(
        name: String, duty: Duty, contact: String?, login: String? = nil, powers: Set<Power>? = nil
    ) {
        self.name = name
        self.duty = duty
        self.contact = contact
        self.login = login
        self.powers = powers ?? duty.powers
    }
}

/// A gap in the coverage that somebody has taken upon himself, for a time.
package struct AcceptedGap: Sendable, Equatable {
    /// The `SensorRequirement.id` that is not met.
    package var requirement: String
    /// The `Place.id` where it is not.
    package var place: String
    /// Who accepts it.
    package var acceptedBy: String
    /// Why.
    package var reason: String
    /// The last day on which that holds, as in `2026-12-01`.
    package var until: String

    /// A gap with who took it upon himself, why and until when.
    package init(
        requirement: String, place: String, acceptedBy: String, reason: String, until: String
    ) {
        self.requirement = requirement
        self.place = place
        self.acceptedBy = acceptedBy
        self.reason = reason
        self.until = until
    }
}

/// A sensor that was taken out of the mine, by name, so that what stood open of it can rest.
package struct Decommission: Sendable, Equatable {
    /// The `Sensor.id` that is no longer there.
    package var sensor: String
    /// Who took it out.
    package var by: String
    /// Why.
    package var reason: String

    /// A sensor that is gone, with who took it out and why.
    package init(sensor: String, by: String, reason: String) {
        self.sensor = sensor
        self.by = by
        self.reason = reason
    }
}

/// A mine as its site file describes it, checked: every sensor stands in a place that exists, and
/// no code is given twice.
package struct Site: Sendable, Equatable {
    /// Code of the mine, part of every topic: letters, digits, `.`, `_`, `-`.
    package var mine: String
    /// What people call the mine.
    package var name: String
    /// Its gas class; `nil` where the law of the mine knows none.
    package var gasClass: GasClass?
    /// Licensed output in tonnes a year; `nil` when not stated.
    package var outputTonnes: Double?
    /// The limit table that it is under; `nil` when the site has limits of its own only.
    package var table: LimitTable?
    /// What its province asks beyond that.
    package var policy: ProvincePolicy?
    /// The districts, in the order of the file.
    package var districts: [District]
    /// The working places, in the order of the file.
    package var places: [Place]
    /// The sensors, in the order of the file.
    package var sensors: [Sensor]
    /// The people, in the order in which an advisory is escalated.
    package var people: [Person]
    /// The gaps in the coverage that are accepted.
    package var acceptedGaps: [AcceptedGap]
    /// The sensors that were taken out.
    package var decommissioned: [Decommission]
    /// Whether the law of the mine asks for drainage as a whole.
    package var needsDrainage = false
    /// What calls for a halt, and what for a warning ahead of one; empty in a site that no file
    /// describes, where nothing is ever a halt.
    package var grounds: [HaltGround] = []
    /// How halts are answered and ended in time.
    package var timing = HaltTiming()
    /// How long records are kept.
    package var retention = Retention()
    /// The language of the alert log, the journal and all that is told.
    package var language = Language.english
    /// The further ways out for advisories, besides the alert log and the broker.
    package var delivery: [OutletSettings] = []
    /// SHA-256 of the file's bytes in hexadecimal: which description an advisory was judged by.
    package var fingerprint: String

    /// A site from parts that its reader has checked.
    package init(
        mine: String, name: String, gasClass: GasClass? = nil, outputTonnes: Double? = nil,
        table: LimitTable? = nil, policy: ProvincePolicy? = nil, districts: [District] = [],
        places: [Place], sensors: [Sensor], people: [Person] = [],
        acceptedGaps: [AcceptedGap] = [], decommissioned: [Decommission] = [],
        fingerprint: String
    ) {
        self.mine = mine
        self.name = name
        self.gasClass = gasClass
        self.outputTonnes = outputTonnes
        self.table = table
        self.policy = policy
        self.districts = districts
        self.places = places
        self.sensors = sensors
        self.people = people
        self.acceptedGaps = acceptedGaps
        self.decommissioned = decommissioned
        self.fingerprint = fingerprint
    }
}
