internal import GasModel

/// Copied with a lag: what this sensor shows is what another one beside it showed before. The
/// landmarks of its readings, see `RepeatCheck`, are looked for among those of the other.
struct EchoCheck: Sendable {
    /// Landmarks in a row that are not the other's, for it to be over.
    static let missesMax: Int32 = 4
    /// What comes sooner behind the other is no copy with a lag; more than readings may be late by.
    static let lagSecondsMin = 2 * GatewayNumbers.lateSecondsMax

    private(set) var other: Int32 = -1
    /// Which landmark of the other was met last.
    private var matched: Int64 = -1
    /// Landmarks in a row that were met in the order in which the other had them.
    private(set) var streak: Int32 = 0
    private var misses: Int32 = 0
    /// Whether it is by this that the sensor counts as copied.
    var stands = false

    /// Which landmark of `other` would come next; -1 where none was met.
    func expected(of other: Int32) -> Int64 {
        other == self.other && matched >= 0 ? matched + 1 : -1
    }

    /// A landmark is the one of `other` with the number `mark`.
    mutating func meet(_ mark: Int64, of other: Int32) {
        streak = mark == expected(of: other) ? streak + 1 : 1
        (self.other, matched, misses) = (other, mark, 0)
    }

    /// A landmark is nobody else's.
    mutating func miss() {
        (matched, streak) = (-1, 0)
        misses = min(misses + 1, Self.missesMax)
    }

    /// Whether what comes is its own, once more.
    var isOwn: Bool { misses >= Self.missesMax }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&other)
        try state.word(&matched)
        try state.word(&streak)
        try state.word(&misses)
        try state.word(&stands)
    }
}
