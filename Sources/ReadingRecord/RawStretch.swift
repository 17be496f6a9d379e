internal import Foundation
package import GasModel

/// A time for which the raw record holds nothing, and why.
package struct RawHole: Codable, Sendable, Equatable {
    /// The last that stands before it, RFC 3339 in UTC.
    package var from: String
    /// The first that stands behind it.
    package var to: String
    /// Why, as far as it is known.
    package var why: String
}

/// What was recorded between two instants of arrival.
package struct RawStretch: Sendable {
    /// A record that ends so much before the wanted time is short of it; nanoseconds.
    private static let edgeNanoseconds: Int64 = 15_000_000_000

    /// Where the segments are.
    let directory: String
    /// Arrival of the first record that is wanted.
    let from: Timestamp
    /// Arrival of the last.
    let to: Timestamp

    private var holes: [RawHole] = []
    private var last: RawBlockHead?

    /// What stands in `directory` between `from` and `to`.
    package init(directory: String, from: Timestamp, to: Timestamp) {
        (self.directory, self.from, self.to) = (directory, from, to)
    }

    /// Hands on every record in the order of its arrival; returns what is missing in between.
    ///
    /// **Cost:** as much of the segments as lies in the stretch is read and proven. May be called
    /// while another thread writes.
    package mutating func read(_ body: (Reading) -> Void) -> [RawHole] {
        (holes, last) = ([], nil)
        let segments = RawSegment.list(in: directory)
        for (index, segment) in segments.enumerated() where mayOverlap(segments, index) {
            read(segment, body)
        }
        let edge = to.advanced(byNanoseconds: -Self.edgeNanoseconds)
        if let last, last.lastArrival < edge.nanoseconds {
            note(Timestamp(nanoseconds: last.lastArrival), to, "the record ends before")
        } else if last == nil {
            note(from, to, "nothing was recorded")
        }
        return holes
    }

    /// A segment's own start and that of the next say what it may hold.
    private func mayOverlap(_ segments: [RawSegment], _ index: Int) -> Bool {
        guard segments[index].start <= to else { return false }
        return index + 1 == segments.count || segments[index + 1].start >= from
    }

    private mutating func read(_ segment: RawSegment, _ body: (Reading) -> Void) {
        guard var reader = try? RawBlockReader(path: segment.path) else {
            return note(segment.start, segment.start, "\(segment.path) cannot be read")
        }
        do throws(RawFlaw) {
            try reader.checkHead()
            while let head = try reader.peek() {
                guard overlaps(head) else {
                    reader.skip(head)
                    if head.lastArrival < from.nanoseconds { last = head }
                    continue
                }
                _ = try reader.next()
                noteHole(before: head)
                last = head
                try reader.records(of: head) { record in
                    if from <= record.arrivalTime, record.arrivalTime <= to { body(record) }
                }
            }
        } catch {
            let since = last.map { Timestamp(nanoseconds: $0.lastArrival) } ?? segment.start
            note(since, since, "\(segment.path), \(error)")
        }
    }

    private func overlaps(_ head: RawBlockHead) -> Bool {
        max(head.firstArrival, head.lastArrival) >= from.nanoseconds
            && min(head.firstArrival, head.lastArrival) <= to.nanoseconds
    }

    private mutating func noteHole(before head: RawBlockHead) {
        let first = Timestamp(nanoseconds: head.firstArrival)
        guard let last else {
            if from.advanced(byNanoseconds: Self.edgeNanoseconds) < first {
                note(from, first, "the record begins later")
            }
            return
        }
        let since = Timestamp(nanoseconds: last.lastArrival)
        if last.ring != head.ring {
            note(since, first, "another ring: what the old one held last is not known")
        } else if last.end != head.position {
            let count = head.position &- last.end
            note(since, first, "\(count) records could not be written")
        }
    }

    private mutating func note(_ from: Timestamp, _ to: Timestamp, _ why: String) {
        holes.append(
            RawHole(from: max(from, self.from).rfc3339(), to: to.rfc3339(), why: why))
    }
}
