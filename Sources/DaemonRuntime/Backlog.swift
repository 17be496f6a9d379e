internal import AdvisoryDelivery
internal import AdvisoryJournal
internal import GasModel
internal import HaltAdvisory
internal import ReadingRecord

/// What of the journal has to be told at a start: lines that the alert log does not have yet, and
/// of each advisory the newest, for the broker. Nothing else is kept, so its size is what stands
/// and what was not told, however long the journal is.
struct Backlog {
    /// What the alert log has.
    private(set) var told: ToldNumbers
    /// What it has to be told, in the order of the journal.
    private(set) var shown: [AlarmGrouping.Line] = []
    /// Where the load of the operators stands, and what is held back.
    private(set) var grouping = AlarmGrouping()
    /// The readings that are still to be put aside.
    private(set) var evidence: EvidencePlan
    private let evidenceNanoseconds: Int64
    private let site: Site
    /// Whether the alert log tells nothing (new, or removed): it then gets what was told since the
    /// last start, as far as the newest segment goes back.
    private var isLogEmpty: Bool
    private let delivered: UInt64
    private var kept: [UInt64: JournalLine] = [:]
    /// The newest line of each advisory, by its identifier.
    private var newest: [String: UInt64] = [:]
    private var hasBegun = false
    /// When the segment began that is read.
    private var beganNanoseconds = Int64.min

    /// `told`: what the alert log shows; `delivered`: up to which line the broker has all.
    init(told: ToldNumbers?, delivered: UInt64, options: DaemonOptions) {
        self.told = told ?? ToldNumbers(through: 0)
        site = options.site
        evidence = EvidencePlan(options.evidence)
        evidenceNanoseconds = Int64(options.evidence.secondsAfter * 1e9)
        isLogEmpty = told == nil
        self.delivered = delivered
    }

    /// The number behind which closed segments may hold what was not told; `nil` when nobody was
    /// told anything yet: then what stands is enough.
    var readBackFrom: UInt64? {
        let marks = [isLogEmpty ? 0 : told.through, delivered].filter { $0 > 0 }
        return marks.min()
    }

    /// What has to be told to the broker, in the order of the journal.
    var lines: [JournalLine] { kept.keys.sorted().compactMap { kept[$0] } }

    /// Takes a line, in the order of the journal.
    mutating func take(_ line: JournalLine) {
        if isLogEmpty, !hasBegun || line.record.entry.transition == .started {
            told = ToldNumbers(through: max(1, line.record.number) - 1)
            kept = kept.filter { newest.values.contains($0.key) }
            (shown, grouping) = ([], AlarmGrouping())
        }
        hasBegun = true
        if line.isCarried, line.record.carried == nil {
            beganNanoseconds = line.record.entry.atNanoseconds
            return
        }
        // What was told so shortly before the segment began cannot have been sealed before it.
        let entry = line.asTold.record.entry
        if !line.isCarried || entry.atNanoseconds > beganNanoseconds - evidenceNanoseconds {
            evidence.note(entry)
        }
        show(line)
        keep(line.asTold)
    }

    private mutating func show(_ line: JournalLine) {
        let (entry, number) = (line.asTold.record.entry, line.asTold.record.number)
        guard line.isCarried else {
            shown += grouping.restore(
                entry, number: number, site: site, isShown: told.contains(number))
            return
        }
        // Told under its own number, unless that lies further back than anybody read.
        if !told.contains(number), kept[number] == nil {
            shown.append(AlarmGrouping.Line(announcement: entry, numbers: number...number))
        }
    }

    private mutating func keep(_ line: JournalLine) {
        let number = line.record.number
        let isTold = told.contains(number)
        guard let advisory = line.record.entry.advisory else { return }
        if let old = newest[advisory.id], old != number, told.contains(old) { kept[old] = nil }
        newest[advisory.id] = number
        let isOver = advisory.state == .closed
        if isOver, number <= delivered { newest[advisory.id] = nil }
        if !isOver || number > delivered || !isTold { kept[number] = line }
    }
}
