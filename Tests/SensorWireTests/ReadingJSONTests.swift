import GasModel
import SensorWire
import Testing

@Suite("Decoding of readings")
struct ReadingJSONTests {
    @Test(
        "takes what the payload form allows",
        arguments: [
            PayloadCase(#"{"ts":1732350000123,"v":0.42,"seq":17}"#, .sensor, "0.42 seq 17"),
            PayloadCase(#"{"v":0.42,"ts":1732350000123}"#, .sensor, "0.42"),
            PayloadCase(
                " {\t\"ts\" : 1732350000123 ,\r\n \"v\" :\n0.42 } \n", .sensor, "0.42"),
            PayloadCase(
                #"[{"ts":1732350000123,"v":1},{"ts":1732350001123,"v":2}]"#, .sensor,
                "1.0", "2.0"),
            PayloadCase(#" [ {"ts":1732350000123,"v":1} ] "#, .sensor, "1.0"),
            PayloadCase(
                #"[{"s":"H101-T1","ts":1732350000123,"v":0.4,"seq":0}]"#, .batch,
                "H101-T1 0.4 seq 0"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"s":{"not":"ours"}}"#, .sensor, "1.0"),
            PayloadCase(
                #"{"ts":1732350000123,"v":1,"boot":"a","seq":18446744073709551615}"#, .sensor,
                "1.0 seq 18446744073709551615 boot af63dc4c8601ec8c"),
            PayloadCase(
                #"{"ts":1732350000123,"v":1,"boot":null,"seq":null}"#, .sensor, "1.0"),
        ])
    func forms(_ sample: PayloadCase) {
        #expect(outcome(sample.payload, sample.form) == sample.expected)
    }

    @Test("a boot id given as a number has the hash of its characters")
    func bootNumber() {
        #expect(
            outcome(#"{"ts":1732350000123,"v":1,"boot":42}"#)
                == outcome(#"{"ts":1732350000123,"v":1,"boot":"42"}"#))
    }

    @Test(
        "a value that is no concentration is a fault record, never a number",
        arguments: [
            ("null", "null"), ("NaN", "nonFinite"), ("nan", "nonFinite"), ("-nan", "nonFinite"),
            ("Infinity", "nonFinite"), ("-Infinity", "nonFinite"), ("inf", "nonFinite"),
            ("-inf", "nonFinite"), ("+Inf", "nonFinite"), ("1e999", "nonFinite"),
            ("-1e999", "nonFinite"), ("1e99999999999999999999", "nonFinite"),
            ("1.8e308", "nonFinite"), ("-999999", "sentinel"), ("-999999.0", "sentinel"),
            ("-9.99999e5", "sentinel"), ("-999998.9999999999", "-999998.9999999999"),
            ("999999", "999999.0"),
        ])
    func faults(value: String, expected: String) {
        #expect(outcome("{\"ts\":1732350000123,\"v\":\(value)}") == [expected])
        #expect(outcome("{\"v\":\(value),\"ts\":1732350000123}") == [expected])
        let reading = items(Array("{\"ts\":1732350000123,\"v\":\(value)}".utf8)).first?.reading
        #expect(reading?.value.isNaN == (reading?.quality != .good))
    }

    @Test(
        "an element that is JSON but no reading is refused alone, by reason and place",
        arguments: [
            PayloadCase("{}", .sensor, "timeMissing@0"),
            PayloadCase(#"{"v":1}"#, .sensor, "timeMissing@0"),
            PayloadCase(#"{"ts":1732350000123}"#, .sensor, "valueMissing@0"),
            PayloadCase(#"{"ts":1732350000123,"v":"0.42"}"#, .sensor, "valueWrong@24"),
            PayloadCase(#"{"ts":1732350000123,"v":true}"#, .sensor, "valueWrong@24"),
            PayloadCase(#"{"ts":1732350000123,"v":[1]}"#, .sensor, "valueWrong@24"),
            PayloadCase(#"{"ts":1732350000123,"v":{"x":1}}"#, .sensor, "valueWrong@24"),
            PayloadCase(#"{"ts":null,"v":1}"#, .sensor, "timeUnreadable@6"),
            PayloadCase(#"{"ts":[1732350000123],"v":1}"#, .sensor, "timeUnreadable@6"),
            PayloadCase(#"{"ts":"yesterday","v":1}"#, .sensor, "timeUnreadable@6"),
            PayloadCase(#"{"ts":"1732350000123","v":1}"#, .sensor, "timeUnreadable@6"),
            PayloadCase(#"{"ts":1732350000,"v":1}"#, .sensor, "timeOutOfRange@6"),
            PayloadCase(#"{"ts":1732350000123000,"v":1}"#, .sensor, "timeOutOfRange@6"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"seq":-1}"#, .sensor, "sequenceWrong@32"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"seq":1.0}"#, .sensor, "sequenceWrong@32"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"seq":1e3}"#, .sensor, "sequenceWrong@32"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"seq":"1"}"#, .sensor, "sequenceWrong@32"),
            PayloadCase(
                #"{"ts":1732350000123,"v":1,"seq":18446744073709551616}"#, .sensor,
                "sequenceWrong@32"),
            PayloadCase(
                #"{"ts":1732350000123,"v":1,"seq":184467440737095516150}"#, .sensor,
                "sequenceWrong@32"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"boot":true}"#, .sensor, "bootWrong@33"),
            PayloadCase(#"{"ts":1732350000123,"v":1,"boot":{}}"#, .sensor, "bootWrong@33"),
            PayloadCase(#"[{"ts":1732350000123,"v":1}]"#, .batch, "sensorMissing@1"),
            PayloadCase(#"[{"s":7,"ts":1732350000123,"v":1}]"#, .batch, "sensorWrong@6"),
            PayloadCase(#"[{"s":"","ts":1732350000123,"v":1}]"#, .batch, "sensorWrong@6"),
            PayloadCase(#"[{"s":"a\/b","ts":1732350000123,"v":1}]"#, .batch, "sensorWrong@6"),
            PayloadCase("42", .sensor, "wrongShape@0"),
            PayloadCase(#" "text" "#, .sensor, "wrongShape@1"),
            PayloadCase(#"{"s":"a","ts":1732350000123,"v":1}"#, .batch, "wrongShape@0"),
            PayloadCase("[[]]", .sensor, "wrongShape@1"),
        ])
    func refusals(_ sample: PayloadCase) {
        #expect(outcome(sample.payload, sample.form) == sample.expected)
    }

    @Test("the elements around a refused one are delivered")
    func neighbours() {
        let payload = """
            [{"ts":1732350000123,"v":1},{"ts":1,"v":2},null,{"v":3},{"ts":1732350000123,"v":4}]
            """
        #expect(
            outcome(payload) == [
                "1.0", "timeOutOfRange@34", "wrongShape@43", "timeMissing@48", "4.0",
            ])
    }

    @Test(
        "a key given twice makes the evidence ambiguous, whatever the values",
        arguments: ["ts", "v", "seq", "boot", "s"])
    func duplicates(key: String) {
        let all = ["s": "\"a\"", "ts": "1732350000123", "v": "1", "seq": "2", "boot": "3"]
        let members = all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let again = "\"\(key)\":\(all[key] ?? "")"
        let head = "[{" + members.joined(separator: ",") + ","
        #expect(outcome(head + again + "}]", .batch) == ["duplicateKey@\(head.utf8.count)"])
    }

    @Test("of several faults of an element the first is reported")
    func firstFault() {
        #expect(outcome(#"{"v":"x","ts":"y","v":1}"#) == ["valueWrong@5"])
    }

    @Test("takes as many elements as are allowed, and refuses the rest")
    func elementsMax() {
        let one = #"{"ts":1732350000123,"v":1}"#
        let full = Array(repeating: one, count: ReadingJSON.elementsMax)
        let exact = outcome("[" + full.joined(separator: ",") + "]")
        #expect(exact.count == ReadingJSON.elementsMax)
        #expect(exact.allSatisfy { $0 == "1.0" })
        let over = outcome("[" + (full + [one]).joined(separator: ",") + "]")
        #expect(over.count == ReadingJSON.elementsMax + 1)
        #expect(over.last == "tooManyElements@\(1 + full.count * (one.utf8.count + 1))")
    }

    @Test("every reason has a text of its own")
    func reasons() {
        let reasons = Set(WireFault.allCases.map(\.reason))
        #expect(reasons.count == WireFault.allCases.count)
        #expect(!reasons.contains(""))
    }
}
