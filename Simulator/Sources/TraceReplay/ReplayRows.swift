internal import SensorWire

/// The rows of a trace that are to be sent, in file order, in the portions that share a message.
///
/// **Cost:** holds what `TraceReader` holds and one portion.
package struct ReplayRows: ~Copyable {
    /// How many rows share a message.
    package enum Portions: Sendable {
        /// Each row is a message.
        case rows
        /// Rows of one time that stand together are one message, as far as the wire allows.
        case instants
    }

    /// The most rows of one portion: the daemon takes no more from one message.
    package static var portionRowsMax: Int { ReadingJSON.elementsMax }

    /// Rows of sensors that the selection leaves out.
    package private(set) var leftOutCount = 0

    private let file: String
    /// The sensors met so far, selected or not, as the trace has them.
    private var sensors: Set<String> = []
    private let selection: SensorSelection
    private let portions: Portions
    private let policy: TraceReader.BadLines
    private var reader: TraceReader
    private var unsendable: [TraceError] = []
    private var unsendableCount = 0
    /// The row that ended the portion before.
    private var waiting: TraceRow?

    /// Opens the trace at `path` and reads its header.
    package init(
        path: String, selection: SensorSelection, portions: Portions,
        badLines policy: TraceReader.BadLines
    ) throws(TraceError) {
        file = path
        self.selection = selection
        self.portions = portions
        self.policy = policy
        reader = try TraceReader(path: path, badLines: policy)
    }

    /// How many lines were bad: unreadable, or of a sensor whose code no topic can carry.
    package var badLineCount: Int { reader.badLineCount + unsendableCount }

    /// The first of them in the order of the file, at most `TraceReader.badLinesMax`.
    package var badLines: [TraceError] {
        let all = (reader.badLines + unsendable).sorted { $0.line < $1.line }
        return Array(all.prefix(TraceReader.badLinesMax))
    }

    /// The sensors that the selection names and that have not been met, in alphabetical order.
    package var missing: [String] { selection.missing(from: sensors) }

    /// Some of the sensors met so far, as the trace has them, in alphabetical order.
    package var sensorList: String {
        sensors.isEmpty ? "none" : TraceSummary.named(sensors.sorted())
    }

    /// The next portion, never empty, each row with the code that it is to be sent under; `nil` at
    /// the end. **Errors:** as `TraceReader.next`.
    package mutating func next() throws(TraceError) -> [TraceRow]? {
        var start = waiting.take()
        if start == nil { start = try nextRow() }
        guard let first = start else { return nil }
        var portion = [first]
        guard portions == .instants else { return portion }
        while portion.count < Self.portionRowsMax, let row = try nextRow() {
            guard row.time == first.time else {
                waiting = row
                break
            }
            portion.append(row)
        }
        return portion
    }

    private mutating func nextRow() throws(TraceError) -> TraceRow? {
        while var row = try reader.next() {
            sensors.insert(row.sensor)
            guard let code = selection.code(of: row.sensor) else {
                leftOutCount += 1
                continue
            }
            row.sensor = code
            if SensorSelection.canBeSent(code) { return row }
            let error = TraceError(
                file: file, line: row.line, column: "sensor", found: code,
                allowed: "at most \(SensorSelection.codeBytesMax) bytes without /, + and #")
            unsendableCount += 1
            if policy == .stop { throw error }
            if unsendable.count < TraceReader.badLinesMax { unsendable.append(error) }
        }
        return nil
    }
}
