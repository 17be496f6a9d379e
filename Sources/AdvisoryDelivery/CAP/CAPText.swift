internal import GasModel
internal import HaltAdvisory

/// What a message says to people, in one language.
struct CAPText {
    /// As RFC 3066 names it.
    var language: String
    var event: String
    var headline: String
    var description: String
    var instruction: String
    var area: String

    /// In every language that there are words in.
    ///
    /// What can be said in one language alone, such as a person's remark or a line of an older
    /// version, is not sent a second time under the name of the other.
    static func all(of entry: Announcement) -> [CAPText] {
        let (english, chinese) = (entry.texts(in: .english), entry.texts(in: .chinese))
        let isSame = english.why == chinese.why && english.action == chinese.action
        return [CAPText(entry, .english, english)]
            + (isSame ? [] : [CAPText(entry, .chinese, chinese)])
    }

    private init(
        _ entry: Announcement, _ language: Language, _ texts: (why: String, action: String)
    ) {
        func say(_ phrase: Phrase) -> String { [phrase].saidAnyway(in: language) }
        let event = Self.event(entry.severity)
        // In the middle of a sentence, where it is written small.
        let transition = say(.term(entry.transition.rawValue)).lowercased()
        let place = entry.place.map { "\(entry.mine)/\($0)" } ?? entry.mine
        let subject = [place] + (entry.sensor.map { [$0] } ?? [])
        self.language =
            switch language {
            case .english: "en-US"
            case .chinese: "zh-CN"
            }
        self.event = say(event)
        let line = Phrase("cap-headline", event, transition, Phrase.list(subject))
        headline = say(entry.isDrill ? Phrase("cap-drill", line) : line)
        description = say(
            Self.details(of: entry).reduce(.verbatim(texts.why)) { Phrase("cap-then", $0, $1) })
        instruction = texts.action
        area = say(
            entry.place.map { Phrase("cap-place", entry.mine, $0) }
                ?? Phrase("cap-mine", entry.mine))
    }

    private static func event(_ severity: Severity) -> Phrase {
        switch severity {
        case .halt: Phrase("cap-halt")
        case .alarm: Phrase("cap-alarm")
        case .warning: Phrase("cap-warning")
        case .fault: Phrase("cap-fault")
        case .notice, .heartbeat: Phrase("cap-notice")
        }
    }

    private static func details(of entry: Announcement) -> [Phrase] {
        let details = [
            entry.limit.map { Phrase("cap-limit", $0) },
            entry.basis.map { Phrase("cap-basis", $0.text, $0.instrument, $0.article) },
            entry.act.map { Phrase("cap-act", $0.by, Phrase.term($0.duty), $0.text) },
        ]
        return details.compactMap { $0 }
    }
}
