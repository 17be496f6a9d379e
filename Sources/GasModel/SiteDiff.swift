/// What becomes different when one description of a mine takes the place of another.
///
/// Order, comments and spacing of the file make no difference; the order of people does, because an
/// advisory is escalated in it. **Cost:** linear in both sites.
package struct SiteDiff: Sendable, Equatable {
    /// What a change can do.
    package enum Effect: String, Sendable, CaseIterable {
        /// Readings may be judged otherwise, under another law, or for another part of the mine.
        case judgement
        /// The same is judged, and an advisory says something else of it, or to somebody else.
        case telling
        /// Neither.
        case cosmetic
    }

    /// Which way a change goes.
    package enum Direction: String, Sendable {
        /// What was in order before may be refused now.
        case stricter
        /// What was refused before may be in order now.
        case laxer

        fileprivate var opposite: Direction { self == .stricter ? .laxer : .stricter }
    }

    /// What a change is about: `mine`, a `place` or a `sensor` by its code, and so on.
    package struct Subject: Sendable, Equatable {
        /// The kind of thing, as a site file names it.
        package var kind: String
        /// Its `id`; `nil` for what there is once.
        package var id: String?
    }

    /// One difference.
    package struct Change: Sendable, Equatable {
        /// What it is about.
        package var subject: Subject
        /// The key that differs, as in `limits.cut`; `nil` when the whole thing came or went.
        package var key: String?
        /// What it was, in words; `nil` when it was not there.
        package var from: String?
        /// What it is, in words; `nil` when it is no longer there.
        package var to: String?
        /// What that does.
        package var effect: Effect
        /// Which way it goes, where that can be said.
        package var direction: Direction?
    }

    /// Every difference: mine, table, policy, people, grounds, timing, districts, places, sensors,
    /// accepted gaps, gaps, decommissioned sensors, retention, ways out; what went before what
    /// came, both in the order of their file.
    package private(set) var changes: [Change] = []

    /// Whether any reading may be judged otherwise.
    package var touchesJudgement: Bool { changes.contains { $0.effect == .judgement } }

    /// What differs when `new` takes the place of `old`.
    package init(from old: Site, to new: Site) {
        compareMine(old, new)
        compareTable(old, new)
        comparePeople(old, new)
        compare("ground", old.grounds, new.grounds, id: \.id, says: Self.words, .judgement) {
            Self.fields($0)
        }
        compare(Subject(kind: "timing"), Self.fields(old.timing), Self.fields(new.timing))
        compare("district", old.districts, new.districts, id: \.id, says: \.name, .telling) {
            [Field("name", .telling, $0.name), Field("position", .telling, $0.position)]
        }
        compare("place", old.places, new.places, id: \.id, says: Self.words, .judgement) {
            Self.fields($0)
        }
        compareSensors(old, new)
        // A gap that nobody answers for ends in a halt.
        compare(
            "accepted-gap", old.acceptedGaps, new.acceptedGaps,
            id: { "\($0.requirement) in \($0.place)" }, says: Self.words, .judgement,
            coming: .laxer
        ) { Self.fields($0) }
        compareGaps(old, new)
        compare(
            "decommissioned", old.decommissioned, new.decommissioned, id: \.sensor,
            says: Self.words, .telling
        ) { [Field("by", .telling, Self.words($0))] }
        compare(
            Subject(kind: "retention"), Self.fields(old.retention), Self.fields(new.retention))
        compare(
            "delivery", old.delivery, new.delivery, id: \.name, says: \.words, .telling
        ) { [Field("target", .telling, $0.words)] }
    }

    private static func fields(_ retention: Retention) -> [Field] {
        [
            Field("journal-days", .cosmetic, "\(retention.journalDays)"),
            Field("raw-days", .cosmetic, "\(retention.rawDays)"),
        ]
    }
}

extension SiteDiff {
    /// A key of something, what stands there, and what it does when that changes.
    struct Field {
        var key: String
        var effect: Effect
        var text: String?
        /// The figure behind the text, where a lower one is stricter; endless where there is none.
        var bound: Double?

        init(_ key: String, _ effect: Effect, _ text: String?, bound: Double? = nil) {
            self.key = key
            self.effect = effect
            self.text = text
            self.bound = bound
        }
    }

    /// Notes what went, what came, and what of the rest differs. `coming`: which way it goes when
    /// one more is there, where that can be said.
    private mutating func compare<Thing>(
        _ kind: String, _ old: [Thing], _ new: [Thing], id: (Thing) -> String,
        says: (Thing) -> String, _ effect: Effect, coming: Direction? = nil,
        fields: (Thing) -> [Field]
    ) {
        let before = Dictionary(old.map { (id($0), $0) }) { first, _ in first }
        let after = Set(new.map(id))
        for thing in old where !after.contains(id(thing)) {
            changes.append(
                Change(
                    subject: Subject(kind: kind, id: id(thing)), from: says(thing), effect: effect,
                    direction: coming?.opposite))
        }
        for thing in new {
            let subject = Subject(kind: kind, id: id(thing))
            if let earlier = before[id(thing)] {
                compare(subject, fields(earlier), fields(thing))
            } else {
                changes.append(
                    Change(subject: subject, to: says(thing), effect: effect, direction: coming))
            }
        }
    }

    /// Notes which of the same fields differ.
    private mutating func compare(_ subject: Subject, _ old: [Field], _ new: [Field]) {
        for (old, new) in zip(old, new) where old.text != new.text {
            var direction: Direction?
            if let before = old.bound, let after = new.bound, before != after {
                direction = after < before ? .stricter : .laxer
            }
            changes.append(
                Change(
                    subject: subject, key: new.key, from: old.text, to: new.text,
                    effect: new.effect, direction: direction))
        }
    }

