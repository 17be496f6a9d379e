/// Whether work may go on, as machines on the network are told it.
package enum Permit: String, Codable, Sendable, CaseIterable {
    /// Gas control is proven.
    case permitted
    /// It is in doubt: nothing is ordered, and nothing may be begun on the strength of it.
    case doubtful
    /// A ground for a halt stands.
    case halted

    /// What a verdict means for work.
    package init(_ verdict: Verdict) {
        switch verdict {
        case .proven: self = .permitted
        case .doubtful: self = .doubtful
        case .notProven: self = .halted
        }
    }

    /// The more urgent it is to be told, the lower.
    package var rank: Int {
        switch self {
        case .halted: 0
        case .doubtful: 1
        case .permitted: 2
        }
    }
}

/// What was last said of each place, district and the mine, and what is to be said next.
///
/// What grows worse is said at once. What grows better is said once it has held for `calmSeconds`:
/// a place that flaps is told as bad, and once. Pure: the same assessments at the same times give
/// the same permits. **Thread:** a value; its owner's queue.
package struct PermitBoard: Sendable {
    /// So long a better verdict must hold before it is told. Seconds, our own figure.
    package static let calmSeconds = 10.0

    /// What is assessed: level and code.
    package struct Key: Hashable, Sendable {
        /// Place, district or mine.
        package var level: Assessment.Level
        /// Its code.
        package var code: String

        /// The key of an area.
        package init(level: Assessment.Level, code: String) {
            self.level = level
            self.code = code
        }
    }

    /// What is said of one area.
    package struct Entry: Sendable, Equatable {
        /// Whether work may go on.
        package var permit: Permit
        /// The area, with what the permit rests on; it may be better than the permit already.
        package var area: Assessment.Area
        /// Since when the permit is so, by the book's steady clock. Nanoseconds since 1970.
        package var sinceNanoseconds: Int64
        /// Since when the verdict is better than the permit; `nil` when it is not.
        var betterSince: Int64?
        fileprivate var round: UInt64 = 0

        /// Whether the permit is worse than the verdict, because that has not held for long enough.
        package var isHeldBack: Bool { betterSince != nil }
    }

    /// What is said, by what it is said of.
    package private(set) var entries: [Key: Entry] = [:]
    /// How many are held back.
    package private(set) var heldBackCount = 0
    private var round: UInt64 = 0

    /// Nothing said yet.
    package init() {}

    /// Takes an assessment that holds at `now`, by a clock that goes on steadily; nanoseconds.
    /// Returns what is to be said anew, in the order of the assessment with the mine first, and
    /// which areas are no longer there.
    package mutating func take(
        _ assessment: Assessment, at now: Int64
    ) -> (changed: [Key], gone: [Key]) {
        round &+= 1
        heldBackCount = 0
        var changed: [Key] = []
        for area in [assessment.mine] + assessment.districts + assessment.places {
            let key = Key(level: area.level, code: area.code)
            let before = entries[key]
            var entry = next(before, area, at: now)
            entry.round = round
            if entry.isHeldBack { heldBackCount += 1 }
            entries[key] = entry
            let isNews =
                before.map { $0.permit != entry.permit || $0.area != entry.area } ?? true
            if isNews { changed.append(key) }
        }
        var gone: [Key] = []
        if entries.count > 1 + assessment.districts.count + assessment.places.count {
            gone = entries.filter { $0.value.round != round }.map(\.key)
                .sorted { ($0.level.rawValue, $0.code) < ($1.level.rawValue, $1.code) }
            for key in gone { entries[key] = nil }
        }
        return (changed, gone)
    }

    private func next(
        _ before: Entry?, _ area: Assessment.Area, at now: Int64
    ) -> Entry {
        let permit = Permit(area.verdict)
        guard let before else {
            // Nobody was told anything yet: what is good must show itself to be.
            let first = min(permit, Permit.doubtful)
            return Entry(
                permit: first, area: area, sinceNanoseconds: now,
                betterSince: first == permit ? nil : now)
        }
        var entry = before
        entry.area = area
        entry.betterSince = nil
        if permit.rank < before.permit.rank {
            entry.permit = permit
            entry.sinceNanoseconds = now
        } else if permit.rank > before.permit.rank {
            let since = min(before.betterSince ?? now, now)
            if Double(now - since) >= Self.calmSeconds * 1e9 {
                entry.permit = permit
                entry.sinceNanoseconds = now
            } else {
                entry.betterSince = since
            }
        }
        return entry
    }

    /// What is said of everything, the worst first.
    package var all: [(key: Key, entry: Entry)] {
        entries.sorted {
            ($0.value.permit.rank, $0.key.level.rawValue, $0.key.code)
                < ($1.value.permit.rank, $1.key.level.rawValue, $1.key.code)
        }.map { ($0.key, $0.value) }
    }
}

extension Permit: Comparable {
    /// The worse one is the lesser.
    package static func < (a: Permit, b: Permit) -> Bool { a.rank < b.rank }
}

extension AdvisoryBook {
    /// What time it is by the clock that only ticks move; `nil` before the first. Nanoseconds.
    package var steadyNanoseconds: Int64? { steady.present }
}
