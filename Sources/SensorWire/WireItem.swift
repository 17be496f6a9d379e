package import GasModel

/// One reading as a gateway wrote it, before it is known which sensor of the site it belongs to.
package struct WireReading: Sendable, Equatable {
    /// Where the payload holds the sensor's name: the bytes between the quotes of `"s"`, without
    /// escapes, not checked for UTF-8. `nil` in the sensor form, where the topic names the sensor.
    package var sensorName: Range<Int>?
    /// When the gateway says it was measured; within the years 2000 to 2100.
    package var sourceTime: Timestamp
    /// The number as sent, in the sensor's unit; finite when `quality` is `.good`, else `.nan`.
    package var value: Double
    /// `.good`, `.null`, `.nonFinite` or `.sentinel`. Whether a good number lies in the sensor's
    /// range is for the caller to say, who knows the sensor.
    package var quality: Reading.Quality
    /// The gateway's sequence number; `nil` when it sent none.
    package var sequence: UInt64?
    /// FNV-1a hash of the gateway's boot id; 0 when it sent none.
    package var boot: UInt64

    /// A reading with every field named.
    package init(
        sensorName: Range<Int>? = nil, sourceTime: Timestamp, value: Double,
        quality: Reading.Quality = .good, sequence: UInt64? = nil, boot: UInt64 = 0
    ) {
        self.sensorName = sensorName
        self.sourceTime = sourceTime
        self.value = value
        self.quality = quality
        self.sequence = sequence
        self.boot = boot
    }
}

/// What a payload yields, in the order in which it stands there.
package enum WireItem: Sendable {
    /// One element held a reading, or a fault that stands in for one (see `quality`).
    case reading(WireReading)
    /// One element, or all that follows, was refused; `at` is the offset of the offending byte.
    case refused(WireFault, at: Int)
}

/// Why a payload, or one element of it, was refused. The raw value indexes counters by reason.
package enum WireFault: UInt8, Error, Sendable, CaseIterable {
    /// No byte but white space, or an array without elements.
    case empty
    /// Not JSON from here on.
    case syntax
    /// A value nests deeper than `ReadingJSON.depthMax`.
    case tooDeep
    /// JSON, but not an object where a reading belongs, or not an array where a batch belongs.
    case wrongShape
    /// More than `ReadingJSON.elementsMax` elements.
    case tooManyElements
    /// Something follows the end of the payload's value.
    case trailingBytes
    /// The same key twice: it can't be known which one is meant.
    case duplicateKey
    /// No `ts`.
    case timeMissing
    /// `ts` is neither a number nor an RFC 3339 text with an offset.
    case timeUnreadable
    /// `ts` lies outside the years 2000 to 2100: often seconds where milliseconds belong.
    case timeOutOfRange
    /// No `v`.
    case valueMissing
    /// `v` is neither a number nor `null`.
    case valueWrong
    /// `v` has more than `ReadingJSON.numberBytesMax` characters.
    case valueTooLong
    /// `seq` is no whole number from 0 to 2^64 - 1.
    case sequenceWrong
    /// `boot` is neither a text nor a number.
    case bootWrong
    /// No `s` in an element of a batch.
    case sensorMissing
    /// `s` is no text, is empty, or is written with escapes.
    case sensorWrong

    /// A short text for logs and counters, in lower case and without a full stop.
    package var reason: String {
        switch self {
        case .empty: "empty payload"
        case .syntax: "not JSON"
        case .tooDeep: "nested too deep"
        case .wrongShape: "not a reading object, or not an array of them"
        case .tooManyElements: "too many elements"
        case .trailingBytes: "bytes after the end"
        case .duplicateKey: "key given twice"
        case .timeMissing: "ts missing"
        case .timeUnreadable: "ts is neither epoch milliseconds nor RFC 3339 with an offset"
        case .timeOutOfRange: "ts outside the years 2000 to 2100"
        case .valueMissing: "v missing"
        case .valueWrong: "v is neither a number nor null"
        case .valueTooLong: "v has too many digits"
        case .sequenceWrong: "seq is no unsigned whole number"
        case .bootWrong: "boot is neither a text nor a number"
        case .sensorMissing: "s missing"
        case .sensorWrong: "s is no plain text"
        }
    }
}