    private mutating func compareMine(_ old: Site, _ new: Site) {
        func fields(_ site: Site) -> [Field] {
            [
                Field("code", .judgement, site.mine),
                Field("name", .telling, site.name),
                Field("gas-class", .judgement, site.gasClass?.rawValue),
                Field("licensed-output", .judgement, site.outputTonnes.map(tonnes)),
                Field("drainage", .judgement, site.needsDrainage ? "required" : nil),
                Field("standing-halt", .judgement, site.standingHalt.map { "below \($0.policy)" }),
                Field("language", .telling, site.language.rawValue),
            ]
        }
        compare(Subject(kind: "mine"), fields(old), fields(new))
    }

    private mutating func compareTable(_ old: Site, _ new: Site) {
        func fields(_ site: Site) -> [Field] {
            [
                Field("name", .judgement, site.table?.name ?? "own"),
                Field("edition", .judgement, site.table?.edition),
                Field("fingerprint", .telling, site.table?.fingerprint),
            ]
        }
        compare(Subject(kind: "limit-table"), fields(old), fields(new))
        func policy(_ site: Site) -> [Field] {
            [
                Field("name", .judgement, site.policy?.name),
                Field("fingerprint", .telling, site.policy?.fingerprint),
            ]
        }
        compare(Subject(kind: "policy"), policy(old), policy(new))
    }

    private mutating func comparePeople(_ old: Site, _ new: Site) {
        func fields(_ site: Site) -> [Field] {
            let people = site.people.map { person in
                "\(person.name) (\(person.duty.rawValue)"
                    + (person.contact.map { ", \($0)" } ?? "") + ")"
            }
            let rights = site.people.map { person in
                "\(person.name) (\(person.duty.rawValue)): \(person.login ?? "no login"), may "
                    + person.powersInOrder.map(\.rawValue).joined(separator: " ")
            }
            return [
                Field("order", .telling, listed(people)),
                Field("rights", .telling, listed(rights.sorted())),
            ]
        }
        compare(Subject(kind: "people"), fields(old), fields(new))
    }

    /// What the law asks for and is missing now, or no longer: by a sensor, a place, the gas class
    /// or the table that changed. Who accepts it until when is told by itself.
    private mutating func compareGaps(_ old: Site, _ new: Site) {
        let places = Set(new.places.map(\.id))
        func gaps(_ site: Site) -> [Coverage.Gap] {
            Coverage(of: site, today: "1700-01-01").gaps.filter { places.contains($0.place.id) }
        }
        compare(
            "gap", gaps(old), gaps(new), id: { "\($0.requirement.id) in \($0.place.id)" },
            says: \.requirement.title, .judgement
        ) { _ in [] }
    }

    private mutating func compareSensors(_ old: Site, _ new: Site) {
        compare("sensor", old.sensors, new.sensors, id: \.id, says: Self.words, .judgement) {
            Self.fields($0)
        }
    }
}

extension SiteDiff.Subject {
    fileprivate init(kind: String) { self.init(kind: kind, id: nil) }
}

extension SiteDiff.Change {
    fileprivate init(
        subject: SiteDiff.Subject, from: String? = nil, to: String? = nil,
        effect: SiteDiff.Effect, direction: SiteDiff.Direction?
    ) {
        self.init(
            subject: subject, key: nil, from: from, to: to, effect: effect, direction: direction)
    }
}

/// `900000 t/yr`.
private func tonnes(_ value: Double) -> String {
    (Int(exactly: value).map(String.init) ?? "\(value)") + " t/yr"
}

/// `a, b`; `nil` when there is none.
func listed(_ items: [String]) -> String? {
    items.isEmpty ? nil : items.joined(separator: ", ")
}

// MARK: In a few figures

extension SiteDiff {
    /// What can differ besides what a sensor is judged by, in the order in which it is told.
    package enum Other: String, Sendable, CaseIterable {
        /// Sensors that are behind another gateway.
        case gateway
        /// Sensors of which something else is told.
        case detail
        /// Places.
        case place
        /// Districts.
        case district
        /// People, their order and their rights.
        case people
        /// Grounds for a halt.
        case ground
        /// Within which times an answer is waited for.
        case timing
        /// What is said of the mine as a whole.
        case mine
        /// The law's table.
        case limitTable = "limit-table"
        /// The policy of the province.
        case policy
        /// Gaps that somebody accepts.
        case acceptedGap = "accepted-gap"
        /// Sensors that somebody took out.
        case decommissioned
        /// Ways out.
        case delivery
        /// How long records are kept.
        case retention

        /// Whether a site has but one of it.
        package var isSingle: Bool {
            [.people, .timing, .mine, .policy, .retention, .limitTable].contains(self)
        }
    }

    /// How many things of each kind differ.
    package var others: [(kind: Other, count: Int)] {
        var counts: [Other: Int] = [:]
        var last: [Other: Subject] = [:]
        for change in changes {
            guard let kind = Other(change), last[kind] != change.subject else { continue }
            last[kind] = change.subject
            counts[kind, default: 0] += 1
        }
        return Other.allCases.compactMap { kind in counts[kind].map { (kind, $0) } }
    }
}

extension SiteDiff.Other {
    fileprivate init?(_ change: SiteDiff.Change) {
        guard change.subject.kind == "sensor" else {
            // A gap that comes or goes only follows from what differs.
            self.init(rawValue: change.subject.kind)
            return
        }
        guard change.key != nil, change.effect == .telling else { return nil }
        self = change.key == "gateway" ? .gateway : .detail
    }
}
