/// A piece of a sentence that is in no language yet: a key of the catalogue, and what stands in its
/// gaps.
///
/// In JSON an array: the key, then what stands in `{1}`, `{2}`, ..., each a text or a phrase again:
/// `["cut-began",["of","T1","H101"]]`. A key that the catalogue has no phrase for is not said; see
/// `Announcement.texts`.
package struct Phrase: Sendable, Equatable {
    /// What stands in one gap.
    package enum Argument: Sendable, Equatable {
        /// The same in every language: a figure, a code, a name, what somebody typed.
        case text(String)
        /// A phrase of its own.
        case phrase(Phrase)
    }

    /// The key in the catalogue.
    package var key: String
    /// What stands in `{1}`, `{2}`, and so on.
    package var arguments: [Argument]

    /// A phrase by its key, with what stands in its gaps.
    package init(_ key: String, _ parts: any PhrasePart...) {
        self.key = key
        arguments = parts.map(\.argument)
    }

    private init(_ key: String, all parts: [any PhrasePart]) {
        self.key = key
        arguments = parts.map(\.argument)
    }

    /// What is said as it is in every language: a text that has no key.
    package static func verbatim(_ text: String) -> Phrase { Phrase("verbatim", text) }

    /// A word of an open vocabulary, such as the name of a figure. One that the catalogue does not
    /// have is said as it is.
    package static func term(_ word: String) -> Phrase { Phrase(term, word) }

    /// Several things in a row, parted as the language does it.
    package static func list(_ parts: [any PhrasePart]) -> Phrase { Phrase(list, all: parts) }

    /// Several pieces without anything between them.
    package static func joined(_ phrases: [Phrase]) -> Phrase { Phrase(joined, all: phrases) }

    static let term = "term"
    static let list = "list"
    static let joined = "joined"
}

/// What can stand in a gap of a phrase.
package protocol PhrasePart: Sendable {
    /// It, as an argument.
    var argument: Phrase.Argument { get }
}

extension String: PhrasePart {
    package var argument: Phrase.Argument { .text(self) }
}

extension Int: PhrasePart {
    package var argument: Phrase.Argument { .text(String(self)) }
}

extension Phrase: PhrasePart {
    package var argument: Argument { .phrase(self) }
}

extension Phrase: Codable {
    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        key = try container.decode(String.self)
        arguments = []
        while !container.isAtEnd { arguments.append(try container.decode(Argument.self)) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(key)
        for argument in arguments { try container.encode(argument) }
    }
}

extension Phrase.Argument: Codable {
    package init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .text(text)
        } else {
            self = .phrase(try Phrase(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .phrase(let phrase): try phrase.encode(to: encoder)
        }
    }
}
