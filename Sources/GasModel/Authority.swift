/// What a person may do with an advisory.
package enum Power: String, Sendable, CaseIterable, Codable {
    /// Say that they know of it, and what they ordered.
    case acknowledge
    /// Say that what was ordered was seen to be done: power off, people out, work stopped.
    case verify
    /// End a halt.
    case release
    /// Put a warning or a fault of a sensor aside for a time.
    case shelve
    /// Put a remark on the record.
    case note
    /// Begin and end a drill.
    case drill
}

extension Duty {
    /// What a duty may do where the site file says nothing else: only who answers for gas control
    /// or for the mine ends a halt.
    package var powers: Set<Power> {
        switch self {
        case .dispatcher: [.acknowledge, .verify, .shelve, .note, .drill]
        case .gasInspector: [.acknowledge, .verify, .note]
        case .gasTeam: [.verify, .note]
        case .chiefEngineer, .mineManager: Set(Power.allCases)
        }
    }
}

extension Person {
    /// What they may do, in the order of `Power`.
    package var powersInOrder: [Power] { Power.allCases.filter(powers.contains) }
}

/// A ground for a halt: which conditions call for one, and for how long they may stand before.
package struct HaltGround: Sendable, Equatable {
    /// Unique: how a halt names its ground.
    package var id: String
    /// In a few words: what is not proven.
    package var title: String
    /// The conditions that it is about.
    package var rules: [Rule]
    /// How long one of them may stand before it is a ground. Seconds; 0: at once.
    package var allowedSeconds: Double
    /// The same where the gas was high or rising when the condition began: a place that goes blind
    /// just then counts as dangerous. Seconds, at most `allowedSeconds`.
    package var allowedRisingSeconds: Double
    /// Whether only sensors with a limit count: without such a sensor nothing is proven.
    package var isForGuardsOnly: Bool
    /// What it rests on; `nil` where it is Firedamp's own and no law is claimed.
    package var basis: LegalBasis?

    /// A ground with all its parts.
    package init(
        id: String, title: String, rules: [Rule], allowedSeconds: Double = 0,
        allowedRisingSeconds: Double? = nil, isForGuardsOnly: Bool = false,
        basis: LegalBasis? = nil
    ) {
        self.id = id
        self.title = title
        self.rules = rules
        self.allowedSeconds = allowedSeconds
        self.allowedRisingSeconds = min(allowedRisingSeconds ?? allowedSeconds, allowedSeconds)
        self.isForGuardsOnly = isForGuardsOnly
        self.basis = basis
    }
}

extension HaltGround {
    /// The grounds that hold where no table gives others. The times are Firedamp's own: no law
    /// that we know names one.
    package static let standard = [
        HaltGround(id: "over-limit", title: "gas is over the cut limit", rules: [.cut]),
        HaltGround(id: "power-on", title: "power is on after a cut was due", rules: [.powerOn]),
        HaltGround(
            id: "air", title: "the fan stands or the air is short",
            rules: [.fanStopped, .airShort]),
        HaltGround(id: "work", title: "work goes on in a place that must stand", rules: [.work]),
        HaltGround(
            id: "blind", title: "a sensor that the place needs is not seen",
            rules: [.silence, .fault, .gateway, .link], allowedSeconds: 300,
            allowedRisingSeconds: 60, isForGuardsOnly: true),
        HaltGround(
            id: "untrusted", title: "a sensor that the place needs cannot be trusted",
            rules: [
                .covered, .freshAir, .compressedAir, .lowGain, .calibrationCloak, .timelyGap,
                .repeatedWindow, .copied, .backdated, .stuck, .contradiction,
            ], allowedSeconds: 1800, isForGuardsOnly: true),
    ]
}

/// How a halt is answered and ended in time.
package struct HaltTiming: Sendable, Equatable {
    /// So long a halt may stand unanswered before the next in the order of escalation is called.
    /// Seconds.
    package var escalateSeconds = 120.0
    /// So often a halt whose condition holds is announced anew. Seconds.
    package var remindSeconds = 300.0
    /// So long every trigger must have been below its re-power value before a release. Seconds.
    package var holdSeconds = 60.0

    /// The times that hold where the site says nothing: Firedamp's own.
    package init() {}
}
