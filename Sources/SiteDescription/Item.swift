/// One value of the file: text, a list or a block of keys, and where it begins.
struct Item {
    var position: Position
    var content: Content

    enum Content {
        /// A scalar. YAML's own guesses (numbers, truth values, dates) are not made: what the text
        /// means is decided by the key it belongs to.
        case text(String, isQuoted: Bool)
        case list([Item])
        /// The keys in the order of the file, each one once.
        case block([Entry])
        /// Something that was reported already, and of which nothing more should be said.
        case unusable
        /// No value of a file: whatever may stand here, while the schema is made.
        case asked(SchemaRecorder)
    }

    /// A key and its value.
    struct Entry {
        var key: String
        var keyPosition: Position
        var value: Item
    }

    /// Whether the file leaves the value out, in one of the spellings that YAML has for it.
    var isAbsent: Bool {
        guard case .text(let text, isQuoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What stands there, in words, for "expected a number, found ...".
    var kind: String {
        switch content {
        case .text(let text, _): isAbsent ? "nothing" : "the text \(quoted(text))"
        case .list: "a list"
        case .block, .unusable, .asked: "a block of keys"
        }
    }
}

extension Item {
    /// What stands for a block of the file while its schema is made.
    init(_ recorder: SchemaRecorder) {
        self.init(position: .start, content: .asked(recorder))
    }
}
