internal import Foundation

/// A directory of its own for one test, removed with everything in it when the test lets go of it.
package final class TemporaryDirectory: Sendable {
    /// Absolute path, without a slash at its end.
    package let path: String

    /// Makes a fresh, empty directory.
    package init() throws {
        let base = FileManager.default.temporaryDirectory
        let url = base.appendingPathComponent("firedamp-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` within the directory.
    package func file(_ name: String) -> String { path + "/" + name }

    /// The bytes of `name`.
    package func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// Replaces `name` by `bytes`.
    package func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }
}
