package import GasModel

/// One reading as a gateway is to send it.
package struct GatewayReading: Sendable, Equatable {
    /// Code of the sensor; written into the payload only in the batch form.
    package var sensor: String
    /// When it was measured; within the years 2000 to 2100, or decoding will refuse it.
    package var time: Timestamp
    /// The number to send, in the sensor's unit.
    package var value: Double
    /// What to send instead of the number: `null`, `NaN` or the sentinel; every other quality
    /// sends the number.
    package var quality: Reading.Quality
    /// The sequence number, if one is to be sent.
    package var sequence: UInt64?
    /// The boot id, if one is to be sent.
    package var boot: String?

    /// A reading with everything that can be sent of it.
    package init(
        sensor: String, time: Timestamp, value: Double, quality: Reading.Quality = .good,
        sequence: UInt64? = nil, boot: String? = nil
    ) {
        self.sensor = sensor
        self.time = time
        self.value = value
        self.quality = quality
        self.sequence = sequence
        self.boot = boot
    }
}

extension ReadingJSON {
    /// The payload that holds `readings`, in that order, for `decode` to give back unchanged.
    ///
    /// **Shape:** in the sensor form a single reading is an object, several are an array; in the
    /// batch form always an array. Values are the shortest decimals that name the same `Double`,
    /// times are epoch milliseconds, with a fraction only where the time has one.
    package static func encode(_ readings: [GatewayReading], form: Form) -> [UInt8] {
        let isArray = form == .batch || readings.count != 1
        var text = isArray ? "[" : ""
        for (index, reading) in readings.enumerated() {
            if index > 0 { text += "," }
            text += object(reading, form)
        }
        if isArray { text += "]" }
        return Array(text.utf8)
    }

    private static func object(_ reading: GatewayReading, _ form: Form) -> String {
        var text = "{"
        if form == .batch { text += "\"s\":\(quoted(reading.sensor))," }
        text += "\"ts\":\(milliseconds(reading.time)),\"v\":\(value(reading))"
        if let sequence = reading.sequence { text += ",\"seq\":\(sequence)" }
        if let boot = reading.boot { text += ",\"boot\":\(quoted(boot))" }
        return text + "}"
    }

    private static func value(_ reading: GatewayReading) -> String {
        switch reading.quality {
        case .null: "null"
        case .sentinel: "-999999"
        case .nonFinite: "NaN"
        default: reading.value.isFinite ? "\(reading.value)" : "NaN"
        }
    }

    private static func milliseconds(_ time: Timestamp) -> String {
        let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest != 0 else { return "\(whole)" }
        let sign = time.nanoseconds < 0 ? "-" : ""
        let fraction = "\(1_000_000 + rest.magnitude)".dropFirst()
        return "\(sign)\(whole.magnitude).\(fraction)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case " "...: result.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result + "\""
    }
}
