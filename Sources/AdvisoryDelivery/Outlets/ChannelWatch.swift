/// Which channels have been failing for long enough that everybody else must hear of it.
///
/// Told once when one has failed for `patienceSeconds`, and once when it works again. A value
/// without a clock.
package struct ChannelWatch: Sendable {
    /// What is to be told of a channel.
    package enum Report: Sendable, Equatable {
        /// It does not work, and why.
        case fails(name: String, reason: String)
        /// It works again, after so many seconds.
        case works(name: String, afterSeconds: Double)
    }

    /// So long a channel may fail unsaid. Looked at once a second: what is seen a second late is
    /// told with the third look after that, and one second of the five is left for late ticks.
    package static let patienceSeconds = 2.5

    private struct Known: Sendable {
        var since: Int64
        var isTold = false
    }

    private var known: [String: Known] = [:]

    /// Nothing is known to fail.
    package init() {}

    /// How `name` stands at `now`: `reason` says why it fails, `nil` that it does not. `since`:
    /// when that began, where the channel knows better. Instants of the steady clock, nanoseconds.
    package mutating func look(
        at name: String, failing reason: String?, since: Int64? = nil, now: Int64
    ) -> Report? {
        guard let reason else {
            guard let ended = known.removeValue(forKey: name), ended.isTold else { return nil }
            return .works(name: name, afterSeconds: Double(now - ended.since) / 1e9)
        }
        var entry = known[name] ?? Known(since: since ?? now)
        defer { known[name] = entry }
        guard !entry.isTold, Double(now - entry.since) / 1e9 >= Self.patienceSeconds else {
            return nil
        }
        entry.isTold = true
        return .fails(name: name, reason: reason)
    }

    /// The channels that were told to fail, by name.
    package var told: [String] { known.filter { $0.value.isTold }.keys.sorted() }

    /// Channels other than `names` are no longer there.
    package mutating func keep(_ names: Set<String>) {
        known = known.filter { names.contains($0.key) }
    }
}
