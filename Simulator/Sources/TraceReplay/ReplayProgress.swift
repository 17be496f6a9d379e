package import GasModel

/// How far a replay is, in one line of a terminal.
package struct ReplayProgress: Sendable {
    /// Cells of the bar.
    static let barCells = 24

    /// What the whole trace holds.
    package let whole: TraceSummary
    /// Readings sent.
    package var readings = 0
    /// The latest time in the trace of what was sent; `nil` before the first.
    package var reached: Timestamp?
    /// Messages the broker has not acknowledged.
    package var unacknowledged = 0

    /// Nothing sent yet of `whole`.
    package init(whole: TraceSummary) { self.whole = whole }

    /// One portion was sent.
    package mutating func sent(_ rows: [TraceRow]) {
        readings += rows.count
        guard let time = rows.first?.time else { return }
        reached = max(reached ?? time, time)
    }

    /// The share done by the time of the trace, or by rows where all have one time; 0 to 1.
    package var share: Double {
        guard let reached, let first = whole.first, let last = whole.last else { return 0 }
        guard last > first else { return Double(readings) / Double(max(whole.rows, 1)) }
        return reached.seconds(since: first) / last.seconds(since: first)
    }

    /// The line at `elapsed` since the start, below 100 columns for all but huge traces.
    package func text(elapsed: Duration) -> String {
        let filled = Int(share * Double(Self.barCells))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: Self.barCells - filled)
        let count = TraceSummary.grouped
        return "[\(bar)] \(Int(share * 100)) %  \(count(readings)) of \(count(whole.rows))"
            + "  \(count(Self.rate(readings, in: elapsed)))/s"
            + "  \(count(unacknowledged)) unacknowledged"
    }

    /// Whole units per second; 0 in no time.
    static func rate(_ count: Int, in elapsed: Duration) -> Int {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Int(Double(count) / seconds) : 0
    }
}
