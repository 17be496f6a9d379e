package import GasModel

/// All that there is to say of one advisory, in one language: what an operator acts on and a
/// regulator reads a year later.
///
/// Twelve parts, described in `DOCUMENT.md`; as JSON it satisfies
/// `Deploy/schema/advisory-1.schema.json`. What is not known is absent, and what nobody has checked
/// carries its mark. **Determinism:** made from records and arguments alone, no clock is read.
package struct AdvisoryDocument: Codable, Sendable, Equatable {
    /// Version of the form. A new part or a new key that may be absent does not raise it.
    package static let version = 1

    /// Version of the form.
    package var document: Int
    /// The language of its texts.
    package var language: Language
    /// What is the matter, in one line.
    package var headline: String
    /// Part 1: which advisory it is, of which mine, told by what.
    package var identity: Identity
    /// Part 2: where it is.
    package var place: Location
    /// Part 3: what is the matter, with its figures.
    package var what: Matter
    /// Part 4: since when, each transition, and what was not seen meanwhile.
    package var since: Course
    /// Part 5: what it rests on; more than one where more than one applies.
    package var basis: [Ground]
    /// Part 6: what has to be done.
    package var requiredAction: Action
    /// Part 7: how far it reaches.
    package var scope: Scope
    /// Part 8: how sure it is.
    package var certainty: Certainty
    /// Part 9: who answered, and who was called.
    package var acknowledgement: Acknowledgement
    /// Part 10: what was seen to be done.
    package var verification: [Verified]
    /// Part 11: what a release asks for.
    package var clearing: Clearing
    /// Part 12: how it can be proven.
    package var integrity: Integrity

    enum CodingKeys: String, CodingKey {
        case document, language, headline, identity
        case place = "where"
        case what, since, basis, requiredAction, scope, certainty, acknowledgement, verification
        case clearing, integrity
    }
}

// MARK: 1 Identity

extension AdvisoryDocument {
    /// Which advisory it is, of which mine, told by what.
    package struct Identity: Codable, Sendable, Equatable {
        /// The advisory's identifier.
        package var id: String
        /// The newest revision that the document tells of.
        package var revision: Int
        /// Raw value of the `Rule`.
        package var rule: String
        /// How urgent it is.
        package var severity: Severity
        /// What happened last.
        package var transition: Transition
        /// How it stands.
        package var stage: String
        /// Whether only a named release ends it.
        package var isLatched: Bool
        /// Whether nothing is wrong and a drill is held.
        package var isDrill: Bool
        /// When the newest revision was decided, RFC 3339 with offset.
        package var decidedAt: String
        /// The instant as of which the document speaks, RFC 3339 with offset.
        package var asOf: String
        /// What is known of the clock that told these times; absent when nothing is.
        package var clock: ClockQuality?
        /// The program that wrote it.
        package var issuer: Issuer
        /// SHA-256 of the site file that it was judged by.
        package var site: String
        /// The mine.
        package var mine: Mine
    }

    /// The program that wrote a document.
    package struct Issuer: Codable, Sendable, Equatable {
        /// Its name.
        package var system: String
        /// Its version.
        package var version: String

        /// A program by name and version.
        package init(system: String = "firedamp", version: String) {
            self.system = system
            self.version = version
        }
    }

    /// What is known of the daemon's clock.
    package struct ClockQuality: Codable, Sendable, Equatable {
        /// Whether the kernel says that it is synchronised.
        package var isSynchronised: Bool
        /// The largest error that the kernel reckons with; seconds. Absent when it does not say.
        package var errorSecondsMax: Double?

        /// What is known of a clock.
        package init(isSynchronised: Bool, errorSecondsMax: Double? = nil) {
            self.isSynchronised = isSynchronised
            self.errorSecondsMax = errorSecondsMax
        }
    }

    /// The mine.
    package struct Mine: Codable, Sendable, Equatable {
        /// Its code.
        package var code: String
        /// What people call it.
        package var name: String
        /// Its gas class; absent where its law knows none.
        package var gasClass: String?
        /// Licensed output, in tonnes a year; absent when not stated.
        package var licensedOutput: Double?
    }
}

// MARK: 2 Where

extension AdvisoryDocument {
    /// Where it is: absent parts mean that it concerns more than one.
    package struct Location: Codable, Sendable, Equatable {
        /// The district.
        package var district: Named?
        /// The working place.
        package var place: Named?
        /// What the place is in the eyes of the law.
        package var kind: String?
        /// The sensor.
        package var sensor: Instrument?
        /// The gateway.
        package var gateway: String?
    }

    /// A code and what people call it.
    package struct Named: Codable, Sendable, Equatable {
        /// The code.
        package var code: String
        /// What people call it.
        package var name: String
    }

