package import HaltAdvisory
package import MQTTSession

/// What the broker has still to be told of permits: of each area only the newest, halts first.
///
/// Nothing of it is kept on the disk: a daemon that starts says everything anew. **Thread:**
/// confined to its owner's queue. **Memory:** a key for each area.
package struct PermitOutbox: Sendable {
    /// Most messages handed to the session and not yet acknowledged.
    package static let inFlightMax = 20
    /// Tokens from here on are of permits: those of advisories are numbers of journal lines.
    package static let firstToken: UInt64 = 1 << 63

    private var waiting: [PermitBoard.Key: Int] = [:]
    /// By urgency, in the order in which they came; a key that waits elsewhere by now is passed
    /// over.
    private var queues: [[PermitBoard.Key]]
    private var heads: [Int]
    private var inFlight: Set<UInt64> = []
    private var nextToken = PermitOutbox.firstToken

    /// Nothing to be told.
    package init() {
        let ranks = Permit.allCases.count
        queues = Array(repeating: [], count: ranks)
        heads = Array(repeating: 0, count: ranks)
    }

    /// How many messages wait for the broker.
    package var pendingCount: Int { waiting.count + inFlight.count }

    /// `key` is to be told, as urgently as `permit` is.
    package mutating func take(_ key: PermitBoard.Key, _ permit: Permit) {
        guard waiting[key] != permit.rank else { return }
        waiting[key] = permit.rank
        queues[permit.rank].append(key)
    }

    /// The messages that may be sent now, the most urgent first; `render` makes each, so that it is
    /// of this moment.
    package mutating func due(
        _ render: (PermitBoard.Key) -> MQTTMessage?
    ) -> [(message: MQTTMessage, token: UInt64)] {
        var messages: [(MQTTMessage, UInt64)] = []
        while inFlight.count < Self.inFlightMax, let key = pop() {
            guard let message = render(key) else { continue }
            messages.append((message, nextToken))
            inFlight.insert(nextToken)
            nextToken = nextToken == .max ? Self.firstToken : nextToken + 1
        }
        return messages
    }

    private mutating func pop() -> PermitBoard.Key? {
        for rank in queues.indices {
            while heads[rank] < queues[rank].count {
                let key = queues[rank][heads[rank]]
                heads[rank] += 1
                guard waiting[key] == rank else { continue }
                waiting[key] = nil
                return key
            }
            queues[rank].removeAll(keepingCapacity: true)
            heads[rank] = 0
        }
        return nil
    }

    /// The broker has the message with `token`, or will never have it. Returns whether it was one
    /// of a permit.
    package mutating func settled(token: UInt64) -> Bool {
        guard token >= Self.firstToken else { return false }
        inFlight.remove(token)
        return true
    }
}
