package import GasModel
package import HaltAdvisory

/// How much is put aside around a halt.
package struct EvidenceWindow: Sendable, Equatable {
    /// Seconds before the onset.
    package var secondsBefore = 600.0
    /// Seconds after it was told.
    package var secondsAfter = 300.0
    /// Seconds that the readings get to reach the disk.
    package var secondsToDisk = 10.0
    /// Halts of one place share a file that spans so many seconds at most.
    package var secondsMax = 1800.0

    /// Ten minutes before, five after.
    package init() {}
}

/// A file of readings that is to be written.
package struct EvidenceRequest: Sendable, Equatable {
    /// The halts, the first one first.
    package var entries: [Announcement]
    /// Arrival of the first reading.
    package var from: Timestamp
    /// Arrival of the last.
    package var to: Timestamp

    /// What the halts are told of as.
    package var subjects: [EvidenceSeal.Subject] {
        entries.compactMap { entry in
            entry.advisory.map { EvidenceSeal.Subject(id: $0.id, revision: $0.revision) }
        }
    }

    /// Name of the file: of the first halt, so that it is the same after a restart.
    package var fileName: String {
        guard let first = subjects.first else { preconditionFailure("a request has a halt") }
        return "\(first.id).\(first.revision).jsonl"
    }
}

/// Which readings are still to be put aside, and when: halts that were raised, grew worse or were
/// back, as the journal tells of them.
///
/// Pure: fed with the journal's lines and with ticks; five minutes are five minutes of ticks. After
/// a restart the same lines are fed again, and what no line has sealed is due again. Halts of one
/// place whose stretches overlap share a file, up to `secondsMax`: a flood does not copy the same
/// readings for each.
package struct EvidencePlan: Sendable {
    /// The most halts that one file names.
    static let entriesMax = 500
    /// What could not be written is tried again after so many nanoseconds of ticks.
    private static let retryNanoseconds: Int64 = 60_000_000_000

    private struct Group: Sendable {
        /// What its halts are of, kept apart: to look for it must not copy announcements.
        let subject: String
        var request: EvidenceRequest
        /// Uptime at which it is due; `nil` for one of the time before the first tick.
        var due: Int64?
        var isRunning = false
    }

    private let window: EvidenceWindow
    private var groups: [Group] = []
    private var newest: (time: Timestamp, uptime: Int64)?

    /// A plan with nothing in it.
    package init(_ window: EvidenceWindow) { self.window = window }

    /// How many files are still to be written.
    package var count: Int { groups.count }

    /// Takes note of a line of the journal.
    package mutating func note(_ entry: Announcement) {
        if let seal = entry.seal {
            let done = Set(seal.advisories)
            for index in groups.indices {
                groups[index].request.entries.removeAll { done.contains($0.subjectOfSeal) }
            }
            groups.removeAll { $0.request.entries.isEmpty }
            return
        }
        guard entry.severity == .halt, let advisory = entry.advisory,
            [.raised, .worse, .back].contains(entry.transition)
        else { return }
        let told = entry.decidedAt
        let onset =
            entry.transition == .raised
            ? min(told, Timestamp(nanoseconds: advisory.onsetNanoseconds)) : told
        let least = told.moved(window.secondsAfter - window.secondsMax)
        let request = EvidenceRequest(
            entries: [entry], from: max(least, onset.moved(-window.secondsBefore)),
            to: told.moved(window.secondsAfter))
        join(request)
    }

    private mutating func join(_ request: EvidenceRequest) {
        let due = newest.map { $0.uptime + waitNanoseconds }
        let subject = request.entries[0].evidenceSubject
        let found = groups.lastIndex { group in
            guard !group.isRunning, group.subject == subject else { return false }
            let (from, to) = (group.request.from, group.request.to)
            let span = max(to, request.to).seconds(since: min(from, request.from))
            return group.request.entries.count < Self.entriesMax && span <= window.secondsMax
                && request.from <= to && from <= request.to
        }
        guard let found else {
            return groups.append(Group(subject: subject, request: request, due: due))
        }
        groups[found].request.entries += request.entries
        groups[found].request.from = min(groups[found].request.from, request.from)
        groups[found].request.to = max(groups[found].request.to, request.to)
        groups[found].due = due
    }

    private var waitNanoseconds: Int64 {
        Int64((window.secondsAfter + window.secondsToDisk) * 1e9)
    }

    /// What is due at `tick`; each is handed out once, until `failed`.
    package mutating func due(at tick: Reading) -> [EvidenceRequest] {
        newest = (tick.arrivalTime, tick.arrivalUptime)
        if groups.isEmpty { return [] }
        var due: [EvidenceRequest] = []
        for index in groups.indices where !groups[index].isRunning {
            if groups[index].due == nil {
                let end = groups[index].request.to.moved(window.secondsToDisk)
                let rest = end.nanoseconds &- tick.arrivalTime.nanoseconds
                groups[index].due = tick.arrivalUptime + min(max(0, rest), waitNanoseconds)
            }
            guard let time = groups[index].due, time <= tick.arrivalUptime else { continue }
            groups[index].isRunning = true
            due.append(groups[index].request)
        }
        return due
    }

    /// The request could not be carried out: it is tried again in a minute.
    package mutating func failed(_ request: EvidenceRequest) {
        for index in groups.indices where groups[index].request.entries == request.entries {
            groups[index].isRunning = false
            groups[index].due = newest.map { $0.uptime + Self.retryNanoseconds }
        }
    }

    /// Forgets what was told before `time`: there is no record of it.
    package mutating func forget(before time: Timestamp?) {
        groups.removeAll { group in time.map { group.request.to < $0 } ?? true }
    }
}

extension Announcement {
    fileprivate var subjectOfSeal: EvidenceSeal.Subject {
        EvidenceSeal.Subject(id: advisory?.id ?? "", revision: advisory?.revision ?? 0)
    }

    /// The same for halts that readings of the same sensors belong to.
    fileprivate var evidenceSubject: String { "\(place ?? "") \(gateway ?? "")" }
}

extension Timestamp {
    fileprivate func moved(_ seconds: Double) -> Timestamp {
        advanced(byNanoseconds: Int64(seconds * 1e9))
    }
}
