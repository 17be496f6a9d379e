package import GasModel

/// Whether gas control is proven: the answer to the question that the mine is judged by.
package enum Verdict: String, Codable, Sendable, CaseIterable, Comparable {
    /// Fresh, trustworthy evidence shows that gas is under control.
    case proven
    /// Evidence is missing, stale or contradictory.
    case doubtful
    /// A ground for a halt stands.
    case notProven = "not-proven"

    /// The worse one is the greater.
    package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .proven: 0
        case .doubtful: 1
        case .notProven: 2
        }
    }
}

/// How the mine, its districts and its places stand, each with what that rests on.
package struct Assessment: Codable, Sendable, Equatable {
    /// What is assessed.
    package enum Level: String, Codable, Sendable {
        /// The mine as a whole.
        case mine
        /// One of its districts.
        case district
        /// A working place.
        case place
    }

    /// One thing that a verdict rests on.
    package struct Evidence: Codable, Sendable, Equatable {
        /// What the verdict would be by this alone.
        package var verdict: Verdict
        /// The advisory that says so; absent where none does.
        package var advisory: String?
        /// `HaltGround.id` where it is a ground for a halt.
        package var ground: String?
        /// The place that it comes from, where that is another one.
        package var from: String?
        /// In a sentence, in the language in which it was told.
        package private(set) var text: String
        /// What the sentence is made of, so that it can be had in another language; absent where an
        /// older version told it.
        package private(set) var words: [Phrase]?

        /// One thing that a verdict rests on, said in `language`.
        package init(
            _ verdict: Verdict, advisory: String? = nil, ground: String? = nil,
            _ words: [Phrase], in language: Language
        ) {
            self.verdict = verdict
            self.advisory = advisory
            self.ground = ground
            text = words.saidAnyway(in: language)
            self.words = words
        }

        /// An advisory, as it was told last.
        init(
            _ verdict: Verdict, advisory: String, ground: String?, told announcement: Announcement
        ) {
            self.verdict = verdict
            self.advisory = advisory
            self.ground = ground
            text = announcement.why
            words = announcement.words?.why
        }

        /// The same in `language`, where that can be had.
        package func said(in language: Language) -> Evidence {
            guard let text = words?.said(in: language) else { return self }
            var said = self
            said.text = text
            return said
        }
    }

    /// One place or district, or the mine.
    package struct Area: Codable, Sendable, Equatable {
        /// Which of them.
        package var level: Level
        /// Its code; the mine's own for the mine.
        package var code: String
        /// What people call it.
        package var name: String
        /// The worst of its evidence.
        package var verdict: Verdict
        /// What that rests on, the worst first; ties by onset. Never empty unless proven.
        package var evidence: [Evidence]

        /// An area that stands as its evidence says.
        package init(_ level: Level, _ code: String, _ name: String, evidence: [Evidence]) {
            self.level = level
            self.code = code
            self.name = name
            verdict = evidence.map(\.verdict).max() ?? .proven
            self.evidence = evidence
        }

        /// The same with its evidence in `language`.
        fileprivate func said(in language: Language) -> Area {
            var said = self
            said.evidence = evidence.map { $0.said(in: language) }
            return said
        }
    }

    /// The mine as a whole.
    package var mine: Area
    /// Its districts, in the order of the site.
    package var districts: [Area]
    /// Its places, in the order of the site.
    package var places: [Area]

    /// An assessment of everything.
    package init(mine: Area, districts: [Area], places: [Area]) {
        self.mine = mine
        self.districts = districts
        self.places = places
    }

    /// The same with all evidence in `language`.
    package func said(in language: Language) -> Assessment {
        Assessment(
            mine: mine.said(in: language), districts: districts.map { $0.said(in: language) },
            places: places.map { $0.said(in: language) })
    }
}
