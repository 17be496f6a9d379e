package import GasModel

/// Every phrase in every language, from `Catalogue.txt`, which is built into the program: a text
/// without its words can be neither lost nor edited on the machine.
package struct Catalogue: Sendable {
    /// One phrase or term in every language.
    package struct Entry: Sendable, Equatable {
        /// The key of a phrase; of a term its English.
        package var key: String
        /// The sentence, with its gaps, by language.
        package var forms: [Language: String]
    }

    /// What is wrong with a catalogue.
    package struct Flaw: Error, Equatable, CustomStringConvertible {
        /// Line, from 1.
        package var line: Int
        /// What is wrong there.
        package var reason: String

        /// The place and the reason, for a person.
        package var description: String { "line \(line): \(reason)" }
    }

    /// The phrases, in the order of the file.
    package private(set) var phrases: [Entry] = []
    /// The terms, in the order of the file.
    package private(set) var terms: [Entry] = []
    private var sentences: [String: [Language: [Piece]]] = [:]
    private var words: [String: [Language: String]] = [:]
    /// Terms with a code in them, what stands before and behind it, the longest first.
    private var patterns: [(before: String, behind: String, forms: [Language: [Piece]])] = []

    /// A stretch of a sentence.
    private enum Piece: Sendable {
        case text(String)
        /// Which argument stands here, from 0.
        case gap(Int)
    }

    /// The one that is shipped. A test reads it: what is built in is without a flaw.
    package static let shipped: Catalogue = {
        let text = String(decoding: PackageResources.Catalogue_txt, as: UTF8.self)
        do {
            return try Catalogue(text)
        } catch {
            preconditionFailure("Catalogue.txt, \(error)")
        }
    }()

    /// Reads a catalogue; its form is described at its head. **Errors:** the first line that is
    /// none.
    package init(_ text: String) throws(Flaw) {
        var isTerm = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            let flaw = Flaw(line: number + 1, reason: "neither phrase, term, en nor zh")
            guard parts.count == 2, let word = parts.first.map(String.init) else { throw flaw }
            let rest = String(parts[1])
            switch word {
            case "phrase":
                isTerm = false
                phrases.append(Entry(key: rest, forms: [:]))
            case "term":
                isTerm = true
                terms.append(Entry(key: rest, forms: [.english: rest]))
            default:
                guard let language = Language(rawValue: word) else { throw flaw }
                guard add(rest, in: language, toTerm: isTerm) else {
                    throw Flaw(line: number + 1, reason: "\(word) twice, or without its key")
                }
            }
        }
        index()
    }

    private mutating func add(_ form: String, in language: Language, toTerm isTerm: Bool) -> Bool {
        if isTerm {
            guard let last = terms.indices.last, terms[last].forms[language] == nil else {
                return false
            }
            terms[last].forms[language] = form
        } else {
            guard let last = phrases.indices.last, phrases[last].forms[language] == nil else {
                return false
            }
            phrases[last].forms[language] = form
        }
        return true
    }

    private mutating func index() {
        for entry in phrases { sentences[entry.key] = entry.forms.mapValues(Self.pieces) }
        for entry in terms {
            words[entry.key] = entry.forms
            let pieces = Self.pieces(entry.key)
            guard pieces.contains(where: { if case .gap = $0 { true } else { false } }) else {
                continue
            }
            var (before, behind) = ("", "")
            if case .text(let text)? = pieces.first { before = text }
            if pieces.count > 1, case .text(let text)? = pieces.last { behind = text }
            patterns.append((before, behind, entry.forms.mapValues(Self.pieces)))
        }
        patterns.sort { $0.before.count + $0.behind.count > $1.before.count + $1.behind.count }
    }

    private static func pieces(_ form: String) -> [Piece] {
        var pieces: [Piece] = []
        var text = ""
        var rest = Substring(form)
        while let character = rest.first {
            let gap = rest.prefix(3)
            if character == "{", gap.last == "}",
                let number = gap.dropFirst().first?.wholeNumberValue
            {
                if !text.isEmpty { pieces.append(.text(text)) }
                text = ""
                pieces.append(.gap(number - 1))
                rest = rest.dropFirst(3)
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text.isEmpty ? pieces : pieces + [.text(text)]
    }
}

// MARK: Saying it

extension Catalogue {
    /// The sentence that `phrases` make; `nil` where one of them is not in the catalogue, or has
    /// another number of gaps: it was written by another version.
    package func sentence(_ phrases: [Phrase], in language: Language) -> String? {
        var text = ""
        for phrase in phrases {
            guard let piece = said(phrase, in: language) else { return nil }
            text += piece
        }
        return text
    }

    /// A word of an open vocabulary; as it is where the catalogue does not have it.
    package func word(_ word: String, in language: Language) -> String {
        if language == .english { return word }
        if let form = words[word]?[language] { return form }
        for (before, behind, forms) in patterns {
            guard word.utf8.count > before.utf8.count + behind.utf8.count,
                word.hasPrefix(before), word.hasSuffix(behind), let pieces = forms[language]
            else { continue }
            let code = word.dropFirst(before.count).dropLast(behind.count)
            if code.contains(" ") { continue }
            return pieces.map { piece in
                if case .text(let text) = piece { text } else { String(code) }
            }.joined()
        }
        return word
    }

    private func said(_ phrase: Phrase, in language: Language) -> String? {
        var arguments: [String] = []
        for argument in phrase.arguments {
            switch argument {
            case .text(let text): arguments.append(text)
            case .phrase(let inner):
                guard let text = said(inner, in: language) else { return nil }
                arguments.append(text)
            }
        }
        switch phrase.key {
        case Phrase.term: return arguments.first.map { word($0, in: language) }
        case Phrase.list: return arguments.joined(separator: language == .chinese ? "、" : ", ")
        case Phrase.joined: return arguments.joined()
        default: break
        }
        guard let pieces = sentences[phrase.key]?[language] else { return nil }
        let gaps = pieces.compactMap { if case .gap(let number) = $0 { number } else { nil } }
        guard (gaps.max() ?? -1) + 1 == arguments.count else { return nil }
        return pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .gap(let number): arguments[number]
            }
        }.joined()
    }
}

extension [Phrase] {
    /// The sentence that they make; `nil` where the catalogue does not have them.
    package func said(in language: Language) -> String? {
        Catalogue.shipped.sentence(self, in: language)
    }

    /// The same; the bare keys with what stands in their gaps where the catalogue does not have
    /// them: a line without a sentence would be worse.
    package func saidAnyway(in language: Language) -> String {
        said(in: language) ?? map(\.bare).joined(separator: " ")
    }
}

extension Phrase {
    /// Its key, and what stands in its gaps, in no language.
    fileprivate var bare: String {
        let parts = arguments.map { argument in
            switch argument {
            case .text(let text): text
            case .phrase(let phrase): phrase.bare
            }
        }
        return ([key] + parts).joined(separator: " ")
    }
}
