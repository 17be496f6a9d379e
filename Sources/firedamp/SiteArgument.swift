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
        case .unreadable(let reason): "\(path): \(reason)"
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
        throw .unreadable(reason: "cannot be read: \(reason(of: error))")
    }
    do {
        return try SiteFile.read(
            bytes, name: path, checkSecret: { checksSecrets ? secretFault($0) : nil })
    } catch {
        throw .refused(error)
    }
}

/// What the system says of a file that cannot be read or written; Foundation's own words leave that
/// out.
func reason(of error: any Error) -> String {
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
