internal import GasModel

/// Copied: another sensor of the place shows the same, minute by minute, to the last figure, and
/// moves when this one does.
///
/// Each of the others has a row of its own: while nothing moves all of a place may look alike, and
/// whoever was compared first would keep the true twin out.
struct TwinCheck: Sendable {
    /// Minutes with a movement that have to be alike in a row, and minutes in all.
    static let minutesMin: (moved: Int32, all: Int32) = (10, 15)

    /// Minutes like those of one other sensor, in a row.
    struct Row: Sendable {
        var other: Int32 = -1
        var alike: Int32 = 0
        var moved: Int32 = 0

        mutating func exchange(_ state: inout StateExchange) throws(StateError) {
            try state.word(&other)
            try state.word(&alike)
            try state.word(&moved)
        }
    }

    /// The newest minute of this sensor that is judged, counted from 1970.
    var minute = Int64.min
    private var rows = InlineArray<4, Row>(repeating: Row())
    /// The one of which the finding tells.
    private var twin: Int32 = -1
    private var unlike: Int32 = 0

    /// Compares the same closed minute of this sensor and of `other`; what has changed, and the row
    /// of minutes alike.
    mutating func compare(
        _ mine: Summary, _ theirs: Summary, other: Int32, stands: Bool
    ) -> (change: Finding.Change?, row: Row) {
        // Known only from the journal, it stands against the first that is compared.
        if stands, twin < 0 { twin = other }
        let isAlike =
            mine.lowest == theirs.lowest && mine.highest == theirs.highest
            && mine.last == theirs.last && haveOneSum(mine, theirs)
        let hasMoved = mine.hasMoved || theirs.hasMoved
        let row = note(isAlike, hasMoved, other: other)
        if stands {
            guard other == twin else { return (nil, row) }
            unlike = isAlike ? 0 : hasMoved ? unlike + 1 : unlike
            return (unlike >= 5 ? .ended : nil, row)
        }
        guard row.moved >= Self.minutesMin.moved, row.alike >= Self.minutesMin.all else {
            return (nil, row)
        }
        (twin, unlike) = (other, 0)
        return (.began, row)
    }

    private mutating func note(_ isAlike: Bool, _ hasMoved: Bool, other: Int32) -> Row {
        let place = rows.indices.first { rows[$0].other == other }
        guard isAlike else {
            if let place { rows[place] = Row() }
            return Row(other: other)
        }
        // A place has no more neighbours than there are rows, but for one that changed.
        guard let place = place ?? rows.indices.first(where: { rows[$0].other < 0 }) else {
            return Row(other: other)
        }
        rows[place].other = other
        rows[place].alike = min(rows[place].alike + 1, 100_000)
        if hasMoved { rows[place].moved = min(rows[place].moved + 1, 100_000) }
        return rows[place]
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
        for place in rows.indices { try rows[place].exchange(&state) }
        try state.word(&minute)
        try state.word(&twin)
        try state.word(&unlike)
    }
}
