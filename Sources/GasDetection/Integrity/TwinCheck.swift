internal import GasModel

/// Copied: another sensor of the place shows the same, minute by minute, to the last figure, and
/// moves when this one does.
struct TwinCheck: Sendable {
    /// Minutes with a movement that have to be alike in a row, and minutes in all.
    static let minutesMin: (moved: Int32, all: Int32) = (10, 15)

    private(set) var other: Int32 = -1
    private(set) var alike: Int32 = 0
    private(set) var moved: Int32 = 0
    private var unlike: Int32 = 0

    /// Compares the same closed minute of this sensor and of `other`.
    mutating func compare(
        _ mine: Summary, _ theirs: Summary, other: Int32, stands: Bool
    ) -> Finding.Change? {
        // Known only from the journal, it stands against the first that is compared.
        if stands, self.other < 0 { self.other = other }
        guard other == self.other || !stands else { return nil }
        let isAlike =
            mine.lowest == theirs.lowest && mine.highest == theirs.highest
            && mine.last == theirs.last && haveOneSum(mine, theirs)
        let hasMoved = mine.hasMoved || theirs.hasMoved
        guard isAlike else {
            guard other == self.other else { return nil }
            if hasMoved { unlike += 1 }
            (alike, moved) = (0, 0)
            return stands && unlike >= 5 ? .ended : nil
        }
        if other != self.other {
            // One candidate at a time: the one that was alike for longer is kept.
            guard alike == 0 else { return nil }
            self.other = other
        }
        unlike = 0
        alike = min(alike + 1, 100_000)
        if hasMoved { moved = min(moved + 1, 100_000) }
        let isTwin = moved >= Self.minutesMin.moved && alike >= Self.minutesMin.all
        return isTwin && !stands ? .began : nil
    }

    /// Whether the values of a minute add up to the same. Two coarse heads in one air go to and fro
    /// between the same two digits; how often each of them is shown differs. One reading may lie on
    /// the other side of the minute's end.
    private func haveOneSum(_ mine: Summary, _ theirs: Summary) -> Bool {
        if mine.count == theirs.count { return mine.mean == theirs.mean }
        guard abs(mine.count - theirs.count) == 1 else { return false }
        let span = mine.highest - mine.lowest
        return abs(mine.mean - theirs.mean) * Float(max(mine.count, theirs.count)) <= 1.01 * span
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&other)
        try state.word(&alike)
        try state.word(&moved)
        try state.word(&unlike)
    }
}
