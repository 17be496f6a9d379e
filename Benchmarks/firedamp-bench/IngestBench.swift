import ArgumentParser
import Logging
import MQTTSession
import ReadingRing
import SensorIngest

/// All that the session's thread does with a message once libmosquitto hands it over: topic,
/// decoding, the record, the ring.
struct IngestBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Topic and payload to a record in the ring.")

    @OptionGroup var length: RunLength

    @Option(help: "Messages between two calls of burstEnded.")
    var burst = 64

    func run() throws {
        let ring = try RingStorage.anonymous(capacity: 1 << 16, readers: ["sink"])
        let sink = ReaderSeat(ring.reader("sink"))
        let counters = IngestCounters()
        // By the protocol, as the session calls it.
        let handler: any MQTTSessionHandler = SensorIngest(
            try SampleMine.roster(), writer: ring.writer(), counters: counters,
            log: Logger(label: "bench"),
            reports: SensorIngest.Reports(
                published: {}, sessionChanged: { _ in }, delivered: { _ in }))
        let topics = (0..<SampleMine.sensorsCount).map { index in
            Array("firedamp/v1/bench/reading/\(SampleMine.name(index))".utf8)
        }
        let payloads = (0..<SampleMine.sensorsCount).map(SampleMine.payload)
        measure("ingest", length) {
            let (records, burst) = (length.records, burst)
            for index in 0..<records {
                let sensor = index % SampleMine.sensorsCount
                let (topic, payload) = (topics[sensor], payloads[sensor])
                guard handler.hasRoom() else { break }
                handler.received(topic: topic.span, payload: payload.span)
                if index % burst == burst - 1 {
                    handler.burstEnded()
                    sink.take()
                }
            }
            handler.burstEnded()
            sink.take()
            return sink.sum
        }
        guard counters.readings == UInt64(length.records) else {
            throw ValidationError("only \(counters.readings) readings reached the ring")
        }
    }
}
