import GasModel
import SensorWire
import Testing

/// All items of a payload.
func items(_ payload: [UInt8], _ form: ReadingJSON.Form = .sensor) -> [WireItem] {
    var items: [WireItem] = []
    ReadingJSON.decode(payload.span, form: form) { items.append($0) }
    return items
}

/// All items of a payload, as text: what a table of cases can hold and a failure can show.
func outcome(_ payload: [UInt8], _ form: ReadingJSON.Form = .sensor) -> [String] {
    items(payload, form).map { describe($0, payload) }
}

func outcome(_ payload: String, _ form: ReadingJSON.Form = .sensor) -> [String] {
    outcome(Array(payload.utf8), form)
}

private func describe(_ item: WireItem, _ payload: [UInt8]) -> String {
    switch item {
    case .refused(let fault, let at):
        return "\(fault)@\(at)"
    case .reading(let reading):
        let name = reading.sensorName.map { String(decoding: payload[$0], as: UTF8.self) + " " }
        let sequence = reading.sequence.map { " seq \($0)" }
        let boot = reading.boot == 0 ? nil : " boot \(String(reading.boot, radix: 16))"
        let value =
            switch reading.quality {
            case .good: "\(reading.value)"
            case .null: "null"
            case .nonFinite: "nonFinite"
            case .sentinel: "sentinel"
            default: "quality \(reading.quality.rawValue)"
            }
        return [name, value, sequence, boot].compactMap(\.self).joined()
    }
}

/// One payload and the items that it must yield.
struct PayloadCase: Sendable, CustomTestStringConvertible {
    var payload: String
    var form = ReadingJSON.Form.sensor
    var expected: [String]
    var testDescription: String { payload.isEmpty ? "(nothing)" : payload }

    init(_ payload: String, _ form: ReadingJSON.Form = .sensor, _ expected: String...) {
        self.payload = payload
        self.form = form
        self.expected = expected
    }
}

extension WireItem {
    var reading: WireReading? {
        if case .reading(let reading) = self { reading } else { nil }
    }
}
