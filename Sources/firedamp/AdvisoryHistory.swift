import AdvisoryJournal
import ArgumentParser
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory

/// One advisory as the journal tells it, from its first line to its newest.
struct AdvisoryHistory: Encodable {
    /// One line of the journal.
    struct Line: Encodable {
        /// Its number.
        var number: UInt64
        /// What it tells.
        var entry: Announcement
    }

    /// The identifier.
    let id: String
    /// Its lines, oldest first, remarks on it among them.
    fileprivate(set) var lines: [Line]

    /// What was told of it last, remarks left aside.
    var last: Announcement { lines.last { $0.entry.advisory != nil }?.entry ?? lines[0].entry }

    /// How it stands by that.
    var stage: LifeCycle.Stage { last.advisory?.stage ?? .closed }

    /// All advisories of a state directory's journal, in the order in which they were raised.
    static func all(stateDirectory: String) throws -> [AdvisoryHistory] {
        let journal = try readEntries(stateDirectory)
        var order: [String: Int] = [:]
        var all: [AdvisoryHistory] = []
        for (number, entry) in journal.entries {
            let line = Line(number: number, entry: entry)
            if let id = entry.advisory?.id {
                if let index = order[id] {
                    all[index].lines.append(line)
                } else {
                    order[id] = all.count
                    all.append(AdvisoryHistory(id: id, lines: [line]))
                }
            } else if let on = entry.remarkedOn, let index = order[on] {
                all[index].lines.append(line)
            }
        }
        return all
    }
}

/// The journal of a state directory, or the end with why it cannot be read. What does not fit in it
/// is said on standard error.
func readEntries(_ stateDirectory: String) throws -> JournalEntries {
    guard FileManager.default.fileExists(atPath: stateDirectory + "/journal") else {
        complain("there is no journal in \(stateDirectory)")
        throw Exit.noInput
    }
    do throws(JournalReadFailure) {
        let journal = try JournalEntries(stateDirectory: stateDirectory)
        if let damage = journal.damage { complain("the journal is damaged: \(damage)") }
        return journal
    } catch {
        complain(error.reason)
        throw Exit.noInput
    }
}
