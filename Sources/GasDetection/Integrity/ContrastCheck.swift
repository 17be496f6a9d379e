internal import GasModel

/// Contradiction, and the order of the air: what one sensor cannot show while another of its place
/// shows what it does.
struct ContrastCheck: Sendable {
    /// Next to nothing here, and at least this much there, %.
    static let highMin: Float = 0.5
    /// Minutes that it has to be so.
    static let minutesMin: Int32 = 5
    /// Minutes that a return has to show less than its intake, or a corner half of its return.
    static let orderMinutesMin: Int32 = 20

    private var contrary: Int32 = 0
    private var agreeing: Int32 = 0
    private var disordered: Int32 = 0
    private var ordered: Int32 = 0

    /// Whether `low` and `high`, means of a minute at one place, cannot both be right.
    static func contradicts(_ low: Float, _ high: Float, resolution: Float) -> Bool {
        high >= highMin && low <= 0.1 * high && low <= 0.05 + resolution / 2
    }

    mutating func judgeContrast(_ isContrary: Bool, stands: Bool) -> Finding.Change? {
        contrary = isContrary ? contrary + 1 : 0
        agreeing = isContrary ? 0 : agreeing + 1
        if stands { return agreeing >= 3 ? .ended : nil }
        return contrary >= Self.minutesMin ? .began : nil
    }

    mutating func judgeOrder(_ isDisordered: Bool, stands: Bool) -> Finding.Change? {
        disordered = isDisordered ? disordered + 1 : 0
        ordered = isDisordered ? 0 : ordered + 1
        if stands { return ordered >= 5 ? .ended : nil }
        return disordered >= Self.orderMinutesMin ? .began : nil
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&contrary)
        try state.word(&agreeing)
        try state.word(&disordered)
        try state.word(&ordered)
    }
}
