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

/// How a halt is answered and ended in time.
package struct HaltTiming: Sendable, Equatable {
    /// So long a halt may stand unanswered before the next in the order of escalation is called.
    /// Seconds.
    package var escalateSeconds = 120.0
    /// So often a halt whose condition holds is announced anew. Seconds.
    package var remindSeconds = 300.0
    /// So long every trigger must have been below its re-power value before a release. Seconds.
    package var holdSeconds = 60.0

    /// The times that hold where the site says nothing: Firedamp's own. A site may only be
    /// stricter: call and remind sooner, hold longer.
    package init() {}
}
