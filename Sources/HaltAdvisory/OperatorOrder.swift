package import GasModel

/// What a person asks of the book.
package struct OperatorOrder: Codable, Sendable, Equatable {
    /// What is asked.
    package var kind: Power
    /// The advisory: its identifier, or a part of it that fits only one that stands. `nil` for a
    /// remark on the mine as a whole, and where a drill begins.
    package var advisory: String?
    /// The place in which a drill begins.
    package var place: String?
    /// What was ordered, seen or remarked; the reason of a release, a shelving or a drill.
    package var text: String
    /// What was seen, for `.verify`.
    package var checks: [Check]?
    /// For how long it is put aside; 0: no longer. Minutes, for `.shelve`.
    package var minutes: Double?
    /// For `.release`: gas control was adequate, the over-limit had another cause, which `text`
    /// says; then it does not count for the cumulative halts of the province.
    package var hadOtherCause: Bool?
    /// Made up by who sends it, once for each order: by it an order that is sent again, because its
    /// answer was lost, is recognised.
    package var request: String?

    /// An order with all its parts.
    package init(
        _ kind: Power, of advisory: String? = nil, place: String? = nil, text: String,
        checks: [Check]? = nil, minutes: Double? = nil, hadOtherCause: Bool? = nil,
        request: String? = nil
    ) {
        self.kind = kind
        self.advisory = advisory
        self.place = place
        self.text = text
        self.checks = checks
        self.minutes = minutes
        self.hadOtherCause = hadOtherCause
        self.request = request
    }
}

/// Why an order is not carried out: nothing has changed.
package enum OrderRefusal: Error, Equatable {
    /// The person may not do that.
    case notAllowed(Phrase)
    /// There is no such advisory or place, or more than one.
    case unknown(Phrase)
    /// It cannot be done as it stands; the phrase says what is missing.
    case notNow(Phrase)
    /// A release still lacks all of these.
    case notYet([Phrase])
    /// The order itself makes no sense.
    case senseless(Phrase)

    /// Each reason by itself.
    package var reasons: [Phrase] {
        switch self {
        case .notAllowed(let reason), .unknown(let reason), .notNow(let reason),
            .senseless(let reason):
            [reason]
        case .notYet(let reasons): reasons
        }
    }
}
