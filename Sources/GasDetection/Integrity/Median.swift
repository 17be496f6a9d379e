internal import GasModel

/// The middle of a positive quantity over a long time, followed by a small step up or down with
/// every sample: a few wild samples move it no more than a few tame ones, and it needs 8 bytes.
struct Median: Sendable {
    private(set) var value: Float = 0
    private(set) var count: Int32 = 0

    /// Takes a sample. `pace`: the step in the long run as a fraction; at first it is larger, so
    /// that the start does not matter. `floor`: the value is never smaller, above 0.
    mutating func learn(_ sample: Float, pace: Float, floor: Float) {
        if count == 0 {
            value = max(sample, floor)
        } else if sample != value {
            let step = max(pace, min(0.2, 1 / Float(count)))
            value = max(sample > value ? value * (1 + step) : value / (1 + step), floor)
        }
        if count < .max { count += 1 }
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&value)
        try state.word(&count)
    }
}
