import Yams

/// From the text of a file to the tree of its items: the only file that knows Yams.
///
/// A site file uses little of YAML: one document of blocks, lists and scalars. Anchors, aliases,
/// merge keys and tags are refused, because with them a reader of the file no longer sees at a
/// sensor what that sensor is judged by.
struct YAMLDocument {
    /// How many keys that are given twice are looked for: each one costs another parse of the file.
    static let repeatedKeysMax = 20
    private static let plainTags = [Tag.Name.str, .seq, .map].map(\.rawValue)

    let problems: ProblemList
    private(set) var text: String
    /// The keys whose first letter was replaced in `text`, by their position, as the file has them.
    private var renamed: [Position: String] = [:]

    /// The tree of `text`; `nil` when there is none, for reasons that are then among `problems`.
    static func read(_ text: String, _ problems: ProblemList) -> Item? {
        var document = YAMLDocument(problems: problems, text: text)
        return document.compose()
    }

    private init(problems: ProblemList, text: String) {
        self.problems = problems
        self.text = text
    }

    /// Yams gives up at the first block with a repeated key and says where that key stands first.
    /// So that everything else is checked too, this one is renamed in place, which moves no other
    /// text, and the file is parsed again; the tree then has both, and the second one is reported.
    private mutating func compose() -> Item? {
        while true {
            do {
                // `basic` knows no types: every scalar stays the text that it is.
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    problems.add(.start, "the file is empty")
                    return nil
                }
                // Nodes refer to their anchors weakly: the parser keeps them alive.
                return withExtendedLifetime(parser) { item(root) }
            } catch let YamlError.duplicatedKeysInMapping(keys, context) {
                guard let key = keys.first, rename(key, at: Position(context.mark)) else {
                    reportRenamed()
                    problems.add(
                        Position(context.mark),
                        "the key \(quoted(keys.first ?? "")) is given twice in its block",
                        hint: "no other key is checked until this is put right")
                    return nil
                }
            } catch {
                reportRenamed()
                report(error)
                return nil
            }
        }
    }

    /// Replaces the first letter of the key by one that no file has; false where that could change
    /// the structure of the file.
    private mutating func rename(_ key: String, at position: Position) -> Bool {
        guard renamed.count < Self.repeatedKeysMax, renamed[position] == nil,
            var index = text.index(of: position),
            let letter = Unicode.Scalar(0xF0000 + renamed.count)
        else { return false }
        if "\"'".unicodeScalars.contains(text.unicodeScalars[index]) {
            index = text.unicodeScalars.index(after: index)
        }
        guard index < text.endIndex, isNameLike(text.unicodeScalars[index]) else {
            return false
        }
        text.unicodeScalars.replaceSubrange(index...index, with: CollectionOfOne(letter))
        renamed[position] = key
        return true
    }

    private func isNameLike(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// Without a tree nobody knows where the second key stands: the first must do.
    private func reportRenamed() {
        for (position, key) in renamed {
            problems.add(position, "the key \(quoted(key)) is given twice in its block")
        }
    }

    private func item(_ node: Node) -> Item {
        let position = Position(node.mark)
        guard node.anchor == nil else {
            problems.add(
                position, "anchors (&) and aliases (*) are not used in a site file",
                hint: "write the value out wherever it holds")
            return Item(position: position, content: .unusable)
        }
        let tag = node.tag.rawValue
        guard Self.plainTags.contains(tag) else {
            problems.add(position, "the tag \(quoted(tag)) is not used in a site file")
            return Item(position: position, content: .unusable)
        }
        return Item(position: position, content: content(node))
    }

    private func content(_ node: Node) -> Item.Content {
        switch node {
        case .scalar(let scalar): .text(scalar.string, isQuoted: scalar.style != .plain)
        case .sequence(let sequence): .list(sequence.map(item))
        case .mapping(let mapping): .block(entries(mapping))
        case .alias: .unusable
        }
    }

    private func entries(_ mapping: Node.Mapping) -> [Item.Entry] {
        var entries: [Item.Entry] = []
        entries.reserveCapacity(mapping.count)
        for (keyNode, valueNode) in mapping {
            let position = Position(keyNode.mark)
            let value = item(valueNode)
            guard case .text(let text, _) = item(keyNode).content else {
                problems.add(position, "a key must be text")
                continue
            }
            // Yams passes no key that is given twice, unless it was renamed.
            let key = renamed[position] ?? text
            if !renamed.isEmpty, let earlier = entries.first(where: { $0.key == key }) {
                problems.add(
                    position, "the key \(quoted(key)) is given twice",
                    hint: key.isNumeric
                        ? decimalPointHint : "first in line \(earlier.keyPosition.line)")
            } else if key == "<<" {
                problems.add(
                    position, "merge keys (<<) are not used in a site file",
                    hint: "write the values out")
            } else {
                entries.append(Item.Entry(key: key, keyPosition: position, value: value))
            }
        }
        return entries
    }
}

extension Position {
    init(_ mark: Mark?) {
        self.init(line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1))
    }
}
