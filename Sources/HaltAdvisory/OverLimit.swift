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
        guard let policy = site.policy, !policy.haltDays.isEmpty,
            overLimits.contains(where: { $0.id == advisory.id })
        else { return nil }
        // Months of thirty days: the notice does not say how its cycle is counted.
        let cycle = Int64(policy.cycleMonths) * 30 * 86_400_000_000_000
        let from = advisory.onsetNanoseconds - cycle
        let number = overLimits.count { $0.onset > from && $0.onset <= advisory.onsetNanoseconds }
        let days = policy.haltDays[min(max(number, 1), policy.haltDays.count) - 1]
        return (max(number, 1), days, policy.haltBasis)
    }

    /// What the cumulative halt still asks for before a release; `nil` when nothing.
    func daysLeft(_ advisory: AdvisoryReference, at now: Int64) -> Phrase? {
        guard let halt = cumulativeHalt(of: advisory) else { return nil }
        let end = advisory.onsetNanoseconds + Int64(halt.days) * 86_400_000_000_000
        guard now < end else { return nil }
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
