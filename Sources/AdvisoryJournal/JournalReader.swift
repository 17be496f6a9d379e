internal import Glibc

/// What a walk through a journal file found.
package struct JournalContents: Sendable {
    /// Every line that stands in an unbroken chain, in order.
    package var lines: [JournalLine] = []
    /// Lines behind a break in the chain that can still be read: evidence of what stood open, not
    /// proof.
    package var unproven: [JournalLine] = []
    /// The first place that does not fit, when there is one.
    package var damage: JournalDamage?
    /// Bytes of the file that belong to `lines`.
    package var provenBytes = 0
}

/// Walks one journal file and checks its chain. Never throws for what stands in the file: damage is
/// a finding with its place, and what can still be read is handed over as unproven.
///
/// Holds all of it in memory: for a look at one segment. `verifyJournal` walks a whole journal.
///
/// - Parameters:
///   - path: the file; a missing one reads as empty.
///   - first: number that the first line must carry; `nil`: it may carry any, and any hash.
///   - previous: hash that the first line must carry.
package func readJournal(
    path: String, first: UInt64? = 1, previous: String = sha256([])
) throws(FileError) -> JournalContents {
    var contents = JournalContents()
    guard unsafe access(path, F_OK) == 0 else { return contents }
    var segment = try SegmentWalk(
        path: path, chain: ChainWalk(from: first.map { .init(number: $0, previous: previous) }))
    while let step = try segment.next() {
        if contents.damage == nil { contents.damage = step.damage }
        guard let line = step.line else { continue }
        if contents.damage == nil {
            contents.lines.append(line)
            contents.provenBytes = step.end
        } else {
            contents.unproven.append(line)
        }
    }
    return contents
}

/// Walks one segment line by line, with the chain that leads into it.
struct SegmentWalk: ~Copyable {
    /// A line, or what stands in the place of one.
    struct Step {
        /// The line, where it is one.
        var line: JournalLine?
        /// The first thing wrong with it.
        var damage: JournalDamage?
        /// Which line of the file, from 1, and the byte at which it begins.
        var number: Int
        var offset: Int
        /// Where the next line begins.
        var end: Int
    }

    let path: String
    /// How far the chain has come.
    private(set) var chain: ChainWalk
    private var reader: LineReader

    init(path: String, chain: ChainWalk) throws(FileError) {
        try self.init(path: path, chain: chain, reader: LineReader(path: path))
    }

    init(path: String, chain: ChainWalk, reader: consuming LineReader) {
        self.path = path
        self.chain = chain
        self.reader = reader
    }

    /// The next line; `nil` at the end of the file.
    mutating func next() throws(FileError) -> Step? {
        guard let found = try reader.next() else { return nil }
        var step = Step(
            line: nil, damage: nil, number: found.number, offset: found.offset, end: found.end)
        var fault: JournalDamage.Kind?
        if !found.isEnded {
            fault = .tornTail
        } else if found.isTooLong {
            fault = .unreadable(reason: "longer than \(LineReader.lineBytesMax) bytes")
        } else {
            (step.line, fault) = chain.take(found.bytes)
        }
        step.damage = fault.map {
            JournalDamage(path: path, line: found.number, offset: found.offset, kind: $0)
        }
        return step
    }
}
