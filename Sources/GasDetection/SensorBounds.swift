internal import GasModel

/// What one sensor is judged by.
struct SensorBounds: Sendable, Equatable {
    /// The smallest value that is an alarm.
    let alarm: Double
    /// The smallest value that is a cut.
    let cut: Double
    /// Strictly below: a cut may end.
    let repower: Double
    /// Strictly below: an alarm may end.
    let alarmEnd: Double
    /// Longer than this without a message is silence.
    private(set) var silentNanoseconds: Int64
    /// The longest time that may normally pass between two readings.
    private(set) var intervalNanoseconds: Int64
    /// For so long every reading must reach the alarm before it begins. There is none for a cut.
    let alarmOnNanoseconds: Int64
    /// For so long every reading must be below before the alarm ends.
    let alarmOffNanoseconds: Int64
    /// A rise of so much within the last one to two minutes counts as rising.
    let riseMin: Double
    /// Where an over-limit grows graver, rising, above the cut.
    let steps: [Double]
    let quantity: Quantity
    /// Where its scale ends, of a head that may fold back there; see `Sensor.foldsBack`.
    let foldsBackAt: Double
    /// Its code, for figures that name it.
    let code: String
    /// `Sensor.identity`; 0 where there is no sensor.
    let identity: UInt64

    /// The bounds of `sensor`; where there are no limits, no value reaches them.
    init(_ sensor: Sensor?) {
        let limits = sensor?.limits
        let cut = limits?.cut?.reachedAt ?? .infinity
        alarm = limits?.alarm.reachedAt ?? .infinity
        self.cut = cut
        repower = limits?.repower ?? .infinity
        alarmEnd = min(alarm, repower)
        steps = sensor?.steps.map(\.at.reachedAt).filter { $0 > cut } ?? []
        alarmOnNanoseconds = Int64((sensor?.alarmDelay?.onSeconds ?? 0) * 1e9)
        alarmOffNanoseconds = Int64((sensor?.alarmDelay?.offSeconds ?? 0) * 1e9)
        // One step of a coarse sensor to and fro is no rise.
        riseMin = max(0.1 * alarm, 1.5 * (sensor?.resolution ?? 0))
        quantity = sensor?.quantity ?? .methane
        foldsBackAt = sensor.flatMap { $0.foldsBack ? $0.range.upperBound : nil } ?? .infinity
        code = sensor?.id ?? ""
        identity = sensor?.identity ?? 0
        intervalNanoseconds = 0
        silentNanoseconds = 0
        setInterval(sensor?.intervalSeconds ?? 0)
    }

    /// Waits for messages as often as they are announced, if that is more often than the site says:
    /// a sender cannot make the watch laxer.
    mutating func announce(intervalSeconds: Double) {
        guard intervalSeconds > 0, intervalSeconds * 1e9 < Double(intervalNanoseconds) else {
            return
        }
        setInterval(intervalSeconds)
    }

    private mutating func setInterval(_ seconds: Double) {
        intervalNanoseconds = Int64(seconds * 1e9)
        let silence = max(
            seconds * ThresholdDetector.silentIntervals, ThresholdDetector.silentSecondsMin)
        silentNanoseconds = Int64(silence * 1e9)
    }

    var unit: String { quantity.definition.unit }

    /// How many steps above its cut limit a value stands: 0 at the limit itself.
    func step(at value: Double) -> Int { steps.count { value >= $0 } }

    /// The step among these at which an over-limit stands that had reached `step` of `old`.
    func step(forStep step: Int, of old: SensorBounds) -> Int {
        step > 0 ? self.step(at: old.steps[step - 1]) : 0
    }
}
