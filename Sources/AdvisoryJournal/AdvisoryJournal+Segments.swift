package import GasModel
internal import Glibc
package import HaltAdvisory

// MARK: From one segment to the next

extension AdvisoryJournal {
    /// What a segment begins with: all that a start needs to know of the time before it.
    package struct Opening: Sendable {
        /// The newest announcement of each advisory that stands.
        var standing: [Announcement]
        var memory: BookMemory
        var notice: Announcement

        /// What `book` knows, where it has nothing that is not in the journal.
        package init(_ book: AdvisoryBook, at now: Timestamp) {
            standing = book.open
            memory = book.memory
            notice = .notice(
                .notice, .carried, at: now, site: book.site,
                why: [Phrase("segment-begins", standing.count)])
        }
    }

    /// Whether the growing segment has come to an end.
    package func isRotationDue(now: Timestamp) -> Bool {
        guard breach == nil, let beganAt = segment.beganAt, !segment.isOpening else {
            return false
        }
        return segment.bytes - segment.openingBytes >= limits.bytesMax
            || now.seconds(since: beganAt) >= limits.ageSecondsMax
    }

    /// Closes the growing segment, or sets it aside where it is broken, and begins the next with
    /// `opening`.
    ///
    /// The next is on the disk in full under another name before anything is renamed, and takes the
    /// place of the old one in one step: killed at any instant, the old one goes on or the new one
    /// does. **Errors:** nothing has changed; what grew goes on growing.
    package mutating func begin(_ opening: Opening) throws {
        var drafts = [Draft(entry: opening.notice, memory: opening.memory)]
        for entry in opening.standing {
            guard let id = entry.advisory?.id, let origin = segment.origins[id] else { continue }
            var carried = entry
            carried.transition = .carried
            drafts.append(Draft(entry: carried, carried: origin))
        }
        let lines = try layOut(
            drafts, from: nextPlace,
            namesKey: signer != nil || keyInForce != nil)
        let path = directory + "/" + Self.fileName
        let draft = directory + "/" + JournalFiles.draft
        do throws(FileError) {
            unsafe unlink(draft)
            var next = try AppendFile(path: draft)
            try next.append(Self.bytes(of: lines))
            try next.sync()
            try putInPlace(draft, path)
            next.wasRenamed(to: path)
            file = consume next
        } catch {
            unsafe unlink(draft)
            beginFault = error
            throw error
        }
        (breach, segment, owesSync) = (nil, JournalScan.Segment(), true)
        keyInForce = signer?.key
        for line in lines { segment.note(line) }
        went(to: lines)
        // A failure is no harm yet: the next group is written only when this is done.
        if (try? syncDirectory(directory)) != nil { owesSync = false }
    }

    /// Gives the old segment its last name and the new one the name that grows.
    private func putInPlace(_ draft: String, _ path: String) throws(FileError) {
        var old: String?
        switch breach {
        case .missing: break
        case .damaged(let aside): old = aside
        case nil: old = directory + "/" + JournalFiles.closedName(first: segment.first ?? 1)
        }
        if let old, unsafe link(path, old) != 0 { throw FileError("keep", old) }
        guard unsafe rename(draft, path) == 0 else {
            let error = FileError("replace", path)
            if let old { unsafe unlink(old) }
            throw error
        }
        if let old { unsafe chmod(old, 0o440) }
    }
}

// MARK: What is old enough to go

extension AdvisoryJournal {
    /// The closed segments whose newest line is more than `days` before `now`, oldest first, up to
    /// the first that is younger or cannot be read.
    package func expired(days: Int, now: Timestamp) throws(FileError) -> [RetiredSegment] {
        var expired: [RetiredSegment] = []
        for closed in try JournalFiles(directory: directory).closed {
            let path = directory + "/" + closed.name
            guard let bytes = try lastLine(of: path), let line = try? JournalLine(bytes: bytes)
            else { break }
            // The later of what the line says and when the file was written last: a clock that was
            // wrong once must not make a record old.
            let until = max(line.record.entry.decidedAt, Self.changed(path))
            guard now.seconds(since: until) > Double(days) * 86_400 else { break }
            expired.append(
                RetiredSegment(
                    file: closed.name, first: closed.first, last: line.record.number,
                    hash: line.hash, until: until.rfc3339()))
        }
        return expired
    }

    /// Puts on record, in the words of `notice`, that `segments` are deleted. It must be there
    /// before they are: killed in between, they are named once more. Returns the lines.
    package mutating func announce(
        retirementOf segments: [RetiredSegment], notice: Announcement
    ) throws -> [JournalLine] {
        try append([Draft(entry: notice, retired: segments)])
    }

    /// Deletes what was announced, oldest first.
    package func delete(_ segments: [RetiredSegment]) throws(FileError) {
        for segment in segments {
            let path = directory + "/" + segment.file
            guard unsafe unlink(path) == 0 || errno == ENOENT else {
                throw FileError("delete", path)
            }
        }
    }

    private static func changed(_ path: String) -> Timestamp {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return Timestamp(nanoseconds: .max) }
        return Timestamp(
            nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000
                + Int64(status.st_mtim.tv_nsec))
    }
}

// MARK: What the start's reader did not see

extension AdvisoryJournal {
    /// How many closed segments are read back at most, to tell what was not told.
    package static let readBackMax = 8

    /// Hands the lines of closed segments with numbers above `number` to `take`, in order, when the
    /// newest line of the segment before says that they are needed. At most `segmentsMax` segments.
    package static func readBack(
        directory: String, after number: UInt64, segmentsMax: Int = readBackMax,
        take: (JournalLine) -> Void
    ) throws(FileError) {
        guard unsafe access(directory, F_OK) == 0 else { return }
        let files = try JournalFiles(directory: directory)
        guard files.hasGrowing else { return }
        var closed = files.closed
        if let newest = closed.last,
            FileIdentity(path: files.path(newest.name)) == FileIdentity(path: files.growingPath)
        {
            closed.removeLast()
        }
        for (index, segment) in closed.enumerated() {
            let next = index + 1 < closed.count ? closed[index + 1].first : nil
            if let next, next <= number + 1 { continue }
            guard index >= closed.count - segmentsMax else { continue }
            if next == nil, let bytes = try lastLine(of: files.path(segment.name)),
                let line = try? JournalLine(bytes: bytes), line.record.number <= number
            {
                continue
            }
            var walk = try SegmentWalk(path: files.path(segment.name), chain: ChainWalk(from: nil))
            while let step = try walk.next() {
                if let line = step.line, line.record.number > number { take(line) }
            }
        }
    }
}
