package import GasModel

/// What a document of one advisory is made from. What is not at hand is left out, and is then
/// absent from the document.
package struct DocumentSources: Sendable {
    /// One announcement of the advisory, with its line in the journal.
    package struct Told: Sendable {
        /// What was told.
        package var entry: Announcement
        /// Number of its line; `nil` when it has none yet.
        package var number: UInt64?
        /// SHA-256 of that line.
        package var hash: String?
        /// SHA-256 of the line before.
        package var previous: String?

        /// An announcement with its line.
        package init(
            _ entry: Announcement, number: UInt64? = nil, hash: String? = nil,
            previous: String? = nil
        ) {
            self.entry = entry
            self.number = number
            self.hash = hash
            self.previous = previous
        }
    }

    /// A time in which something was not seen.
    package struct Gap: Sendable {
        /// When it began.
        package var from: Timestamp
        /// When it ended; `nil` while it goes on.
        package var to: Timestamp?
        /// Code of the sensor or gateway, or what else was not seen.
        package var subject: String
        /// What kind of gap it is, as a word that scripts can rely on.
        package var kind: String
        /// In a sentence.
        package var words: [Phrase]

        /// A gap with its ends.
        package init(
            from: Timestamp, to: Timestamp?, subject: String, kind: String, words: [Phrase]
        ) {
            self.from = from
            self.to = to
            self.subject = subject
            self.kind = kind
            self.words = words
        }
    }

    /// What a sensor showed at the time that the document speaks of.
    package struct Shown: Sendable {
        /// Its code.
        package var sensor: String
        /// What it showed, in its quantity's own unit; `.nan` when that is no usable number.
        package var value: Double
        /// What that is worth.
        package var quality: Reading.Quality
        /// When it was measured.
        package var measuredAt: Timestamp

        /// What a sensor showed.
        package init(
            sensor: String, value: Double, quality: Reading.Quality = .good, measuredAt: Timestamp
        ) {
            self.sensor = sensor
            self.value = value
            self.quality = quality
            self.measuredAt = measuredAt
        }
    }

    /// The announcements of the advisory, oldest first, at least one; the newest says how it
    /// stands.
    package var told: [Told]
    /// All else that was told and may concern it: what `AdvisoryDocument` picks from it is who was
    /// called because nobody answered. Oldest first.
    package var others: [Announcement] = []
    /// The book that the advisory stands in, or stood in, with the site.
    package var book: AdvisoryBook
    /// The instant of which the document speaks.
    package var asOf: Timestamp
    /// How far east of UTC its times are told. Seconds.
    package var offsetSeconds = 0
    /// The program that writes it.
    package var issuer: AdvisoryDocument.Issuer
    /// What is known of the clock.
    package var clock: AdvisoryDocument.ClockQuality?
    /// What was not seen since the onset; `nil` where nobody has looked.
    package var gaps: [Gap]?
    /// What the sensors of the place showed, the subject itself left out.
    package var nearby: [Shown]?
    /// The sealed file with the raw readings, and its SHA-256.
    package var evidence: (file: String, hash: String)?

    /// What there must be.
    package init(
        told: [Told], book: AdvisoryBook, asOf: Timestamp, issuer: AdvisoryDocument.Issuer
    ) {
        self.told = told
        self.book = book
        self.asOf = asOf
        self.issuer = issuer
    }
}
