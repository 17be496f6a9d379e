package import AdvisoryJournal
internal import HaltAdvisory
package import MQTTSession

/// What the broker has still to acknowledge of the advisories, kept until it does.
///
/// The journal is the queue: this holds only which of its lines are not with the broker yet, and a
/// mark in a file says up to which line all are. A crash repeats a message rather than losing it;
/// receivers recognise it by id and revision. Of one advisory the newest revision goes, at
/// `firedamp/v1/<mine>/advisory/<id>`, retained while the advisory stands; a closed one is told
/// once more and then removed from what the broker retains.
///
/// **Thread:** confined to its owner's queue.
package struct AdvisoryOutbox: ~Copyable {
    /// Most messages handed to the session and not yet acknowledged.
    package static let inFlightMax = 20

    /// What the broker has to be told of one advisory: only the bytes of its journal line and where
    /// they go, because a bad night may leave a thousand of them standing.
    package struct Item: Sendable, Equatable {
        /// Number of the line in the journal.
        package let number: UInt64
        /// The advisory's identifier.
        package let id: String
        /// Whether the advisory stands after this line.
        package let stands: Bool
        /// The line.
        package let payload: [UInt8]
        /// How grave it is.
        let gravity: Gravity

        /// What is to be told of `line`; `nil` when it belongs to no advisory.
        package init?(_ line: JournalLine) {
            guard let advisory = line.record.entry.advisory else { return nil }
            number = line.record.number
            id = advisory.id
            stands = advisory.state != .closed
            payload = line.bytes
            gravity = Gravity(line.record.entry)
        }
    }

    private let mine: String
    private let mark: MarkFile
    private var waiting: [Item] = []
    private var inFlight: Set<UInt64> = []
    private var newestTaken: UInt64
    /// All lines up to this number are with the broker.
    package private(set) var acknowledgedThrough: UInt64

    /// Reads the mark at `markPath`; without one, everything in the journal is still to be told.
    package init(mine: String, markPath: String) {
        self.mine = mine
        mark = MarkFile(path: markPath)
        acknowledgedThrough = UInt64(mark.found) ?? 0
        newestTaken = acknowledgedThrough
    }

    /// How many messages wait for the broker.
    package var pendingCount: Int { waiting.count + inFlight.count }

    /// Takes what is to be told. A newer revision of an advisory replaces one that waits.
    package mutating func take(_ item: Item) {
        newestTaken = max(newestTaken, item.number)
        waiting.removeAll { $0.id == item.id }
        waiting.append(item)
    }

    /// The messages that tell of an advisory what the journal does not hold yet; none where
    /// `document` is of none. An older line of it that waits is no longer sent: the newest is what
    /// the broker must retain.
    package mutating func messages(
        before document: OutletDocument
    ) -> [MQTTMessage] {
        guard let advisory = document.entry.advisory else { return [] }
        waiting.removeAll { $0.id == advisory.id }
        let stands = advisory.state != .closed
        return messages(id: advisory.id, payload: document.bytes, stands: stands)
    }

    private func messages(id: String, payload: [UInt8], stands: Bool) -> [MQTTMessage] {
        let topic = "firedamp/v1/\(mine)/advisory/\(id)"
        let message = MQTTMessage(topic: topic, payload: payload, retain: stands)
        // An empty retained message removes what the broker retains.
        return stands ? [message] : [message, MQTTMessage(topic: topic, payload: [], retain: true)]
    }

    /// The messages that may be sent now, the gravest first, in the order of the journal where they
    /// are equals. Token 0 needs no answer.
    package mutating func due() -> [(message: MQTTMessage, token: UInt64)] {
        var messages: [(MQTTMessage, UInt64)] = []
        while inFlight.count < Self.inFlightMax, !waiting.isEmpty {
            let item = waiting.remove(at: gravest)
            let parts = self.messages(id: item.id, payload: item.payload, stands: item.stands)
            // The last of them stands for all.
            messages += parts.dropLast().map { ($0, 0) } + parts.suffix(1).map { ($0, item.number) }
            inFlight.insert(item.number)
        }
        return messages
    }

    /// Where the gravest item stands, the oldest of equals.
    private var gravest: Int {
        waiting.indices.dropFirst().reduce(0) { best, index in
            let (a, b) = (waiting[best], waiting[index])
            return a.gravity < b.gravity || (!(b.gravity < a.gravity) && b.number < a.number)
                ? index : best
        }
    }

    /// The broker has the message that was sent with `token`. Moves the mark on where that is the
    /// end of a gapless row; a mark that cannot be written only means that more is repeated after a
    /// crash.
    package mutating func acknowledged(token: UInt64) {
        guard inFlight.remove(token) != nil else { return }
        let open = inFlight.min() ?? .max
        let next = waiting.lazy.map(\.number).min() ?? .max
        let through = min(newestTaken, min(open, next) - 1)
        guard through > acknowledgedThrough else { return }
        acknowledgedThrough = through
        mark.write("\(through)")
    }
}
