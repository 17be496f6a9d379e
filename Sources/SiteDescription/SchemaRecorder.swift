/// Collects the keys that a reader asks of one block, in the order in which it asks.
///
/// A reader that is given an item of such a recorder in place of a file's runs as ever and finds
/// nothing; what it asks for is the schema. So no key can be in the one and not in the other.
final class SchemaRecorder {
    private var properties: [(key: String, schema: () -> JSONValue)] = []
    private var required: [String] = []

    /// Notes that `key` is asked for, and in what form.
    func note(_ key: String, _ schema: JSONValue, isRequired: Bool) {
        add(key, isRequired: isRequired) { schema }
    }

    /// Notes that a block stands under `key`; its own keys go to the recorder that is returned.
    func block(_ key: String, isRequired: Bool) -> SchemaRecorder {
        let inner = SchemaRecorder()
        add(key, isRequired: isRequired) { .object(inner.members) }
        return inner
    }

    /// Notes that a list of blocks stands under `key`; their keys go to the recorder returned.
    func list(_ key: String, isRequired: Bool) -> SchemaRecorder {
        let inner = SchemaRecorder()
        add(key, isRequired: isRequired) {
            [
                "type": "array", "minItems": .number(isRequired ? 1 : 0),
                "items": .object(inner.members),
            ]
        }
        return inner
    }

    /// The schema of the block, as members of an object.
    var members: [(key: String, value: JSONValue)] {
        [
            ("type", "object"),
            ("properties", .object(properties.map { ($0.key, $0.schema()) })),
            ("required", .texts(required)),
            ("additionalProperties", .bool(false)),
        ]
    }

    private func add(_ key: String, isRequired: Bool, _ schema: @escaping () -> JSONValue) {
        properties.append((key, schema))
        if isRequired { required.append(key) }
    }
}
