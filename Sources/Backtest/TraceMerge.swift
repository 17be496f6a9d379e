package import GasModel
package import TraceReplay

/// The rows of several traces as one, in the order of their arrival; those of one instant in the
/// order in which the files were named.
///
/// A row arrives when its trace says so in the column `arrival`, or else when it was measured. In
/// one file no row arrives before the row above it: what is stamped earlier came late.
package struct TraceMerge: ~Copyable {
    /// A row that claims to arrive later than so long after all before it is refused: a slip in a
    /// stamp must not be taken for years of silence. Days.
    package static let leapDaysMax = 31.0

    /// A file with the row that stands next in it.
    private final class Source {
        var reader: TraceReader
        var row: TraceRow?
        /// When that row arrives.
        var due = Timestamp.distantPast
        let file: String

        init(_ path: String, _ badLines: TraceReader.BadLines) throws(TraceError) {
            file = path
            reader = try TraceReader(path: path, badLines: badLines)
        }

        func advance(isStrict: Bool, leaps: inout [TraceError]) throws(TraceError) {
            while true {
                row = try reader.next()
                guard let row else { return }
                let next = max(due, row.arrival ?? row.time)
                if due == .distantPast
                    || next.seconds(since: due) <= TraceMerge.leapDaysMax * 86_400
                {
                    due = next
                    return
                }
                let error = TraceError(
                    file: file, line: row.line,
                    found: "\(Int(next.seconds(since: due) / 86_400)) days after the row before",
                    allowed: "at most \(Int(TraceMerge.leapDaysMax)) days")
                if isStrict { throw error }
                leaps.append(error)
            }
        }
    }

    private let sources: [Source]
    private let isStrict: Bool
    private var leaps: [TraceError] = []

    /// Opens the traces at `paths`. `isStrict`: a bad line ends the reading.
    package init(paths: [String], isStrict: Bool) throws(TraceError) {
        self.isStrict = isStrict
        var sources: [Source] = []
        for path in paths {
            let source = try Source(path, isStrict ? .stop : .collect)
            try source.advance(isStrict: isStrict, leaps: &leaps)
            sources.append(source)
        }
        self.sources = sources
    }

    /// When the first row arrives; `nil` where there is none.
    package var firstDue: Timestamp? {
        sources.filter { $0.row != nil }.map(\.due).min()
    }

    /// The next row, the number of its file, and when it arrives; `nil` at the end.
    package mutating func next() throws(TraceError) -> (row: TraceRow, file: Int, due: Timestamp)? {
        var first = -1
        for index in sources.indices where sources[index].row != nil {
            if first < 0 || sources[index].due < sources[first].due { first = index }
        }
        guard first >= 0, let row = sources[first].row else { return nil }
        let due = sources[first].due
        try sources[first].advance(isStrict: isStrict, leaps: &leaps)
        return (row, first, due)
    }

    /// The first bad lines of all files, and how many there are.
    package var badLines: (shown: [TraceError], count: Int) {
        let shown = sources.flatMap { $0.reader.badLines } + leaps.prefix(TraceReader.badLinesMax)
        return (shown, sources.reduce(leaps.count) { $0 + $1.reader.badLineCount })
    }

    /// The codes of the sensors met in a file, by `TraceRow.number`.
    package func sensors(ofFile file: Int) -> [String] { sources[file].reader.sensors }

    /// Bytes that were read of all files.
    package var bytesRead: Int { sources.reduce(0) { $0 + $1.reader.bytesRead } }
}
