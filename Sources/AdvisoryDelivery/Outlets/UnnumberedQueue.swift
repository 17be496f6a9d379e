internal import GasModel
internal import HaltAdvisory

/// What an outlet has to deliver that the journal does not hold: that it cannot be written, and
/// what was decided meanwhile.
///
/// **Ordering:** as for lines of the journal, see `DeliveryQueue`, and never in front of an older
/// line of the same advisory that waits there. **Memory:** bounded; what does not find room comes
/// from the journal, once it can be written.
struct UnnumberedQueue {
    /// Most documents that wait.
    static let documentsMax = 1024
    /// Most of them while halts are among those that come.
    static let haltsMax = 2048

    /// Of serial numbers of its own.
    private var queue = DeliveryQueue(deliveredThrough: 0)
    private var documents: [UInt64: OutletDocument] = [:]

    /// Takes a document, newer than all before, if there is room for it.
    mutating func add(_ document: OutletDocument) {
        let most = document.entry.severity == .halt ? Self.haltsMax : Self.documentsMax
        guard documents.count < most else { return }
        let serial = queue.newest + 1
        queue.add(
            serial, row: DeliveryQueue.row(of: document.entry, number: serial),
            gravity: Gravity(document.entry))
        documents[serial] = document
    }

    /// Drops what comes with its number, now that the journal goes to line `number`: behind newer
    /// lines it would be in the wrong place.
    mutating func forget(through number: UInt64) {
        guard documents.values.contains(where: { 0 < $0.keyNumber && $0.keyNumber <= number })
        else { return }
        let rest = documents.sorted { $0.key < $1.key }.map(\.value)
            .filter { $0.keyNumber == 0 || $0.keyNumber > number }
        self = UnnumberedQueue()
        for document in rest { add(document) }
    }

    /// The document that comes next beside what waits in `numbered`, and what to call it by.
    func next(beside numbered: DeliveryQueue) -> (document: OutletDocument, row: UInt64)? {
        guard !documents.isEmpty,
            let next = queue.next(where: { $0 == 0 || !numbered.waits(row: $0) }),
            let document = documents[next.number]
        else { return nil }
        return (document, next.row)
    }

    /// Takes out the document that `row` begins with: it is delivered, or given up.
    mutating func remove(_ row: UInt64) {
        guard let head = queue.next(where: { $0 == row }) else { return }
        documents[head.number] = nil
        queue.removeHead(of: row)
    }
}
