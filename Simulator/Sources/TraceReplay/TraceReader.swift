package import GasModel

/// One row of a trace.
package struct TraceRow: Sendable, Equatable {
    /// The line it stands in, counted from 1.
    package var line: Int
    /// When it was measured, by the trace.
    package var time: Timestamp
    /// Code of the sensor, as written.
    package var sensor: String
    /// The number, in the sensor's unit; `.nan` unless `quality` is `.good`.
    package var value: Double
    /// `.good`, `.null`, `.nonFinite` or `.sentinel`, as it will be sent again.
    package var quality: Reading.Quality
    /// When it arrived, where the trace says so.
    package var arrival: Timestamp?
    /// The number of the sensor among those that its reader has met, from 0.
    package var number: Int

    /// A row with every field named.
    package init(
        line: Int, time: Timestamp, sensor: String, value: Double, quality: Reading.Quality,
        arrival: Timestamp? = nil, number: Int = 0
    ) {
        self.line = line
        self.time = time
        self.sensor = sensor
        self.value = value
        self.quality = quality
        self.arrival = arrival
        self.number = number
    }
}

/// Reads a trace: CSV with a header that names the columns `ts`, `sensor` and `value`, in any order
/// and among others, which are ignored.
///
/// - `ts`: RFC 3339 with an offset, or a decimal number of seconds or milliseconds since 1970. A
///   number below 10^11 is taken as seconds (until the year 5138), any other as milliseconds (from
///   1973 on). Within the years 2000 to 2100, as on the wire.
/// - `value`: a number. `nan` and the infinities are replayed as a non-finite value, -999999 as the
///   sentinel; nothing, `null` and any other text as `null`: it was no number then either.
/// - `arrival`, where there is such a column: when the reading arrived, as `ts`; empty where that
///   is not known.
/// - Fields may stand in double quotes, which are left out. Lines end with LF or CR LF; empty ones
///   are passed over.
///
/// **Ordering:** rows come in file order, whatever their times. **Cost:** holds one block of the
/// file, so that may be of any size; a row takes no memory of its own.
package struct TraceReader: ~Copyable {
    /// What to do with a line that can't be read.
    package enum BadLines: Sendable {
        /// Throw it. The next call goes on after it.
        case stop
        /// Count it, keep the first `badLinesMax` of them, and go on.
        case collect
    }

    /// How many bad lines are kept for showing; all are counted.
    package static let badLinesMax = 100

    /// The first bad lines, with the reason; filled when they are collected.
    package private(set) var badLines: [TraceError] = []
    /// How many lines were bad.
    package private(set) var badLineCount = 0

    private let file: String
    private let policy: BadLines
    private var columns: TraceColumns
    private var lines: LineReader
    private var line = 1

    /// Opens the trace and reads its header.
    package init(path: String, badLines policy: BadLines = .collect) throws(TraceError) {
        file = path
        self.policy = policy
        var lines = try LineReader(path: path)
        guard case .text(let header)? = try lines.next() else {
            throw TraceError(
                file: path, line: 1, found: "no header", allowed: TraceColumns.allowedHeader)
        }
        columns = try TraceColumns(header: lines.bytes.span.bytes(header), file: path)
        self.lines = lines
    }

    /// The codes of the sensors met so far, by `TraceRow.number`.
    package var sensors: [String] { columns.codes.names }

    /// Bytes of the file that were read so far, for a progress bar.
    package var bytesRead: Int { lines.bytesRead }

    /// The next row; `nil` at the end. **Errors:** a bad line, if these are to stop the reader, and
    /// the file's own failures.
    package mutating func next() throws(TraceError) -> TraceRow? {
        while let text = try lines.next() {
            line += 1
            do throws(TraceError) {
                guard case .text(let bytes) = text else {
                    throw TraceError(
                        file: file, line: line, found: "a longer line",
                        allowed: "at most \(LineReader.lineBytesMax) bytes")
                }
                guard !bytes.isEmpty else { continue }
                let text = lines.bytes
                return try columns.row(text.span, bytes, file: file, line: line)
            } catch {
                badLineCount += 1
                if policy == .stop { throw error }
                if badLines.count < Self.badLinesMax { badLines.append(error) }
            }
        }
        return nil
    }
}
