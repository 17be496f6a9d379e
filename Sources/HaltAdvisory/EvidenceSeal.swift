package import GasModel

/// What a line of the journal says of a file of raw readings that was put aside: with the line the
/// file is part of the chain, and whoever changes it can be found out.
package struct EvidenceSeal: Codable, Sendable, Equatable {
    /// An advisory that the readings belong to, as it stood when it was told.
    package struct Subject: Codable, Sendable, Hashable {
        /// `AdvisoryReference.id`.
        package var id: String
        /// `AdvisoryReference.revision`.
        package var revision: Int

        /// The advisory with that identifier, at that revision.
        package init(id: String, revision: Int) { (self.id, self.revision) = (id, revision) }
    }

    /// The advisories: halts of one place that were raised, grew worse or were back within the
    /// stretch. The file is named after the first.
    package var advisories: [Subject]
    /// Name of the file within `evidence/`.
    package var file: String
    /// SHA-256 of its bytes, in hexadecimal.
    package var sha256: String
    /// How many bytes it has.
    package var bytes: Int
    /// How many readings stand in it.
    package var readings: Int
    /// Arrival of the first that was asked for, RFC 3339 in UTC.
    package var from: String
    /// Arrival of the last.
    package var to: String
    /// How many holes the raw record has in that stretch.
    package var gaps: Int

    /// A seal of a file.
    package init(
        advisories: [Subject], file: String, sha256: String, bytes: Int, readings: Int,
        from: String, to: String, gaps: Int
    ) {
        (self.advisories, self.file, self.sha256) = (advisories, file, sha256)
        (self.bytes, self.readings, self.gaps) = (bytes, readings, gaps)
        (self.from, self.to) = (from, to)
    }
}

extension Announcement {
    /// Makes a notice the line that seals a file: no part of the life of the advisories it names.
    package mutating func take(_ seal: EvidenceSeal, in language: Language) {
        self.seal = seal
        let first =
            seal.advisories.first.map { Phrase("at-revision", $0.id, $0.revision) }
            ?? Phrase.term("nothing")
        let others = seal.advisories.count - 1
        let all = others > 0 ? Phrase("and-others", first, others) : first
        let sealed = Phrase("readings-sealed", seal.readings, all, seal.file, seal.sha256)
        say(
            seal.gaps > 0 ? [sealed, Phrase("gaps-there", seal.gaps)] : [sealed], in: language)
    }
}
