internal import GasModel

/// What a book knows besides the advisories that stand: with it and with those, a book goes on
/// exactly as the one did that it was taken from, and needs none of the announcements before.
///
/// **Order:** each list is sorted, so that equal books give equal bytes.
package struct BookMemory: Codable, Sendable, Equatable {
    /// An advisory that its subject and rule closed last.
    struct Closed: Codable, Sendable, Equatable {
        var subject: String
        var rule: String
        var id: String
    }

    /// Up to which record of the ring findings of one detector on one subject were told.
    struct Told: Codable, Sendable, Equatable {
        var subject: String
        /// Raw value of the `Rule.Detector`.
        var detector: String
        var position: UInt64
    }

    /// How long the halts of one place have stood unanswered.
    struct Watch: Codable, Sendable, Equatable {
        var place: String
        var level: Int
        var toldAt: Int64
    }

    /// Identity of the ring that `told` speaks of.
    package var ring: UInt64
    var closed: [Closed]
    var told: [Told]
    var overLimits: [OverLimit]
    var decommissioned: [String]
    var watches: [Watch]
    /// What was told of the newest orders, oldest first; absent where none had an identifier.
    var requests: [Announcement]?
}

// MARK: At the border of two segments of the journal

extension AdvisoryBook {
    /// What must be handed on besides `open`.
    package var memory: BookMemory {
        BookMemory(
            ring: ring,
            closed: closedLast.map { .init(subject: $0.subject, rule: $0.rule, id: $1) }
                .sorted { ($0.subject, $0.rule) < ($1.subject, $1.rule) },
            told: newestTold.map {
                .init(subject: $0.subject, detector: $0.detector.rawValue, position: $1)
            }.sorted { ($0.subject, $0.detector) < ($1.subject, $1.detector) },
            overLimits: overLimits.list, decommissioned: decommissioned.sorted(),
            watches: watches.map { .init(place: $0, level: $1.level, toldAt: $1.toldAt) }
                .sorted { $0.place < $1.place },
            requests: requests.newest)
    }

    /// Begins anew with what another book knew; what stood comes after, by `restore(carried:)`.
    package mutating func restore(_ memory: BookMemory) {
        clear()
        closedLast = [:]
        for closed in memory.closed {
            closedLast[Key(subject: closed.subject, rule: closed.rule)] = closed.id
        }
        toldThrough = [:]
        // Positions of another ring say nothing of this one.
        for told in memory.ring == ring ? memory.told : [] {
            guard let detector = Rule.Detector(rawValue: told.detector) else { continue }
            toldThrough[Teller(subject: told.subject, detector: detector)] = told.position
        }
        newestTold = toldThrough
        requests = RequestMemory()
        for told in memory.requests ?? [] { requests.note(told) }
        overLimits = OverLimits(memory.overLimits)
        decommissioned = Set(memory.decommissioned)
        watches = [:]
        for watch in memory.watches {
            watches[watch.place] = PlaceWatch(level: watch.level, toldAt: watch.toldAt)
        }
    }

    /// Takes up an advisory that stands, as it was told last: nothing has happened to it.
    package mutating func restore(carried announcement: Announcement) {
        guard let advisory = announcement.advisory else { return }
        stand(announcement, advisory)
    }
}
