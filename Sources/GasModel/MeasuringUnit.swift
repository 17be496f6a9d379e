/// A unit in which sensors send a quantity, and how its values are brought into the quantity's own.
package struct MeasuringUnit: Sendable {
    /// How it is written in a site file.
    package let name: String
    /// What must be stated beside it, because the unit alone does not say what its numbers mean.
    package let parameters: [Parameter]
    private let convert: @Sendable ([Parameter: Double]) -> UnitConversion

    /// Something that a unit leaves open and a site file must state.
    package enum Parameter: String, Sendable, CaseIterable {
        /// The lower explosive limit that 100 % stands for, in per cent by volume.
        case explosiveLimit = "lel"
        /// The temperature that a mass concentration is stated at, in °C.
        case temperature
        /// The pressure that a mass concentration is stated at, in kPa.
        case pressure
        /// The value from which on a state counts as 1, in the unit itself.
        case onAt = "on-at"

        /// What can be meant: everything else is a slip of the pen.
        package var allowed: ClosedRange<Double> {
            switch self {
            case .explosiveLimit: 4.0...5.5
            case .temperature: -30...100
            case .pressure: 60...130
            case .onAt: -1_000_000...1_000_000
            }
        }
    }

    /// The conversion with everything stated; `nil` when one of `parameters` is missing.
    package func conversion(_ stated: [Parameter: Double]) -> UnitConversion? {
        parameters.allSatisfy { stated[$0] != nil } ? convert(stated) : nil
    }
}

extension MeasuringUnit {
    static func times(_ name: String, _ factor: Double, over divisor: Double = 1) -> MeasuringUnit {
        MeasuringUnit(name: name, parameters: []) { _ in
            UnitConversion(factor: factor, divisor: divisor)
        }
    }

    static func shifted(_ name: String, by offset: Double) -> MeasuringUnit {
        MeasuringUnit(name: name, parameters: []) { _ in UnitConversion(offset: offset) }
    }

    static var percentOfLEL: MeasuringUnit {
        MeasuringUnit(name: "%LEL", parameters: [.explosiveLimit]) {
            UnitConversion(factor: $0[.explosiveLimit] ?? .nan, divisor: 100)
        }
    }

    /// Mass of gas in a cubic metre of air; `molarMass` in g/mol, `over`: ppm in one of the
    /// quantity's own unit.
    ///
    /// Source: the ideal gas law; R is the constant of the SI since 2019.
    static func milligrams(molarMass: Double, over divisor: Double = 1) -> MeasuringUnit {
        MeasuringUnit(name: "mg/m3", parameters: [.temperature, .pressure]) {
            let kelvin = ($0[.temperature] ?? .nan) + 273.15
            // 1 mg/m3 is 1e-3/M mol/m3, air is 1000 p/(R T) mol/m3; a millionth of it is 1 ppm.
            let ppm = 8.314_462_618 * kelvin / (molarMass * ($0[.pressure] ?? .nan))
            return UnitConversion(factor: ppm, divisor: divisor)
        }
    }

    static func switching(_ name: String) -> MeasuringUnit {
        MeasuringUnit(name: name, parameters: [.onAt]) { UnitConversion(onAt: $0[.onAt]) }
    }
}

/// From a value as a sensor sends it to the quantity's own unit: done once, where the value enters.
///
/// Multiplied before it is divided and rounded to nine decimals, so that figures which are exact on
/// paper (20 %LEL of 5.0, 10,000 ppm, 0.0024 %CO) meet a limit exactly.
package struct UnitConversion: Sendable, Equatable {
    /// Multiplied with first, ...
    package let factor: Double
    /// ... then divided by, ...
    package let divisor: Double
    /// ... then added.
    package let offset: Double
    /// Where it is set, the result is 1 from this value upwards and 0 below, and nothing else.
    package let onAt: Double?

    /// A conversion that changes nothing but what is given.
    package init(
        factor: Double = 1, divisor: Double = 1, offset: Double = 0, onAt: Double? = nil
    ) {
        self.factor = factor
        self.divisor = divisor
        self.offset = offset
        self.onAt = onAt
    }

    /// `value` in the quantity's own unit.
    package func callAsFunction(_ value: Double) -> Double {
        if let onAt { return value >= onAt ? 1 : 0 }
        let own = value * factor / divisor + offset
        // Unrounded, 0.0024 %CO is the last bit below 24 ppm. The zero takes the minus from a zero.
        return (own * Self.oneOverStep).rounded(.toNearestOrEven) / Self.oneOverStep + 0
    }

    /// A step is far below what any sensor shows, and as many of them as the largest value of a
    /// quantity has are still whole numbers without a gap.
    private static let oneOverStep = 1e9
}
