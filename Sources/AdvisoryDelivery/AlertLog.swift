package import AdvisoryJournal
internal import Foundation
internal import GasModel
internal import HaltAdvisory

/// The file that operators tail: one line a transition, and a heartbeat so that silence means
/// trouble.
///
/// **Rotation:** the full file is renamed to `.1` (older ones move up) and a new one begun, which
/// is what `tail -F` follows; a renamed file gets no further line. `reopen` does the same for an
/// outside rotation. **Errors:** what cannot be written is kept, up to `heldLinesMax` lines, and
/// written first when the disk takes it again; nothing else waits for it. **Thread:** confined to
/// its owner's queue.
package struct AlertLog: ~Copyable {
    /// A file is rotated before it grows beyond this many bytes.
    package static let fileBytesMax = 16 << 20
    /// How many rotated files are kept.
    package static let filesKept = 9
    /// How many lines are held back while the disk refuses them; the oldest heartbeats go first.
    package static let heldLinesMax = 10_000

    /// Where the log is.
    package let path: String
    /// Which lines of the journal it told of when it was opened; `nil` when of none.
    package private(set) var told: ToldNumbers?
    /// What is wrong with the log at the moment, if anything.
    package private(set) var fault: FileError?
    /// How many lines the disk has not taken yet.
    package var heldCount: Int { held.count }
    private let fileBytesMax: Int
    private var file: AppendFile?
    private var held: [String] = []

    /// Opens the log and finds out what it already tells. Where that cannot be done, lines are held
    /// back from the first: to guard does not wait for it.
    package init(path: String, fileBytesMax: Int = AlertLog.fileBytesMax) {
        self.path = path
        self.fileBytesMax = fileBytesMax
        do throws(FileError) {
            // Both files: what was held back in a flood may have a gap before it in the older one.
            told = ToldNumbers(
                lines: try Self.lastLines(of: path + ".1") + Self.lastLines(of: path))
            try open()
        } catch {
            fault = error
        }
    }

    /// Opens the file. A torn last line is ended, never continued.
    private mutating func open() throws(FileError) {
        var file = try AppendFile(path: path)
        if try Self.endsWithinLine(path) { try file.append([UInt8(ascii: "\n")]) }
        self.file = consume file
    }

    /// Writes one line; rotates before it, if it would not fit.
    package mutating func write(_ line: AlertLine) {
        held.append(line.text)
        if held.count > Self.heldLinesMax { dropOneHeld() }
        flush()
    }

    /// Tries again to write what is held back.
    package mutating func flush() {
        while let text = held.first {
            let bytes = Array(text.utf8) + [UInt8(ascii: "\n")]
            do throws(FileError) {
                try rotateIfFull(adding: bytes.count)
                if file == nil { try open() }
                let before = file?.size ?? 0
                do throws(FileError) {
                    try file?.append(bytes)
                } catch {
                    // Half a line would be read as one: take it back, the whole one follows.
                    try? file?.truncate(to: before)
                    throw error
                }
                held.removeFirst()
                fault = nil
            } catch {
                fault = error
                return
            }
        }
    }

    /// Closes the file and opens the path anew: somebody else has renamed it.
    package mutating func reopen() {
        file = nil
        flush()
        if file == nil {
            do throws(FileError) { try open() } catch { fault = error }
        }
    }

    private mutating func dropOneHeld() {
        let heartbeat = Severity.heartbeat.rawValue
        held.remove(at: held.firstIndex { $0.hasPrefix(heartbeat) } ?? 0)
    }

    private mutating func rotateIfFull(adding bytes: Int) throws(FileError) {
        guard let size = file?.size, size > 0, size + bytes > fileBytesMax else { return }
        for index in stride(from: Self.filesKept - 1, through: 1, by: -1) {
            unsafe rename("\(path).\(index)", "\(path).\(index + 1)")
        }
        guard unsafe rename(path, path + ".1") == 0 else { throw FileError("rename", path) }
        file = try AppendFile(path: path)
    }

    /// How much of the end of a log is read to find out what it tells: thousands of lines.
    private static let tailBytes = 1 << 20

    private static func lastLines(of path: String) throws(FileError) -> [Substring] {
        guard let tail = try tail(of: path, bytes: tailBytes) else { return [] }
        // A torn last line was not told in full: it is told again.
        let whole = tail.prefix(tail.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
        return String(decoding: whole, as: UTF8.self).split(separator: "\n")
    }

    private static func endsWithinLine(_ path: String) throws(FileError) -> Bool {
        guard let last = try tail(of: path, bytes: 1)?.last else { return false }
        return last != UInt8(ascii: "\n")
    }

    private static func tail(of path: String, bytes: Int) throws(FileError) -> Data? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw FileError("open", path)
        }
        do {
            let end = try handle.seekToEnd()
            try handle.seek(toOffset: end > UInt64(bytes) ? end - UInt64(bytes) : 0)
            return try handle.readToEnd()
        } catch {
            throw FileError("read", path)
        }
    }
}
