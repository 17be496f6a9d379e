import GasModel
import SensorWire

/// Where the columns of a trace stand, and how its lines become rows.
struct TraceColumns {
    static let allowedHeader = "a first line that names the columns ts, sensor and value once each"
    private static let allowedTime =
        "RFC 3339 with an offset, or seconds or milliseconds since 1970, in the years 2000 to 2100"

    private var time: Int
    private var sensor: Int
    private var value: Int

    init(header: [UInt8], file: String) throws(TraceError) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = header.starts(with: byteOrderMark) ? Array(header.dropFirst(3)) : header
        let names = Self.fields(bytes).map { $0.lowercased() }
        func place(_ name: String) throws(TraceError) -> Int {
            guard let index = names.firstIndex(of: name), names.lastIndex(of: name) == index else {
                throw TraceError(
                    file: file, line: 1, column: "the header",
                    found: names.joined(separator: ","), allowed: Self.allowedHeader)
            }
            return index
        }
        time = try place("ts")
        sensor = try place("sensor")
        value = try place("value")
    }

    func row(_ line: [UInt8], file: String, line number: Int) throws(TraceError) -> TraceRow {
        let fields = Self.fields(line)
        guard fields.count > max(time, sensor, value) else {
            throw TraceError(
                file: file, line: number, found: "\(fields.count) fields",
                allowed: "as many as the header names")
        }
        guard let time = Self.time(fields[time]) else {
            throw TraceError(
                file: file, line: number, column: "ts", found: fields[time],
                allowed: Self.allowedTime)
        }
        guard !fields[sensor].isEmpty else {
            throw TraceError(
                file: file, line: number, column: "sensor", found: "", allowed: "a sensor's code")
        }
        let (value, quality) = Self.value(fields[value])
        return TraceRow(
            line: number, time: time, sensor: fields[sensor], value: value, quality: quality)
    }

    /// The fields of a line, without the quotes and the spaces around them.
    private static func fields(_ line: [UInt8]) -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        for byte in line + [UInt8(ascii: ",")] {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ","), !isQuoted {
                fields.append(trimmed(field))
                field.removeAll(keepingCapacity: true)
            } else {
                field.append(byte)
            }
        }
        if isQuoted { fields.append(trimmed(field)) }
        return fields
    }

    private static func trimmed(_ field: [UInt8]) -> String {
        func isInk(_ byte: UInt8) -> Bool {
            byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t")
        }
        guard let first = field.firstIndex(where: isInk), let last = field.lastIndex(where: isInk)
        else { return "" }
        return String(decoding: field[first...last], as: UTF8.self)
    }

    private static func time(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard let time = RFC3339.parse(bytes.span) ?? epoch(bytes) else { return nil }
        let years = CivilTime(time).year
        return 2000...2100 ~= years ? time : nil
    }

    /// Seconds or milliseconds since 1970, with a fraction or without, exact to the nanosecond.
    private static func epoch(_ text: [UInt8]) -> Timestamp? {
        let parts = text.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = digits(parts[0]), whole < 100_000_000_000_000 else { return nil }
        let unitDigits = whole < 100_000_000_000 ? 9 : 6
        var rest = 0
        if parts.count > 1 {
            let zeros = repeatElement(UInt8(ascii: "0"), count: unitDigits)
            guard digits(parts[1].prefix(18)) != nil,
                let fraction = digits((parts[1] + zeros).prefix(unitDigits))
            else { return nil }
            rest = fraction
        }
        let unit: Int64 = unitDigits == 9 ? 1_000_000_000 : 1_000_000
        let (nanoseconds, isTooLarge) = Int64(whole).multipliedReportingOverflow(by: unit)
        return isTooLarge ? nil : Timestamp(nanoseconds: nanoseconds &+ Int64(rest))
    }

    /// The number that up to 18 digits make.
    private static func digits(_ text: some Collection<UInt8>) -> Int? {
        guard !text.isEmpty, text.count <= 18 else { return nil }
        var value = 0
        for byte in text {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func value(_ text: String) -> (Double, Reading.Quality) {
        guard let value = Double(text) else { return (.nan, .null) }
        if !value.isFinite { return (.nan, .nonFinite) }
        return value == -999_999 ? (.nan, .sentinel) : (value, .good)
    }
}
