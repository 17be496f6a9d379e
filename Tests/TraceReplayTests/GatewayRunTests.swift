import GasModel
import SensorWire
import Testing
import TraceReplay

@Suite("Gateway run")
struct GatewayRunTests {
    private let stamp = Timestamp(milliseconds: 1_772_438_400_000)

    private func row(_ sensor: String, _ value: Double, _ quality: Reading.Quality = .good)
        -> TraceRow
    {
        TraceRow(line: 2, time: stamp, sensor: sensor, value: value, quality: quality)
    }

    @Test("a row becomes a reading that the daemon can decode, at the sensor's topic")
    func single() {
        var run = GatewayRun(mine: "demo")
        let message = run.message(row("H101-T1", 0.42), stamp: stamp)
        #expect(message.topic == "firedamp/v1/demo/reading/H101-T1")
        let json = #"{"ts":1772438400000,"v":0.42,"seq":1,"boot":"\#(run.boot)"}"#
        #expect(String(decoding: message.payload, as: UTF8.self) == json)
    }

    @Test("rows of one time become one batch that names each sensor")
    func batch() {
        var run = GatewayRun(mine: "demo")
        let message = run.batch([row("A", 1), row("B", .nan, .null)], stamp: stamp)
        #expect(message.topic == "firedamp/v1/demo/batch")
        let boot = run.boot
        let json =
            #"[{"s":"A","ts":1772438400000,"v":1.0,"seq":1,"boot":"\#(boot)"},"#
            + #"{"s":"B","ts":1772438400000,"v":null,"seq":1,"boot":"\#(boot)"}]"#
        #expect(String(decoding: message.payload, as: UTF8.self) == json)
    }

    @Test("each sensor has one count of readings, through single messages and batches")
    func sequence() {
        var run = GatewayRun(mine: "demo")
        var sequences: [UInt64?] = []
        let payloads: [(ReadingJSON.Form, [UInt8])] = [
            (.sensor, run.message(row("A", 1), stamp: stamp).payload),
            (.batch, run.batch([row("A", 1), row("B", 2)], stamp: stamp).payload),
            (.sensor, run.message(row("B", 3), stamp: stamp).payload),
        ]
        for (form, payload) in payloads {
            ReadingJSON.decode(payload.span, form: form) { item in
                if case .reading(let reading) = item { sequences.append(reading.sequence) }
            }
        }
        #expect(sequences == [1, 2, 1, 2])
    }

    @Test("a boot id is 8 hexadecimal digits")
    func boot() {
        for _ in 0..<100 {
            let boot = GatewayRun(mine: "demo").boot
            #expect(boot.utf8.count == 8 && UInt32(boot, radix: 16) != nil, "\(boot)")
        }
    }
}
