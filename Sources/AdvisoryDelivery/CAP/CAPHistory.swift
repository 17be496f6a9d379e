internal import AdvisoryJournal
internal import GasModel
internal import HaltAdvisory

/// When each message of an advisory was sent: a later one names all earlier ones.
///
/// Sixteen bytes for each message of the advisories that stand or wait; what came before the outlet
/// was started is read from the journal once, when a message first wants it. **Thread:** its
/// owner's.
final class CAPHistory {
    /// Most earlier messages that one names: the first, and the newest of the others.
    static let referencesMax = 1000

    private struct Sent {
        var revision: Int
        var time: Timestamp
    }

    private let journal: JournalTail
    private var sent: [String: [Sent]] = [:]
    private var firstNoted: UInt64?
    private var newestNoted: UInt64?
    private var hasReadBack = false

    init(journal: JournalTail) { self.journal = journal }

    /// Hears of a line, in the order of the journal, or of what the journal does not hold yet.
    func note(_ document: OutletDocument) {
        guard document.number > 0 else { return add(document) }
        if firstNoted == nil { firstNoted = document.number }
        newestNoted = document.number
        add(document)
    }

    /// The message that `document` is; `nil` where CAP has no words for it.
    func message(_ document: OutletDocument) -> CAPMessage? {
        guard CAPMessage.tells(document.entry) else { return nil }
        guard let advisory = document.entry.advisory, advisory.revision > 1 else {
            return CAPMessage(document, earlier: [])
        }
        func earlier() -> [Sent] {
            (sent[advisory.id] ?? []).filter { $0.revision < advisory.revision }
        }
        if earlier().count < advisory.revision - 1 { readBack() }
        let found = earlier()
        let named = found.prefix(1) + found.dropFirst().suffix(Self.referencesMax - 1)
        return CAPMessage(
            document,
            earlier: named.map { (identifier: "\(advisory.id).\($0.revision)", sent: $0.time) })
    }

    /// Forgets an advisory whose last message is delivered.
    func forget(_ document: OutletDocument) {
        guard let advisory = document.entry.advisory, advisory.state == .closed else { return }
        sent[advisory.id] = nil
    }

    private func add(_ document: OutletDocument) {
        guard let advisory = document.entry.advisory else { return }
        let entry = Sent(revision: advisory.revision, time: document.entry.decidedAt)
        guard let last = sent[advisory.id]?.last?.revision, last >= advisory.revision else {
            return sent[advisory.id, default: []].append(entry)
        }
        guard sent[advisory.id]?.contains(where: { $0.revision == entry.revision }) == false else {
            return
        }
        sent[advisory.id]?.append(entry)
        sent[advisory.id]?.sort { $0.revision < $1.revision }
    }

    /// Takes up what the journal says of the time before the first line that was noted, and of the
    /// lines that were passed over because the outlet was new.
    private func readBack() {
        guard !hasReadBack, let firstNoted, let newestNoted else { return }
        hasReadBack = true
        var closed: Set<String> = []
        journal.read(from: 1, through: newestNoted) { line in
            add(OutletDocument(line))
            if let advisory = line.record.entry.advisory, advisory.state == .closed,
                line.record.number < firstNoted
            {
                closed.insert(advisory.id)
            }
            return true
        }
        // What was closed before the first line that is still to be delivered has no more to say.
        for id in closed { sent[id] = nil }
    }
}
