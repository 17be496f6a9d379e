internal import Foundation
internal import GasModel

/// When the broker was last in touch with us, kept across restarts: the start of the window in which
/// readings are lost when the broker has lost our session, and since when nobody has looked.
///
/// One short line, overwritten in place once a second; not synced, since after a power cut an older
/// time only makes the stated window longer. **Thread:** confined to its owner's queue.
struct SessionLedger: ~Copyable {
    private let descriptor: Int32
    /// The last contact, of this run or an earlier one with the same client identifier.
    private(set) var lastContact: Timestamp?
    private let clientID: String

    init(path: String, clientID: String) {
        self.clientID = clientID
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let fields = text.split(whereSeparator: \.isWhitespace)
        lastContact =
            fields.count == 2 && fields[0] == clientID
            ? Int64(fields[1]).map { Timestamp(nanoseconds: $0) } : nil
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        // Another identifier means another session: what the file said of the old one is void.
        if lastContact == nil, descriptor >= 0 { ftruncate(descriptor, 0) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The broker is in touch with us at `now`.
    mutating func note(_ now: Timestamp) {
        lastContact = now
        guard descriptor >= 0 else { return }
        let bytes = Array("\(clientID) \(now.nanoseconds)\n".utf8)
        _ = unsafe pwrite(descriptor, bytes, bytes.count, 0)
    }
}
