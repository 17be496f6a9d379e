import ArgumentParser
import Foundation

/// How far a command is, in one line of a terminal that is written over and over.
struct ProgressBar {
    /// When it is shown.
    enum Display: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    private static let cells = 24
    /// Seconds between two pictures.
    private static let period = 0.1

    private let isShown: Bool
    private let bytes: Int
    private let label: String
    private let began = ProcessInfo.processInfo.systemUptime
    private var shownAt = 0.0
    private var isWritten = false

    /// A bar for a task of `bytes` bytes.
    init(_ display: Display, bytes: Int, _ label: String) {
        isShown = display == .always || display == .auto && isatty(STDERR_FILENO) == 1
        self.bytes = bytes
        self.label = label
    }

    /// Shows that `done` bytes are done and `rows` rows of them.
    mutating func show(bytes done: Int, rows: Int) {
        let now = ProcessInfo.processInfo.systemUptime
        guard isShown, now - shownAt >= Self.period || done >= bytes else { return }
        shownAt = now
        isWritten = true
        let share = bytes > 0 ? min(Double(done) / Double(bytes), 1) : 1
        let filled = Int(share * Double(Self.cells))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: Self.cells - filled)
        let rate = now > began ? Int(Double(rows) / (now - began)) : 0
        let text = "\r\(label)[\(bar)] \(Int(share * 100)) %  \(rows) rows  \(rate)/s\u{1b}[K"
        Terminal.writeAside(text)
    }

    /// Leaves the last picture where it is.
    mutating func end() {
        if isWritten { Terminal.writeAside("\n") }
        isWritten = false
    }
}
