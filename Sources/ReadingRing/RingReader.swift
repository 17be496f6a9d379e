public import GasModel
public import Synchronization

// Safe: it reads only slots between its own hold and the newest published record, which the writer
// leaves alone. @unchecked: it cannot be copied, so whoever owns it is its only user.
/// One that takes readings out of a ring, each exactly once and in the order of their positions.
///
/// It has two cursors. `position` is where it reads; it lives in memory. `committed` is how far it
/// is done; it lives in the file, and from there a restarted process reads again. Between the two
/// lies what was seen but is not yet safe elsewhere: the writer does not overwrite it.
///
/// **Thread:** one at a time. **Cost:** no allocation, no lock, no system call.
@safe @frozen public struct RingReader: ~Copyable, @unchecked Sendable {
    @usableFromInline let slots: UnsafeMutablePointer<Reading>
    @usableFromInline let published: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let hold: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let mask: UInt64
    /// Position of the record that is read next.
    @usableFromInline var next: UInt64
    /// What `hold` says.
    @usableFromInline var done: UInt64
    /// Owns the memory.
    @usableFromInline let storage: RingStorage

    /// Where the run before this one was done. Records before it belong to the warm-up: they fill
    /// windows, and what they lead to was told by that run.
    public let resumePosition: UInt64

    init(
        storage: RingStorage, slots: UnsafeMutablePointer<Reading>,
        published: UnsafeMutablePointer<Atomic<UInt64>>,
        hold: UnsafeMutablePointer<Atomic<UInt64>>, start: UInt64, resumePosition: UInt64
    ) {
        self.storage = storage
        unsafe self.slots = slots
        unsafe self.published = published
        unsafe self.hold = hold
        mask = UInt64(storage.capacity - 1)
        next = start
        done = start
        self.resumePosition = resumePosition
    }

    /// How many records the ring has room for.
    package var capacity: Int { storage.capacity }

    /// Position of the record that is read next.
    @inlinable public var position: UInt64 { next }

    /// From here on a restarted process reads again.
    @inlinable public var committed: UInt64 { max(done, resumePosition) }

    /// Number of records that can be read now.
    @inlinable public var available: Int {
        // Relaxed: only says whether to drain, and draining looks for itself. A worker that asks
        // after `Doorbell.rest()` is shown everything whose ring it has taken.
        unsafe Int(published.pointee.load(ordering: .relaxed) &- next)
    }

    /// Hands the records from `position` on to `body`, oldest first, at most `most` of them and
    /// only those published when it was called; moves `position` and returns their number.
    ///
    /// Nothing is committed. A slot that holds another record than it must stops the process: the
    /// memory is damaged, and the next start refuses the file.
    @inlinable public mutating func drain(
        atMost most: Int = .max, _ body: (Reading) -> Void
    ) -> Int {
        precondition(most >= 0, "a number of records")
        // Acquiring: observes the slots before the position it loads. Partner: `publish` in
        // `RingWriter.publish`. Weakened, a slot may still hold what was there a lap before.
        let head = unsafe published.pointee.load(ordering: .acquiring)  // ordering: observe
        // The difference of two positions in the ring is at most its capacity.
        let count = min(Int(truncatingIfNeeded: head &- next), most)
        let end = next &+ UInt64(truncatingIfNeeded: count)
        while next != end {
            let slot = Int(truncatingIfNeeded: next & mask)
            unsafe precondition(slots[slot].position == next, "a slot holds another record")
            unsafe body(slots[slot])
            next &+= 1
        }
        return count
    }

    /// Declares everything before `end` done: it may be overwritten, and a restarted process begins
    /// at `end`, or where the run before was done if that is later (during the warm-up).
    ///
    /// `end` must lie between what was declared before and `position`.
    @inlinable public mutating func commit(upTo end: UInt64) {
        // One comparison for `done <= end && end <= next`: `done` is never beyond `next`.
        precondition(end &- done <= next &- done, "only what was read can be done, and only once")
        done = end
        // Releasing: publishes that the slots before `end` have been read. Partner: `reclaim` in
        // `RingStorage.lowestHold`. Weakened, the writer overwrites a slot while it is read.
        unsafe hold.pointee.store(end, ordering: .releasing)  // ordering: release
    }
}
