internal import GasModel
internal import Glibc
internal import Synchronization

// @unchecked: the mapping never moves, threads share only atomic words of it, and the slots pass
// from one to another by the protocol that `RingWriter` and `RingReader` describe.
/// A ring of readings: one writer, up to eight readers, each with its own cursor.
///
/// In a file, or in memory alone. In a file every cursor survives the death of the process: who
/// opens the ring again finds all that was published, and each reader where it last committed.
/// Against a power cut it promises less: the kernel writes the pages when it sees fit, and what it
/// had not written is lost. Opening proves that the rest is whole.
///
/// **Order of use:** open, make the readers, then the writer, then hand each to its own thread. The
/// ring stays open as long as the storage or one of them lives, or until it is released.
@safe @usableFromInline package final class RingStorage: @unchecked Sendable {
    /// Number of records that the ring holds, a power of two.
    package let capacity: Int
    /// A random number that no other ring has: with it a position means one record for ever.
    // Changed only by `beginAnew`, before any part of the ring is given out.
    package private(set) var creation: UInt64
    /// What stood in the ring's place and was moved aside; `nil` when nothing did.
    package let refusal: RingRefusal?

    let memory: RingMemory
    let names: [String]
    /// Where each of them resumes.
    private let resumePositions: [UInt64]
    private let claim: Mutex<RingClaim?>
    /// The file and what its header was when it was opened; `nil` in memory.
    private let origin: (file: RingFile, header: RingHeader)?
    private let taken = Mutex(Taken())

    /// Which parts in the ring were given out; each exists once.
    private struct Taken {
        var writer = false
        var readers: Set<String> = []
    }

    private init(
        _ header: RingHeader, _ memory: consuming RingMemory, file: RingFile? = nil,
        claim: RingClaim? = nil, refusal: RingRefusal? = nil
    ) {
        capacity = header.capacity
        creation = header.creation
        names = header.readers.map(\.name)
        resumePositions = header.readers.map(\.resume)
        self.memory = memory
        origin = file.map { ($0, header) }
        self.claim = Mutex(claim)
        self.refusal = refusal
    }

    /// Opens the ring at `path`, or makes one there.
    ///
    /// A reader that the file does not know begins at the newest record; one that is not named here
    /// is retired, and a later run will not know it. Whatever stands at `path` and is not a whole
    /// ring of this version and capacity is renamed to `path.refused-` and the time, see `refusal`.
    ///
    /// - Parameters:
    ///   - capacity: a power of two, within `RingLayout.capacities`.
    ///   - readers: one to eight names of 1 to 15 printable ASCII characters, each once.
    ///   - claim: the right to it.
    package static func open(
        path: String, capacity: Int, readers: [String], claim: RingClaim
    ) throws(RingError) -> RingStorage {
        try check(capacity, readers)
        let file = RingFile(path: path)
        try claim.check(path)
        var header = RingHeader(capacity: capacity, readers: readers)
        var refusal: RingRefusal?
        switch try file.examine(capacity: capacity) {
        case .ring(let found):
            header = found
            header.seat(readers)
            try file.update(header)
        case .flawed(let flaw):
            refusal = RingRefusal(path: path, flaw: flaw, movedTo: try file.setAside())
            try file.create(header)
        case .absent:
            try file.create(header)
        }
        let memory = try file.map(capacity: capacity)
        return RingStorage(header, memory, file: file, claim: claim, refusal: refusal)
    }

    /// The same for who claims nothing besides.
    package static func open(
        path: String, capacity: Int, readers: [String]
    ) throws(RingError) -> RingStorage {
        try check(capacity, readers)
        return try open(
            path: path, capacity: capacity, readers: readers, claim: RingClaim([path]))
    }

    /// Leaves the ring's file to whoever opens it next, here or in another process.
    ///
    /// For who has ended the writer and all readers and cannot see the last reference to them go,
    /// which a thread may keep for a moment after its last step. None of them may be used again.
    /// **Thread:** any.
    package func release() { claim.withLock { $0 = nil } }

    /// Who has the ring at `path` open. Nothing is changed. Throws where the ring's lock cannot be
    /// read, as where there never was a ring.
    package static func owner(path: String) throws(RingError) -> RingOwner {
        try RingFile(path: path).owner()
    }

    /// Makes a ring in memory, which nothing of this process survives: for back-tests and tools.
    /// The parameters are those of `open`.
    package static func anonymous(
        capacity: Int, readers: [String]
    ) throws(RingError) -> RingStorage {
        try check(capacity, readers)
        let header = RingHeader(capacity: capacity, readers: readers)
        let memory = try RingMemory(
            bytes: RingLayout.fileBytes(capacity: capacity), flags: MAP_PRIVATE | MAP_ANONYMOUS,
            file: -1, path: "memory")
        memory.write(header)
        return RingStorage(header, memory)
    }

    /// The capacity is a setting and may be wrong; the names are ours and may not.
    private static func check(_ capacity: Int, _ readers: [String]) throws(RingError) {
        guard RingLayout.capacities.contains(capacity), capacity & (capacity - 1) == 0 else {
            throw .badCapacity(found: capacity)
        }
        precondition(
            (1...RingLayout.readersMax).contains(readers.count)
                && Set(readers).count == readers.count,
            "a ring has one to eight readers, each with a name of its own")
        for name in readers {
            precondition(
                (1..<RingLayout.nameBytes).contains(name.utf8.count)
                    && name.utf8.allSatisfy { (0x21...0x7E).contains($0) },
                "a reader's name has 1 to 15 printable ASCII characters")
        }
    }
}

