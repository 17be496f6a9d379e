package import AdvisoryDelivery
internal import GasModel
package import HaltAdvisory

/// How everything stands: what `firedamp status` shows.
package struct ControlStatus: Codable, Sendable, Equatable {
    /// One advisory that stands open.
    package struct Advisory: Codable, Sendable, Equatable {
        /// What was told of it last, in the language of the answer.
        package var last: Announcement
        /// Raw value of its `LifeCycle.Stage`.
        package var stage: String
        /// Since its onset, by its readings. Seconds.
        package var ageSeconds: Double
        /// What is to be done next, in the imperative.
        package var next: String
        /// What its release still lacks; absent for what is no halt, and in a status where people
        /// have not come so far: of many halts that would cost too much.
        package var lacks: [String]?
        /// For how long it is still put aside; absent when it is not. Seconds.
        package var shelvedSeconds: Double?
    }

    /// The way to the broker.
    package struct Link: Codable, Sendable, Equatable {
        /// Whether it stands.
        package var isUp: Bool
        /// When the broker was last in touch with us, RFC 3339 in UTC; absent when it never was.
        package var lastContact: String?
    }

    /// What comes in.
    package struct Flow: Codable, Sendable, Equatable {
        /// Readings a second, over the newest ticks.
        package var readingsPerSecond: Double
        /// Messages that were refused since the start.
        package var refused: UInt64
        /// How full the ring is, 0 to 1.
        package var ringFill: Double
        /// Why the ring is in memory only; absent when it is on the disk.
        package var ringFault: String?
        /// Sensors that were heard within their silence bound.
        package var heard: Int
        /// Sensors of the site.
        package var watched: Int
    }

    /// The record of what was decided.
    package struct Journal: Codable, Sendable, Equatable {
        /// Number of its newest line.
        package var number: UInt64
        /// Why it cannot be written; absent when it can.
        package var fault: String?
        /// Decided, and not in it yet.
        package var waiting: Int
    }

    /// When it stood so, RFC 3339 in UTC.
    package var at: String
    /// SHA-256 of the site file.
    package var site: String
    /// Verdicts of mine, districts and places, each with its evidence.
    package var assessment: Assessment
    /// What stands open, the gravest first; ties by onset.
    package var advisories: [Advisory]
    /// The way to the broker.
    package var link: Link
    /// What comes in.
    package var flow: Flow
    /// The record of what was decided.
    package var journal: Journal
    /// The ways out.
    package var outlets: [OutletState]

    /// Whether all is proven: nothing stands against it anywhere, the link is up and the journal
    /// is written.
    package var isProven: Bool {
        assessment.mine.verdict == .proven && link.isUp && journal.fault == nil
            && (assessment.places + assessment.districts).allSatisfy { $0.verdict == .proven }
    }
}

extension AdvisoryBook {
    /// How `announcement` stands, for a person who has to go on with it. `isOneOfMany`: what its
    /// release lacks is left out unless it is near.
    func standing(
        _ announcement: Announcement, at now: Timestamp, isOneOfMany: Bool = false,
        in language: Language
    ) -> ControlStatus.Advisory? {
        guard let advisory = announcement.advisory else { return nil }
        let onset = Timestamp(nanoseconds: advisory.onsetNanoseconds)
        let isAsked = !isOneOfMany || advisory.stage == .releasable
        let lacks =
            advisory.isLatched && isAsked ? releaseLacks(announcement, advisory, at: now) : nil
        return ControlStatus.Advisory(
            last: announcement, stage: advisory.stage.rawValue,
            ageSeconds: max(0, now.seconds(since: onset)),
            next: [nextStep(advisory, lacks)].saidAnyway(in: language),
            lacks: lacks.map { $0.map { [$0].saidAnyway(in: language) } },
            shelvedSeconds: advisory.shelved.flatMap { remainingSeconds(ofShelving: $0, at: now) })
    }

    private func nextStep(_ advisory: AdvisoryReference, _ lacks: [Phrase]?) -> Phrase {
        switch advisory.stage {
        case .raised where advisory.rule == Rule.drill.rawValue: Phrase("next-drill")
        case .raised, .returned: Phrase("next-acknowledge")
        case .acknowledged where advisory.isLatched: Phrase("do-see-to-all")
        case .acknowledged: Phrase("next-treat")
        case .secured: Phrase("do-treat-cause")
        case .answered: Phrase("next-confirm")
        case .releasable where lacks?.isEmpty == true: Phrase("next-release")
        case .releasable: Phrase("next-wait")
        case .closed: Phrase("do-nothing")
        }
    }
}
