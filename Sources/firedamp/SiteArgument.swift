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

/// The site that the file at `path` describes.
func loadSite(_ path: String) throws(SiteFailure) -> Site {
    let bytes: [UInt8]
    do {
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw .unreadable(reason: "cannot be read: \(error.localizedDescription)")
    }
    do {
        return try SiteFile.read(bytes, name: path)
    } catch {
        throw .refused(error)
    }
}

/// Reads the site file that a command was given, or ends with what is wrong with it.
func readSite(_ path: String) throws -> Site {
    do {
        return try loadSite(path)
    } catch {
        complain(error.text(path))
        throw error.exit
    }
}

/// A line on standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
