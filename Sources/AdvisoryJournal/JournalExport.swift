package import GasModel
internal import HaltAdvisory

/// Why there is no export.
package enum ExportFailure: Error, Equatable, CustomStringConvertible {
    /// No line lies in the span.
    case empty
    /// The journal does not fit at or behind the span: nothing would be proven.
    case damaged([JournalDamage])
    /// A segment went away meanwhile.
    case changed

    /// Why, for a person.
    package var description: String {
        switch self {
        case .empty: "no line of the journal lies in the span"
        case .damaged(let damages):
            "the journal is damaged at or behind the span, and an export would prove nothing:\n"
                + damages.map { "  \($0)" }.joined(separator: "\n")
        case .changed: "the journal was changed meanwhile; try again"
        }
    }
}

/// A span of a journal as one file that says of itself what it is, with its proof.
///
/// `JOURNAL.md` has the format and says what it proves. **Cost:** the journal is read twice, in
/// constant memory.
package struct JournalExport {
    /// What an export begins with: its format.
    static let format = "firedamp-export/1"
    static let linesMark = "--- lines"
    static let proofMark = "--- proof"
    static let endMark = "--- end"

    private let directory: String
    private let isLive: Bool
    /// The first and the last line of the span, and the last of the journal.
    private var first: VisitedLine?
    private var last: JournalLine?
    private var head: JournalLine?
    private var headKey: JournalKey?
    private let from: Timestamp
    private let to: Timestamp
    private let hasProof: Bool

    /// Looks for the lines that were decided from `from` on and before `to`: all from the first to
    /// the last such line, whatever stands in between. `hasProof`: whether the lines behind them
    /// are given too, up to the head.
    package init(
        directory: String, from: Timestamp, to: Timestamp, hasProof: Bool = true,
        isLive: Bool = false
    ) throws {
        self.directory = directory
        (self.from, self.to, self.hasProof, self.isLive) = (from, to, hasProof, isLive)
        var (first, last, head): (VisitedLine?, JournalLine?, JournalLine?)
        let report = try walkJournal(directory: directory, isLive: isLive) { visited in
            let time = visited.line.record.entry.decidedAt
            head = visited.line
            guard visited.line.record.carried == nil, time >= from, time < to else { return true }
            if first == nil { first = visited }
            last = visited.line
            return true
        }
        guard let first else { throw ExportFailure.empty }
        let behind = report.damages.filter { damage in
            switch damage.kind {
            case .unknownFile, .cutFront: false
            default: true
            }
        }.dropFirst(first.damageCount)
        guard behind.isEmpty, report.damageCount <= JournalReport.damagesMax else {
            throw ExportFailure.damaged(Array(behind))
        }
        (self.first, self.last, self.head) = (first, last, head)
        headKey = report.keys.last
    }

    /// Hands the lines of the file to `write`, in order, each without its line feed.
    package func write(now: Timestamp, _ write: (String) throws -> Void) throws {
        guard let first, let last, let head else { throw ExportFailure.empty }
        var sum = RunningHash()
        func put(_ text: String) throws {
            sum.add(Array((text + "\n").utf8))
            try write(text)
        }
        for line in header(first, last, head, now: now) { try put(line) }
        var part = Part.before
        var failure: (any Error)?
        _ = try walkJournal(directory: directory, isLive: isLive) { visited in
            let line = visited.line
            if part == .before, line == first.line { part = .span }
            guard part != .before else { return true }
            do {
                try put(String(decoding: line.bytes, as: UTF8.self))
                if part == .span, line == last {
                    part = .proof
                    try put(Self.proofMark)
                }
            } catch {
                failure = error
                return false
            }
            if part == .proof, line == head || !hasProof { part = .done }
            return part != .done
        }
        if let failure { throw failure }
        guard part == .done else { throw ExportFailure.changed }
        try put(Self.endMark)
        try write("sha256: \(sum.hash)")
    }

    private enum Part { case before, span, proof, done }

    private func header(
        _ first: VisitedLine, _ last: JournalLine, _ head: JournalLine, now: Timestamp
    ) -> [String] {
        let (start, end) = (first.line.record, last.record)
        return [
            Self.format, "mine: \(start.entry.mine)", "from: \(from.rfc3339())",
            "to: \(to.rfc3339())", "made: \(now.rfc3339())",
            "lines: \(start.number) to \(end.number)", "before: \(start.previous)",
            "head: \(head.record.number) \(head.hash)",
            "key: " + Self.name(first.keyBefore), "head-key: " + Self.name(headKey),
            Self.linesMark,
        ]
    }

    /// A key with its fingerprint, or that there is none.
    static func name(_ key: JournalKey?) -> String {
        key.map { "\($0.text) \($0.fingerprint)" } ?? "none"
    }
}
