/// The states of an advisory and what leads from one to the next, after ISA-18.2 with a latch.
///
/// Two things are kept apart: whether the condition holds, and how far people have come. The whole
/// table stands in `LIFECYCLE.md`, and a test holds it against this one.
package enum LifeCycle {
    /// How an advisory stands.
    package enum Stage: String, Sendable, CaseIterable {
        /// The condition holds, nobody has answered.
        case raised
        /// The condition holds, somebody has taken it and given orders.
        case acknowledged
        /// The condition holds, and it was seen that the orders were carried out.
        case secured
        /// The condition is over, nobody has answered.
        case returned
        /// The condition is over, somebody has taken it.
        case answered
        /// The condition is over and all was seen: a named person may release it.
        case releasable
        /// Nothing is left to do.
        case closed
    }

    /// What happens to an advisory.
    package enum Event: String, Sendable, CaseIterable {
        /// The condition has grown one step graver.
        case worsened
        /// It has stood so long that it is a ground for a halt.
        case becameHalt = "became-halt"
        /// The condition is over.
        case ended
        /// The condition holds again.
        case back
        /// A person takes it and gives orders.
        case acknowledge
        /// Everything that must be seen has been seen.
        case verify
        /// A person with the authority ends it.
        case release
        /// Its sensor was taken out of the mine.
        case takenOut = "taken-out"
    }

    /// Where `event` leads from `stage`; `nil` where it cannot happen, or changes nothing.
    /// `isLatched`: whether it is a halt, which only a release ends.
    package static func next(_ stage: Stage, _ event: Event, isLatched: Bool) -> Stage? {
        (isLatched ? halts : others)[stage]?[event]
    }

    private typealias Table = [Stage: [Event: Stage]]

    /// What grows graver, or comes back, has to be answered anew.
    private static let halts: Table = [
        .raised: [.worsened: .raised, .ended: .returned, .acknowledge: .acknowledged],
        .acknowledged: [
            .worsened: .raised, .ended: .answered, .acknowledge: .acknowledged, .verify: .secured,
        ],
        .secured: [.worsened: .raised, .ended: .releasable, .acknowledge: .secured],
        .returned: [.back: .raised, .acknowledge: .answered],
        .answered: [.back: .raised, .acknowledge: .answered, .verify: .releasable],
        .releasable: [.back: .raised, .acknowledge: .releasable, .release: .closed],
    ]

    private static let others: Table = [
        .raised: [
            .worsened: .raised, .becameHalt: .raised, .ended: .closed,
            .acknowledge: .acknowledged, .takenOut: .closed,
        ],
        .acknowledged: [
            .worsened: .raised, .becameHalt: .raised, .ended: .closed,
            .acknowledge: .acknowledged, .takenOut: .closed,
        ],
    ]
}

extension AdvisoryReference {
    /// How it stands.
    package var stage: LifeCycle.Stage {
        switch (state, answer) {
        case (.active, nil): .raised
        case (.active, .acknowledged?): .acknowledged
        case (.active, .verified?): .secured
        case (.gone, nil): .returned
        case (.gone, .acknowledged?): .answered
        case (.gone, .verified?): .releasable
        case (.closed, _): .closed
        }
    }

    /// Goes where `event` leads, as the next revision; `false`, and nothing changed, where it leads
    /// nowhere. `now`: the book's steady clock.
    mutating func happen(_ event: LifeCycle.Event, at now: Int64) -> Bool {
        guard let next = LifeCycle.next(stage, event, isLatched: isLatched) else { return false }
        revision += 1
        switch next {
        case .raised: (state, answer) = (.active, nil)
        case .acknowledged: (state, answer) = (.active, .acknowledged)
        case .secured: (state, answer) = (.active, .verified)
        case .returned: (state, answer) = (.gone, nil)
        case .answered: (state, answer) = (.gone, .acknowledged)
        case .releasable: (state, answer) = (.gone, .verified)
        case .closed: state = .closed
        }
        switch event {
        case .worsened, .back, .becameHalt:
            // What was seen before says nothing of now.
            (answers, shelved, goneNanoseconds) = (nil, nil, nil)
            raisedNanoseconds = now
        case .ended: goneNanoseconds = now
        case .acknowledge, .verify, .release, .takenOut: break
        }
        return true
    }
}
