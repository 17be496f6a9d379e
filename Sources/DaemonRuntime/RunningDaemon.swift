internal import Foundation
internal import ReadingRing

/// A daemon that another process runs, found by its state directory.
package struct RunningDaemon: Sendable {
    /// Its process id.
    package let processID: Int32

    /// Why none was found, or why it does not listen.
    package enum Absence: Error, Equatable {
        /// No daemon has the directory.
        case notRunning
        /// The directory cannot be looked at.
        case unreadable(reason: String)
        /// A daemon has the directory and has not said which process it is: it is about to start.
        case unknown
        /// We may not send it a signal.
        case notAllowed(processID: Int32)
    }

    /// The daemon that has `stateDirectory`: the holder of the ring's lock, never a number that was
    /// left behind.
    package init(stateDirectory: String) throws(Absence) {
        let owner: RingOwner
        do throws(RingError) {
            owner = try RingStorage.owner(path: stateDirectory + "/ring")
        } catch {
            throw .unreadable(reason: "\(error)")
        }
        switch owner {
        case .nobody: throw .notRunning
        case .unknown: throw .unknown
        case .process(let id): processID = id
        }
    }

    /// Asks it to open its alert log anew and to read its site file anew.
    package func reload() throws(Absence) {
        guard kill(processID, SIGHUP) != 0 else { return }
        throw errno == ESRCH ? .notRunning : .notAllowed(processID: processID)
    }
}
