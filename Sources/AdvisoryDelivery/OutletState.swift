package import GasModel
internal import HaltAdvisory

/// How one way out of the daemon stands: what `firedamp status` shows of it.
package struct OutletState: Codable, Sendable, Equatable {
    /// How it does.
    package enum Health: String, Codable, Sendable {
        /// What is due is delivered.
        case delivering
        /// The other end does not take it; it is tried again.
        case failing
    }

    /// Its name, unique in the site: `alert-log`, `mqtt`, or as the site file calls it.
    package var name: String
    /// `alert-log`, `mqtt`, `webhook`, `cap`, `hook`, `syslog` or `journald`.
    package var kind: String
    /// How it does.
    package var health: Health
    /// How many announcements wait for it.
    package var waiting: Int
    /// Since when it is so, RFC 3339 in UTC; absent until something was tried.
    package var since: String?
    /// Why it fails, with the other end's words; absent while it does not.
    package var reason: String?
    /// How many announcements were given up because the other end refused them again and again
    /// while it took others; absent when there are none.
    package var givenUp: Int?

    /// An outlet with all that is known of it.
    package init(
        name: String, kind: String, health: Health, waiting: Int, since: String? = nil,
        reason: String? = nil, givenUp: Int? = nil
    ) {
        self.name = name
        self.kind = kind
        self.health = health
        self.waiting = waiting
        self.since = since
        self.reason = reason
        self.givenUp = givenUp
    }

    /// The same with the daemon's own words on why it fails in `language`.
    package func said(in language: Language) -> OutletState {
        var said = self
        said.reason = reason.map { Catalogue.shipped.word($0, in: language) }
        return said
    }
}
