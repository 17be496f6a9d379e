/// A value that was read, and where it stands: later checks between values need both.
struct Found<Value> {
    var value: Value
    var position: Position
}

/// One block of keys while it is read.
///
/// A key becomes known by being asked for, so a new key is one line at the place that reads it, and
/// the list of what is allowed can never differ from what is read. `refuseUnknownKeys()` comes
/// last.
struct Block {
    /// What the block describes, as messages say it: `sensor "H101-T1"`.
    let title: String
    let position: Position
    private let entries: [String: Item.Entry]
    private let order: [Item.Entry]
    private var known: [String] = []
    private let problems: ProblemList

    /// The block that `item` is, or a problem when it is something else.
    init?(_ item: Item, title: String, problems: ProblemList) {
        guard case .block(let order) = item.content else {
            if case .unusable = item.content { return nil }
            problems.add(item.position, "\(title): expected a block of keys, found \(item.kind)")
            return nil
        }
        self.title = title
        position = item.position
        self.order = order
        entries = Dictionary(order.map { ($0.key, $0) }) { first, _ in first }
        self.problems = problems
    }

    /// A block of a list, titled by its `id`, or by its number in the list where that is no text.
    init?(_ item: Item, of kind: String, number: Int, problems: ProblemList) {
        var title = "\(kind) \(number)"
        if case .block(let order) = item.content,
            let id = order.first(where: { $0.key == "id" })?.value, !id.isAbsent,
            case .text(let text, _) = id.content
        {
            title = "\(kind) \(quoted(text))"
        }
        self.init(item, title: title, problems: problems)
    }

    /// The value of `key`; a problem and `nil` when the key is missing, empty or of another form.
    mutating func required<Value>(_ key: String, _ form: Form<Value>) -> Found<Value>? {
        guard let item = value(of: key) else { return nil }
        return form.read(item, problems).map { Found(value: $0, position: item.position) }
    }

    /// The value of `key`, or `standard` when the key is not there.
    mutating func optional<Value>(
        _ key: String, _ form: Form<Value>, standard: Value?
    ) -> Found<Value>? {
        guard entries[key] == nil else { return required(key, form) }
        known.append(key)
        return standard.map { Found(value: $0, position: position) }
    }

    /// The block that stands under `key`.
    mutating func block(_ key: String, title: String) -> Block? {
        value(of: key).flatMap { Block($0, title: title, problems: problems) }
    }

    /// The list that stands under `key`, with at least one item.
    mutating func list(_ key: String) -> [Item]? {
        guard let item = value(of: key) else { return nil }
        switch item.content {
        case .list(let items) where !items.isEmpty: return items
        case .list: problems.add(item.position, "\(title) has no \(key)")
        case .unusable: break
        default: problems.add(item.position, "\(key): expected a list, found \(item.kind)")
        }
        return nil
    }

    /// Reports every key that nobody asked for.
    func refuseUnknownKeys() {
        for entry in order where !known.contains(entry.key) {
            problems.add(
                entry.keyPosition, "unknown key \(quoted(entry.key)) in \(title)",
                hint: hint(forUnknown: entry))
        }
    }

    private mutating func value(of key: String) -> Item? {
        known.append(key)
        guard let entry = entries[key] else {
            problems.add(position, "\(title) lacks the key \(quoted(key))")
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