// MARK: A ring that goes from one place to another

extension RingStorage {
    /// What came of a copy.
    package enum Copy {
        /// It is there; what else stood in its place was moved aside.
        case made(RingRefusal?)
        /// The same ring stands there already, and has gone further.
        case older
        /// There is none to be copied.
        case absent
        /// What is to be copied is no ring that can go on.
        case flawed(RingFlaw)
    }

    /// Makes the ring at `source` the one at `target`, with identity, records and cursors. The
    /// source is not touched, and must not be gone on with: the next records of both would have the
    /// same positions. **Errors:** the copy is not there.
    package static func copy(
        from source: String, to target: String, capacity: Int, claim: RingClaim
    ) throws(RingError) -> Copy {
        let (old, new) = (RingFile(path: source), RingFile(path: target))
        try claim.check(target)
        let header: RingHeader
        switch try old.examine(capacity: capacity) {
        case .absent: return .absent
        case .flawed(let flaw): return .flawed(flaw)
        case .ring(let found): header = found
        }
        var flaw: RingFlaw?
        switch try new.examine(capacity: capacity) {
        case .absent: break
        case .flawed(let found): flaw = found
        case .ring(let found) where found.creation != header.creation: flaw = .superseded
        case .ring(let found): if found.published > header.published { return .older }
        }
        let refusal = try flaw.map { flaw throws(RingError) in
            RingRefusal(path: target, flaw: flaw, movedTo: try new.setAside())
        }
        try new.create(header, from: old)
        return .made(refusal)
    }

    /// Moves what stands at `path` aside because of `flaw`.
    package static func refuse(
        path: String, _ flaw: RingFlaw, claim: RingClaim
    ) throws(RingError) -> RingRefusal {
        try claim.check(path)
        return RingRefusal(path: path, flaw: flaw, movedTo: try RingFile(path: path).setAside())
    }

    /// Gives the ring another identity, for who knows of records that it does not have: the next
    /// ones would be taken for those. Records and cursors stay. Before any part is given out.
    package func beginAnew() throws(RingError) {
        taken.withLock { precondition(!$0.writer && $0.readers.isEmpty, "it is in use") }
        guard let (file, header) = origin else { return }
        let anew = header.withNewIdentity
        try file.update(anew)
        creation = anew.creation
    }
}

/// Who has a ring open.
package enum RingOwner: Sendable, Equatable {
    /// Nobody.
    case nobody
    /// The process with this id.
    case process(Int32)
    /// Somebody who has not said who it is: it starts in this moment, or its disk is full.
    case unknown
}

extension RingStorage {
    /// Gives out the reader `name`, which begins where it last committed, or up to `warmUp` records
    /// before that, as far as the ring still holds them.
    ///
    /// `state`: the position that its owner knows from elsewhere to be done. If it lies between
    /// what was committed and what is published, the reader begins there, without any warm-up.
    ///
    /// The writer waits for the records of the warm-up as for all others, until the reader commits
    /// beyond them. That holds only if it has not begun to write: readers are made before it.
    package func reader(
        _ name: String, warmUp: Int = 0, from state: UInt64? = nil
    ) -> RingReader {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("the ring was opened without a reader \(name)")
        }
        return taken.withLock { taken in
            precondition(!taken.writer, "readers are made before the writer")
            precondition(taken.readers.insert(name).inserted, "reader \(name) is made once")
            let published = unsafe memory.published
            let hold = unsafe memory.hold(reader: index)
            var resume = resumePositions[index]
            let head = unsafe published.pointee.load(ordering: .relaxed)
            let isKnown = state.map { resume <= $0 && $0 <= head } ?? false
            if isKnown, let state { resume = state }
            let start = isKnown ? resume : start(resume, back: warmUp)
            // The hold goes back for the warm-up; the header's other word, which stays, says how
            // far the reader was.
            unsafe hold.pointee.store(start, ordering: .relaxed)
            return unsafe RingReader(
                storage: self, slots: memory.slots, published: published, hold: hold,
                start: start, resumePosition: resume)
        }
    }

    /// Gives out the writer, which continues after the newest record.
    package func writer() -> RingWriter {
        taken.withLock { taken in
            precondition(!taken.writer, "a ring has one writer")
            taken.writer = true
            return unsafe RingWriter(
                storage: self, slots: memory.slots, published: memory.published)
        }
    }

    /// The position up to `back` records before `resume` from which on every slot still holds its
    /// record. What was overwritten, or lost in a power cut, is not warmed up with.
    private func start(_ resume: UInt64, back: Int) -> UInt64 {
        let slots = unsafe memory.slots
        var start = resume
        while start > 0, resume - start < UInt64(max(0, back)) {
            let before = start - 1
            let isIntact = unsafe slots[Int(before & UInt64(capacity - 1))].isRecord(at: before)
            guard isIntact else { break }
            start = before
        }
        return start
    }

    /// Position after the newest published record. For metrics: relaxed, and nothing may be
    /// inferred from it. **Thread:** any.
    package var published: UInt64 {
        unsafe memory.published.pointee.load(ordering: .relaxed)
    }

    /// For each reader the number of records that it holds back from being overwritten; the writer
    /// waits when one of them reaches the capacity. For metrics, as `published`. **Thread:** any.
    package var held: [(reader: String, records: Int)] {
        names.enumerated().map { index, name in
            let hold = unsafe memory.hold(reader: index).pointee.load(ordering: .relaxed)
            let end = published
            return (name, end > hold ? Int(end - hold) : 0)
        }
    }
}
