package import GasModel
internal import SensorWire

/// One run of a gateway, from its start to its end: makes messages of rows.
///
/// All readings of a run carry one boot id, and sequence numbers that rise by 1 from 1 for each
/// sensor: a hole in them is a loss.
package struct GatewayRun: Sendable {
    /// What is to be published.
    package struct Message: Sendable, Equatable {
        /// `firedamp/v1/<mine>/reading/<sensor>` or `firedamp/v1/<mine>/batch`.
        package var topic: String
        /// JSON; see `ReadingJSON`.
        package var payload: [UInt8]
    }

    /// Identifies the run: 8 hexadecimal digits, drawn by lot.
    package let boot: String
    private let readingPrefix: String
    private let batchTopic: String
    private var sequences: [String: UInt64] = [:]

    /// A gateway of `mine` that has just booted.
    package init(mine: String) {
        let lot = String(UInt32.random(in: 0 ... .max), radix: 16)
        boot = String(repeating: "0", count: 8 - lot.count) + lot
        readingPrefix = "firedamp/v1/\(mine)/reading/"
        batchTopic = "firedamp/v1/\(mine)/batch"
    }

    /// The message of one row, measured at `stamp`.
    package mutating func message(_ row: TraceRow, stamp: Timestamp) -> Message {
        Message(
            topic: readingPrefix + row.sensor,
            payload: ReadingJSON.encode([reading(row, stamp)], form: .sensor))
    }

    /// The message that holds all of `rows`, measured at `stamp`.
    package mutating func batch(_ rows: [TraceRow], stamp: Timestamp) -> Message {
        var readings: [GatewayReading] = []
        for row in rows { readings.append(reading(row, stamp)) }
        return Message(
            topic: batchTopic, payload: ReadingJSON.encode(readings, form: .batch))
    }

    private mutating func reading(_ row: TraceRow, _ stamp: Timestamp) -> GatewayReading {
        let sequence = sequences[row.sensor, default: 0] + 1
        sequences[row.sensor] = sequence
        return GatewayReading(
            sensor: row.sensor, time: stamp, value: row.value, quality: row.quality,
            sequence: sequence, boot: boot)
    }
}
