/// What a sensor tells: a physical quantity, or the state of a machine that speaks for or against
/// gas control.
///
/// A new quantity is a case and its line in `definition`: site file, conversion, faults, check,
/// schema and what gas control rests on follow from those. Its word in Chinese stands in
/// `HaltAdvisory/Catalogue.txt`.
package enum Quantity: String, Sendable, CaseIterable {
    /// Methane in the air of a place.
    case methane
    /// Carbon monoxide in the air of a place.
    case carbonMonoxide = "carbon-monoxide"
    /// Speed of the air past the sensor.
    case airVelocity = "air-velocity"
    /// Pressure of the air, at the surface or below.
    case barometricPressure = "barometric-pressure"
    /// Gauge pressure in a drainage pipe; below zero where gas is drawn off.
    case drainagePressure = "drainage-pressure"
    /// Temperature of air or machine.
    case temperature
    /// Whether a local fan runs.
    case fanRunning = "fan-running"
    /// Whether enough air leaves the duct of a heading.
    case ductFlow = "duct-flow"
    /// Whether there is voltage behind the switch that a cut opens: the feed-state sensor.
    case feedPower = "feed-power"
    /// Whether the station has commanded a cut.
    case cutCommand = "cut-command"
    /// Whether coal is won: shearer or header at work.
    case production
    /// Whether an air door stands open.
    case doorOpen = "door-open"
    /// Whether a drainage pump runs.
    case drainagePump = "drainage-pump"

    /// What is known of it.
    package var definition: Definition {
        switch self {
        case .methane:
            .measured(
                "%CH4", 0...100, .percentOfLEL, .times("ppm", 1, over: 10_000),
                .milligrams(molarMass: 16.0425, over: 10_000)
            ).proving
        case .carbonMonoxide:
            .measured(
                "ppm", 0...1_000_000, .times("%CO", 10_000), .milligrams(molarMass: 28.0101))
        case .airVelocity: .measured("m/s", -50...50, .times("m/min", 1, over: 60)).proving
        case .barometricPressure:
            .measured("hPa", 500...1400, .times("Pa", 1, over: 100), .times("kPa", 10))
        case .drainagePressure:
            .measured("kPa", -110...1000, .times("Pa", 1, over: 1000), .times("hPa", 1, over: 10))
        case .temperature: .measured("°C", -60...1000, .shifted("K", by: -273.15))
        case .fanRunning: .state("stopped", "running", from: "A", "m/s").proving
        case .ductFlow: .state("short of air", "enough air", from: "m3/min", "m/s").proving
        case .feedPower: .state("no power", "power present", from: "V", "A").proving
        case .cutCommand: .state("no cut commanded", "cut commanded").proving
        case .production: .state("standing", "producing", from: "A", "kW").proving
        case .doorOpen: .state("closed", "open")
        case .drainagePump: .state("stopped", "running", from: "A").proving
        }
    }
}

extension Quantity {
    /// What is known of a quantity.
    package struct Definition: Sendable {
        /// The units in which a sensor may send it. The first is the one of every value behind the
        /// door: of ring, limits and advisories.
        package let units: [MeasuringUnit]
        /// The values that it can take at all, in `unit`; what lies outside is never a value.
        package let possible: ClosedRange<Double>
        /// For a state, the words for 0 and for 1.
        package let states: [String]?
        /// Whether gas control rests on it even where it has no limit: it tells of gas, air, power,
        /// work or drainage.
        package private(set) var provesControl = false

        /// The name of the unit of every value behind the door.
        package var unit: String { units[0].name }

        fileprivate static func measured(
            _ unit: String, _ possible: ClosedRange<Double>, _ others: MeasuringUnit...
        ) -> Definition {
            Definition(units: [.times(unit, 1)] + others, possible: possible, states: nil)
        }

        /// A state: 0 or 1 on the wire, or an analog value that is 1 from `on-at` upwards.
        fileprivate static func state(
            _ off: String, _ on: String, from analog: String...
        ) -> Definition {
            Definition(
                units: [.times("state", 1)] + analog.map { .switching($0) }, possible: 0...1,
                states: [off, on])
        }

        /// The same of a quantity that gas control rests on.
        fileprivate var proving: Definition {
            var definition = self
            definition.provesControl = true
            return definition
        }
    }
}
