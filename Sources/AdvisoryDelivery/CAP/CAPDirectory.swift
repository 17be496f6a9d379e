internal import AdvisoryJournal
internal import Foundation

/// Puts each message into a directory as a file of its own, `<identifier>.xml`.
///
/// A file is there whole or not at all, also after a power cut. The same message again takes its
/// own place. Names that begin with a point are not finished.
final class CAPDirectory: OutletTransport {
    private let path: String
    private let history: CAPHistory

    init(path: String, journal: JournalTail) {
        self.path = path
        history = CAPHistory(journal: journal)
    }

    func note(_ document: OutletDocument) { history.note(document) }

    func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        guard let message = history.message(document) else { return .delivered }
        do throws(FileError) {
            try write(message)
        } catch {
            return .failed(reason: "\(error)")
        }
        history.forget(document)
        return .delivered
    }

    private func write(_ message: CAPMessage) throws(FileError) {
        let unfinished = "\(path)/.\(message.identifier).tmp"
        unsafe unlink(unfinished)
        do throws(FileError) {
            var file = try AppendFile(path: unfinished)
            try file.append(Array(message.xml.utf8))
            try file.sync()
            guard unsafe rename(unfinished, "\(path)/\(message.identifier).xml") == 0 else {
                throw FileError("rename", unfinished)
            }
        } catch {
            unsafe unlink(unfinished)
            throw error
        }
        try syncDirectory(path)
    }
}
