/// Which sensors of a trace are replayed, and under which codes.
package struct SensorSelection: Sendable {
    /// The longest code that is sent, in bytes of UTF-8.
    package static let codeBytesMax = 64

    private let only: Set<String>
    private let renames: [String: String]

    /// All sensors, or those that `only` names; `renames` gives another code to the sensors that it
    /// names. Both speak of codes as the trace has them.
    package init(only: Set<String> = [], renames: [String: String] = [:]) {
        self.only = only
        self.renames = renames
    }

    /// The code under which `sensor` is to be sent; `nil` if it is left out.
    package func code(of sensor: String) -> String? {
        guard only.isEmpty || only.contains(sensor) else { return nil }
        return renames[sensor] ?? sensor
    }

    /// What this names and a trace with the sensors `found` does not hold, in alphabetical order.
    package func missing(from found: Set<String>) -> [String] {
        only.union(renames.keys).subtracting(found).sorted()
    }

    /// Whether MQTT can carry `code` as one level of a topic.
    package static func canBeSent(_ code: String) -> Bool {
        1...codeBytesMax ~= code.utf8.count
            && code.unicodeScalars.allSatisfy {
                !"/+#\u{7F}".unicodeScalars.contains($0) && $0 >= " "
            }
    }
}
