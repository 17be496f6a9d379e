import AdvisoryJournal
import ArgumentParser
import DaemonRuntime
import Foundation

/// The key that a command was given to sign with, or the end with what is wrong with it.
func readSigner(_ path: String) throws -> JournalSigner {
    do {
        return try JournalSigner(path: path)
    } catch {
        complain("\(error)")
        throw Exit.noInput
    }
}

/// Where a journal is, and whether somebody writes it.
struct JournalPlace {
    /// The directory of the journal.
    let directory: String
    /// Where what stands in for it would be.
    let standIn: String
    /// Whether a daemon may be appending.
    let isLive: Bool

    /// `path`: a state directory, or a directory that holds the journal itself.
    init(_ path: String) {
        let inner = path + "/journal"
        var isDirectory: ObjCBool = false
        let isState = unsafe FileManager.default.fileExists(
            atPath: inner, isDirectory: &isDirectory)
        directory = isState && isDirectory.boolValue ? inner : path
        let parent = directory == inner ? path : (path as NSString).deletingLastPathComponent
        let state = parent.isEmpty ? "." : parent
        standIn = DaemonOptions.standInPath(in: state)
        do throws(RunningDaemon.Absence) {
            _ = try RunningDaemon(stateDirectory: state)
            isLive = true
        } catch {
            switch error {
            case .notRunning, .unreadable: isLive = false
            case .unknown, .notAllowed: isLive = true
            }
        }
    }
}

/// A public key on the command line.
extension JournalKey: ExpressibleByArgument {
    /// The key that `argument` spells.
    public init?(argument: String) { self.init(text: argument) }
}
