import GasModel

/// The JSON payloads of the topics `firedamp/v1/<mine>/reading/<sensor>` and `.../batch`.
///
/// **Shape:** `{"ts": 1732350000123, "v": 0.42, "seq": 17, "boot": "7f3a"}`, or an array of such
/// objects; in a batch always an array, and every object names its sensor as `"s"`.
/// - `ts`: epoch milliseconds, or RFC 3339 with an offset as a string. Required.
/// - `v`: a number, or `null`. The tokens `NaN`, `Infinity`, `inf`, which are not JSON but which
///   common encoders write, are accepted here only, in any case and with a sign. Required.
/// - `seq`, `boot`: optional, `null` counts as absent.
/// - Any other key is skipped with its value. A key that is written with escapes is another key;
///   so is `s` outside a batch.
package enum ReadingJSON {
    /// Which topic the payload came by, and so who names the sensor.
    package enum Form: Sendable {
        /// The topic names the sensor: an object, or an array of objects.
        case sensor
        /// Each element names its sensor: an array of objects.
        case batch
    }

    /// The largest number of elements taken from one payload; what follows is refused.
    package static var elementsMax: Int { 4096 }
    /// How deep a skipped value may nest.
    package static var depthMax: Int { 16 }
    /// The longest number that is taken as a value, in characters.
    package static var numberBytesMax: Int { 128 }

    /// Hands every item of `payload` to `each`, in order.
    ///
    /// An element that is JSON but no reading is refused alone. Where the payload stops being JSON
    /// the rest of it is refused; what came before stands. At least one item is always delivered.
    /// **Cost:** one pass, no allocation, no recursion. **Errors:** as items; it never traps.
    package static func decode(
        _ payload: Span<UInt8>, form: Form, _ each: (WireItem) -> Void
    ) {
        var at = 0
        do throws(WireFault) {
            try decodeItems(payload, &at, form, each)
        } catch {
            each(.refused(error, at: at))
        }
    }

    private static func decodeItems(
        _ payload: Span<UInt8>, _ at: inout Int, _ form: Form, _ each: (WireItem) -> Void
    ) throws(WireFault) {
        payload.skipSpace(&at)
        guard at < payload.count else { throw .empty }
        switch payload.byte(at) {
        case .bracket:
            try decodeArray(payload, &at, form, each)
        case .brace where form == .batch:
            each(.refused(.wrongShape, at: at))
            try payload.skipValue(&at)
        default:
            each(try ReadingElement.decode(payload, &at, form))
        }
        payload.skipSpace(&at)
        guard at == payload.count else { throw .trailingBytes }
    }

    private static func decodeArray(
        _ payload: Span<UInt8>, _ at: inout Int, _ form: Form, _ each: (WireItem) -> Void
    ) throws(WireFault) {
        at &+= 1
        payload.skipSpace(&at)
        guard payload.byte(at) != .closingBracket else { throw .empty }
        for _ in 0..<elementsMax {
            payload.skipSpace(&at)
            each(try ReadingElement.decode(payload, &at, form))
            payload.skipSpace(&at)
            let next = payload.byte(at)
            guard next == .comma || next == .closingBracket else { throw .syntax }
            at &+= 1
            if next == .closingBracket { return }
        }
        throw .tooManyElements
    }
}
