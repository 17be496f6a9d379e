internal import GasModel

/// What one sensor is judged by.
struct SensorBounds: Sendable, Equatable {
    /// The smallest value that is an alarm.
    let alarm: Double
    /// The smallest value that is a cut.
    let cut: Double
    /// Strictly below: cut and alarm may end.
    let repower: Double
    /// Where an over-limit grows graver, rising, above the cut.
    let steps: [Double]
    /// Longer than this without a message is silence.
    let silentNanoseconds: Int64

    /// The bounds of `sensor`; where there are no limits, no value reaches them.
    init(_ sensor: Sensor?) {
        let limits = sensor?.limits
        let cut = limits?.cut?.reachedAt ?? .infinity
        alarm = limits?.alarm.reachedAt ?? .infinity
        self.cut = cut
        repower = limits?.repower ?? .infinity
        steps = sensor?.steps.map(\.at.reachedAt).filter { $0 > cut } ?? []
        let silence = max(
            (sensor?.intervalSeconds ?? 0) * ThresholdDetector.silentIntervals,
            ThresholdDetector.silentSecondsMin)
        silentNanoseconds = Int64(silence * 1e9)
    }

    /// How many steps above its cut limit a value stands: 0 at the limit itself.
    func step(at value: Double) -> Int { steps.count { value >= $0 } }

    /// The step among these at which an over-limit stands that had reached `step` of `old`.
    func step(forStep step: Int, of old: SensorBounds) -> Int {
        step > 0 ? self.step(at: old.steps[step - 1]) : 0
    }
}
