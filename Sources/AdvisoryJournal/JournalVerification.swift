internal import GasModel
internal import Glibc
internal import HaltAdvisory

/// What a walk through a whole journal found.
package struct JournalReport: Sendable {
    /// No more of them are kept; `damageCount` counts all.
    package static let damagesMax = 50

    /// What does not fit, in the order of the chain; then what concerns whole files.
    package internal(set) var damages: [JournalDamage] = []
    /// How much does not fit in all.
    package internal(set) var damageCount = 0
    /// What is worth knowing and no damage.
    package internal(set) var remarks: [String] = []
    /// How many segments there are.
    package internal(set) var segments = 0
    /// How many lines.
    package internal(set) var lines = 0
    /// Number of the first line.
    package internal(set) var firstNumber: UInt64?
    /// Number of the last line; 0 while there is none.
    package internal(set) var lastNumber: UInt64 = 0
    /// Hash of the last line: the head of the chain.
    package internal(set) var lastHash = sha256([])
    /// When the first line was decided, RFC 3339 in UTC.
    package internal(set) var firstAt: String?
    /// When the last line was decided, RFC 3339 in UTC.
    package internal(set) var lastAt: String?
    /// Number of the first line that is signed.
    package internal(set) var signedFrom: UInt64?
    /// The keys that sign, in the order of the journal.
    package internal(set) var keys: [JournalKey] = []
    /// The key that the next line must be signed with, if any.
    var keyInForce: JournalKey?

    /// Whether everything fits.
    package var isWhole: Bool { damageCount == 0 }

    mutating func note(_ damage: JournalDamage) {
        damageCount += 1
        if damages.count < Self.damagesMax { damages.append(damage) }
    }
}

/// A line of a journal that is being walked.
struct VisitedLine {
    var line: JournalLine
    /// The key that was in force before it.
    var keyBefore: JournalKey?
    /// How much damage was met before it.
    var damageCount: Int
}

/// Walks the journal in `directory` from its first line to its last, in constant memory.
///
/// - Parameters:
///   - trusted: the only keys that may sign; empty: any, and the report says which.
///   - isLive: whether a daemon may be appending: a last line that is not written in full is then
///     no damage, as long as it is behind what the head mark names.
///
/// **Errors:** `FileError` where there is no journal, or it cannot be read.
package func verifyJournal(
    directory: String, trusted: [JournalKey] = [], isLive: Bool = false
) throws(FileError) -> JournalReport {
    try walkJournal(directory: directory, trusted: trusted, isLive: isLive) { _ in true }
}

/// The same, with each line that can be read handed to `visit`, which says whether to go on.
func walkJournal(
    directory: String, trusted: [JournalKey] = [], isLive: Bool, visit: (VisitedLine) -> Bool
) throws(FileError) -> JournalReport {
    var walk = try JournalWalk(directory: directory, trusted: trusted, isLive: isLive)
    return try walk.run(visit)
}

/// One walk: what is open at its start is what is walked, whatever a daemon renames meanwhile.
private struct JournalWalk: ~Copyable {
    private let files: JournalFiles
    private let isLive: Bool
    private let isSignatureAsked: Bool
    private var chain: ChainWalk
    private var report = JournalReport()
    private var growing: LineReader?
    /// The head mark, read before the lines: what it names must be there.
    private let headText: String?
    private let head: HeadMark.Word?
    private var headWasMet = false
    /// Files that were set aside whole, by their hash.
    private let setAside: [String: String]
    /// Where the journal begins, if not at its beginning.
    private var claim: ChainWalk.Place?
    private var claimIsOnRecord = false
    private var isTorn = false

    init(directory: String, trusted: [JournalKey], isLive: Bool) throws(FileError) {
        let text = HeadMark.read(path: directory + "/" + JournalFiles.head)
        let path = directory + "/" + JournalFiles.growing
        // Opened before the directory is read, and read from then on whatever it is called.
        var files: JournalFiles
        if unsafe access(path, F_OK) == 0 {
            let reader = try LineReader(path: path)
            files = try JournalFiles(directory: directory)
            files.dropClosed(from: reader.identity)
            growing = consume reader
        } else {
            files = try JournalFiles(directory: directory)
            guard !files.closed.isEmpty || text != nil else {
                errno = ENOENT
                throw FileError("open", path)
            }
            growing = nil
        }
        var broken: [String: String] = [:]
        for name in files.setAside { broken[try fileHash(files.path(name)).hash] = name }
        self.files = files
        self.isLive = isLive
        isSignatureAsked = !trusted.isEmpty
        chain = ChainWalk(from: nil, trusted: trusted)
        headText = text
        head = text.flatMap { HeadMark.Word(text: $0) }
        setAside = broken
    }

