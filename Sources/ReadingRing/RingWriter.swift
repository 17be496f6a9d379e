public import GasModel
public import Synchronization

// Public, as the reader is: Swift 6.3 inlines nothing across modules that is only `package`, and a
// record then costs 157 instructions instead of 41.
// Safe: it writes only to slots that hold no published record, or one that every reader is done
// with. @unchecked: it cannot be copied, so whoever owns it is its only user.
/// The one that puts readings into a ring.
///
/// A burst of readings is staged slot by slot and then published with one store, so that it costs
/// the readers one look. What is staged and not published dies with the process: a message may be
/// acknowledged only after `publish()`.
///
/// **Thread:** one at a time. **Cost:** no allocation, no lock, no system call.
@safe @frozen public struct RingWriter: ~Copyable, @unchecked Sendable {
    @usableFromInline let slots: UnsafeMutablePointer<Reading>
    @usableFromInline let published: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let mask: UInt64
    /// Position of the record that is staged next.
    @usableFromInline var next: UInt64
    /// The first position whose slot was not free at the last look at the readers.
    @usableFromInline var limit: UInt64
    /// Owns the memory.
    @usableFromInline let storage: RingStorage

    init(
        storage: RingStorage, slots: UnsafeMutablePointer<Reading>,
        published: UnsafeMutablePointer<Atomic<UInt64>>
    ) {
        self.storage = storage
        unsafe self.slots = slots
        unsafe self.published = published
        mask = UInt64(storage.capacity - 1)
        next = unsafe published.pointee.load(ordering: .relaxed)
        limit = next
    }

    /// Position that the next record will have.
    @inlinable public var position: UInt64 { next }

    /// Number of records that can be appended now.
    ///
    /// Looks at the readers only when fewer than `wanted` were free at the last look; so ask once
    /// for a burst. When fewer are free, the writer waits: it asks again later and appends nothing.
    @inlinable public mutating func freeSlots(atLeast wanted: Int = 1) -> Int {
        if free < wanted { limit = storage.lowestHold() &+ mask &+ 1 }
        return free
    }

    /// At most the capacity, and so an `Int`.
    @inlinable var free: Int { Int(truncatingIfNeeded: limit &- next) }

    /// Stages `reading` behind what is there and gives it its position. No reader sees it yet.
    ///
    /// A slot must be known to be free, see `freeSlots(atLeast:)`, and `reading` must not be blank.
    @inlinable public mutating func append(_ reading: Reading) {
        precondition(next < limit, "appended to a slot that a reader has still to read")
        precondition(reading.kind.rawValue != 0, "a blank record means that there is none")
        let slot = Int(truncatingIfNeeded: next & mask)
        unsafe slots[slot] = reading
        // A store of its own: ThreadSanitizer sees this one, but not the copy of a whole record.
        unsafe slots[slot].position = next
        next &+= 1
    }

    /// Lets the readers see everything that was staged.
    @inlinable public mutating func publish() {
        // Releasing: publishes the slots staged since the last time. Partner: `observe` in
        // `RingReader.drain`. Weakened, a reader finds in a slot what was there a lap before.
        unsafe published.pointee.store(next, ordering: .releasing)  // ordering: publish
    }
}

extension RingStorage {
    /// The first position that some reader may still read: the writer stays less than one capacity
    /// ahead of it.
    @usableFromInline func lowestHold() -> UInt64 {
        var lowest = UInt64.max
        for index in names.indices {
            // Acquiring: observes that the reader has read the slots before the hold. Partner:
            // `release` in `RingReader.commit`. Weakened, a slot is overwritten while it is read.
            let hold = unsafe memory.hold(reader: index)
                .pointee.load(ordering: .acquiring)  // ordering: reclaim
            lowest = min(lowest, hold)
        }
        return lowest
    }
}
