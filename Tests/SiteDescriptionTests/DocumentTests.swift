import Foundation
import GasModel
import Testing

@Suite("Operator document")
struct DocumentTests {
    private let text: String

    init() throws {
        let file = Sample.file.deletingLastPathComponent().appending(path: "README.md")
        text = try String(contentsOf: file, encoding: .utf8)
    }

    @Test(
        "describes every key that the reader knows",
        arguments: [
            ("", "mine:", "zzz: 1\nmine:"), ("mine.", "code: demo", "zzz: 1, code: demo"),
            ("places[].", "name: Heading 101", "zzz: 1\n    name: Heading 101"),
            ("sensors[].", "role: T1", "zzz: 1\n    role: T1"),
            ("sensors[].limits.", "alarm: 1.0", "zzz: 1, alarm: 1.0"),
        ])
    func keys(_ block: String, _ old: String, _ new: String) throws {
        // The reader itself lists its keys when it is asked for one that it does not know.
        let problem = try #require(Sample.problems(Sample.short.replacing(old, with: new)).first)
        let keys = try #require(problem.components(separatedBy: "allowed: ").last)
            .components(separatedBy: ", ")
        #expect(keys.count >= 2)
        for key in keys { #expect(text.contains("\n| `\(block)\(key)` |"), "\(block)\(key)") }
    }

    @Test("describes every role and every unit")
    func words() {
    }
}
