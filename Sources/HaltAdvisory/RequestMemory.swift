package import GasModel

/// The orders that were carried out last, by the identifier that their sender gave them: one that
/// is sent again, because its answer was lost, is not carried out again.
///
/// Kept in the journal with each act, so it outlives a restart. **Memory:** `requestsMax` lines.
struct RequestMemory: Sendable, Equatable {
    /// An order that comes again after so many others is taken for a new one.
    static let requestsMax = 1000

    /// So many are handed on to the next segment of the journal: who has had no answer asks again
    /// within seconds.
    private static let handedOnMax = 20

    private var told: [String: Announcement] = [:]
    private var order: [String] = []

    /// What was told when the order was carried out; `nil` when it never was.
    subscript(request: String) -> Announcement? { told[request] }

    /// What was told of the newest orders, oldest first; `nil` where there were none.
    var newest: [Announcement]? {
        order.isEmpty ? nil : order.suffix(Self.handedOnMax).compactMap { told[$0] }
    }

    /// Takes note of what was told of an order.
    mutating func note(_ announcement: Announcement) {
        guard let request = announcement.act?.request, told[request] == nil else { return }
        told[request] = announcement
        order.append(request)
        guard order.count > Self.requestsMax else { return }
        told[order.removeFirst()] = nil
    }
}

extension AdvisoryBook {
    /// What was told when `order` of `person` was carried out; `nil` when it never was.
    ///
    /// **Errors:** its identifier belongs to another order.
    package func told(
        of order: OperatorOrder, by person: Person
    ) throws(OrderRefusal) -> Announcement? {
        guard let request = order.request, let told = requests[request], let act = told.act else {
            return nil
        }
        let isSame =
            act.kind == order.kind && act.by == person.name && act.text == order.text
            && (act.checks ?? []) == (order.checks ?? [])
            && order.advisory.map { told.names($0) } ?? true
        guard isSame else {
            let other = told.words?.why.map { Phrase.joined($0) } ?? .verbatim(told.why)
            throw .senseless(Phrase("other-order", request, other))
        }
        return told
    }
}

extension Announcement {
    /// Whether it is about the advisory that is asked for by `name` or by a part of its identifier.
    fileprivate func names(_ name: String) -> Bool {
        // A remark belongs to no advisory, and says in words which one it is on.
        (advisory?.id ?? why).contains(name)
    }
}
