internal import Foundation
package import GasModel
package import HaltAdvisory

/// What is asked at the control socket: one JSON object on a line. `CONTROL.md` has the format.
package struct ControlRequest: Codable, Sendable, Equatable {
    /// The version of the protocol that is spoken here.
    package static let version = 1
    /// A longer line is refused. Bytes.
    package static let bytesMax = 64 << 10

    /// What is asked.
    package enum Ask: String, Codable, Sendable, CaseIterable {
        /// How everything stands.
        case status
        /// What stands open of one advisory, and what its release lacks.
        case show
        /// Whom the asker may act for.
        case people
        /// Something is to be done by a person.
        case order
    }

    /// Version of the protocol.
    package var v: Int
    /// What is asked.
    package var ask: Ask
    /// For `.show`: the advisory, or a part of its identifier.
    package var advisory: String?
    /// For `.order`: the full name of the person who acts; absent where the login has only one.
    package var by: String?
    /// For `.order`: what is to be done.
    package var order: OperatorOrder?
    /// The language of the answer; that of the site where it is absent.
    package var language: Language?

    /// A request in the version of today.
    package init(
        _ ask: Ask, advisory: String? = nil, by: String? = nil, order: OperatorOrder? = nil,
        in language: Language? = nil
    ) {
        v = Self.version
        self.ask = ask
        self.language = language
        self.advisory = advisory
        self.by = by
        self.order = order
    }

    /// Reads a line. **Errors:** what is wrong with it; an unknown field is wrong, because what it
    /// asks for would be left out in silence.
    package init(line: some Collection<UInt8>) throws(ControlRefusal) {
        let data = Data(line)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw ControlRefusal(.malformed, Phrase("no-object"))
        }
        do throws(ControlRefusal) {
            try Self.check(object)
            try self.init(data)
        } catch {
            // Whoever can say so much is answered in the language that was asked for.
            var refusal = error
            refusal.language = (object["language"] as? String).flatMap { Language(rawValue: $0) }
            throw refusal
        }
    }

    private static func check(_ object: [String: Any]) throws(ControlRefusal) {
        guard let version = object["v"] as? Int else {
            throw ControlRefusal(.malformed, Phrase("no-version"))
        }
        guard version == Self.version else {
            throw ControlRefusal(.malformed, Phrase("other-version", version, Self.version))
        }
        try refuse(object, beyond: fields, Phrase("the-request"))
        if let order = object["order"] as? [String: Any] {
            try refuse(order, beyond: OperatorOrder.fields, Phrase("the-order"))
        }
        guard let word = object["ask"] as? String, Ask(rawValue: word) != nil else {
            throw ControlRefusal(
                .malformed, Phrase("no-such-ask", Phrase.list(Ask.allCases.map(\.rawValue))))
        }
    }

    private init(_ data: Data) throws(ControlRefusal) {
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            throw ControlRefusal(.malformed, Phrase("field-missing", key.stringValue))
        } catch DecodingError.typeMismatch(_, let context),
            DecodingError.dataCorrupted(let context), DecodingError.valueNotFound(_, let context)
        {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw ControlRefusal(.malformed, Phrase("field-wrong", path))
        } catch {
            throw ControlRefusal(.malformed, Phrase("request-unreadable", "\(error)"))
        }
        guard ask != .order || order != nil else {
            throw ControlRefusal(.malformed, Phrase("field-missing", "order"))
        }
    }

    private static func refuse(
        _ object: [String: Any], beyond known: Set<String>, _ what: Phrase
    ) throws(ControlRefusal) {
        let unknown = Set(object.keys).subtracting(known).sorted()
        if let first = unknown.first {
            throw ControlRefusal(.malformed, Phrase("unknown-field", what, first))
        }
    }

    /// The fields that it may have on the wire.
    private static let fields: Set<String> = [
        "v", "ask", "advisory", "by", "order", "language",
    ]
}

extension OperatorOrder {
    /// The fields that it may have on the wire.
    fileprivate static let fields: Set<String> = [
        "kind", "advisory", "place", "text", "checks", "minutes", "hadOtherCause", "request",
    ]
}

/// The answer to a request: one JSON object on a line.
package struct ControlAnswer: Codable, Sendable, Equatable {
    /// Version of the protocol.
    package var v = ControlRequest.version
    /// The language of its texts: the one that was asked for, or that of the site.
    package var language: Language
    /// Why it was not done; absent where it was.
    package var failure: ControlFailure?
    /// To `.status`.
    package var status: ControlStatus?
    /// To `.show`.
    package var advisory: ControlStatus.Advisory?
    /// To `.people`: full names.
    package var people: [String]?
    /// To `.order`: what was told of it, as the journal has it but for the language of its texts.
    package var done: Announcement?
    /// To `.order`: it had been carried out before, by a request of the same identifier.
    package var isRepeated: Bool?

    /// An answer in `language` that says nothing yet.
    init(in language: Language) { self.language = language }

    /// An answer that says why not: in the language of the request, or else in `language`.
    package init(_ refusal: ControlRefusal, in language: Language) {
        self.init(in: refusal.language ?? language)
        failure = ControlFailure(
            code: refusal.code, reasons: refusal.reasons.map { [$0].saidAnyway(in: self.language) })
    }

    /// The same with all that was told before in its language too. Not done where the answer is
    /// made: of a thousand halts it takes milliseconds, and the desk has more urgent work.
    func said() -> ControlAnswer {
        var said = self
        said.done = done?.said(in: language)
        if let last = advisory?.last { said.advisory?.last = last.said(in: language) }
        if let status {
            said.status?.assessment = status.assessment.said(in: language)
            for (index, advisory) in status.advisories.enumerated() {
                said.status?.advisories[index].last = advisory.last.said(in: language)
            }
        }
        return said
    }
}

/// Why a request is not met, as it is answered.
package struct ControlFailure: Codable, Sendable, Equatable {
    /// What kind of failure it is.
    package enum Code: String, Codable, Sendable {
        /// The request makes no sense.
        case malformed
        /// Whoever asks may not do that.
        case notAllowed = "not-allowed"
        /// There is no such advisory or place, or more than one.
        case unknown
        /// It cannot be done as it stands.
        case notNow = "not-now"
        /// It cannot be done at the moment: the journal cannot be written.
        case unavailable
        /// Too much is asked at once: the same a moment later is met.
        case busy
    }

    /// What kind it is.
    package var code: Code
    /// In words, at least one.
    package var reasons: [String]
}

/// Why a request is not met, in no language yet: nothing has changed.
package struct ControlRefusal: Error, Sendable, Equatable {
    /// What kind it is.
    package var code: ControlFailure.Code
    /// At least one.
    package var reasons: [Phrase]
    /// The language that was asked for, where that is known.
    package var language: Language?

    /// A refusal for one reason.
    init(_ code: ControlFailure.Code, _ reason: Phrase) {
        self.code = code
        reasons = [reason]
    }

    /// What the book says against an order.
    init(_ refusal: OrderRefusal) {
        reasons = refusal.reasons
        code =
            switch refusal {
            case .notAllowed: .notAllowed
            case .unknown: .unknown
            case .notNow, .notYet: .notNow
            case .senseless: .malformed
            }
    }
}
