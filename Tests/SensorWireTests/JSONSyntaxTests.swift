import SensorWire
import Testing

@Suite("JSON syntax of payloads")
struct JSONSyntaxTests {
    @Test(
        "what is no JSON refuses the rest of the payload from there on",
        arguments: [
            PayloadCase("", .sensor, "empty@0"),
            PayloadCase(" \n", .sensor, "empty@2"),
            PayloadCase("[]", .sensor, "empty@1"),
            PayloadCase("[ ]", .batch, "empty@2"),
            PayloadCase("{", .sensor, "syntax@1"),
            PayloadCase("[", .sensor, "syntax@1"),
            PayloadCase("}", .sensor, "syntax@0"),
            PayloadCase("{,}", .sensor, "syntax@1"),
            PayloadCase("\u{FEFF}{}", .sensor, "syntax@0"),
            PayloadCase("{\u{0}}", .sensor, "syntax@1"),
            PayloadCase(#"{"ts":1732350000123,"v":1"#, .sensor, "syntax@25"),
            PayloadCase(#"{"ts":1732350000123,"v":1,}"#, .sensor, "syntax@26"),
            PayloadCase(#"{"ts":1732350000123 "v":1}"#, .sensor, "syntax@20"),
            PayloadCase(#"{"ts" 1732350000123,"v":1}"#, .sensor, "syntax@6"),
            PayloadCase(#"{ts:1732350000123,"v":1}"#, .sensor, "syntax@1"),
            PayloadCase(#"{'ts':1732350000123,"v":1}"#, .sensor, "syntax@1"),
            PayloadCase(#"{"ts":1732350000123,"v":}"#, .sensor, "syntax@24"),
            PayloadCase(#"{"ts":1732350000123,"v":.5}"#, .sensor, "syntax@24"),
            PayloadCase(#"{"ts":1732350000123,"v":+5}"#, .sensor, "syntax@24"),
            PayloadCase(#"{"ts":1732350000123,"v":5.}"#, .sensor, "syntax@26"),
            PayloadCase(#"{"ts":1732350000123,"v":05}"#, .sensor, "syntax@25"),
            PayloadCase(#"{"ts":1732350000123,"v":-}"#, .sensor, "syntax@24"),
            PayloadCase(#"{"ts":1732350000123,"v":1e}"#, .sensor, "syntax@26"),
            PayloadCase(#"{"ts":1732350000123,"v":1e+}"#, .sensor, "syntax@27"),
            PayloadCase(#"{"ts":1732350000123,"v":0x1p3}"#, .sensor, "syntax@25"),
            PayloadCase(#"{"ts":1732350000123,"v":1_000}"#, .sensor, "syntax@25"),
            PayloadCase(#"{"ts":1732350000123,"v":0,42}"#, .sensor, "syntax@26"),
            PayloadCase(#"{"ts":1732350000123,"v":nanx}"#, .sensor, "syntax@27"),
            PayloadCase(#"{"ts":NaN,"v":1}"#, .sensor, "syntax@6"),
            PayloadCase(#"{"x":NaN,"ts":1732350000123,"v":1}"#, .sensor, "syntax@5"),
            PayloadCase(#"{"ts":1732350000123,"v":1} {}"#, .sensor, "1.0", "trailingBytes@27"),
            PayloadCase("{}}", .sensor, "timeMissing@0", "trailingBytes@2"),
            PayloadCase(
                #"[{"ts":1732350000123,"v":1},{"ts":1732350000123,"v":2"#, .sensor,
                "1.0", "syntax@53"),
            PayloadCase(
                #"[{"ts":1732350000123,"v":1};{"ts":1732350000123,"v":2}]"#, .sensor,
                "1.0", "syntax@27"),
            PayloadCase(#"[{"ts":1732350000123,"v":1},]"#, .sensor, "1.0", "syntax@28"),
            PayloadCase(#"[{"ts":1732350000123,"v":1}"#, .sensor, "1.0", "syntax@27"),
        ])
    func broken(_ sample: PayloadCase) {
        #expect(outcome(sample.payload, sample.form) == sample.expected)
    }

    /// The scanner's own tables: each text as the value of a key that nobody knows.
    @Test(
        "an unknown key is skipped with any JSON value",
        arguments: [
            "0", "-0.5e-7", "true", "false", "null", #""""#, #""\"\\\/\b\f\n\r\t\u00e9""#,
            #""}],{""#, "[]", "{}", "[[],{}]", "[1, [2, {\"a\": [3]}], 4]",
            #"{"v":9,"ts":{"v":[1,{"v":2}]},"":0}"#, " [ 1 , 2 ] ", "\"\u{7F}ü€𝄞\"",
        ])
    func skipped(value: String) {
        #expect(outcome("{\"x\":\(value),\"ts\":1732350000123,\"v\":1}") == ["1.0"])
        #expect(outcome("{\"ts\":1732350000123,\"v\":1,\"x\":\(value)}") == ["1.0"])
    }

    @Test(
        "what looks like a value but is none is not skipped",
        arguments: [
            "tru", "True", "nul", "undefined", "", "[1,]", "[1 2]", "[,1]", "{1:2}",
            #"{"a":1,}"#, #"{"a"}"#, #"{"a":}"#, #"{"a":1 "b":2}"#, "[}", "{]", #"["a":1]"#,
            #""\x""#, #""\u12g4""#, #""\u12""#, "\"\n\"", "\"", "'a'", "1.2.3", "--1",
        ])
    func notSkipped(value: String) throws {
        let found = outcome("{\"ts\":1732350000123,\"v\":1,\"x\":\(value)}")
        #expect(found.count == 1)
        #expect(try #require(found.first).hasPrefix("syntax@"))
    }

    @Test("skips as deep as is allowed and not one level deeper", arguments: ["[]", "{}"])
    func depth(brackets: String) {
        let (open, close) =
            brackets == "[]" ? ("[", "]") : (#"{"a":"#, "}")
        func nested(_ depth: Int) -> String {
            #"{"ts":1732350000123,"v":1,"x":"#
                + String(repeating: open, count: depth) + "0"
                + String(repeating: close, count: depth) + "}"
        }
        #expect(outcome(nested(ReadingJSON.depthMax)) == ["1.0"])
        let at = 30 + ReadingJSON.depthMax * open.utf8.count
        #expect(outcome(nested(ReadingJSON.depthMax + 1)) == ["tooDeep@\(at)"])
        #expect(outcome(nested(100_000)) == ["tooDeep@\(at)"])
    }

    @Test("mixed brackets close in the order in which they were opened")
    func mixedBrackets() {
        let x = #"[{"a":[{"b":[[],{},[{"c":[]}]]}]}]"#
        #expect(outcome("{\"x\":\(x),\"ts\":1732350000123,\"v\":1}") == ["1.0"])
    }

    @Test("a key that is written with escapes is another key, as documented")
    func escapedKey() {
        #expect(outcome(#"{"\u0076":9,"ts":1732350000123,"v":1}"#) == ["1.0"])
        #expect(outcome(#"{"t\u0073":1732350000123,"v":1}"#) == ["timeMissing@0"])
    }

    @Test("keys that only begin like ours are unknown keys")
    func similarKeys() {
        let others = #""t":0,"tS":0,"V":0,"value":0,"se":0,"sequ":0,"boots":0,"":0"#
        #expect(outcome("{\(others),\"ts\":1732350000123,\"v\":1}") == ["1.0"])
    }
}
