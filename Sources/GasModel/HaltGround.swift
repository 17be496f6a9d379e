/// How far a halt reaches.
package enum HaltScope: String, Sendable, CaseIterable {
    /// The machine in its place.
    case machine
    /// The place: face, heading, chamber.
    case place
    /// The district that the place belongs to.
    case district
    /// The whole mine.
    case mine
}

/// A ground for a halt: which conditions call for one, for how long they may stand before, and how
/// far the halt reaches. Which grounds there are is data, see `Sources/SiteDescription/Grounds`.
package struct HaltGround: Sendable, Equatable {
    /// What a ground calls for.
    package enum Class: String, Sendable, CaseIterable {
        /// A halt, latched until a named person releases it.
        case halt
        /// A warning ahead of a halt: it ends by itself.
        case advance
        /// A halt for what the mine is, that no reading and no person ends.
        case standing
    }

    /// Where a halt reaches further than the ground says elsewhere: over the limit in a main return
    /// is over the limit in the air of the whole mine.
    package struct Reach: Sendable, Equatable {
        /// The kinds of place that it is about.
        package var places: [PlaceKind]
        /// How far a halt of such a place reaches.
        package var scope: HaltScope

        /// A reach of its own for places of some kinds.
        package init(places: [PlaceKind], scope: HaltScope) {
            self.places = places
            self.scope = scope
        }
    }

    /// Unique: how a halt names its ground.
    package var id: String
    /// In a few words: what is not proven.
    package var title: String
    /// What it calls for.
    package var kind: Class
    /// The conditions that it is about.
    package var rules: [Rule]
    /// How long one of them may stand before it is a ground. Seconds; 0: at once.
    package var allowedSeconds: Double
    /// The same where the gas was high or rising when the condition began: a place that goes blind
    /// just then counts as dangerous. Seconds, at most `allowedSeconds`.
    package var allowedRisingSeconds: Double
    /// Whether only sensors with a limit count: without such a sensor nothing is proven.
    package var isForGuardsOnly: Bool
    /// How far it reaches.
    package var scope: HaltScope
    /// Where it reaches further than that.
    package var wider: [Reach]
    /// Whether places that the air of its own goes to are affected while its condition holds.
    package var reachesDownstream: Bool
    /// For `.advance`: how long it takes to withdraw everybody from a place whose site file does
    /// not say. Seconds; `nil` for the other classes.
    package var withdrawalSeconds: Double?
    /// What it rests on; `nil` where it is Firedamp's own and no law is claimed.
    package var basis: LegalBasis?

    /// A ground with all its parts.
    package init(
        id: String, title: String, kind: Class = .halt, rules: [Rule], allowedSeconds: Double = 0,
        allowedRisingSeconds: Double? = nil, isForGuardsOnly: Bool = false,
        scope: HaltScope = .place, wider: [Reach] = [], reachesDownstream: Bool = false,
        withdrawalSeconds: Double? = nil, basis: LegalBasis? = nil
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.rules = rules
        self.allowedSeconds = allowedSeconds
        self.allowedRisingSeconds = min(allowedRisingSeconds ?? allowedSeconds, allowedSeconds)
        self.isForGuardsOnly = isForGuardsOnly
        self.scope = scope
        self.wider = wider
        self.reachesDownstream = reachesDownstream
        self.withdrawalSeconds = withdrawalSeconds
        self.basis = basis
    }

    /// How far it reaches from a place of `kind`.
    package func scope(in kind: PlaceKind?) -> HaltScope {
        guard let kind else { return scope }
        return wider.first { $0.places.contains(kind) }?.scope ?? scope
    }

    /// Everything but its times, in words: what two versions of it are compared by.
    var restText: String {
        let reach =
            [scope.rawValue]
            + wider.map { reach in
                "\(reach.scope.rawValue) in \(reach.places.map(\.rawValue).joined(separator: " "))"
            }
        return [
            kind.rawValue, rules.map(\.rawValue).joined(separator: " "),
            reach.joined(separator: " "), reachesDownstream ? "downstream" : "",
            isForGuardsOnly ? "guards" : "", withdrawalSeconds.map { "\($0) s" } ?? "",
            basis.map { "\($0.instrument) \($0.edition) \($0.article) \($0.verified.rawValue)" }
                ?? "",
        ].joined(separator: "; ")
    }
}

extension Site {
    /// The ground with that `HaltGround.id`.
    package func ground(_ id: String) -> HaltGround? { grounds.first { $0.id == id } }

    /// How long it takes to withdraw everybody from the place `id`, in seconds; `nil` where no
    /// ground asks.
    package func withdrawalSeconds(ofPlace place: Place) -> Double? {
        guard let ground = grounds.first(where: { $0.rules.contains(.withdrawal) }) else {
            return nil
        }
        return place.withdrawalSeconds ?? ground.withdrawalSeconds
    }

    /// The places whose gas must be drained, each with the sensors that tell whether a pump runs:
    /// its own, or those of its district, or those of the mine. What the mine as a whole must do is
    /// asked of the first place in which pumps stand. Only what has such sensors.
    package var drainage: [(place: String, pumps: [String])] {
        let pumps = sensors.filter { $0.quantity == .drainagePump }
        if pumps.isEmpty { return [] }
        let districts = Dictionary(
            places.map { ($0.id, $0.district) }, uniquingKeysWith: { first, _ in first })
        var asked = places.filter(\.needsDrainage).map { place in
            var own = pumps.filter { $0.place == place.id }
            if own.isEmpty, let district = place.district {
                own = pumps.filter { districts[$0.place] == district }
            }
            return (place: place.id, pumps: (own.isEmpty ? pumps : own).map(\.id))
        }
        if let station = drainageStation, !asked.contains(where: { $0.place == station }) {
            asked.append((station, pumps.map(\.id)))
        }
        return asked
    }

    /// The place that answers for the drainage of the whole mine, where its law asks for one: the
    /// first in which pumps stand.
    package var drainageStation: String? {
        guard needsDrainage else { return nil }
        let pumped = Set(sensors.filter { $0.quantity == .drainagePump }.map(\.place))
        return places.first { pumped.contains($0.id) }?.id
    }
}
