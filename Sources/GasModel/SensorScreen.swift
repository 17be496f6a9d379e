/// What a value of one sensor is taken with, wherever it enters: converted once to the quantity's
/// own unit, and a number only if the sensor can have measured it.
package struct SensorScreen: Sendable {
    private let low: Double
    private let high: Double
    /// In the unit that `low` and `high` are in too.
    private let possible: ClosedRange<Double>
    private let conversion: UnitConversion
    /// Whether that leaves every value as it is: nearly all sensors send the quantity's own unit,
    /// and a division by 1 takes as long as any other.
    private let isConverted: Bool
    private let isState: Bool

    /// The screen of `sensor`.
    package init(_ sensor: Sensor) {
        let definition = sensor.quantity.definition
        low = sensor.range.lowerBound
        high = sensor.range.upperBound
        possible = definition.possible
        conversion = sensor.conversion
        isConverted = sensor.conversion != UnitConversion()
        isState = definition.states != nil
    }

    /// `value`, as the sensor sends it, in the quantity's own unit with what it is worth; `.nan`
    /// unless that is `.good`. `quality` is what was known of it before.
    package func callAsFunction(
        _ value: Double, quality: Reading.Quality
    ) -> (value: Double, quality: Reading.Quality) {
        guard quality == .good else { return (.nan, quality) }
        // Zero is added as every conversion does it: a zero has no minus behind this door.
        let converted = isConverted ? conversion(value) : value + 0
        let worth = self.quality(of: converted)
        return (worth == .good ? converted : .nan, worth)
    }

    private func quality(of value: Double) -> Reading.Quality {
        if !possible.contains(value) { return value < low ? .belowRange : .impossible }
        if value < low { return .belowRange }
        if value > high { return .aboveRange }
        return isState && value != 0 && value != 1 ? .impossible : .good
    }
}
