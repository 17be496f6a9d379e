internal import Foundation
package import GasModel

/// Which index in the ring's records means which sensor, kept in a file beside the ring.
///
/// A record outlives the process, so an index must mean the same sensor after a restart with
/// another site file. The file only grows: one sensor code a line, the line's number (from 0) is
/// the index. A sensor that left the site keeps its index and finds it again when it comes back.
package struct SensorRegistry: Sendable, Equatable {
    /// Sensor codes in the order of their indexes.
    package private(set) var names: [String]

    /// The registry in the file at `path`, extended by the sensors of `site` that are new. The file
    /// is on the disk before this returns. Throws what is wrong with it, with its line.
    package init(path: String, site: Site) throws(RegistryError) {
        names = try Self.read(path)
        let known = Set(names)
        let new = site.sensors.map(\.id).filter { !known.contains($0) }
        guard !new.isEmpty || names.isEmpty else { return }
        names += new
        try Self.write(names, to: path)
    }

    /// The sensors of `site` at their indexes; `nil` at the index of one that left it.
    package func sensors(of site: Site) -> [Sensor?] {
        let byName = Dictionary(
            site.sensors.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return names.map { byName[$0] }
    }

    private static func read(_ path: String) throws(RegistryError) -> [String] {
        guard unsafe access(path, F_OK) == 0 else { return [] }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw RegistryError(path: path, line: 1, reason: "cannot be read: \(error)")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // A file that ends without a line feed was cut off in its last name.
        guard lines.popLast() == "" else {
            throw RegistryError(path: path, line: lines.count + 1, reason: "cut off")
        }
        var seen: Set<Substring> = []
        for (index, line) in lines.enumerated() where line.isEmpty || !seen.insert(line).inserted {
            let reason = line.isEmpty ? "no sensor code" : "'\(line)' stands here a second time"
            throw RegistryError(path: path, line: index + 1, reason: reason)
        }
        return lines.map(String.init)
    }

    private static func write(_ names: [String], to path: String) throws(RegistryError) {
        do {
            let text = names.map { $0 + "\n" }.joined()
            let fresh = path + ".new"
            try text.write(toFile: fresh, atomically: false, encoding: .utf8)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: fresh))
            try handle.synchronize()
            try handle.close()
            guard unsafe rename(fresh, path) == 0 else {
                throw RegistryError(path: path, line: 1, reason: "cannot be replaced")
            }
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(path: path, line: 1, reason: "cannot be written: \(error)")
        }
    }
}

/// A registry file that cannot be trusted: indexes would mean other sensors than they did.
package struct RegistryError: Error, Equatable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// The line, from 1.
    package var line: Int
    /// What is wrong.
    package var reason: String

    /// Place and reason, for a person.
    package var description: String { "\(path):\(line): \(reason)" }
}
