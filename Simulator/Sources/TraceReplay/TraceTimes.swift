package import GasModel
internal import SensorWire

/// Reads the times of one column; the same time in a row is read once.
package struct TraceTimes {
    /// What a time may be, for error texts.
    package static let allowed =
        "RFC 3339 with an offset, or seconds or milliseconds since 1970, in the years 2000 to 2100"

    private var newest: [UInt8] = []
    private var time: Timestamp?

    /// The instant that `text` is, as in a trace; `nil` when it is none.
    package static func instant(_ text: String) -> Timestamp? {
        var times = TraceTimes()
        let bytes = Array(text.utf8)
        return times.time(bytes.span, 0..<bytes.count)
    }

    init() {}

    /// The instant that stands in `text` at `range`; `nil` when there is none, or none of the
    /// years 2000 to 2100.
    mutating func time(_ text: Span<UInt8>, _ range: Range<Int>) -> Timestamp? {
        if isNewest(text, range) { return time }
        newest.removeAll(keepingCapacity: true)
        for index in range { newest.append(text[index]) }
        let read = RFC3339.parse(text.extracting(range)) ?? Self.epoch(newest)
        time = read.flatMap { Self.possible ~= $0.nanoseconds ? $0 : nil }
        return time
    }

    /// From the first nanosecond of the year 2000 to the last of the year 2100.
    private static var possible: Range<Int64> {
        946_684_800_000_000_000..<4_133_980_800_000_000_000
    }

    private func isNewest(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard newest.count == range.count, !range.isEmpty else { return false }
        // The last digits differ first.
        for offset in (0..<range.count).reversed()
        where newest[offset] != text[range.lowerBound + offset] { return false }
        return true
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

}
