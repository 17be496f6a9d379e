internal import GasModel

/// From the bytes of a sensor's code to its index and range: a fixed open-addressing table that is
/// built once and then only read, without an allocation or a `String` per look-up.
struct SensorTable: Sendable {
    /// What a message of a sensor is taken with.
    struct Entry: Sendable {
        var index: UInt32
        /// Whether it has a limit, so that a calibration holds something back.
        var isLimited: Bool
        var screen: SensorScreen
    }

    /// A sensor's code while it is looked for: apart from its entry, so a search touches little.
    private struct Name {
        /// The code itself, up to 16 bytes; of a longer one its two ends.
        var key: Key
        var bytes: Range<Int>
    }

    /// Codes end to end; names give their part.
    private let bytes: [UInt8]
    /// At most half full; `-1` is an empty slot, otherwise the place in `names` and `entries`.
    private let slots: [Int32]
    private let names: [Name]
    /// By place, see `find`.
    let entries: [Entry]

    /// A table of the sensors that the site has, by their index in the registry.
    init(sensors: [Sensor?]) {
        var bytes: [UInt8] = []
        var names: [Name] = []
        var entries: [Entry] = []
        for (index, sensor) in sensors.enumerated() {
            guard let sensor else { continue }
            let start = bytes.count
            let code = Array(sensor.id.utf8)
            bytes += code
            names.append(Name(key: Key(code.span), bytes: start..<bytes.count))
            entries.append(
                Entry(
                    index: UInt32(index), isLimited: sensor.limits != nil,
                    screen: SensorScreen(sensor)))
        }
        var count = 16
        while count < entries.count * 2 { count *= 2 }
        var slots = [Int32](repeating: -1, count: count)
        for (place, name) in names.enumerated() {
            var slot = Int(truncatingIfNeeded: name.key.hash) & (count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = Int32(place)
        }
        self.bytes = bytes
        self.slots = slots
        self.names = names
        self.entries = entries
    }

    /// Where in `entries` the sensor stands whose code is `name`, or `nil`.
    func find(_ name: Span<UInt8>) -> Int? {
        let key = Key(name)
        var slot = Int(truncatingIfNeeded: key.hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if names[place].key == key, key.isWhole || isSame(names[place].bytes, name) {
                return place
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(never)
    private func isSame(_ known: Range<Int>, _ name: Span<UInt8>) -> Bool {
        name.indices.allSatisfy { name[$0] == bytes[known.lowerBound + $0] }
    }
}

/// A code as two words and its length. Two codes of up to 16 bytes are the same when their keys
/// are; of a longer one it has both ends.
private struct Key: Equatable {
    private var head: UInt64
    private var tail: UInt64
    private var count: Int

    @inline(__always)
    init(_ name: Span<UInt8>) {
        count = name.count
        (head, tail) = (0, 0)
        // Every bit pattern is a number, and the loads check their bounds.
        if count >= 8 {
            head = unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)
            tail = unsafe name.bytes.unsafeLoadUnaligned(
                fromByteOffset: count - 8, as: UInt64.self)
        } else if count >= 4 {
            head = UInt64(
                unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self))
            tail = UInt64(
                unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        } else {
            for index in name.indices { head = head << 8 | UInt64(name[index]) }
        }
    }

    /// Whether nothing of the code is left out.
    var isWhole: Bool { count <= 16 }

    /// Fixed table, no adversary: unknown names are refused, not stored.
    var hash: UInt64 {
        Self.mix(Self.mix(UInt64(count) &* 0x9e37_79b9_7f4a_7c15, head), tail)
    }

    /// Both halves of the product: each bit of a key then bears on the low ones, which slots go by.
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xff51_afd7_ed55_8ccd)
        return product.high ^ product.low
    }
}