    mutating func run(_ visit: (VisitedLine) -> Bool) throws(FileError) -> JournalReport {
        try begin()
        for closed in files.closed {
            let reader = try LineReader(path: files.path(closed.name))
            guard try walk(reader, name: closed.name, first: closed.first, visit) else {
                return report
            }
        }
        if let reader = growing.take() {
            guard try walk(reader, name: JournalFiles.growing, first: nil, visit) else {
                return report
            }
        }
        finish()
        return report
    }

    /// What the first line of all must carry.
    private mutating func begin() throws(FileError) {
        let bytes: [UInt8]?
        if let closed = files.closed.first {
            bytes = try LineReader(path: files.path(closed.name)).firstLine()
        } else {
            bytes = try growing?.firstLine()
        }
        guard let bytes, let first = (try? JournalLine(bytes: bytes))?.record else {
            chain.place = .beginning(sha256([]))
            return
        }
        let anchor = try files.anchor()
        if first.number == 1, first.previous == anchor, let broken = setAside[anchor] {
            // A version before 0.2 set a broken journal aside and counted from 1 again.
            chain.place = .beginning(sha256([]))
            try walkBroken(broken)
        } else if first.number > 1, first.memory != nil {
            claim = ChainWalk.Place(number: first.number, previous: first.previous)
            if let broken = setAside[first.previous] { try walkBroken(broken) }
        } else {
            chain.place = .beginning(sha256([]))
        }
    }

    /// Walks a file that was set aside: what broke it is told with its place.
    private mutating func walkBroken(_ name: String) throws(FileError) {
        var segment = try SegmentWalk(path: files.path(name), chain: chain)
        let before = report.damageCount
        while let step = try segment.next() {
            if let damage = step.damage { report.note(damage) }
        }
        if report.damageCount == before {
            report.note(
                JournalDamage(
                    path: files.path(name), line: 0, offset: 0,
                    kind: .unreadable(reason: "it was set aside, and nothing in it says why")))
        }
        report.remarks.append(
            "\(files.path(name)) was broken and set aside; what follows starts from its hash")
        chain = segment.chain
        chain.place = nil
        report.segments += 1
    }

    /// Walks one segment; `false` when the visitor has seen enough.
    private mutating func walk(
        _ reader: consuming LineReader, name: String, first: UInt64?,
        _ visit: (VisitedLine) -> Bool
    ) throws(FileError) -> Bool {
        if !setAside.isEmpty, let place = chain.place, let bytes = try reader.firstLine(),
            let previous = (try? JournalLine(bytes: bytes))?.record.previous,
            previous != place.previous, let broken = setAside[previous]
        {
            try walkBroken(broken)
        }
        let path = files.path(name)
        report.segments += 1
        var segment = SegmentWalk(path: path, chain: chain, reader: reader)
        var keyBefore = chain.key
        while let step = try segment.next() {
            let damagedBefore = report.damageCount
            var damage = step.damage
            if step.number == 1 {
                damage = step.line.flatMap { atStart(of: path, first, $0.record) } ?? damage
            }
            if damage?.kind == .tornTail, name == JournalFiles.growing {
                isTorn = true
                if isLive, (head?.number ?? 0) < (segment.chain.place?.number ?? 1) { damage = nil }
            }
            if let damage { report.note(damage) }
            guard let line = step.line else { continue }
            take(line, at: step, path)
            let visited = VisitedLine(
                line: line, keyBefore: keyBefore, damageCount: damagedBefore)
            keyBefore = segment.chain.key
            guard visit(visited) else { return false }
        }
        chain = segment.chain
        return true
    }

    /// What can be wrong at the border of two segments, and nowhere else.
    private func atStart(
        of path: String, _ name: UInt64?, _ record: JournalRecord
    ) -> JournalDamage? {
        func damage(_ kind: JournalDamage.Kind) -> JournalDamage {
            JournalDamage(path: path, line: 1, offset: 0, kind: kind)
        }
        if let name, name != record.number { return damage(.wrongName(first: record.number)) }
        guard let place = chain.place, record.previous != place.previous,
            record.number > place.number, report.lines > 0
        else { return nil }
        return damage(.missingSegment(from: place.number, through: record.number - 1))
    }

