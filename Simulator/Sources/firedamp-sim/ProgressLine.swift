import Foundation

/// A line at the bottom of the terminal that is written over and over, and the lines above it.
struct ProgressLine {
    /// Time between two pictures.
    static let period = Duration.milliseconds(100)

    private let isShown: Bool
    private var isWritten = false

    init(_ display: ProgressDisplay) {
        isShown = display == .always || display == .auto && isatty(STDERR_FILENO) == 1
    }

    /// Shows `text` in place of what was shown before.
    mutating func show(_ text: String) {
        guard isShown else { return }
        isWritten = true
        write("\r\(text)\u{1b}[K")
    }

    /// Writes a line above.
    mutating func say(_ text: String) {
        if isWritten { write("\r\u{1b}[K") }
        isWritten = false
        complain(text)
    }

    /// Leaves the last picture where it is.
    mutating func end() {
        if isWritten { write("\n") }
        isWritten = false
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
