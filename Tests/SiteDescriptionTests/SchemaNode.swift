import Foundation
import SiteDescription
import Yams

/// A node of a JSON Schema, and as much of validating by it as the schema of the site file needs.
struct SchemaNode {
    private let json: [String: Any]

    /// The schema that the reader states.
    static func ofReader() throws -> SchemaNode {
        let json = try JSONSerialization.jsonObject(with: Data(SiteFile.schema().utf8))
        return SchemaNode(json: json as? [String: Any] ?? [:])
    }

    private var properties: [String: SchemaNode] {
        (json["properties"] as? [String: [String: Any]] ?? [:]).mapValues(SchemaNode.init)
    }

    private var items: SchemaNode? { (json["items"] as? [String: Any]).map(SchemaNode.init) }

    /// Every key below this node, as in `sensors[].limits.alarm`.
    func paths(below prefix: String = "") -> [String] {
        properties.flatMap { key, node in
            [prefix + key] + node.paths(below: prefix + key + ".")
                + (node.items?.paths(below: prefix + key + "[].") ?? [])
        }
    }

    /// Why the value does not satisfy the schema, each with the way to it; empty when it does.
    func faults(of node: Node, at path: String = "") -> [String] {
        if let alternatives = json["anyOf"] as? [[String: Any]] {
            let faults = alternatives.map { SchemaNode(json: $0).faults(of: node, at: path) }
            return faults.contains(where: \.isEmpty) ? [] : faults.flatMap { $0 }
        }
        switch node {
        case .mapping(let mapping): return faults(of: mapping, at: path)
        case .sequence(let sequence):
            guard let items, sequence.count >= json["minItems"] as? Int ?? 0 else {
                return ["\(path): a list"]
            }
            return sequence.flatMap { items.faults(of: $0, at: path + "[]") }
        case .scalar(let scalar): return allows(scalar) ? [] : ["\(path): \(scalar.string)"]
        case .alias: return ["\(path): an alias"]
        }
    }

    private func faults(of mapping: Node.Mapping, at path: String) -> [String] {
        guard json["type"] as? String == "object" else { return ["\(path): a block of keys"] }
        let keys = mapping.keys.compactMap(\.string)
        let missing = (json["required"] as? [String] ?? []).filter { !keys.contains($0) }
        return missing.map { "\(path) lacks \($0)" }
            + mapping.flatMap { key, value in
                let key = key.string ?? ""
                return properties[key]?.faults(of: value, at: "\(path).\(key)")
                    ?? ["\(path) has \(key)"]
            }
    }

    private func allows(_ scalar: Node.Scalar) -> Bool {
        if let words = json["enum"] as? [String] { return words.contains(scalar.string) }
        if let word = json["const"] as? String { return word == scalar.string }
        let types = json["type"] as? [String] ?? (json["type"] as? String).map { [$0] } ?? []
        let isNumber = scalar.style == .plain && Double(scalar.string) != nil
        guard types.contains(isNumber ? "number" : "string") else { return false }
        if isNumber, let number = Double(scalar.string) {
            guard number >= json["minimum"] as? Double ?? -.infinity,
                number <= json["maximum"] as? Double ?? .infinity,
                number > json["exclusiveMinimum"] as? Double ?? -.infinity
            else { return false }
        }
        guard !isNumber, let pattern = json["pattern"] as? String else { return true }
        return scalar.string.range(of: pattern, options: .regularExpression) != nil
    }
}
