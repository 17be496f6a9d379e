internal import Foundation
internal import GasModel

/// From the bytes of a sensor's code to its index and range: a fixed open-addressing table that is
/// built once and then only read, without an allocation or a `String` per look-up.
struct SensorTable: Sendable {
    /// What a message of a sensor is taken with.
    struct Entry: Sendable {
        var index: UInt32
        var screen: SensorScreen
    }

    /// A sensor's code while it is looked for: apart from its entry, so a search touches little.
    private struct Name {
        var hash: UInt64
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
            names.append(Name(hash: Self.hash(code.span), bytes: start..<bytes.count))
            entries.append(Entry(index: UInt32(index), screen: SensorScreen(sensor)))
        }
        var count = 16
        while count < entries.count * 2 { count *= 2 }
        var slots = [Int32](repeating: -1, count: count)
        for (place, name) in names.enumerated() {
            var slot = Int(truncatingIfNeeded: name.hash) & (count - 1)
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
        let hash = Self.hash(name)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if names[place].hash == hash, matches(names[place].bytes, name) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func matches(_ known: Range<Int>, _ name: Span<UInt8>) -> Bool {
        guard known.count == name.count, !known.isEmpty else { return known.count == name.count }
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe name.withUnsafeBufferPointer { name in
                guard let all = bytes.baseAddress, let wanted = name.baseAddress else {
                    return false
                }
                return unsafe memcmp(all + known.lowerBound, wanted, name.count) == 0
            }
        }
    }

    /// Eight bytes at a step, the last ones overlapping: short keys, fixed table, no adversary
    /// (unknown names are refused, not stored).
    private static func hash(_ name: Span<UInt8>) -> UInt64 {
        let count = name.count
        var hash = UInt64(count) &* 0x9e37_79b9_7f4a_7c15
        if count >= 8 {
            var offset = 0
            while count - offset > 8 {
                hash = mix(hash, load8(name, offset))
                offset += 8
            }
            return mix(hash, load8(name, count - 8))
        }
        if count >= 4 {
            let first = UInt64(load4(name, 0))
            return mix(hash, first | UInt64(load4(name, count - 4)) << 32)
        }
        for offset in 0..<count { hash = mix(hash, UInt64(name[offset])) }
        return hash
    }

    /// Both halves of the product: each bit of a key then bears on the low ones, which slots go by.
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xff51_afd7_ed55_8ccd)
        return product.high ^ product.low
    }

    // Every bit pattern is a number, and the loads check their bounds.
    private static func load8(_ name: Span<UInt8>, _ offset: Int) -> UInt64 {
        unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    private static func load4(_ name: Span<UInt8>, _ offset: Int) -> UInt32 {
        unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
}
