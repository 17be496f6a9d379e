// MARK: 5 Basis

extension AdvisoryDocument {
    /// What an advisory, or a part of what it asks for, rests on.
    package struct Ground: Codable, Sendable, Equatable {
        /// What kind of ground.
        package enum Kind: String, Codable, Sendable, CaseIterable {
            /// The limit in question.
            case limit
            /// What makes the condition a halt.
            case ground
            /// The cumulative halts of the province.
            case cumulative
        }

        /// What kind of ground it is.
        package var kind: Kind
        /// In a sentence.
        package var text: String
        /// Where it is from: name of a limit table or policy; absent where no law is claimed.
        package var source: String?
        /// The row, requirement or ground there.
        package var row: String?
        /// The act, regulation or standard.
        package var instrument: String?
        /// Its edition.
        package var edition: String?
        /// Article, section or row of a table in it.
        package var article: String?
        /// Raw value of the `Verification`; `own` where no law is claimed.
        package var verified: String
        /// What is to be said of what nobody has checked; absent for what was.
        package var mark: String?
    }
}

// MARK: 6 Required action, 7 scope, 8 certainty

extension AdvisoryDocument {
    /// What has to be done.
    package struct Action: Codable, Sendable, Equatable {
        /// In the imperative.
        package var text: String
        /// The same as words that scripts can rely on, in order.
        package var orders: [Order]
        /// What the cut switches off, as the limit table words it.
        package var cutScope: String?
        /// What people have to do, as the limit table words it.
        package var duty: String?
        /// What people have to do from the step of gravity on that was reached.
        package var stepDuty: String?
        /// What is to be said of these three where nobody has checked them.
        package var mark: String?
        /// Whom to report to, in the order of escalation.
        package var reportTo: [Contact]
        /// Within so long somebody has to answer before the next is called; seconds. Halts only.
        package var answerWithinSeconds: Double?
    }

    /// One thing that is to be done.
    package struct Order: Codable, Sendable, Equatable {
        /// What it is.
        package enum Kind: String, Codable, Sendable, CaseIterable {
            /// Stop work.
            case stopWork = "stop-work"
            /// Cut the power.
            case cutPower = "cut-power"
            /// Withdraw people.
            case withdraw
            /// Find the cause.
            case findCause = "find-cause"
            /// Report.
            case report
            /// Inspect the sensor or the line on the spot.
            case inspect
        }

        /// What it is.
        package var kind: Kind
        /// In the document's language.
        package var text: String
    }

    /// A person and how to reach them.
    package struct Contact: Codable, Sendable, Equatable {
        /// Full name.
        package var name: String
        /// Raw value of the `Duty`.
        package var duty: String
        /// How to reach them.
        package var contact: String?
    }

    /// How far it reaches.
    package struct Scope: Codable, Sendable, Equatable {
        /// How large a part of the mine.
        package enum Level: String, Codable, Sendable, CaseIterable {
            /// One machine.
            case machine
            /// A working place.
            case place
            /// A district.
            case district
            /// The mine.
            case mine
        }

        /// How large a part of the mine it is.
        package var level: Level
        /// In a sentence.
        package var text: String
        /// Codes of the places that it is about.
        package var places: [String]
        /// Codes of the places that their air goes to: what is gas here is gas there.
        package var downstream: [String]
        /// How these parts of the mine stand as a whole.
        package var verdicts: [AreaVerdict]?
    }

    /// How a part of the mine stands.
    package struct AreaVerdict: Codable, Sendable, Equatable {
        /// Place, district or mine.
        package var level: Assessment.Level
        /// Its code.
        package var code: String
        /// How it stands.
        package var verdict: Verdict
    }

    /// How sure it is.
    package struct Certainty: Codable, Sendable, Equatable {
        /// How sure.
        package enum Kind: String, Codable, Sendable, CaseIterable {
            /// It was measured, or is known.
            case observed
            /// It is where the values lead to.
            case likely
            /// The evidence is missing or cannot be trusted: nobody can tell.
            case cannotTell = "cannot-tell"
        }

        /// How sure it is.
        package var kind: Kind
        /// In a sentence.
        package var text: String
    }
}

// MARK: 9 Acknowledgement, 10 verification

extension AdvisoryDocument {
    /// Who answered, and who was called.
    package struct Acknowledgement: Codable, Sendable, Equatable {
        /// Whether somebody has answered what stands now.
        package var isAnswered: Bool
        /// What people did with it, oldest first.
        package var acts: [Deed]
        /// Who was called because nobody answered, oldest first.
        package var escalations: [Call]
        /// By whom and until when it is put aside; absent when it is not.
        package var shelved: Deed?
    }

    /// What a named person did.
    package struct Deed: Codable, Sendable, Equatable {
        /// Raw value of the `Power`.
        package var kind: String
        /// Full name.
        package var by: String
        /// Raw value of the `Duty`.
        package var duty: String
        /// The name under which they were logged in.
        package var login: String?
        /// What was ordered, seen or remarked, in their own words.
        package var text: String
        /// When, RFC 3339 with offset.
        package var at: String
        /// Until when it is put aside, RFC 3339 with offset; for a shelving only.
        package var until: String?
        /// Raw values of the `Check`s that were seen.
        package var checks: [String]?
        /// Whether it no longer holds: the condition came back or grew graver since.
        package var isVoid: Bool
    }

    /// One call because nobody answered.
    package struct Call: Codable, Sendable, Equatable {
        /// When, RFC 3339 with offset.
        package var at: String
        /// How far up the order of escalation, from 1.
        package var level: Int
        /// In a sentence.
        package var text: String
    }

    /// One thing that must be seen before a halt can end.
    package struct Verified: Codable, Sendable, Equatable {
        /// What must be seen.
        package var check: Check
        /// In the document's language.
        package var text: String
        /// Whether a person has seen it.
        package var isSeen: Bool
        /// Who.
        package var by: String?
        /// In which duty.
        package var duty: String?
        /// When, RFC 3339 with offset.
        package var at: String?
        /// What says the contrary: identifiers of advisories, codes of sensors.
        package var contradictedBy: [String]
    }
}

// MARK: 11 Clearing, 12 integrity

extension AdvisoryDocument {
    /// What ends it.
    package struct Clearing: Codable, Sendable, Equatable {
        /// In a sentence.
        package var text: String
        /// Whether it may be released now; absent for what ends by itself.
        package var isReleasable: Bool?
        /// What a release asks for; empty for what ends by itself.
        package var conditions: [Condition]
        /// Who may release it.
        package var releasers: [Contact]
    }

    /// One thing that a release asks for.
    package struct Condition: Codable, Sendable, Equatable {
        /// What it is.
        package var kind: ReleaseCondition.Kind
        /// In the document's language.
        package var text: String
        /// Whether it is there.
        package var isMet: Bool
        /// What is lacking.
        package var lacks: [String]
    }

    /// How it can be proven. What is not known is absent.
    package struct Integrity: Codable, Sendable, Equatable {
        /// Number of the newest revision's line in the journal.
        package var journal: UInt64?
        /// SHA-256 of that line.
        package var hash: String?
        /// SHA-256 of the line before.
        package var previous: String?
        /// The file with the raw readings around it.
        package var evidence: String?
        /// SHA-256 of that file.
        package var evidenceHash: String?

        /// What is known of it.
        package init(
            journal: UInt64? = nil, hash: String? = nil, previous: String? = nil,
            evidence: String? = nil, evidenceHash: String? = nil
        ) {
            self.journal = journal
            self.hash = hash
            self.previous = previous
            self.evidence = evidence
            self.evidenceHash = evidenceHash
        }
    }
}
