import GasModel
import SensorWire
import Support
import Testing

@Suite("Encoding of readings, and damage on the way")
struct RoundTripTests {
    private func randomReading(_ random: inout SeededGenerator) -> GatewayReading {
        let qualities: [Reading.Quality] = [.good, .good, .good, .null, .nonFinite, .sentinel]
        let fine = Int64.random(
            in: 946_684_800_000_000_000..<4_133_980_800_000_000_000, using: &random)
        let coarse = fine / 1_000_000 * 1_000_000
        let anyDouble = Double(bitPattern: random.next())
        let usual = Double(Int.random(in: 0...400, using: &random)) / 100
        return GatewayReading(
            sensor: ["H101-T1", "W201.T0_b", "a b", "é"].randomElement(using: &random) ?? "",
            time: Timestamp(nanoseconds: Bool.random(using: &random) ? fine : coarse),
            value: anyDouble.isFinite && Bool.random(using: &random) ? anyDouble : usual,
            quality: qualities.randomElement(using: &random) ?? .good,
            sequence: Bool.random(using: &random) ? random.next() : nil,
            boot: Bool.random(using: &random) ? String(random.next(), radix: 36) : nil)
    }

    private func matches(_ item: WireItem, _ sent: GatewayReading, _ payload: [UInt8]) -> Bool {
        guard let got = item.reading else { return false }
        let name = got.sensorName.map { String(decoding: payload[$0], as: UTF8.self) }
        return (name == nil || name == sent.sensor) && got.sourceTime == sent.time
            && got.quality == sent.quality && got.sequence == sent.sequence
            && (got.boot == 0) == (sent.boot == nil)
            && (sent.quality == .good
                ? got.value.bitPattern == sent.value.bitPattern : got.value.isNaN)
    }

    @Test("what is encoded is decoded unchanged, to the bit", arguments: [1, 2, 3] as [UInt64])
    func identity(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<1000 {
            let readings = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                randomReading(&random)
            }
            for form in [ReadingJSON.Form.sensor, .batch] {
                let payload = ReadingJSON.encode(readings, form: form)
                let decoded = items(payload, form)
                let isSame =
                    decoded.count == readings.count
                    && zip(decoded, readings).allSatisfy { matches($0, $1, payload) }
                    && decoded.allSatisfy { ($0.reading?.sensorName != nil) == (form == .batch) }
                guard isSame else {
                    let text = String(decoding: payload, as: UTF8.self)
                    Issue.record("round \(round), seed \(seed): \(text) gave \(decoded)")
                    return
                }
            }
        }
    }

    @Test("the encoded form is the documented one")
    func documentedForm() {
        let time = Timestamp(milliseconds: 1_732_350_000_123)
        let one = GatewayReading(sensor: "T1", time: time, value: 0.42, sequence: 17, boot: "7f")
        let two = GatewayReading(
            sensor: "T\"2", time: time.advanced(byNanoseconds: 500_000), value: .nan)
        func text(_ readings: [GatewayReading], _ form: ReadingJSON.Form) -> String {
            String(decoding: ReadingJSON.encode(readings, form: form), as: UTF8.self)
        }
        #expect(text([one], .sensor) == #"{"ts":1732350000123,"v":0.42,"seq":17,"boot":"7f"}"#)
        #expect(
            text([two], .batch) == #"[{"s":"T\"2","ts":1732350000123.500000,"v":NaN}]"#)
        #expect(text([two, two], .sensor).hasPrefix("[{\"ts\""))
        #expect(text([], .batch) == "[]")
    }

    private let good = [
        #"{"ts":1732350000123,"v":0.42,"seq":17}"#,
        #"[{"s":"T1","ts":"2026-11-23T19:02:11.5+01:00","v":-0.44999999999999996},"#
            + #"{"s":"T2","x":{"y":[1,"\u00e9"]},"ts":1732350000123,"v":null,"boot":"b"}]"#,
    ]

    @Test("no proper prefix of a payload yields more than its whole elements, and each is refused")
    func prefixes() {
        for text in good {
            let payload = Array(text.utf8)
            let form: ReadingJSON.Form = text.hasPrefix("[") ? .batch : .sensor
            let whole = outcome(payload, form)
            for length in 0..<payload.count {
                var found = outcome(Array(payload.prefix(length)), form)
                let last = found.removeLast()
                #expect(last.hasPrefix("syntax@") || last.hasPrefix("empty@"))
                #expect(whole.starts(with: found))
            }
        }
    }

    @Test("no change of a single byte traps, hides an element without a word or breaks a promise")
    func mutations() {
        for text in good {
            let payload = Array(text.utf8)
            let form: ReadingJSON.Form = text.hasPrefix("[") ? .batch : .sensor
            for index in payload.indices {
                for byte in UInt8.min...UInt8.max {
                    var damaged = payload
                    damaged[index] = byte
                    let found = items(damaged, form)
                    guard found.allSatisfy({ keepsPromises($0, damaged) }), !found.isEmpty else {
                        Issue.record("byte \(index) = \(byte) gave \(found)")
                        return
                    }
                }
            }
        }
    }

    private func keepsPromises(_ item: WireItem, _ payload: [UInt8]) -> Bool {
        switch item {
        case .refused(_, let at):
            return 0...payload.count ~= at
        case .reading(let reading):
            let years = 946_684_800_000_000_000..<4_133_980_800_000_000_000 as Range<Int64>
            let name = reading.sensorName ?? 0..<0
            return years ~= reading.sourceTime.nanoseconds
                && (reading.quality == .good) == reading.value.isFinite
                && reading.value != -999_999 && name.upperBound <= payload.count
        }
    }
}
