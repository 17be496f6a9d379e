import ArgumentParser
import Foundation

/// A file that is written in one go: all of it stands there afterwards, or what stood there before.
enum WholeFile {
    /// Writes `text` to `path`. What is no plain file, as a pipe or a device, is written to and
    /// never put another in place of.
    static func write(_ text: String, to path: String) throws {
        guard isPlain(path) else {
            let file = try LineFile(path)
            try file.write(String(text.dropLast()))
            return try file.finish()
        }
        // Through a link to what it names, or the link would be gone.
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        do {
            try Data(text.utf8).write(to: place, options: .atomic)
        } catch {
            complain("\(path): cannot be written: \(reason(of: error))")
            throw Exit.cannotCreate
        }
    }

    /// Ends the command where `path` can surely not be written.
    static func refuse(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard unsafe access(folder, W_OK | X_OK) != 0 else { return }
        let why = unsafe String(cString: strerror(errno))
        guard isPlain(path) else { return }
        complain("\(path): cannot be written: \(why)")
        throw Exit.cannotCreate
    }

    /// What two paths to one plain file have in common: the file itself, or its name where there is
    /// none yet.
    static func identity(_ path: String) -> String? {
        guard isPlain(path) else { return nil }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            return URL(fileURLWithPath: path).standardizedFileURL.path
        }
        return "\(status.st_dev) \(status.st_ino)"
    }

    /// Whether `path` is a plain file, or nothing yet.
    static func isPlain(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }
}
