package import GasModel

/// What the sentences of an announcement are made of, so that every reader may have them in their
/// own language.
package struct Wording: Codable, Sendable, Equatable {
    /// What `Announcement.why` is made of; absent when it is a text that has no keys.
    package var why: [Phrase]?
    /// What `Announcement.action` is made of; absent when it is a text that has no keys.
    package var action: [Phrase]?
    /// What is the matter, where `why` says something else of it: what a person did, say.
    package var matter: [Phrase]?

    enum CodingKeys: String, CodingKey {
        case why
        case action = "do"
        case matter
    }

    /// What an announcement says. `matter`: what is the matter, where `why` does not say so.
    package init(why: [Phrase]?, action: [Phrase]?, matter: [Phrase]? = nil) {
        self.why = why
        self.action = action
        self.matter = matter
    }
}

extension Announcement {
    /// A notice of the daemon itself that is told in the language of the site.
    package static func notice(
        _ severity: Severity = .notice, _ transition: Transition, at now: Timestamp, site: Site,
        sensor: String? = nil, why: [Phrase], action: [Phrase] = []
    ) -> Announcement {
        var notice = Announcement.notice(
            severity, transition, at: now, site: site, sensor: sensor, why: "")
        notice.say(why, do: action, in: site.language)
        return notice
    }

    /// Says why and what to do, in `language` and so that it can be said in any other. An action
    /// that is not given stays what it was.
    package mutating func say(_ why: [Phrase], do action: [Phrase]? = nil, in language: Language) {
        let matter = words?.matter
        let known = words?.action
        self.why = why.saidAnyway(in: language)
        if let action {
            self.action = action.saidAnyway(in: language)
        } else if let text = known?.said(in: language) {
            self.action = text
        }
        words = Wording(why: why, action: action ?? known, matter: matter)
    }

    /// Says what a person or time did with it; what is the matter is kept for whoever asks.
    mutating func tell(_ why: [Phrase], do action: [Phrase]? = nil, in language: Language) {
        let matter = matter
        say(why, do: action, in: language)
        words?.matter = matter
    }

    /// What is the matter, whatever was done with it since.
    package var matter: [Phrase] { words?.matter ?? words?.why ?? [.verbatim(why)] }

    /// Why and what to do, in `language`. Where it was told without keys, by an older version, or
    /// by one whose keys are not known here: in the language in which it was told.
    package func texts(in language: Language) -> (why: String, action: String) {
        (words?.why?.said(in: language) ?? why, words?.action?.said(in: language) ?? action)
    }

    /// The same with its texts in `language`.
    package func said(in language: Language) -> Announcement {
        var said = self
        (said.why, said.action) = texts(in: language)
        // Texts that are put in the place of others have no words; these have the same.
        said.words = words
        return said
    }

    /// One line that says what is the matter where, for a subject or a title: severity, transition,
    /// place, and what is the matter. How long the province halts is left to the parts below it.
    package func headline(in language: Language) -> String {
        let about = Phrase.term(severity.rawValue)
        let what = Phrase.term(transition.rawValue)
        let brief = matter.filter { $0.key != "also" }
        let headline = Phrase(
            "headline", about, what, "\(mine)/\(place ?? "-")", Phrase.joined(brief))
        return [headline].said(in: language)
            ?? "\(severity.rawValue) \(transition.rawValue): \(why)"
    }
}
