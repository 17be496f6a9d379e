internal import GasModel
package import HaltAdvisory

/// Which lines of the journal an outlet has still to deliver, and which of them comes next.
///
/// It holds numbers and no lines: 32 bytes for each, so an outlet that is dead for a night costs
/// next to nothing. **Ordering:** lines of one advisory go in the order of the journal, and so do
/// those of no advisory; among the heads of these rows the one goes first behind which the gravest
/// line waits, the older one of equals. So a halt never waits for less, nor an alarm that became a
/// halt for the sake of its own first line. **Cost:** choosing looks at every row that waits.
package struct DeliveryQueue: Sendable {
    /// Most lines that are known at a time; those behind them are read once there is room.
    package static let linesMax = 32_768

    /// The row of an advisory, or that of all lines without one.
    private struct Row: Sendable {
        var numbers: [UInt64] = []
        var gravities: [Gravity] = []
        /// How many of them are delivered.
        var gone = 0
        /// The gravest that waits.
        var top: Gravity
    }

    private var rows: [UInt64: Row] = [:]
    /// How many lines wait.
    package private(set) var count = 0
    /// The newest line that was considered: each up to it is delivered, passed over, or waits.
    package private(set) var newest: UInt64

    /// All lines up to `deliveredThrough` are delivered.
    package init(deliveredThrough: UInt64) { newest = deliveredThrough }

    /// Whether no further line may be added for now.
    package var isFull: Bool { count >= Self.linesMax }

    /// All lines up to this number are delivered or passed over.
    package var deliveredThrough: UInt64 {
        let heads = rows.values.lazy.map { $0.numbers[$0.gone] }
        return heads.min().map { $0 - 1 } ?? newest
    }

    /// The row that a line belongs to. Two whose names give the same number share one, which costs
    /// them nothing but their order.
    package static func row(of entry: Announcement, number: UInt64) -> UInt64 {
        if let advisory = entry.advisory { return UInt64(nameHash: advisory.id) }
        // What the mine stands under must not wait behind whatever else the daemon had to say.
        return entry.severity == .halt ? number | 1 << 63 : 0
    }

    /// Adds the line `number`, newer than all before.
    package mutating func add(_ number: UInt64, row: UInt64, gravity: Gravity) {
        precondition(number > newest, "lines are added in the order of the journal")
        newest = number
        count += 1
        rows[row, default: Row(top: gravity)].numbers.append(number)
        rows[row]?.gravities.append(gravity)
        if let top = rows[row]?.top, top < gravity { rows[row]?.top = gravity }
    }

    /// Lines up to `number` need not be delivered beyond those that wait.
    package mutating func passOver(through number: UInt64) { newest = max(newest, number) }

    /// Whether a line of `row` waits.
    package func waits(row: UInt64) -> Bool { rows[row] != nil }

    /// The next line to deliver of the rows that `isFree`.
    package func next(where isFree: (UInt64) -> Bool) -> (number: UInt64, row: UInt64)? {
        var best: (number: UInt64, row: UInt64, top: Gravity)?
        for (key, row) in rows where isFree(key) {
            let head = row.numbers[row.gone]
            if let known = best {
                if row.top < known.top { continue }
                if !(known.top < row.top), head > known.number { continue }
            }
            best = (head, key, row.top)
        }
        return best.map { ($0.number, $0.row) }
    }

    /// About `count` lines of those that come first: as many of each row as that allows.
    package func upcoming(_ count: Int) -> [UInt64] {
        let ofEach = max(1, count / max(1, rows.count))
        let first = rows.values.sorted { a, b in
            b.top < a.top || (!(a.top < b.top) && a.numbers[a.gone] < b.numbers[b.gone])
        }.prefix(count)
        return first.flatMap { $0.numbers[$0.gone...].prefix(ofEach) }
    }

    /// Takes out the line that `row` begins with: it is delivered, or given up.
    package mutating func removeHead(of row: UInt64) {
        guard var known = rows.removeValue(forKey: row) else { return }
        let gravity = known.gravities[known.gone]
        known.gone += 1
        count -= 1
        guard known.gone < known.numbers.count else { return }
        if !(gravity < known.top) {
            known.top = known.gravities[known.gone...].max() ?? known.top
        }
        if known.gone > 64, known.gone * 2 > known.numbers.count {
            known.numbers.removeFirst(known.gone)
            known.gravities.removeFirst(known.gone)
            known.gone = 0
        }
        rows[row] = known
    }
}
