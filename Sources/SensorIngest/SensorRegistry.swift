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
    private let path: String

    /// The registry in the file at `path`, extended by the sensors of `site` that are new. The file
    /// is on the disk before this returns. Throws what is wrong with it, with its line.
    package init(path: String, site: Site) throws(RegistryError) {
        self.path = path
        names = try Self.read(path)
        try extend(by: site)
    }

    /// Gives the sensors of `site` that are new the next indexes; every other keeps its own. The
    /// file is on the disk before this returns; when it cannot be written, nothing has changed.
    package mutating func extend(by site: Site) throws(RegistryError) {
        let known = Set(names)
        let new = site.sensors.map(\.id).filter { !known.contains($0) }
        guard !new.isEmpty || names.isEmpty else { return }
        // Written whole and renamed, not appended to: a line that a crash cut off could not be told
        // from a code.
        try Self.write(names + new, to: path)
        names += new
    }

    /// The sensors of `site` at their indexes; `nil` at the index of one that left it.
    package func sensors(of site: Site) -> [Sensor?] {
        let byName = Dictionary(
            site.sensors.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return names.map { byName[$0] }
    }

    /// Has the file at `path` say what the one at `source` says, which may have grown since it was
    /// copied from there. Returns false, with nothing changed, where they number sensors
    /// differently.
    package static func copy(
        from source: String, to path: String
    ) throws(RegistryError) -> Bool {
        let (new, old) = (try read(source), try read(path))
        guard new.starts(with: old) || old.starts(with: new) else { return false }
        if new.count > old.count { try write(new, to: path) }
        return true
    }

    private static func read(_ path: String) throws(RegistryError) -> [String] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            if unsafe access(path, F_OK) != 0, errno == ENOENT { return [] }
            throw RegistryError(
                path: path, line: 1, reason: "cannot be read: \(error)", isDamage: false)
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw RegistryError(path: path, line: 1, reason: "cannot be read: it is no text")
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

    /// Makes the rename survive a power cut: the ring's records may before the directory does.
    private static func syncDirectory(of path: String) throws(RegistryError) {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let handle = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(handle) }
        guard handle >= 0, fsync(handle) == 0 else {
            throw RegistryError(
                path: path, line: 1, reason: "cannot be synced: errno \(errno)", isDamage: false)
        }
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
                throw RegistryError(
                    path: path, line: 1, reason: "cannot be replaced", isDamage: false)
            }
            try syncDirectory(of: path)
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(
                path: path, line: 1, reason: "cannot be written: \(error)", isDamage: false)
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
    /// Whether what it says is wrong; else the system did not do what it was asked for.
    package var isDamage = true

    /// Place and reason, for a person.
    package var description: String { "\(path):\(line): \(reason)" }
}
