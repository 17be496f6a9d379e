package import GasModel

/// One over-limit that counts for the cumulative halts of the province.
struct OverLimit: Codable, Sendable, Equatable {
    /// The advisory's identifier.
    var id: String
    /// When its gas was first over the cut limit; nanoseconds since 1970.
    var onset: Int64
}

// MARK: Cumulative halts

extension AdvisoryBook {
    /// More than the cycle of any policy is not remembered.
    private static let rememberedMax = 10_000

    mutating func note(overLimit announcement: Announcement, _ advisory: AdvisoryReference) {
        // Whatever the policy is today: the site file may name another tomorrow.
        guard advisory.rule == Rule.cut.rawValue else { return }
        if announcement.transition == .released, Self.saysOtherCause(announcement) {
            return forgive(advisory.id)
        }
        guard advisory.revision == 1, !overLimits.contains(where: { $0.id == advisory.id }) else {
            return
        }
        overLimits.append(OverLimit(id: advisory.id, onset: advisory.onsetNanoseconds))
        if overLimits.count > Self.rememberedMax { overLimits.removeFirst() }
    }

    /// How a release says that the over-limit does not count.
    static let otherCause = Phrase("other-cause")

    private static func saysOtherCause(_ announcement: Announcement) -> Bool {
        // A journal of a version that had no phrases: only its English tells.
        announcement.words?.why.map { $0.contains(otherCause) }
            ?? announcement.why.hasSuffix("the cause was not inadequate gas control")
    }

    /// It had another cause than inadequate gas control.
    mutating func forgive(_ id: String) { overLimits.removeAll { $0.id == id } }

    /// Which over-limit of its cycle it is, from 1, and how many days of halt that means; `nil`
    /// where the province has no such rule, or it is no over-limit.
    package func cumulativeHalt(
        of advisory: AdvisoryReference
    ) -> (number: Int, days: Int, basis: LegalBasis)? {
        CumulativeDays(self).halt(of: advisory)
    }

    /// What the cumulative halt still asks for before a release; `nil` when nothing.
    func daysLeft(_ advisory: AdvisoryReference, at now: Int64) -> Phrase? {
        CumulativeDays(self).left(advisory, at: now)
    }

    /// The days of halt that an announcement of the halt `reference` has to name, also of the one
    /// that is just being raised.
    func daysPhrase(_ reference: AdvisoryReference) -> Phrase? {
        guard reference.rule == Rule.cut.rawValue, reference.isLatched,
            site.policy?.haltDays.isEmpty == false
        else { return nil }
        var days = CumulativeDays(self)
        if reference.revision == 1 { days.count(reference) }
        return days.left(reference, at: nil).map { Phrase("also", $0) }
    }

    /// Takes note when days of halt are over: the assessment is another from then on.
    mutating func passDays(at now: Int64) {
        guard site.policy?.haltDays.isEmpty == false else { return }
        if daysEnd.count != assessmentCount {
            let days = CumulativeDays(self)
            let ends = standing.values.compactMap { $0.advisory.flatMap(days.end) }
            daysEnd = (ends.filter { $0 > now }.min() ?? .max, assessmentCount)
        } else if now >= daysEnd.at {
            assessmentCount &+= 1
        }
    }
}

/// The days of the province's cumulative halts, looked up for many halts at once.
struct CumulativeDays {
    private let policy: ProvincePolicy?
    private var ids: Set<String> = []
    /// Rising.
    private var onsets: [Int64] = []

    init(_ book: AdvisoryBook) {
        policy = book.site.policy.flatMap { $0.haltDays.isEmpty ? nil : $0 }
        if policy == nil { return }
        ids = Set(book.overLimits.map(\.id))
        onsets = book.overLimits.map(\.onset).sorted()
    }

    /// Counts an over-limit that the book does not hold yet.
    mutating func count(_ advisory: AdvisoryReference) {
        guard ids.insert(advisory.id).inserted else { return }
        onsets.insert(advisory.onsetNanoseconds, at: place(of: advisory.onsetNanoseconds))
    }

    func halt(of advisory: AdvisoryReference) -> (number: Int, days: Int, basis: LegalBasis)? {
        guard let policy, ids.contains(advisory.id) else { return nil }
        // Months of thirty days: the notice does not say how its cycle is counted.
        let cycle = Int64(policy.cycleMonths) * 30 * 86_400_000_000_000
        let onset = advisory.onsetNanoseconds
        let number = max(1, place(of: onset) - place(of: onset - cycle))
        let days = policy.haltDays[min(number, policy.haltDays.count) - 1]
        return (number, days, policy.haltBasis)
    }

    /// When the days of it are over; nanoseconds.
    func end(_ advisory: AdvisoryReference) -> Int64? {
        halt(of: advisory).map {
            advisory.onsetNanoseconds + Int64($0.days) * 86_400_000_000_000
        }
    }

    /// What is left of them at `now`, in words; `nil` when nothing.
    func left(_ advisory: AdvisoryReference, at now: Int64?) -> Phrase? {
        guard let halt = halt(of: advisory), let end = end(advisory), (now ?? .min) < end else {
            return nil
        }
        return Phrase(
            "lacks-days", halt.number, halt.days, Timestamp(nanoseconds: end).rfc3339(),
            halt.basis.verified.phrase)
    }

    /// How many onsets lie at `time` or before it.
    private func place(of time: Int64) -> Int {
        var (low, high) = (0, onsets.count)
        while low < high {
            let middle = (low + high) / 2
            if onsets[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Verification {
    /// What stands behind a figure that rests on it; says nothing for what was checked.
    var phrase: Phrase {
        mark.isEmpty ? Phrase.joined([]) : Phrase("mark", Phrase.term(mark))
    }
}
