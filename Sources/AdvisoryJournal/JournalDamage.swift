internal import GasModel
package import HaltAdvisory

/// Where a journal stops being trustworthy, and why.
package struct JournalDamage: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of damage it is.
    package enum Kind: Equatable, Sendable {
        /// The file ends within a line: a crash in the middle of a write. Nothing was told of it.
        case tornTail
        /// A line is no record.
        case unreadable(reason: String)
        /// A line does not carry the hash of the line before it, although its number fits.
        case brokenChain
        /// A line carries another number than its place asks for, although its hash fits.
        case wrongNumber(found: UInt64, expected: UInt64)
        /// Lines were cut out.
        case missing(from: UInt64, through: UInt64)
        /// A line stands where it does not belong: swapped, doubled or put in.
        case outOfOrder(found: UInt64, expected: UInt64)
        /// A line is not signed by the key that it says, or the signature is no signature.
        case wrongSignature(reason: String)
        /// A line is not signed although the journal is.
        case unsigned
        /// A line is signed by a key that is none of those asked for.
        case otherKey(fingerprint: String)
        /// A segment is not there.
        case missingSegment(from: UInt64, through: UInt64)
        /// A segment's name says another number than its first line.
        case wrongName(first: UInt64)
        /// The journal does not begin where it should, and nothing in it says why.
        case cutFront(first: UInt64)
        /// The journal ends before the line that its head mark names.
        case cutEnd(last: UInt64, head: UInt64)
        /// The line that the head mark names is another one.
        case notTheHead
        /// The head mark itself is no head mark, or not signed by a key of the journal.
        case wrongHead(reason: String)
        /// A file that is none of the journal's.
        case unknownFile
        /// An export does not say what it must.
        case export(reason: String)
    }

    /// The journal file.
    package var path: String
    /// Line, from 1; 0 for the file as a whole.
    package var line: Int
    /// Byte at which that line begins, from 0.
    package var offset: Int
    /// What is wrong with it.
    package var kind: Kind

    /// Damage at a place.
    package init(path: String, line: Int, offset: Int, kind: Kind) {
        self.path = path
        self.line = line
        self.offset = offset
        self.kind = kind
    }

    /// The place and the reason.
    package var phrase: Phrase {
        let place: any PhrasePart =
            line == 0 ? path : Phrase("at-byte", "\(path):\(line)", offset)
        return Phrase("damage", place, kind.phrase)
    }

    /// The same in English, for who verifies a journal.
    package var description: String { [phrase].saidAnyway(in: .english) }
}

extension JournalDamage.Kind {
    /// What is wrong.
    var phrase: Phrase {
        switch self {
        case .tornTail: Phrase("torn-tail")
        case .unreadable(let reason): Phrase("no-record", Phrase.term(reason))
        case .brokenChain: Phrase("broken-chain")
        case .wrongNumber(let found, let expected):
            Phrase("wrong-number", "\(found)", "\(expected)")
        case .missing(let from, let through) where from == through:
            Phrase("line-cut-out", "\(from)")
        case .missing(let from, let through):
            Phrase("lines-cut-out", "\(from)", "\(through)")
        case .outOfOrder(let found, let expected):
            Phrase("out-of-order", "\(found)", "\(expected)")
        case .wrongSignature(let reason): Phrase("wrong-signature", Phrase.term(reason))
        case .unsigned: Phrase("unsigned")
        case .otherKey(let fingerprint): Phrase("other-key", fingerprint)
        case .missingSegment(let from, let through) where from == through:
            Phrase("segment-missing-line", "\(from)")
        case .missingSegment(let from, let through):
            Phrase("segment-missing", "\(from)", "\(through)")
        case .wrongName(let first): Phrase("wrong-name", "\(first)")
        case .cutFront(let first): Phrase("cut-front", "\(first)")
        case .cutEnd(let last, let head): Phrase("cut-end", "\(last)", "\(head)")
        case .notTheHead: Phrase("not-the-head")
        case .wrongHead(let reason): Phrase("wrong-head", Phrase.term(reason))
        case .unknownFile: Phrase("unknown-file")
        case .export(let reason): .term(reason)
        }
    }

    /// The same in English, for who verifies a journal.
    package var text: String { [phrase].saidAnyway(in: .english) }

    /// The same in one word, for programs.
    package var word: String {
        switch self {
        case .tornTail: "torn-tail"
        case .unreadable: "unreadable"
        case .brokenChain: "broken-chain"
        case .wrongNumber: "wrong-number"
        case .missing: "missing-lines"
        case .outOfOrder: "out-of-order"
        case .wrongSignature: "wrong-signature"
        case .unsigned: "unsigned"
        case .otherKey: "other-key"
        case .missingSegment: "missing-segment"
        case .wrongName: "wrong-name"
        case .cutFront: "cut-front"
        case .cutEnd: "cut-end"
        case .notTheHead: "not-the-head"
        case .wrongHead: "wrong-head"
        case .unknownFile: "unknown-file"
        case .export: "wrong-export"
        }
    }
}
