internal import Foundation
package import GasModel
internal import Glibc
package import HaltAdvisory

/// The append-only record of what was decided, each line chained to the one before by its hash.
///
/// The journal is a row of segments with one chain over all of them; only the newest grows. A
/// segment begins by restating what stands, so that a start reads no other. `JOURNAL.md` has the
/// format.
///
/// **Ordering:** a group of announcements is on the disk when `append` returns; nobody is told
/// before. **Full disk:** a reserve is kept beside the journal and given up when the disk is full,
/// so that the halts of a bad night still find room. **Damage:** a torn tail is cut off and kept
/// aside; a segment whose chain is broken is set aside whole, and a fresh one begins that carries
/// its hash. **Thread:** confined to its owner's queue.
package struct AdvisoryJournal: ~Copyable {
    /// Bytes kept in reserve: room for some thousands of announcements.
    package static let reserveBytes = 4 << 20
    /// Name of the growing segment within its directory.
    package static let fileName = "advisories.jsonl"

    /// When a segment is closed and a new one begun.
    package struct Limits: Sendable {
        /// Once it has grown by so many bytes beyond what it restates.
        package var bytesMax = 8 << 20
        /// Once it is older than this, in seconds.
        package var ageSecondsMax = 31.0 * 86_400

        /// The limits of an installation.
        package init() {}
    }

    /// What had to be repaired when it was opened, with the place.
    package internal(set) var repairs: [[Phrase]]
    /// Number of the newest line; 0 while there is none.
    package internal(set) var lastNumber: UInt64
    /// Hash of the newest line: the head of the chain.
    package internal(set) var lastHash: String
    /// Whether the reserve had to be given up: the disk is full.
    package internal(set) var isOnReserve = false
    /// The key that the lines before this run were signed with last, if they were.
    package let keyBefore: JournalKey?
    /// The segment that grows; `nil` while one has to be begun first, see `begin`, and while it
    /// could not be opened.
    var file: AppendFile?
    /// Why that is.
    var breach: JournalScan.Breach?
    /// Why none could be begun in its place.
    var beginFault: FileError?
    /// Why it could not be read, if it could not; see `unread`.
    package private(set) var readFault: FileError?
    var segment: JournalScan.Segment
    var keyInForce: JournalKey?
    /// Whether a rename is not yet known to be on the disk.
    var owesSync = false
    /// How long the growing segment is without what a failed write left there and could not take
    /// back; `nil` where nothing is left.
    private var wholeBytes: Int?
    let directory: String
    let limits: Limits
    let signer: JournalSigner?
    private let head: HeadMark

    /// Opens the journal in `directory`, made where it is missing, and repairs what a crash left.
    ///
    /// Reads the newest segment only, and hands each of its lines to `take`, proven or not, in
    /// order. When `needsBeginning` is then true, `begin` must be called before anything else.
    package static func open(
        directory: String, now: Timestamp, limits: Limits = Limits(), signer: JournalSigner? = nil,
        take: (JournalLine) -> Void = { _ in }
    ) throws(FileError) -> AdvisoryJournal {
        if unsafe mkdir(directory, 0o750) != 0, errno != EEXIST {
            throw FileError("make", directory)
        }
        let head = HeadMark(path: directory + "/" + JournalFiles.head)
        var scan = JournalScan(head: head.found)
        try scan.run(directory: directory, now: now, take: take)
        var journal = AdvisoryJournal(
            scan, directory: directory, limits: limits, signer: signer, head: head)
        // Where it cannot be written, `append` says so: to guard does not wait for it.
        try? journal.openFile()
        journal.keepReserve()
        return journal
    }

    /// More than the number of any line.
    private static let numberMax: UInt64 = 1 << 52

    /// The journal in `directory`, which cannot be read for `fault`: as one without a line, that
    /// takes none. What is laid out for it has numbers behind any that it may have, so that a start
    /// that can read it does not take a line for one of its own.
    package static func unread(
        directory: String, because fault: FileError, signer: JournalSigner? = nil
    ) -> AdvisoryJournal {
        var journal = AdvisoryJournal(
            JournalScan(head: nil), directory: directory, limits: Limits(), signer: signer,
            head: HeadMark(path: directory + "/" + JournalFiles.head))
        journal.readFault = fault
        return journal
    }

    private init(
        _ scan: JournalScan, directory: String, limits: Limits, signer: JournalSigner?,
        head: consuming HeadMark
    ) {
        repairs = scan.repairs
        (lastNumber, lastHash) = (scan.lastNumber, scan.lastHash)
        (breach, segment) = (scan.breach, scan.segment)
        (keyInForce, keyBefore) = (scan.key, scan.key)
        wholeBytes = scan.tornFrom
        self.directory = directory
        self.limits = limits
        self.signer = signer
        self.head = head
    }

    /// Whether the journal has no segment that can grow: its newest was broken or is not there.
    package var needsBeginning: Bool { breach != nil }

    /// What signs the lines of this run, if anything does.
    package var key: JournalKey? { signer?.key }

    /// Appends a group and returns its lines once all of them are on the disk.
    package mutating func append(_ announcements: [Announcement]) throws -> [JournalLine] {
        try append(announcements.map { Draft(entry: $0) })
    }

    /// A line before it has its place.
    struct Draft {
        var entry: Announcement
        var carried: JournalRecord.Origin?
        var memory: BookMemory?
        var retired: [RetiredSegment]?
    }

    mutating func append(_ drafts: [Draft]) throws -> [JournalLine] {
        if owesSync {
            try syncDirectory(directory)
            owesSync = false
        }
        let isNewKey = signer?.key != keyInForce
        let lines = try layOut(drafts, from: nextPlace, namesKey: isNewKey)
        try appendOrGiveUpReserve(Self.bytes(of: lines))
        keyInForce = signer?.key
        for line in lines { segment.note(line) }
        went(to: lines)
        return lines
    }

    /// What the next line must carry.
    var nextPlace: ChainWalk.Place {
        .init(
            number: (readFault == nil ? lastNumber : Self.numberMax) + 1, previous: lastHash)
    }

    /// The lines that `announcements` would be behind `line`, or behind the newest; nothing is
    /// written.
    package func layOut(
        _ announcements: [Announcement], behind line: JournalLine?
    ) throws -> [JournalLine] {
        try layOut(
            announcements.map { Draft(entry: $0) },
            from: line.map { .init(number: $0.record.number + 1, previous: $0.hash) } ?? nextPlace,
            namesKey: line == nil && signer?.key != keyInForce)
    }

    /// Lays out lines for `place`. `namesKey`: whether the first says what signs them.
    func layOut(
        _ drafts: [Draft], from place: ChainWalk.Place, namesKey: Bool
    ) throws -> [JournalLine] {
        var place = place
        var lines: [JournalLine] = []
        for draft in drafts {
            var record = JournalRecord(
                number: place.number, previous: place.previous, entry: draft.entry)
            (record.carried, record.memory) = (draft.carried, draft.memory)
            record.retired = draft.retired
            if namesKey, lines.isEmpty { record.key = signer?.key.text ?? "" }
            let line = try JournalLine(record, signer: signer)
            place = .init(number: place.number + 1, previous: line.hash)
            lines.append(line)
        }
        return lines
    }

    static func bytes(of lines: [JournalLine]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.bytes.count + 1 })
        for line in lines {
            bytes += line.bytes
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// The newest of `lines` is the newest of all, and on the disk.
    mutating func went(to lines: [JournalLine]) {
        guard let last = lines.last else { return }
        (lastNumber, lastHash) = (last.record.number, last.hash)
        head.write(HeadMark.Word(number: lastNumber, hash: lastHash, signer: signer))
    }

    /// Builds the reserve again, once there is room. Cheap when it stands.
    package mutating func keepReserve() {
        let path = directory + "/" + JournalFiles.reserve
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if posix_fallocate(descriptor, 0, off_t(Self.reserveBytes)) == 0 {
            isOnReserve = false
        } else {
            unsafe unlink(path)
            isOnReserve = true
        }
    }

    /// Finds out, without writing a line, whether the growing segment still takes one: a disk that
    /// has turned read-only is to be known before the next halt. What it cannot find out is whether
    /// there is room.
    package mutating func probe() throws(FileError) {
        try openFile()
        try file?.touch()
    }

    /// Opens the growing segment, where it is not open. **Errors:** it cannot be, or would have to
    /// be begun first, which could not be done.
    private mutating func openFile() throws(FileError) {
        if let fault = readFault ?? (breach == nil ? nil : beginFault) { throw fault }
        guard file == nil, breach == nil else { return }
        let fresh = try AppendFile(path: directory + "/" + Self.fileName)
        try syncDirectory(directory)
        file = consume fresh
    }

    /// Finds out whether a segment could be begun.
    package func probeDirectory() throws(FileError) {
        guard unsafe utimensat(AT_FDCWD, directory, nil, 0) == 0,
            unsafe faccessat(AT_FDCWD, directory, W_OK, AT_EACCESS) == 0
        else { throw FileError("change", directory) }
    }

    private mutating func appendOrGiveUpReserve(_ bytes: [UInt8]) throws(FileError) {
        do {
            try write(bytes)
        } catch {
            guard error.isFull, !isOnReserve else { throw error }
            unsafe unlink(directory + "/" + JournalFiles.reserve)
            isOnReserve = true
            try write(bytes)
        }
    }

    /// All of `bytes`, synced, or nothing.
    private mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try openFile()
        if let length = wholeBytes { try file?.truncate(to: length) }
        wholeBytes = nil
        guard let before = file?.size else {
            preconditionFailure("a segment must be begun before anything is appended")
        }
        do {
            try file?.append(bytes)
            try file?.sync()
        } catch {
            // Half a group on the disk would be a group that nobody was told of, and what follows
            // it would follow on nothing: take it back, now or before anything else is written.
            guard file?.size != before else { throw error }
            do { try file?.truncate(to: before) } catch { wholeBytes = before }
            throw error
        }
    }
}
