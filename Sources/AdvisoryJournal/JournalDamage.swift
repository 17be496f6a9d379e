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

    /// The place and the reason, for a person.
    package var description: String {
        let place = line == 0 ? path : "\(path):\(line) (byte \(offset))"
        return "\(place): \(kind.text)"
    }
}

extension JournalDamage.Kind {
    /// What is wrong, for a person.
    package var text: String {
        switch self {
        case .tornTail: "the file ends within a line (a write was cut off)"
        case .unreadable(let reason): "not a journal record: \(reason)"
        case .brokenChain:
            "does not carry the hash of the line before: that line, or this one, was changed"
        case .wrongNumber(let found, let expected): "is numbered \(found), not \(expected)"
        case .missing(let from, let through): "\(lines(from, through)) cut out before it"
        case .outOfOrder(let found, let expected):
            "line \(found) stands where line \(expected) belongs: swapped, doubled or put in"
        case .wrongSignature(let reason): "wrong signature: \(reason)"
        case .unsigned: "not signed, although the journal is signed here"
        case .otherKey(let fingerprint): "signed by another key, fingerprint \(fingerprint)"
        case .missingSegment(let from, let through):
            "the segment before it is missing: \(lines(from, through)) not there"
        case .wrongName(let first): "the name does not fit: its first line is \(first)"
        case .cutFront(let first):
            "the journal begins with line \(first), and no line says that those before were "
                + "deleted for their age"
        case .cutEnd(let last, let head):
            "the journal ends with line \(last), but its head mark names line \(head): the end "
                + "was cut off"
        case .notTheHead: "is not the line that the head mark names: changed or replaced"
        case .wrongHead(let reason): "the head mark cannot be used: \(reason)"
        case .unknownFile: "no file of a journal"
        case .export(let reason): reason
        }
    }

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

    private func lines(_ from: UInt64, _ through: UInt64) -> String {
        from == through ? "line \(from) is" : "lines \(from) to \(through) are"
    }
}
