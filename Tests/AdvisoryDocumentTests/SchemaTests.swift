import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Documents of many kinds of advisory, in both languages, bare and with all that can be known.
private let many = Result { try manyDocuments() }

private func manyDocuments() throws -> [AdvisoryDocument] {
    var documents: [AdvisoryDocument] = []
    for language in Language.allCases {
        var course = try sampleCourse(language)
        for rule in Rule.allCases where rule != .cut && rule != .drill {
            switch rule {
            case .link: course.find(rule, of: .link)
            case .gateway: course.find(rule, of: .gateway("F02"), evidence: [.init("sensors", 12)])
            case .trend:
                course.find(
                    rule, of: course.subject("1502-T0"), value: 0.6,
                    projection: Projection(
                        toCut: .init(earliest: 2, likely: 3, latest: 5)))
            case .fanStopped, .airShort, .work: course.find(rule, of: .place("1601H"))
            case .slowRise:
                course.find(
                    rule, of: course.subject("1502-T1"), value: 0.6,
                    evidence: [.init("rise", 0.1, "%CH4/h")],
                    projection: Projection(
                        toAlarm: .init(earliest: 60, likely: 90, latest: 130), toCut: nil))
            default: course.find(rule, of: course.subject("1502-T2"), value: 0.5)
            }
            documents += course.documents(in: language)
            course.pass(7)
        }
        course.find(.cut, of: course.subject("1502-M"), quality: .aboveRange)
        course.find(.cut, of: course.subject("R15-M"), value: 1.1)
        try course.order(
            OperatorOrder(.shelve, of: "1502-T2.drift", text: "x", minutes: 9), by: .dispatcher)
        try course.order(OperatorOrder(.drill, place: "1502", text: "shift"), by: .dispatcher)
        documents += course.documents(in: language)
        course.pass(2000)
        documents += course.documents(in: language)
        let full = course.document("1504H-T1.cut", in: language, change: DocumentCourse.fill)
        documents += [full].compactMap { $0 }
    }
    return documents
}

@Suite("JSON Schema of the advisory document")
struct SchemaTests {
    private let schema: JSONSchema
    private let documents: [JSON]

    init() throws {
        schema = try JSONSchema.shipped()
        documents = try many.get().map { try JSON($0.json()) }
    }

    @Test("every document satisfies it")
    func satisfied() {
        #expect(documents.count > 300)
        for document in documents {
            let faults = schema.faults(of: document)
            #expect(faults.isEmpty, "\(document["identity"]?["id"]?.text ?? ""): \(faults)")
        }
    }

    @Test("names no key that no document has")
    func used() {
        var seen: Set<String> = []
        func walk(_ value: JSON, _ path: String) {
            for (key, member) in value.members {
                seen.insert("\(path)/\(key)")
                walk(member, "\(path)/\(key)")
            }
            for item in value.items { walk(item, path) }
        }
        for document in documents { walk(document, "") }
        let unseen = schema.paths().subtracting(seen)
        #expect(unseen.isEmpty, "\(unseen.sorted())")
    }

    @Test("knows the words that the program has, and no other")
    func words() {
        func words(_ path: String...) -> [String] {
            var node = schema.root
            for key in path {
                var inner = schema.resolved(node)
                if let items = inner["items"] { inner = schema.resolved(items) }
                node = inner["properties"]?[key] ?? .null
            }
            node = schema.resolved(node)
            return (node["enum"] ?? node["items"].map(schema.resolved)?["enum"])?.items
                .compactMap(\.text) ?? []
        }
        func all<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> [String] {
            Word.allCases.map(\.rawValue).sorted()
        }
        #expect(words("language").sorted() == all(Language.self))
        #expect(words("identity", "severity").sorted() == all(Severity.self))
        #expect(words("identity", "stage").sorted() == all(LifeCycle.Stage.self))
        #expect(words("identity", "mine", "gasClass").sorted() == all(GasClass.self))
        #expect(words("where", "kind").sorted() == all(PlaceKind.self))
        #expect(words("where", "sensor", "type").sorted() == all(SensorType.self))
        #expect(words("basis", "kind").sorted() == all(AdvisoryDocument.Ground.Kind.self))
        #expect(words("basis", "verified").sorted() == (all(Verification.self) + ["own"]).sorted())
        #expect(
            words("requiredAction", "orders", "kind").sorted()
                == all(AdvisoryDocument.Order.Kind.self))
        #expect(words("scope", "level").sorted() == all(AdvisoryDocument.Scope.Level.self))
        #expect(words("scope", "verdicts", "verdict").sorted() == all(Verdict.self))
        #expect(words("certainty", "kind").sorted() == all(AdvisoryDocument.Certainty.Kind.self))
        #expect(words("acknowledgement", "acts", "kind").sorted() == all(Power.self))
        #expect(words("acknowledgement", "acts", "duty").sorted() == all(Duty.self))
        #expect(words("acknowledgement", "acts", "checks").sorted() == all(Check.self))
        #expect(words("acknowledgement", "shelved", "kind").sorted() == all(Power.self))
        #expect(words("verification", "check").sorted() == all(Check.self))
        #expect(
            words("clearing", "conditions", "kind").sorted() == all(ReleaseCondition.Kind.self))
    }

    @Test("refuses every document with a key too many, a key too few, or a value of another kind")
    func refuses() throws {
        var mutants = 0
        for document in documents.suffix(6) {
            for mutant in mutations(of: document, schema.root) {
                mutants += 1
                #expect(!schema.faults(of: mutant.document).isEmpty, "\(mutant.what)")
            }
        }
        #expect(mutants > 1000)
    }

    private struct Mutant {
        var what: String
        var document: JSON
    }

    private func mutations(of value: JSON, _ schema: JSON, at path: String = "") -> [Mutant] {
        let node = self.schema.resolved(schema)
        switch value {
        case .object(let members):
            var odd = members
            odd["unknown"] = .bool(true)
            var mutants = [Mutant(what: "\(path): unknown key", document: .object(odd))]
            for (key, member) in members {
                var changed = members
                if self.schema.requires(key, in: node) {
                    changed[key] = nil
                    mutants.append(
                        Mutant(what: "\(path)/\(key) is gone", document: .object(changed)))
                }
                let inner = node["properties"]?[key] ?? .null
                mutants += mutations(of: member, inner, at: "\(path)/\(key)").map { mutant in
                    changed[key] = mutant.document
                    return Mutant(what: mutant.what, document: .object(changed))
                }
            }
            return mutants
        case .list(let items):
            guard let first = items.first else { return [Mutant(what: path, document: .null)] }
            return [Mutant(what: path, document: .text("no list"))]
                + mutations(of: first, node["items"] ?? .null, at: path).map { mutant in
                    Mutant(
                        what: mutant.what, document: .list([mutant.document] + items.dropFirst()))
                }
        case .text: return [Mutant(what: path, document: .number(-1.5))]
        case .number: return [Mutant(what: path, document: .text("1"))]
        case .bool, .null: return [Mutant(what: path, document: .text("true"))]
        }
    }
}
