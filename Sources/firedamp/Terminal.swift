import ArgumentParser
import Foundation
import HaltAdvisory

/// What standard output is.
enum Terminal {
    /// Columns to write for: those of the terminal, within 80 and 160; 100 where it is none.
    static var columns: Int {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 100
        }
        return min(max(Int(size.ws_col), 80), 160)
    }

    /// Whether what is written may have colours.
    static let isColoured = isatty(STDOUT_FILENO) == 1

    /// `text` in the colour of a severity, on a terminal; else as it is.
    static func coloured(_ text: String, _ severity: Severity) -> String {
        guard isColoured else { return text }
        let code =
            switch severity {
            case .halt: "1;31"
            case .alarm: "31"
            case .warning: "33"
            case .fault: "35"
            case .notice: "36"
            case .heartbeat: "32"
            }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    /// Writes `text` as it is. Where that cannot be done, as on a full disk, the command says so
    /// and ends: what it has to say is not said.
    static func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            complain("standard output: cannot be written: \(reason(of: error))")
            exit(Exit.cannotCreate.rawValue)
        }
    }

    /// Writes `text` to standard error, as far as that takes it: there is nobody else to tell.
    static func writeAside(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
