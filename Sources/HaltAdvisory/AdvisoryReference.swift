package import GasModel

/// Which advisory an announcement belongs to, and how that advisory stands after it.
package struct AdvisoryReference: Codable, Sendable, Equatable {
    /// Whether the advisory still stands, and why.
    package enum State: String, Codable, Sendable {
        /// The condition holds.
        case active
        /// The condition is over, the halt is latched: it stands until a named person releases it.
        case gone
        /// It is over and closed.
        case closed
    }

    /// Derived from sensor, rule and onset: the same readings give the same identifier anywhere.
    package var id: String
    /// 1 when raised, one more with each transition.
    package var revision: Int
    /// How it stands now.
    package var state: State
    /// Raw value of the `Rule` that raised it.
    package var rule: String
    /// Event time of the reading that began it, nanoseconds since 1970.
    package var onsetNanoseconds: Int64
    /// The gravest value told so far, in the sensor's unit; absent when no number is known.
    package var peak: Double?
    /// How far people have come with it; absent while nobody has answered.
    package var answer: Answer?
    /// `HaltGround.id` of the ground that makes it a halt, which only a release ends; absent for
    /// everything else, and in journals of versions before 0.2.
    package var ground: String?
    /// When it was raised, or became a halt, by the steady clock of the book. Nanoseconds since
    /// 1970; absent in journals of versions before 0.2.
    package var raisedNanoseconds: Int64?
    /// Since when its condition is over, by that clock; absent while it holds.
    package var goneNanoseconds: Int64?
    /// Whether the gas was high or rising when it began; absent when not.
    package var wasRising: Bool?
    /// The acts by which it was acknowledged and verified, oldest first; absent when there are
    /// none. Void, and gone from here, once its condition comes back or grows graver.
    package var answers: [Act]?
    /// By whom and until when it is put aside; absent when it is not.
    package var shelved: Act?

    /// Whether only a named release ends it.
    package var isLatched: Bool { ground != nil }

    /// What has been seen to be done, by those who saw it.
    package var checks: Set<Check> { Set((answers ?? []).flatMap { $0.checks ?? [] }) }
}

/// How far people have come with an advisory.
package enum Answer: String, Codable, Sendable, CaseIterable {
    /// Somebody knows of it and has given orders.
    case acknowledged
    /// It was seen that the orders were carried out.
    case verified
}

/// What must be seen before a halt can be ended.
package enum Check: String, Codable, Sendable, CaseIterable {
    /// The power is off at the feed.
    case powerOff = "power-off"
    /// No person is left in the place but those who treat the cause.
    case peopleOut = "people-out"
    /// No work goes on.
    case workStopped = "work-stopped"
}

/// What a named person did with an advisory.
package struct Act: Codable, Sendable, Equatable {
    /// What was done.
    package var kind: Power
    /// Full name.
    package var by: String
    /// Raw value of the `Duty` in which it was done.
    package var duty: String
    /// The name under which they were logged in on the daemon's machine.
    package var login: String?
    /// What was ordered, seen or remarked; the reason of a release or a shelving.
    package var text: String
    /// When, RFC 3339 in UTC.
    package var at: String
    /// What was seen, for `.verify`.
    package var checks: [Check]?
    /// How long a shelving lasts, by the book's steady clock. Nanoseconds since 1970.
    package var untilNanoseconds: Int64?
    /// The identifier that the order came with; absent where it had none.
    package var request: String?
}
