internal import Foundation
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

    /// A request in the version of today.
    package init(
        _ ask: Ask, advisory: String? = nil, by: String? = nil, order: OperatorOrder? = nil
    ) {
        v = Self.version
        self.ask = ask
        self.advisory = advisory
        self.by = by
        self.order = order
    }

    /// Reads a line. **Errors:** what is wrong with it; an unknown field is wrong, because what it
    /// asks for would be left out in silence.
    package init(line: some Collection<UInt8>) throws(ControlFailure) {
        let data = Data(line)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw ControlFailure(.malformed, "the line is no JSON object")
        }
        guard let version = object["v"] as? Int else {
            throw ControlFailure(.malformed, "'v', the version of the protocol, is missing")
        }
        guard version == Self.version else {
            throw ControlFailure(
                .malformed, "version \(version) is not spoken here, \(Self.version) is")
        }
        try Self.refuse(object, beyond: ["v", "ask", "advisory", "by", "order"], "the request")
        if let order = object["order"] as? [String: Any] {
            try Self.refuse(order, beyond: OperatorOrder.fields, "the order")
        }
        guard let word = object["ask"] as? String, Ask(rawValue: word) != nil else {
            let known = Ask.allCases.map(\.rawValue).joined(separator: ", ")
            throw ControlFailure(.malformed, "'ask' must be one of \(known)")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            throw ControlFailure(.malformed, "'\(key.stringValue)' is missing")
        } catch DecodingError.typeMismatch(_, let context),
            DecodingError.dataCorrupted(let context), DecodingError.valueNotFound(_, let context)
        {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw ControlFailure(.malformed, "'\(path)' has a value that it cannot have")
        } catch {
            throw ControlFailure(.malformed, "it cannot be read: \(error)")
        }
        guard ask != .order || order != nil else {
            throw ControlFailure(.malformed, "'order' is missing")
        }
    }

    private static func refuse(
        _ object: [String: Any], beyond known: Set<String>, _ what: String
    ) throws(ControlFailure) {
        let unknown = Set(object.keys).subtracting(known).sorted()
        if let first = unknown.first {
            throw ControlFailure(.malformed, "\(what) has an unknown field '\(first)'")
        }
    }
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
    /// Why it was not done; absent where it was.
    package var failure: ControlFailure?
    /// To `.status`.
    package var status: ControlStatus?
    /// To `.show`.
    package var advisory: ControlStatus.Advisory?
    /// To `.people`: full names.
    package var people: [String]?
    /// To `.order`: what was told of it, as it stands in the journal.
    package var done: Announcement?
    /// To `.order`: it had been carried out before, by a request of the same identifier.
    package var isRepeated: Bool?

    /// An answer that says nothing yet.
    package init() {}

    /// An answer that says why not.
    package init(_ failure: ControlFailure) { self.failure = failure }
}

/// Why a request is not met: nothing has changed.
package struct ControlFailure: Error, Codable, Sendable, Equatable {
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
        /// It cannot be done at the moment: the journal cannot be written, or too much is asked.
        case unavailable
    }

    /// What kind it is.
    package var code: Code
    /// In words, at least one.
    package var reasons: [String]

    /// A failure for one reason.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        reasons = [reason]
    }

    /// What the book says against an order.
    package init(_ refusal: OrderRefusal) {
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
