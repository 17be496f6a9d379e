package import GasModel

/// One halt over the cut limit that counts for the cumulative halts of the province.
///
/// An over-limit is one of a place, however many of its heads see it: a halt that is raised while
/// another of the place waits for its release belongs to the same.
struct OverLimit: Codable, Sendable, Equatable {
    /// The advisory's identifier.
    var id: String
    /// When its gas was first over the cut limit; nanoseconds since 1970.
    var onset: Int64
    /// Identifier of the halt that began it; `nil`: this one did.
    var begunBy: String?

    /// What all halts of one over-limit have in common.
    var event: String { begunBy ?? id }
}

/// The halts over the cut limit that stand in each place, by code of the place: kept as they come
/// and go, since a thousand may be raised at once.
struct CutHalts: Sendable {
    private var ids: [String: Set<String>] = [:]

    mutating func add(_ announcement: Announcement) {
        guard let (place, id) = Self.keys(announcement) else { return }
        ids[place, default: []].insert(id)
    }

    mutating func remove(_ announcement: Announcement) {
        guard let (place, id) = Self.keys(announcement) else { return }
        ids[place]?.remove(id)
        if ids[place]?.isEmpty == true { ids[place] = nil }
    }

    mutating func clear() { ids = [:] }

    /// Those that stand where `announcement` is about, besides its own.
    func others(than announcement: Announcement) -> Set<String> {
        guard let (place, id) = Self.keys(announcement) else { return [] }
        return ids[place, default: []].subtracting([id])
    }

    private static func keys(_ announcement: Announcement) -> (place: String, id: String)? {
        guard let place = announcement.place, let advisory = announcement.advisory,
            advisory.rule == Rule.cut.rawValue
        else { return nil }
        return (place, advisory.id)
    }
}

// MARK: Cumulative halts

extension AdvisoryBook {
    mutating func note(overLimit announcement: Announcement, _ advisory: AdvisoryReference) {
        // Whatever the policy is today: the site file may name another tomorrow.
        guard advisory.rule == Rule.cut.rawValue else { return }
        if announcement.transition == .released, Self.saysOtherCause(announcement) {
            return forgive(advisory.id)
        }
        guard advisory.revision == 1 else { return }
        overLimits.add(overLimit(announcement, advisory))
    }

    private func overLimit(
        _ announcement: Announcement, _ advisory: AdvisoryReference
    ) -> OverLimit {
        let others = cutHalts.others(than: announcement)
        return OverLimit(
            id: advisory.id, onset: advisory.onsetNanoseconds,
            begunBy: overLimits.newestEvent(of: others) ?? others.min())
    }

    /// How a release says that the over-limit does not count.
    static let otherCause = Phrase("other-cause")

    private static func saysOtherCause(_ announcement: Announcement) -> Bool {
        // A journal of a version that had no phrases: only its English tells.
        announcement.words?.why.map { $0.contains(otherCause) }
            ?? announcement.why.hasSuffix("the cause was not inadequate gas control")
    }

    /// It had another cause than inadequate gas control.
    mutating func forgive(_ id: String) { overLimits.remove(id) }

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

    /// The days of halt that `announcement` has to name, also where its halt is just being raised.
    func daysPhrase(_ announcement: Announcement) -> Phrase? {
        guard let reference = announcement.advisory, reference.rule == Rule.cut.rawValue,
            reference.isLatched, site.policy?.haltDays.isEmpty == false
        else { return nil }
        let days = CumulativeDays(self)
        let raised = reference.revision == 1 ? overLimit(announcement, reference) : nil
        return days.left(reference, raised: raised, at: nil).map { Phrase("also", $0) }
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

/// The days of the province's cumulative halts, looked up for many halts at once: a site is copied
/// each time that it is asked for.
struct CumulativeDays {
    private let policy: ProvincePolicy?
    private let overLimits: OverLimits

    init(_ book: AdvisoryBook) {
        policy = book.site.policy.flatMap { $0.haltDays.isEmpty ? nil : $0 }
        overLimits = book.overLimits
    }

    /// `raised`: what the halt will count as, where the book may not hold it yet.
    func halt(
        of advisory: AdvisoryReference, raised: OverLimit? = nil
    ) -> (number: Int, days: Int, basis: LegalBasis)? {
        guard let policy, let overLimit = overLimits[advisory.id] ?? raised else { return nil }
        // Months of thirty days: the notice does not say how its cycle is counted.
        let cycle = Int64(policy.cycleMonths) * 30 * 86_400_000_000_000
        let number = overLimits.number(of: overLimit, within: cycle)
        let days = policy.haltDays[min(number, policy.haltDays.count) - 1]
        return (number, days, policy.haltBasis)
    }

    /// When the days of it are over; nanoseconds.
    func end(_ advisory: AdvisoryReference) -> Int64? { end(advisory, halt(of: advisory)?.days) }

    private func end(_ advisory: AdvisoryReference, _ days: Int?) -> Int64? {
        days.map { advisory.onsetNanoseconds + Int64($0) * 86_400_000_000_000 }
    }

    /// What is left of them at `now`, in words; `nil` when nothing.
    func left(
        _ advisory: AdvisoryReference, raised: OverLimit? = nil, at now: Int64?
    ) -> Phrase? {
        guard let halt = halt(of: advisory, raised: raised),
            let end = end(advisory, halt.days), (now ?? .min) < end
        else { return nil }
        return Phrase(
            "lacks-days", halt.number, halt.days, Timestamp(nanoseconds: end).rfc3339(),
            halt.basis.verified.phrase)
    }
}

extension Verification {
    /// What stands behind a figure that rests on it; says nothing for what was checked.
    var phrase: Phrase {
        mark.isEmpty ? Phrase.joined([]) : Phrase("mark", Phrase.term(mark))
    }
}
