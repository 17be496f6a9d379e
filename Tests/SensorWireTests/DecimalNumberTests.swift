import SensorWire
import Support
import Testing

@Suite("Numbers")
struct DecimalNumberTests {
    private func value(_ text: String) -> Double? {
        items(Array("{\"ts\":1732350000123,\"v\":\(text)}".utf8)).first?.reading?.value
    }

    @Test(
        "are the nearest Double, on both sides of the fast path's limits",
        arguments: [
            "0", "-0", "0.0", "-0.0", "1", "0.1", "0.42", "-0.07", "4.00", "100", "1e0", "1E+2",
            "1e-2", "0.44999999999999996", "9007199254740992", "9007199254740993",
            "9007199254740993.0", "1e22", "1e23", "1e-22", "1e-23", "9007199254740992e22",
            "9007199254740992e-22", "123456789012345678", "1234567890123456789",
            "12345678901234567890", "12345678901234567890.12345678901234567890",
            "0.000000000000000000000000000000000001", "5e-324", "2.4703282292062327e-324",
            "2.4703282292062328e-324", "1e-400", "1.7976931348623157e308",
            "2.2250738585072011e-308",
            "1000000000000000000000000000000000000000000000000000",
            "0.3000000000000000166533453693773481063544750213623046875",
        ])
    func nearest(text: String) throws {
        let expected = try #require(Double(text))
        #expect(value(text)?.bitPattern == expected.bitPattern)
    }

    @Test("are exact for random decimals of every length")
    func random() throws {
        let seed: UInt64 = 20_261_123
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let digits = (0..<Int.random(in: 1...25, using: &random))
                .map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
            let power = Int.random(in: -30...30, using: &random)
            let text = "\(Int.random(in: 1...9, using: &random)).\(digits)e\(power)"
            guard value(text)?.bitPattern == Double(text)?.bitPattern else {
                Issue.record("\(text) came as \(value(text).debugDescription), seed \(seed)")
                return
            }
        }
    }

    @Test("are whole and exact in every length, however near the end of the payload they stand")
    func whole() throws {
        var random = SeededGenerator(seed: 20_261_126)
        for length in 1...20 {
            for _ in 0..<200 {
                let number = UInt64.random(in: 0...UInt64.max, using: &random)
                let text = String(String(number).prefix(length))
                for after in ["}", " }", ",\"x\":[1,2,3]}"] {
                    let payload = "{\"ts\":1732350000123,\"v\":1,\"seq\":\(text)\(after)"
                    let found = items(Array(payload.utf8)).first?.reading?.sequence
                    #expect(found == UInt64(text), "\(payload)")
                }
            }
        }
    }

    @Test("mean the same on the short way, which only compact payloads go, and on the long one")
    func bothWays() {
        var random = SeededGenerator(seed: 20_261_127)
        func digits(_ lengths: ClosedRange<Int>) -> String {
            (0..<Int.random(in: lengths, using: &random))
                .map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
        }
        for _ in 0..<20_000 {
            let numbers = (0..<3).map { _ in
                digits(1...18) + (Bool.random(using: &random) ? "." + digits(0...10) : "")
            }
            let (time, value, sequence) = (numbers[0], numbers[1], numbers[2])
            let compact = "{\"ts\":\(time),\"v\":\(value),\"seq\":\(sequence)}"
            let spaced = "{\"ts\":\(time) ,\"v\":\(value) ,\"seq\":\(sequence) }"
            let (short, long) = (items(Array(compact.utf8)), items(Array(spaced.utf8)))
            #expect(short.first?.reading == long.first?.reading, "\(compact)")
            #expect((short.first?.reading == nil) == (long.first?.reading == nil))
        }
    }

    @Test("end at any byte that is no digit, wherever in eight bytes it stands")
    func ends() {
        let accepted: Set<UInt8> = [0x20, 0x0A, 0x0D, 0x09]
        for length in 1...17 {
            for byte in UInt8.min...UInt8.max where byte.digitValue >= 10 {
                let digits = String("12345678901234567".prefix(length))
                let payload =
                    Array("{\"v\":1,\"ts\":1732350000123,\"seq\":\(digits)".utf8) + [byte]
                    + Array("}".utf8)
                let found = items(payload).first?.reading?.sequence
                let isRight = accepted.contains(byte) ? found == UInt64(digits) : found == nil
                #expect(isRight || byte == UInt8(ascii: "}"), "\(length) digits, then \(byte)")
            }
        }
    }

    @Test("are refused beyond the length that is allowed, and taken up to it")
    func length() {
        let digits = ReadingJSON.numberBytesMax - 2
        let longest = "0." + String(repeating: "1", count: digits)
        #expect(value(longest) == 1.0 / 9)
        #expect(outcome("{\"ts\":1732350000123,\"v\":\(longest)1}") == ["valueTooLong@24"])
        let huge = String(repeating: "9", count: 100_000)
        #expect(outcome("{\"ts\":1732350000123,\"v\":\(huge)}") == ["valueTooLong@24"])
    }
}

extension UInt8 {
    fileprivate var digitValue: UInt8 { self &- UInt8(ascii: "0") }
}
