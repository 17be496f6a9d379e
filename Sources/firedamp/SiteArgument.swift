import AdvisoryJournal
import ArgumentParser
import Foundation
import GasModel
import SiteDescription

/// Why there is no site to go on with.
enum SiteFailure: Error {
    /// The file is missing or cannot be read, and why.
    case unreadable(reason: String)
    /// Its content is wrong.
    case refused(SiteProblems)

    /// The code to end with.
    var exit: ExitCode {
        switch self {
        case .unreadable: Exit.noInput
        case .refused: Exit.badData
        }
    }

    /// What is wrong with the file at `path`, for a person.
    func text(_ path: String) -> String {
        switch self {
        case .unreadable(let reason): "\(path): cannot be read: \(reason)"
        case .refused(let problems): "\(problems)"
        }
    }
}

/// The site that the file at `path` describes. `checksSecrets`: whether the files that it names for
/// secrets must be there, as they must where the daemon runs.
func loadSite(_ path: String, checksSecrets: Bool = false) throws(SiteFailure) -> Site {
    let bytes: [UInt8]
    do {
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw .unreadable(reason: reason(of: error, at: path))
    }
    do {
        return try SiteFile.read(
            bytes, name: path, checkSecret: { checksSecrets ? secretFault($0) : nil })
    } catch {
        throw .refused(error)
    }
}

/// Waits until the file at `path` has not been written to for a tenth of a second, two seconds at
/// most: half of a file can be a mine in order, with some of its sensors. A file that is absent or
/// was put in place whole long ago is not waited for. **Queue:** one that may wait.
func awaitRest(of path: String) {
    let deadline = ProcessInfo.processInfo.systemUptime + 2
    while ProcessInfo.processInfo.systemUptime < deadline {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let written = attributes?[.modificationDate] as? Date,
            (0..<0.1).contains(-written.timeIntervalSinceNow)
        else { return }
        usleep(20_000)
    }
}

/// What the system says of a file that cannot be read or written; Foundation's own words leave that
/// out, and take a pipe at `path`, which is to be read, for a file without permission.
func reason(of error: any Error, at path: String? = nil) -> String {
    var status = stat()
    if let path, unsafe stat(path, &status) == 0,
        ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    {
        return "it is no regular file"
    }
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let system = (error as? CocoaError)?.underlying as? POSIXError
    guard let code = system?.code.rawValue ?? underlying.map({ Int32($0.code) }) else {
        return error.localizedDescription
    }
    return unsafe String(cString: strerror(code))
}

/// Reads the site file that a command was given, or ends with what is wrong with it.
func readSite(_ path: String, checksSecrets: Bool = false) throws -> Site {
    do {
        return try loadSite(path, checksSecrets: checksSecrets)
    } catch {
        complain(error.text(path))
        throw error.exit
    }
}

/// What is wrong with the file at `path` that is to hold a secret; `nil` when nothing is.
func secretFault(_ path: String) -> String? {
    do throws(SecretFileError) {
        _ = try SecretFile.read(path: path)
        return nil
    } catch {
        return error.reason
    }
}

/// A line on standard error.
func complain(_ text: String) {
    Terminal.writeAside(text + "\n")
}
