import Glibc

/// Why a trace, or one line of it, can't be replayed.
package struct TraceError: Error, Equatable, CustomStringConvertible {
    /// The file, as it was named.
    package var file: String
    /// The line, counted from 1; 0 when it is about the whole file.
    package var line: Int
    /// What was found.
    package var found: String
    /// What is allowed in its place.
    package var allowed: String

    /// Something in line `line` of `file` that is not allowed.
    package init(file: String, line: Int, found: String, allowed: String) {
        self.file = file
        self.line = line
        self.found = found
        self.allowed = allowed
    }

    /// `file:line: found; allowed is ...`, in one line.
    package var description: String {
        "\(file)\(line > 0 ? ":\(line)" : ""): \(found); allowed is \(allowed)"
    }
}

extension StringProtocol {
    /// The same without control characters, which a trace could send to a terminal otherwise.
    package var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map {
                    $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
                }))
    }
}

extension TraceError {
    /// What a system call on the file met.
    init(file: String, errno code: CInt) {
        let reason = unsafe String(cString: strerror(code))
        self.init(file: file, line: 0, found: reason, allowed: "a readable file")
    }

    /// A field of a line that is not what its column wants.
    init(file: String, line: Int, column: String, found: String, allowed: String) {
        let shown = found.isEmpty ? "nothing" : "\"\(found.prefix(60).printable)\""
        self.init(file: file, line: line, found: "\(column) is \(shown)", allowed: allowed)
    }
}
