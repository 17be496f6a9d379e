import SiteDescription
import Testing

@Suite("Site file syntax")
struct SyntaxTests {
    static let files = [
        BrokenFile("empty file", "", at: "1:1", ["the file is empty"]),
        BrokenFile("file of comments", "# mine\n\n# places\n", at: "1:1", ["the file is empty"]),
        BrokenFile("file of text", "demo", at: "1:1", ["expected a block of keys, found the text"]),
        BrokenFile("file that is a list", "- demo", at: "1:1", ["found a list"]),
        BrokenFile(
            "brace that is not closed", "repower: 1.0}", "repower: 1.0", at: "11:13", "YAML"),
        BrokenFile(
            "tab as indentation", "    role: T1", "\trole: T1", at: "8:1", "spaces, not with tabs"),
        BrokenFile(
            "unit without quotes", "\"%CH4\"", "%CH4", at: "9:11", "cannot start any token",
            "begins with % must stand in quotes"),
        BrokenFile(
            "colon in a name", "name: Heading 101", "name: Heading: east", at: "4:18",
            "mapping values are not allowed", "in quotes"),
        BrokenFile("wrong indentation", "    role: T1", "   role: T1", at: "8:4", "YAML"),
        BrokenFile(
            "second document", Sample.short + "\n---\nmine: {}", at: "13:1",
            ["a second document begins here", "allowed: one"]),
        BrokenFile("undefined alias", "place: H101", "place: *p", at: "7:12", "undefined alias"),
        BrokenFile("tag", "role: T1", "role: !!int T1", at: "8:11", "the tag", "int"),
        BrokenFile(
            "control character", "name: Heading 101", "name: Heading \u{7}101", at: "4:19",
            "control characters are not allowed", "code 7"),
        BrokenFile(
            "brackets without end", String(repeating: "[", count: 100_000), at: "1:1",
            ["nesting level", "four levels"]),
    ]

    @Test("says where YAML itself is broken", arguments: files)
    func syntax(_ file: BrokenFile) { file.check() }

    @Test("refuses an anchor where it stands, once, however often it is used")
    func anchors() {
        let text = Sample.short.replacing("id: H101\n", with: "id: &p H101\n")
            .replacing("place: H101", with: "place: *p")
        let problems = Sample.problems(text)
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("3:9: anchors (&) and aliases (*) are not used") })
    }

    @Test("refuses a merge key where it stands")
    func mergeKey() {
        let text = Sample.short.replacing("    role: T1", with: "    <<: {role: T1}")
        let problems = Sample.problems(text)
        #expect(problems.contains { $0.hasPrefix("8:5: merge keys (<<) are not used") })
        #expect(problems.contains { $0.contains("lacks the key \"role\"") })
        #expect(problems.count == 2)
    }

    @Test("refuses bytes that are not UTF-8 where the first of them stands")
    func encoding() {
        let bytes = Array("mine:\r\n  é".utf8) + [0xE9] + Array(": 1".utf8)
        #expect(
            Sample.problems(bytes) == ["2:4: the file is not UTF-8 from here on; save it as UTF-8"])
        let wide = "mine".utf16.reduce(into: [0xFF, 0xFE] as [UInt8]) { $0 += [UInt8($1), 0] }
        #expect(
            Sample.problems(wide) == [
                "1:1: the file is not UTF-8 from here on; it looks like UTF-16; save it as UTF-8"
            ])
    }

    @Test("refuses a file above the largest size, and looks into one of exactly that size")
    func size() {
        // No text, so that a file of the allowed size costs no parse here.
        var bytes = [UInt8](repeating: 0xFF, count: SiteFile.bytesMax)
        #expect(
            Sample.problems(bytes) == ["1:1: the file is not UTF-8 from here on; save it as UTF-8"])
        bytes.append(0xFF)
        #expect(
            Sample.problems(bytes) == [
                "1:1: the file has 67108865 bytes; allowed: at most 67108864"
            ])
    }
}
