package import GasModel

extension StandingHalt {
    /// What `text` says, as a phrase.
    package var why: Phrase {
        Phrase(
            "standing-halt", Int(outputTonnes), Int(outputTonnesMin), policy,
            basis.verified.phrase)
    }
}

extension Announcement {
    /// The halt that a mine stands under for what it is. Not an advisory: nothing but another
    /// licence ends it, and every start says it again. `nil` where there is none.
    package static func standingHalt(of site: Site, at now: Timestamp) -> Announcement? {
        site.standingHalt.map { halt in
            .notice(
                .halt, .standing, at: now, site: site, why: [halt.why],
                action: [Phrase("do-call-regulator")])
        }
    }
}