    /// A sensor, as its site describes it.
    package struct Instrument: Codable, Sendable, Equatable {
        /// Its code.
        package var code: String
        /// What it watches.
        package var role: String
        /// That, in words of the limit table.
        package var title: String?
        /// What it measures.
        package var quantity: String
        /// How it measures.
        package var type: String?
        /// The least and the most that it can measure, in `Matter.unit`.
        package var range: [Double]
        /// The smallest difference that it shows.
        package var resolution: Double?
        /// Longest time that may normally pass between two of its readings; seconds.
        package var intervalSeconds: Double
        /// The day on which it must be calibrated again.
        package var calibrationDue: String?
    }
}

// MARK: 3 What

extension AdvisoryDocument {
    /// What is the matter, with its figures.
    package struct Matter: Codable, Sendable, Equatable {
        /// In a sentence.
        package var text: String
        /// The newest value that was told of it; absent when there is no usable number.
        package var value: Double?
        /// The unit of every figure of this part that names none.
        package var unit: String?
        /// What that reading is worth: `good`, or why it holds no usable number.
        package var quality: String?
        /// When that was measured, RFC 3339 with offset.
        package var measuredAt: String?
        /// The limit in question.
        package var limit: Threshold?
        /// All limits that the sensor is judged by.
        package var limits: Thresholds?
        /// How long it has been so, or was; seconds.
        package var durationSeconds: Double
        /// The gravest value told so far.
        package var peak: Double?
        /// For a rise: how fast, where that is known.
        package var slope: Figure?
        /// For a rise: when the limits are reached if it goes on like this; minutes.
        package var projection: Projection?
        /// The figures that it rests on.
        package var figures: [Figure]?
        /// What other sensors of the place showed, machines included.
        package var nearby: [Nearby]?
    }

    /// A limit and how it is compared.
    package struct Threshold: Codable, Sendable, Equatable {
        /// `>=`, `>` or `<`.
        package var comparison: String
        /// The value.
        package var value: Double
    }

    /// The limits of a sensor.
    package struct Thresholds: Codable, Sendable, Equatable {
        /// From here on: alarm.
        package var alarm: Threshold
        /// From here on: halt; absent where the law knows no cut.
        package var cut: Threshold?
        /// Here power may be restored, once a person has checked.
        package var repower: Threshold
    }

    /// One figure.
    package struct Figure: Codable, Sendable, Equatable {
        /// The detector's name for it.
        package var name: String
        /// That, in the document's language.
        package var text: String
        /// The figure.
        package var value: Double
        /// Its unit; absent for a plain number.
        package var unit: String?
    }

    /// What another sensor showed.
    package struct Nearby: Codable, Sendable, Equatable {
        /// Its code.
        package var sensor: String
        /// The place in which it stands.
        package var place: String
        /// What it watches.
        package var role: String
        /// What it measures.
        package var quantity: String
        /// What it showed; absent when that is no usable number.
        package var value: Double?
        /// The unit of that.
        package var unit: String
        /// For a state, what it means.
        package var text: String?
        /// What the reading is worth.
        package var quality: String
        /// When it was measured, RFC 3339 with offset.
        package var measuredAt: String
    }
}

// MARK: 4 Since when

extension AdvisoryDocument {
    /// Since when it is so.
    package struct Course: Codable, Sendable, Equatable {
        /// When what began it was measured, RFC 3339 with offset.
        package var onset: String
        /// When it was first told; absent when that line is not at hand.
        package var firstTold: String?
        /// Every transition, oldest first.
        package var transitions: [Step]
        /// Whether the transitions are all that there were.
        package var isComplete: Bool
        /// What was not seen meanwhile; absent where nobody has looked, empty where there was none.
        package var gaps: [Gap]?
    }

    /// One transition.
    package struct Step: Codable, Sendable, Equatable {
        /// The revision that it made.
        package var revision: Int
        /// How urgent it was from then on.
        package var severity: Severity
        /// What happened.
        package var transition: Transition
        /// When it was decided, RFC 3339 with offset.
        package var at: String
        /// Why, in a sentence.
        package var text: String
        /// Number of its line in the journal.
        package var journal: UInt64?
    }

    /// A time in which something was not seen.
    package struct Gap: Codable, Sendable, Equatable {
        /// When it began, RFC 3339 with offset.
        package var from: String
        /// When it ended; absent while it goes on.
        package var to: String?
        /// Code of the sensor or gateway, or what else was not seen.
        package var subject: String
        /// What kind of gap it is, as a word that scripts can rely on.
        package var kind: String
        /// In a sentence.
        package var text: String
    }
}
