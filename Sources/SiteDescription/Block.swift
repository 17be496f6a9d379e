/// A value that was read, and where it stands: later checks between values need both.
struct Found<Value> {
    var value: Value
    var position: Position
}

/// One block of keys while it is read.
///
/// A key becomes known by being asked for, so a new key is one line at the place that reads it, and
/// neither the list of what is allowed nor the schema can differ from what is read. For that, a
/// reader asks for every key of its block whatever it finds. `refuseUnknownKeys()` comes last.
struct Block {
    /// Where the block begins.
    let position: Position
    private let name: () -> String
    private let entries: [Item.Entry]
    private var known: [String] = []
    /// Keys that were refused with words of their own.
    private var refused: [String] = []
    private let problems: ProblemList
    /// Set while the schema is made, and nothing is read.
    private let recorder: SchemaRecorder?

    /// What the block describes, as messages say it: `sensor "H101-T1"`.
    var title: String { name() }

    /// The block that `item` is, or a problem when it is something else.
    init?(_ item: Item, title: @autoclosure @escaping () -> String, problems: ProblemList) {
        switch item.content {
        case .block(let entries): (self.entries, recorder) = (entries, nil)
        case .asked(let recorder): (entries, self.recorder) = ([], recorder)
        case .unusable: return nil
        case .text, .list:
            problems.add(item.position, "\(title()): expected a block of keys, found \(item.kind)")
            return nil
        }
        name = title
        position = item.position
        self.problems = problems
    }

    /// A block of a list, titled by its `id`, or by its number in the list where that is no text.
    init?(_ item: Item, of kind: String, number: Int, problems: ProblemList) {
        self.init(item, title: Self.title(item, kind, number), problems: problems)
    }

    private static func title(_ item: Item, _ kind: String, _ number: Int) -> String {
        guard case .block(let entries) = item.content,
            let id = entries.first(where: { $0.key == "id" })?.value, !id.isAbsent,
            case .text(let text, _) = id.content
        else { return "\(kind) \(number)" }
        return "\(kind) \(quoted(text))"
    }

    /// The value of `key`; a problem and `nil` when the key is missing, empty or of another form.
    mutating func required<Value>(_ key: String, _ form: Form<Value>) -> Found<Value>? {
        recorder?.note(key, form.schema, isRequired: true)
        return read(key, form)
    }

    /// The value of `key`, or `standard` when the key is not there.
    mutating func optional<Value>(
        _ key: String, _ form: Form<Value>, standard: Value? = nil
    ) -> Found<Value>? {
        recorder?.note(key, form.schema, isRequired: false)
        guard !states(key) else { return read(key, form) }
        known.append(key)
        return standard.map { Found(value: $0, position: position) }
    }

    /// The block that stands under `key`.
    mutating func block(
        _ key: String, title: @autoclosure @escaping () -> String, isRequired: Bool = true
    ) -> Block? {
        if let inner = recorder?.block(key, isRequired: isRequired) {
            return Block(Item(inner), title: title(), problems: problems)
        }
        return value(of: key, isRequired: isRequired).flatMap {
            Block($0, title: title(), problems: problems)
        }
    }

    /// The list of blocks that stands under `key`, with at least one item if it is required.
    mutating func list(_ key: String, isRequired: Bool = true) -> [Item]? {
        if let inner = recorder?.list(key, isRequired: isRequired) { return [Item(inner)] }
        guard let item = value(of: key, isRequired: isRequired) else { return nil }
        switch item.content {
        case .list(let items) where !items.isEmpty || !isRequired: return items
        case .list: problems.add(item.position, "\(title) has no \(key)")
        case .unusable: break
        default: problems.add(item.position, "\(key): expected a list, found \(item.kind)")
        }
        return nil
    }

    /// Whether the key is there, readable or not.
    func states(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// Where the key stands, if it is there.
    func position(of key: String) -> Position? {
        entries.first { $0.key == key }?.keyPosition
    }

    /// Reports that the key is missing where something else makes it necessary.
    func refuseLack(of key: String, hint: String? = nil) {
        guard recorder == nil else { return }
        problems.add(position, "\(title) lacks the key \(quoted(key))", hint: hint)
    }

    /// Reports a key that must not be there, if it is, and why.
    mutating func refuse(_ key: String, _ why: String, hint: String) {
        guard let position = position(of: key) else { return }
        refused.append(key)
        problems.add(position, "\(quoted(key)) in \(title): \(why)", hint: hint)
    }

    /// Reports every key that nobody asked for.
    func refuseUnknownKeys() {
        for entry in entries where !known.contains(entry.key) && !refused.contains(entry.key) {
            problems.add(
                entry.keyPosition, "unknown key \(quoted(entry.key)) in \(title)",
                hint: hint(forUnknown: entry))
        }
    }

    private mutating func read<Value>(_ key: String, _ form: Form<Value>) -> Found<Value>? {
        guard let item = value(of: key, isRequired: true) else { return nil }
        return form.read(item, problems).map { Found(value: $0, position: item.position) }
    }

    private mutating func value(of key: String, isRequired: Bool) -> Item? {
        known.append(key)
        guard let entry = entries.first(where: { $0.key == key }) else {
            if isRequired { refuseLack(of: key) }
            return nil
        }
        guard !entry.value.isAbsent else {
            problems.add(entry.keyPosition, "the key \(quoted(key)) of \(title) has no value")
            return nil
        }
        return entry.value
    }

    private func hint(forUnknown entry: Item.Entry) -> String? {
        if entry.value.isAbsent, entry.key.isNumeric { return decimalPointHint }
        return problems.suggestion(
            for: entry.key, among: known, otherwise: "allowed: \(known.joined(separator: ", "))")
    }
}

extension String {
    /// Whether this is a whole number: in `{cut: 1,5, repower: 1}` the comma ends the entry, and
    /// the 5 becomes a key.
    var isNumeric: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }
}

/// What to tell someone whose decimals are written with a comma.
let decimalPointHint = "a comma separates entries; decimals take a point, as in 1.5"
