internal import Foundation

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

/// Where a journal stops being trustworthy, and why.
package struct JournalDamage: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of damage it is.
    package enum Kind: Equatable, Sendable {
        /// The file ends within a line: a crash in the middle of a write. Nothing was told of it.
        case tornTail
        /// A line is no record.
        case unreadable(reason: String)
        /// A line does not carry the hash of the line before it.
        case brokenChain
        /// A line carries another number than its place asks for.
        case wrongNumber(found: UInt64, expected: UInt64)
    }

    /// The journal file.
    package var path: String
    /// Line, from 1.
    package var line: Int
    /// Byte at which that line begins, from 0.
    package var offset: Int
    /// What is wrong with it.
    package var kind: Kind

    /// The place and the reason, for a person.
    package var description: String {
        let what =
            switch kind {
            case .tornTail: "the file ends within a line (a write was cut off)"
            case .unreadable(let reason): "not a journal record: \(reason)"
            case .brokenChain: "does not carry the hash of the line before: something was changed"
            case .wrongNumber(let found, let expected): "is numbered \(found), not \(expected)"
            }
        return "\(path):\(line) (byte \(offset)): \(what)"
    }
}

/// Walks a journal file and checks its chain. Never throws for what stands in the file: damage is a
/// finding with its place, and what can still be read is handed over as unproven.
///
/// - Parameters:
///   - path: the file; a missing one reads as empty.
///   - first: number that the first line must carry.
///   - previous: hash that the first line must carry.
package func readJournal(
    path: String, first: UInt64 = 1, previous: String = sha256([])
) throws(FileError) -> JournalContents {
    var contents = JournalContents()
    guard unsafe access(path, F_OK) == 0 else { return contents }
    let data: [UInt8]
    do {
        data = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw FileError("read", path)
    }
    var expectedNumber = first
    var expectedHash = previous
    var start = 0
    var lineNumber = 0
    while start < data.count {
        lineNumber += 1
        let end = data[start...].firstIndex(of: UInt8(ascii: "\n"))
        let bytes = Array(data[start..<(end ?? data.count)])
        func damaged(_ kind: JournalDamage.Kind) {
            guard contents.damage == nil else { return }
            contents.damage = JournalDamage(
                path: path, line: lineNumber, offset: start, kind: kind)
        }
        if end == nil {
            damaged(.tornTail)
            break
        }
        do {
            let line = try JournalLine(bytes: bytes)
            if line.record.previous != expectedHash {
                damaged(.brokenChain)
            } else if line.record.number != expectedNumber {
                damaged(.wrongNumber(found: line.record.number, expected: expectedNumber))
            }
            if contents.damage == nil {
                contents.lines.append(line)
                contents.provenBytes = start + bytes.count + 1
                expectedNumber += 1
                expectedHash = line.hash
            } else {
                contents.unproven.append(line)
            }
        } catch {
            damaged(.unreadable(reason: "\(error)"))
        }
        start += bytes.count + 1
    }
    return contents
}
