internal import AdvisoryJournal
internal import GasModel
internal import ReadingRing

/// The files of the record: raw segments and gap ledger.
///
/// **Thread:** confined to the disk's queue of its `ReadingRecorder`.
struct RecordDisk: ~Copyable {
    private var raw: RawFiles
    private var gaps: GapFile
    private(set) var names: RecordNames
    private let ring: UInt64
    private let published: UInt64
    private let elsewhere: ReadingRecorder.Elsewhere?
    private let tell: @Sendable (RecordNews) -> Void
    private var hasToldDrop = false
    private var hasToldLedger = false

    /// What is known of records that `ring` does not have was of another copy of it.
    init(_ parts: ReadingRecorder.Parts, ring: RingStorage) {
        (self.ring, published) = (ring.creation, ring.published)
        raw = RawFiles(directory: parts.rawDirectory, retention: parts.retention)
        gaps = GapFile(
            directory: parts.gapsDirectory, days: parts.gapDays, ring: self.ring, until: published)
        names = parts.names
        elsewhere = parts.elsewhere
        tell = parts.tell
    }

    /// Position after the newest record of this ring that is on the disk; 0 where none is.
    var recordedThrough: UInt64 {
        guard let newest = raw.newest, newest.ring == ring else { return 0 }
        return min(newest.end, published)
    }

    /// Writes that the daemon began at `now`.
    mutating func begin(at now: Timestamp) {
        var entry = GapEntry(.start, from: gaps.lastSeen ?? now, to: now)
        entry.places = names.roster.site.places.map(\.id)
        if gaps.lastSeen == nil { entry.why = "the first start of this ledger" }
        append([entry])
        if let elsewhere {
            let from = elsewhere.isOver ? entry.start : now
            var note = GapEntry(.ringElsewhere, from: from, to: now)
            note.why = elsewhere.words
            append([note])
        }
        gaps.note(seen: now)
        tellNews()
    }

    /// Writes that the daemon ended at `now`; all is on the disk then, as far as it can be.
    mutating func end(at now: Timestamp) {
        append([GapEntry(.stop, from: now, to: now)])
        gaps.note(seen: now)
        raw.sync()
        try? gaps.sync()
    }

    mutating func write(_ blocks: [RawBlock], lost: (since: Timestamp, records: UInt64)?) {
        if let lost { raw.note(lost: lost.records, since: lost.since) }
        for block in blocks {
            raw.write(block) { start in
                RawSegmentHead(
                    mine: names.roster.site.mine, site: names.roster.site.fingerprint,
                    names: names.codes, at: start)
            }
        }
        tellNews()
    }

    mutating func append(_ events: [GapEvent]) {
        append(names.entries(for: events, ring: ring))
    }

    mutating func append(_ entries: [GapEntry]) {
        gaps.append(entries)
        if let fault = gaps.fault, !hasToldLedger { tell(.ledgerFailed(reason: fault)) }
        hasToldLedger = gaps.fault != nil
    }

    /// Somebody looks at `time`; what found no room is tried again.
    mutating func note(seen time: Timestamp) {
        gaps.note(seen: time)
        append([GapEntry]())
    }

    /// Another site holds.
    mutating func take(_ names: RecordNames) {
        self.names = names
        raw.roll()
    }

    /// Every piece of news stands in the ledger; the operator hears of a thing that goes on once.
    private mutating func tellNews() {
        guard !raw.news.isEmpty else { return }
        let news = raw.news
        raw.news = []
        append(news.compactMap(Self.entry))
        for piece in news {
            if case .dropped = piece {
                if hasToldDrop { continue }
                hasToldDrop = true
            }
            tell(piece)
        }
    }

    private static func entry(_ news: RecordNews) -> GapEntry? {
        switch news {
        case .mended(let from, let to, let records):
            var entry = GapEntry(.unrecorded, from: from, to: to)
            entry.count = records
            return entry
        case .dropped(let through, let reason):
            var entry = GapEntry(.dropped, from: through, to: through)
            entry.why = reason
            return entry
        case .lost(let since, let reason):
            var entry = GapEntry(.unrecorded, from: since, to: since)
            entry.why = reason
            return entry
        case .repaired, .ledgerFailed: return nil
        }
    }
}
