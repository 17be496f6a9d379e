import GasModel
import SensorWire

/// Where the columns of a trace stand, and how its lines become rows.
struct TraceColumns {
    static let allowedHeader = "a first line that names the columns ts, sensor and value once each"

    /// The sensors that were met.
    private(set) var codes = SensorCodes()
    private let time: Int
    private let sensor: Int
    private let value: Int
    /// `nil` where the trace does not say when its readings arrived.
    private let arrival: Int?
    private let lastNeeded: Int
    private var times = TraceTimes()
    private var arrivals = TraceTimes()

    init(header: [UInt8], file: String) throws(TraceError) {
        guard !header.starts(with: [0x1F, 0x8B]) else {
            throw TraceError(
                file: file, line: 0, found: "compressed", allowed: "plain text; unpack it first")
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = header.starts(with: byteOrderMark) ? Array(header.dropFirst(3)) : header
        let names = Self.fields(bytes).map { String(decoding: $0, as: UTF8.self).lowercased() }
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
        arrival = names.contains("arrival") ? try place("arrival") : nil
        lastNeeded = max(time, sensor, value, arrival ?? 0)
    }

    /// The row that stands in `text` at `line`.
    mutating func row(
        _ text: Span<UInt8>, _ line: Range<Int>, file: String, line number: Int
    ) throws(TraceError) -> TraceRow {
        var (time, sensor, value, arrival) = (0..<0, 0..<0, 0..<0, 0..<0)
        var (field, start) = (0, line.lowerBound)
        var at = start
        while true {
            let byte = at < line.upperBound ? text[at] : UInt8(ascii: ",")
            if byte == UInt8(ascii: "\"") {
                return try quotedRow(text, line, file: file, line: number)
            }
            if byte == UInt8(ascii: ",") {
                if field == self.time { time = start..<at }
                if field == self.sensor { sensor = start..<at }
                if field == self.value { value = start..<at }
                if field == self.arrival { arrival = start..<at }
                field += 1
                start = at + 1
                if at >= line.upperBound || field > lastNeeded { break }
            }
            at += 1
        }
        guard field > lastNeeded else {
            throw TraceError(
                file: file, line: number, found: "a line with \(field) of its fields",
                allowed: "as many as the header names")
        }
        return try row(
            text, time: text.ink(time), sensor: text.ink(sensor), value: text.ink(value),
            arrival: self.arrival == nil ? nil : text.ink(arrival), file: file, line: number)
    }

    /// The row of a line that has quotes in it: its fields are copied, without them.
    private mutating func quotedRow(
        _ text: Span<UInt8>, _ line: Range<Int>, file: String, line number: Int
    ) throws(TraceError) -> TraceRow {
        let fields = Self.fields(text.bytes(line))
        guard fields.count > lastNeeded else {
            throw TraceError(
                file: file, line: number, found: "a line with \(fields.count) of its fields",
                allowed: "as many as the header names")
        }
        var joined: [UInt8] = []
        func place(_ field: Int) -> Range<Int> {
            joined += fields[field]
            return (joined.count - fields[field].count)..<joined.count
        }
        let (time, sensor, value) = (place(time), place(sensor), place(value))
        let arrival = arrival.map(place)
        return try row(
            joined.span, time: time, sensor: sensor, value: value, arrival: arrival, file: file,
            line: number)
    }

    private mutating func row(
        _ text: Span<UInt8>, time: Range<Int>, sensor: Range<Int>, value: Range<Int>,
        arrival: Range<Int>?, file: String, line number: Int
    ) throws(TraceError) -> TraceRow {
        func refusal(_ column: String, _ field: Range<Int>, _ allowed: String) -> TraceError {
            TraceError(
                file: file, line: number, column: column,
                found: String(decoding: text.bytes(field), as: UTF8.self), allowed: allowed)
        }
        guard let measured = times.time(text, time) else {
            throw refusal("ts", time, TraceTimes.allowed)
        }
        guard !sensor.isEmpty else { throw refusal("sensor", sensor, "a sensor's code") }
        var arrived: Timestamp?
        if let arrival, !arrival.isEmpty {
            arrived = arrivals.time(text, arrival)
            if arrived == nil { throw refusal("arrival", arrival, TraceTimes.allowed) }
        }
        let code = codes.number(of: text, sensor)
        let (value, quality) = Self.value(text, value)
        return TraceRow(
            line: number, time: measured, sensor: codes.names[code], value: value,
            quality: quality, arrival: arrived, number: code)
    }

    /// The fields of a line, without the quotes and the spaces around them.
    private static func fields(_ line: [UInt8]) -> [[UInt8]] {
        var fields: [[UInt8]] = []
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

    private static func trimmed(_ field: [UInt8]) -> [UInt8] {
        func isInk(_ byte: UInt8) -> Bool {
            byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t")
        }
        guard let first = field.firstIndex(where: isInk), let last = field.lastIndex(where: isInk)
        else { return [] }
        return Array(field[first...last])
    }

    private static func value(
        _ text: Span<UInt8>, _ field: Range<Int>
    ) -> (Double, Reading.Quality) {
        let plain = text.plainDecimal(field)
        guard let value = plain ?? Double(String(decoding: text.bytes(field), as: UTF8.self))
        else { return (.nan, .null) }
        if !value.isFinite { return (.nan, .nonFinite) }
        return value == -999_999 ? (.nan, .sentinel) : (value, .good)
    }
}

extension Span<UInt8> {
    /// `range` without the spaces around it.
    fileprivate func ink(_ range: Range<Int>) -> Range<Int> {
        var (from, to) = (range.lowerBound, range.upperBound)
        while from < to, isBlank(self[from]) { from += 1 }
        while to > from, isBlank(self[to - 1]) { to -= 1 }
        return from..<to
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// A copy of the bytes in `range`.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(self[index]) }
        return bytes
    }

    /// The number that stands in `range`, if it is nothing but an optional minus, at most 15
    /// digits, and a point somewhere behind the first: nearly every value of a trace.
    ///
    /// Source: W. Clinger, "How to Read Floating Point Numbers Accurately": both parts are exact,
    /// so one division rounds as it must.
    fileprivate func plainDecimal(_ range: Range<Int>) -> Double? {
        var at = range.lowerBound
        let isNegative = at < range.upperBound && self[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        guard 1...16 ~= range.upperBound - at, self[at] != UInt8(ascii: ".") else { return nil }
        var (digits, scale) = (0, 0)
        var point = false
        while at < range.upperBound {
            let digit = Int(self[at]) - 48
            if 0...9 ~= digit {
                digits = digits * 10 + digit
                if point { scale += 1 }
            } else if self[at] == UInt8(ascii: "."), !point, at + 1 < range.upperBound {
                point = true
            } else {
                return nil
            }
            at += 1
        }
        guard digits < 1_000_000_000_000_000 else { return nil }
        let whole = isNegative ? -Double(digits) : Double(digits)
        return whole / powersOfTen[scale]
    }
}

/// The powers of ten that a plain decimal can have behind its point; a `Double` holds each exactly.
private let powersOfTen: InlineArray<16, Double> = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]