    private mutating func take(_ line: JournalLine, at step: SegmentWalk.Step, _ path: String) {
        let record = line.record
        report.lines += 1
        if report.firstNumber == nil {
            (report.firstNumber, report.firstAt) = (record.number, record.entry.at)
        }
        (report.lastNumber, report.lastHash, report.lastAt) = (
            record.number, line.hash, record.entry.at
        )
        for retired in record.retired ?? [] {
            guard let claim, retired.last &+ 1 == claim.number, retired.hash == claim.previous
            else { continue }
            claimIsOnRecord = true
            report.remarks.append(
                "begins with line \(claim.number): line \(record.number) says that those before "
                    + "were deleted for their age")
        }
        guard let head, head.number == record.number else { return }
        headWasMet = true
        if head.hash != line.hash {
            report.note(
                JournalDamage(
                    path: path, line: step.number, offset: step.offset, kind: .notTheHead))
        }
    }

    private mutating func finish() {
        (report.signedFrom, report.keys) = (chain.signedFrom, chain.keys)
        report.keyInForce = chain.key
        let first = files.path(files.closed.first?.name ?? JournalFiles.growing)
        let isNamed = report.damages.contains { $0.path == first && $0.line == 1 }
        if let claim, !claimIsOnRecord, !isNamed {
            let damage = JournalDamage(
                path: first, line: 1, offset: 0, kind: .cutFront(first: claim.number))
            report.damageCount += 1
            // It is before all others.
            report.damages.insert(damage, at: 0)
        }
        checkHead()
        if isSignatureAsked, chain.signedFrom == nil {
            report.note(
                JournalDamage(path: files.directory, line: 0, offset: 0, kind: .unsigned))
        }
        for name in files.unknown {
            report.note(
                JournalDamage(path: files.path(name), line: 0, offset: 0, kind: .unknownFile))
        }
        addRemarks()
    }

    private mutating func checkHead() {
        let path = files.path(JournalFiles.head)
        guard let headText else {
            report.remarks.append("there is no head mark: an end that was cut off is not found out")
            return
        }
        guard let head else {
            let kind = JournalDamage.Kind.wrongHead(reason: "'\(headText.prefix(80))' is none")
            return report.note(JournalDamage(path: path, line: 0, offset: 0, kind: kind))
        }
        if head.number > report.lastNumber {
            let size = JournalScan.size(files.growingPath)
            return report.note(
                JournalDamage(
                    path: files.growingPath, line: 0, offset: size,
                    kind: .cutEnd(last: report.lastNumber, head: head.number)))
        }
        if let signedFrom = chain.signedFrom, head.number >= signedFrom, chain.unsignedFrom == nil {
            let isSigned = chain.keys.contains { key in
                head.signature.map { key.isSignature($0, of: head.signedBytes) } == true
            }
            if !isSigned {
                let kind = JournalDamage.Kind.wrongHead(
                    reason: "it is not signed by a key of the journal")
                report.note(JournalDamage(path: path, line: 0, offset: 0, kind: kind))
            }
        }
        if !headWasMet, report.lines > 0 {
            report.remarks.append(
                "the head mark names line \(head.number), which is before the first that is here")
        } else if head.number < report.lastNumber, !isLive {
            report.remarks.append(
                "the head mark lags behind, at line \(head.number): an end of "
                    + "\(report.lastNumber - head.number) lines could be missing unnoticed")
        }
    }

    private mutating func addRemarks() {
        if isTorn, isLive {
            report.remarks.append("the last line is being written; it was left out")
        }
        if let from = chain.unsignedFrom {
            report.remarks.append("from line \(from) on it is no longer signed")
        }
        for (number, seconds) in chain.stepsBack {
            report.remarks.append(
                "line \(number): the time goes back by \(Int(seconds.rounded())) s: the clock was "
                    + "put back, or a record was judged late")
        }
        if chain.stepsBackCount > chain.stepsBack.count {
            report.remarks.append("the time goes back \(chain.stepsBackCount) times in all")
        }
        for name in files.torn {
            report.remarks.append("\(files.path(name)): the torn end of a write, never told")
        }
    }
}
