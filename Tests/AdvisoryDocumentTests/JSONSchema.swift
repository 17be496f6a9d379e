import Foundation

/// A JSON value that can be compared, walked and changed.
indirect enum JSON: Equatable {
    case null, bool(Bool), number(Double), text(String), list([JSON]), object([String: JSON])

    init(_ bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var items: [JSON] { if case .list(let items) = self { items } else { [] } }
    var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let items = try? value.decode([JSON].self) {
            self = .list(items)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }
}

/// As much of JSON Schema (draft 2020-12) as the shipped one uses; a keyword that it does not know
/// is a fault of its own.
struct JSONSchema {
    private static let notes: Set<String> = ["$schema", "$id", "title", "$defs"]
    let root: JSON

    /// The shipped one.
    static func shipped() throws -> JSONSchema {
        JSONSchema(root: try JSON(Array(try Data(contentsOf: file))))
    }

    static var repository: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }
    static var file: URL { repository.appending(path: "Deploy/schema/advisory-1.schema.json") }

    /// Every property that the schema names, with the way to it; references are followed.
    func paths(_ schema: JSON? = nil, at path: String = "") -> Set<String> {
        let schema = resolved(schema ?? root)
        var found: Set<String> = []
        for (key, inner) in schema["properties"]?.members ?? [:] {
            found.insert("\(path)/\(key)")
            found.formUnion(paths(inner, at: "\(path)/\(key)"))
        }
        if let items = schema["items"] { found.formUnion(paths(items, at: path)) }
        return found
    }

    /// Whether the property at the end of `path` must be there.
    func requires(_ key: String, in schema: JSON) -> Bool {
        schema["required"]?.items.contains(.text(key)) == true
    }

    func resolved(_ schema: JSON) -> JSON {
        guard let name = schema["$ref"]?.text?.split(separator: "/").last else { return schema }
        return root["$defs"]?[String(name)] ?? .null
    }

    /// Why `value` does not satisfy it, each with the way to it; empty when it does.
    func faults(of value: JSON, _ schema: JSON? = nil, at path: String = "") -> [String] {
        let schema = resolved(schema ?? root)
        guard case .object(let keywords) = schema else { return ["\(path): no schema"] }
        return keywords.flatMap { keyword, wanted in
            Self.notes.contains(keyword)
                ? [] : faults(of: value, by: keyword, wanted, in: schema, at: path)
        }
    }

    private func faults(
        of value: JSON, by keyword: String, _ wanted: JSON, in schema: JSON, at path: String
    ) -> [String] {
        let fault = ["\(path): \(keyword)"]
        switch (keyword, value) {
        case ("type", _): return isOfType(value, wanted.text ?? "") ? [] : fault
        case ("enum", _): return wanted.items.contains(value) ? [] : fault
        case ("const", _): return wanted == value ? [] : fault
        case ("properties", .object(let members)):
            return members.flatMap { key, member in
                wanted[key].map { faults(of: member, $0, at: "\(path)/\(key)") } ?? []
            }
        case ("additionalProperties", .object(let members)):
            let known = schema["properties"]?.members ?? [:]
            return members.keys.allSatisfy { known[$0] != nil } ? [] : fault
        case ("required", .object(let members)):
            return wanted.items.allSatisfy { members[$0.text ?? ""] != nil } ? [] : fault
        case ("items", .list(let items)):
            return items.flatMap { faults(of: $0, wanted, at: path) }
        case ("minItems", .list(let items)):
            return .number(Double(items.count)) >= wanted ? [] : fault
        case ("maxItems", .list(let items)):
            return wanted >= .number(Double(items.count)) ? [] : fault
        case ("minimum", .number): return value >= wanted ? [] : fault
        case ("minLength", .text(let text)):
            return .number(Double(text.count)) >= wanted ? [] : fault
        case ("pattern", .text(let text)):
            return text.range(of: wanted.text ?? "", options: .regularExpression) != nil
                ? [] : fault
        case ("properties", _), ("additionalProperties", _), ("required", _), ("items", _),
            ("minItems", _), ("maxItems", _), ("minimum", _), ("minLength", _), ("pattern", _):
            return []
        default: return ["\(path): the keyword \(keyword) is not known here"]
        }
    }

    private func isOfType(_ value: JSON, _ type: String) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .list), ("string", .text), ("boolean", .bool),
            ("number", .number):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }
}

extension JSON {
    static func >= (a: JSON, b: JSON) -> Bool {
        if case .number(let a) = a, case .number(let b) = b { a >= b } else { false }
    }
}
