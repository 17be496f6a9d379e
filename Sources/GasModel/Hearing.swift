/// Which of a site's guards were heard, as far as the detector of limits knows: the burden of proof
/// lies with the sensors: what was not heard since the link came up, or is old, proves nothing.
package struct Hearing: Sendable, Equatable {
    /// Whether there is a link over which anybody can be heard.
    package var isLinked: Bool
    /// When that came up, on the clock that nobody can set. Nanoseconds.
    package var linkUptime: Int64
    /// The sensors with limits that were not heard of now since the link came up, or came into
    /// the site, and whose silence is not told yet; registry indexes, rising.
    package var awaited: [UInt32]

    /// What was heard; nothing at first.
    package init(isLinked: Bool = false, linkUptime: Int64 = 0, awaited: [UInt32] = []) {
        self.isLinked = isLinked
        self.linkUptime = linkUptime
        self.awaited = awaited
    }
}
