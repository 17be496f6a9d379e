package import GasModel

/// One thing that a release asks for, and whether it is there.
package struct ReleaseCondition: Codable, Sendable, Equatable {
    /// What is asked for.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The condition is over.
        case over
        /// It has been over for the hold time of the site.
        case held
        /// A person has acknowledged it.
        case acknowledged
        /// It was seen that power is off, people are out and work has stopped.
        case verified
        /// Nothing stands against the word of its sensor.
        case trusted
        /// The days of the province's cumulative halt have passed.
        case days
    }

    /// What is asked for.
    package var kind: Kind
    /// Whether it is there.
    package var isMet: Bool
    /// What it still lacks, each in a phrase; empty when it is met, or when another one says why.
    package var lacks: [Phrase]

    /// A condition that is met when nothing is lacking.
    init(_ kind: Kind, lacks: [Phrase]) { self.init(kind, isMet: lacks.isEmpty, lacks: lacks) }

    init(_ kind: Kind, isMet: Bool, lacks: [Phrase]) {
        self.kind = kind
        self.isMet = isMet
        self.lacks = lacks
    }

    /// What is asked for, as a phrase.
    package var demand: Phrase { Phrase("must-\(kind.rawValue)") }
}

// MARK: What a release asks for

extension AdvisoryBook {
    /// What a release of it still lacks; empty when nothing. Also what `show` tells.
    package func releaseLacks(
        _ known: Announcement, _ advisory: AdvisoryReference, _ order: OperatorOrder? = nil,
        at time: Timestamp
    ) -> [Phrase] {
        releaseConditions(known, advisory, order, at: time).flatMap(\.lacks)
    }

    /// Everything that a release of it asks for: the one place that knows. Whoever may release does
    /// so when all of it is met. `order`: the release that is asked for, if one is.
    package func releaseConditions(
        _ known: Announcement, _ advisory: AdvisoryReference, _ order: OperatorOrder? = nil,
        at time: Timestamp
    ) -> [ReleaseCondition] {
        // By the tick and not by what the civil clock adds to it: that may have been put forward.
        let now = steady.ticked(or: time)
        let isOver = advisory.state != .active
        let unseen = Set(Check.allCases).subtracting(advisory.checks).map(\.rawValue).sorted()
        var conditions = [
            ReleaseCondition(.over, lacks: isOver ? [] : [Phrase("lacks-over")]),
            held(advisory, at: now),
            ReleaseCondition(
                .acknowledged, lacks: advisory.answer == nil ? [Phrase("lacks-acknowledged")] : []),
            ReleaseCondition(
                .verified,
                lacks: unseen.isEmpty
                    ? [] : [Phrase("lacks-verified", Phrase.list(unseen.map { Phrase.term($0) }))]),
            ReleaseCondition(
                .trusted, lacks: doubts(of: known).map { Phrase("lacks-trusted", $0) }),
        ]
        if cumulativeHalt(of: advisory) != nil, order?.hadOtherCause != true {
            let lack = daysLeft(advisory, at: now)
            conditions.append(ReleaseCondition(.days, lacks: lack.map { [$0] } ?? []))
        }
        return conditions
    }

    private func held(_ advisory: AdvisoryReference, at now: Int64) -> ReleaseCondition {
        // That it is not over says it already.
        if advisory.state == .active { return ReleaseCondition(.held, isMet: false, lacks: []) }
        guard let gone = advisory.goneNanoseconds else { return ReleaseCondition(.held, lacks: []) }
        // What nobody watched was not held.
        let since = max(gone, steady.watchedSince ?? now)
        let held = Double(now - min(since, now)) / 1e9
        guard held < site.timing.holdSeconds else { return ReleaseCondition(.held, lacks: []) }
        let left = Int((site.timing.holdSeconds - held).rounded(.up))
        return ReleaseCondition(.held, lacks: [Phrase("lacks-held", left)])
    }

    /// What stands against the sensor's own word: without it nobody knows whether the gas is gone.
    private func doubts(of known: Announcement) -> [String] {
        guard let sensor = known.sensor else { return [] }
        let gateway = site.sensors.first { $0.id == sensor }?.gateway
        return standing.values.filter { other in
            guard let advisory = other.advisory, advisory.id != known.advisory?.id,
                advisory.state == .active, let rule = Rule(rawValue: advisory.rule)
            else { return false }
            let isOfIt =
                other.sensor == sensor || (gateway != nil && other.gateway == gateway)
                || rule == .link
            return isOfIt && rule.isDoubt
        }.compactMap { $0.advisory?.id }.sorted()
    }
}
