internal import Foundation

/// A file that holds one short line, overwritten in place: how far something has come.
///
/// One `pwrite`, neither a rename nor a sync, so that a mark never makes its owner wait for the
/// disk. A process killed at any instant leaves the old line or the new one; a power cut may leave
/// an older one, so a mark may only stand for work that is harmless to do twice. **Thread:** its
/// owner's.
package struct MarkFile: ~Copyable {
    /// What the file said when it was opened, without blanks at its end; empty when it was missing.
    package let found: String
    private let descriptor: Int32
    private let lineBytes: Int

    /// Opens the mark at `path` and makes it where it is missing. One that cannot be opened reads
    /// as empty and takes no writes: what it stands for is then done again.
    ///
    /// `lineBytes`: bytes of the line; shorter texts are filled up with blanks, so that no rest of
    /// an old one stays.
    package init(path: String, lineBytes: Int = 128) {
        self.lineBytes = lineBytes
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        found = text.trimmingCharacters(in: .whitespacesAndNewlines)
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Puts `text`, at most `lineBytes - 1` bytes without a line feed, in the place of what stands
    /// there.
    package func write(_ text: String) {
        guard descriptor >= 0 else { return }
        var bytes = Array(text.utf8.prefix(lineBytes - 1))
        bytes += [UInt8](
            repeating: UInt8(ascii: " "), count: lineBytes - 1 - bytes.count)
        bytes.append(UInt8(ascii: "\n"))
        _ = unsafe pwrite(descriptor, bytes, bytes.count, 0)
    }
}
