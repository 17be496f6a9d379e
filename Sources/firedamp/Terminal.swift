import Foundation

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

    /// Writes `text` as it is.
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
