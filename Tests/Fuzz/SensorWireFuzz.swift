// Compiled together with the sources of GasModel and SensorWire by `Deploy/checks/fuzz-wire`.

/// Decodes arbitrary bytes in both forms, and stops at the first broken promise of the decoder.
///
/// **Thread:** the fuzzer's only one. **Memory:** `data` lives for the call.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzSensorWire(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let payload = unsafe UnsafeBufferPointer(start: data, count: size).span
    for form in [ReadingJSON.Form.sensor, .batch] {
        var readings = 0
        var refused = 0
        ReadingJSON.decode(payload, form: form) { item in
            switch item {
            case .reading(let reading):
                readings += 1
                check(reading, form, payload)
            case .refused(let fault, let at):
                refused += 1
                precondition(0...size ~= at, "\(fault) lies outside the payload")
            }
        }
        precondition(readings + refused > 0, "a payload vanished without a word")
        precondition(readings <= ReadingJSON.elementsMax, "too many elements were taken")
    }
    return 0
}

private func check(_ reading: WireReading, _ form: ReadingJSON.Form, _ payload: Span<UInt8>) {
    let year2000: Int64 = 946_684_800_000_000_000
    let year2101: Int64 = 4_133_980_800_000_000_000
    precondition(
        year2000..<year2101 ~= reading.sourceTime.nanoseconds, "a time outside 2000 to 2100")
    precondition(
        reading.value.isFinite == (reading.quality == .good), "a fault with a number, or none")
    precondition(reading.value != -999_999, "the sentinel came as a number")
    precondition(
        (reading.sensorName != nil) == (form == .batch), "a name where the topic has it, or none")
    if let name = reading.sensorName {
        precondition(!name.isEmpty && 0..<payload.count ~= name.upperBound, "a name outside")
    }
    checkRoundTrip(reading)
}

/// What was decoded, encoded again, must be decoded as the same.
private func checkRoundTrip(_ reading: WireReading) {
    let again = ReadingJSON.encode(
        [
            GatewayReading(
                sensor: "", time: reading.sourceTime, value: reading.value,
                quality: reading.quality, sequence: reading.sequence)
        ], form: .sensor)
    ReadingJSON.decode(again.span, form: .sensor) { item in
        guard case .reading(let copy) = item else { preconditionFailure("own text refused") }
        precondition(
            copy.sourceTime == reading.sourceTime && copy.quality == reading.quality
                && copy.sequence == reading.sequence
                && (copy.value.bitPattern == reading.value.bitPattern
                    || copy.value.isNaN && reading.value.isNaN),
            "a reading changed on its way through text")
    }
}
