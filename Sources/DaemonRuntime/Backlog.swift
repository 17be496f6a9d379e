internal import AdvisoryJournal
internal import HaltAdvisory

/// What of the journal has to be told at a start: lines that the alert log does not have yet, and
/// of each advisory the newest, for the broker. Nothing else is kept, so its size is what stands
/// and what was not told, however long the journal is.
struct Backlog {
    /// The alert log has all lines up to this number.
    private(set) var toldThrough: UInt64
    /// Whether the alert log tells nothing (new, or removed): it then gets what was told since the
    /// last start, as far as the newest segment goes back.
    private var isLogEmpty: Bool
    private let delivered: UInt64
    private var kept: [UInt64: JournalLine] = [:]
    /// The newest line of each advisory, by its identifier.
    private var newest: [String: UInt64] = [:]
    private var hasBegun = false

    /// `told`: the newest number that the alert log shows; `delivered`: up to which line the broker
    /// has all.
    init(told: UInt64?, delivered: UInt64) {
        toldThrough = told ?? 0
        isLogEmpty = told == nil
        self.delivered = delivered
    }

    /// The number behind which closed segments may hold what was not told; `nil` when nobody was
    /// told anything yet: then what stands is enough.
    var readBackFrom: UInt64? {
        let marks = [isLogEmpty ? 0 : toldThrough, delivered].filter { $0 > 0 }
        return marks.min()
    }

    /// What has to be told, in the order of the journal.
    var lines: [JournalLine] { kept.keys.sorted().compactMap { kept[$0] } }

    /// Takes a line, in the order of the journal.
    mutating func take(_ line: JournalLine) {
        if isLogEmpty, !hasBegun || line.record.entry.transition == .started {
            toldThrough = max(1, line.record.number) - 1
            kept = kept.filter { newest.values.contains($0.key) }
        }
        hasBegun = true
        if line.isCarried, line.record.carried == nil { return }
        let told = line.asTold
        let number = told.record.number
        if let advisory = told.record.entry.advisory {
            if let old = newest[advisory.id], old != number, old <= toldThrough { kept[old] = nil }
            newest[advisory.id] = number
            let isOver = advisory.state == .closed
            if isOver, number <= delivered { newest[advisory.id] = nil }
            if !isOver || number > delivered || number > toldThrough { kept[number] = told }
        } else if number > toldThrough {
            kept[number] = told
        }
    }
}
