import ArgumentParser
import SensorWire

/// Payload bytes to readings, as they come by the topic of one sensor.
struct DecodeBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "JSON payloads of one reading each.")

    @OptionGroup var length: RunLength

    func run() throws {
        let payloads = (0..<SampleMine.sensorsCount).map(SampleMine.payload)
        measure("decode", length) {
            var sum = 0.0
            let records = length.records
            for index in 0..<records {
                let payload = payloads[index % payloads.count]
                ReadingJSON.decode(payload.span, form: .sensor) { item in
                    if case .reading(let reading) = item { sum += reading.value }
                }
            }
            return sum
        }
    }
}
