import SiteDescription
import Testing

@Suite("Site file syntax")
struct SyntaxTests {
    @Test("says where YAML itself is broken in what no file of its own is worth")
    func syntax() {
        #expect(Sample.problems("") == ["1:1: the file is empty"])
        let brackets = Sample.problems(String(repeating: "[", count: 100_000))
        #expect(brackets.count == 1)
        #expect(
            brackets.allSatisfy {
                $0.hasPrefix("1:1: ") && $0.contains("nesting level reached; a site")
                    && $0.hasSuffix("four levels deep")
            })
    }

    @Test("refuses an anchor where it stands, once, however often it is used")
    func anchors() {
        let text = Sample.short.replacing("id: H101\n", with: "id: &p H101\n")
            .replacing("place: H101", with: "place: *p")
        let problems = Sample.problems(text)
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("4:9: anchors (&) and aliases (*) are not used") })
    }

    @Test("refuses a merge key where it stands")
    func mergeKey() {
        let text = Sample.short.replacing("    role: T1", with: "    <<: {role: T1}")
        let problems = Sample.problems(text)
        #expect(problems.contains { $0.hasPrefix("10:5: merge keys (<<) are not used") })
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
