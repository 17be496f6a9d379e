internal import AdvisoryJournal
internal import GasModel

/// When the broker was last in touch with us, kept across restarts: the start of the window in
/// which readings are lost when the broker has lost our session, and since when nobody has looked.
///
/// Noted once a second and not synced: after a power cut an older time only makes the stated window
/// longer. **Thread:** confined to its owner's queue.
struct SessionLedger: ~Copyable {
    private let mark: MarkFile
    private let clientID: String
    /// The last contact, of this run or an earlier one with the same client identifier.
    private(set) var lastContact: Timestamp?

    init(path: String, clientID: String) {
        self.clientID = clientID
        mark = MarkFile(path: path)
        let fields = mark.found.split(separator: " ")
        // Another identifier means another session: what the file says of the old one is void.
        guard fields.count == 2, fields[0] == clientID else { return }
        lastContact = Int64(fields[1]).map { Timestamp(nanoseconds: $0) }
    }

    /// The broker is in touch with us at `now`.
    mutating func note(_ now: Timestamp) {
        lastContact = now
        mark.write("\(clientID) \(now.nanoseconds)")
    }
}
