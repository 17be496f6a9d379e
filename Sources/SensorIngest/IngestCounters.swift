internal import SensorWire
internal import Synchronization

/// Why something that came over the wire did not become a reading.
package enum Refusal: Hashable, Sendable, CaseIterable {
    /// The payload, or one element of it, could not be decoded.
    case payload(WireFaultCode)
    /// The topic is none that readings come on.
    case unknownTopic
    /// The site has no such sensor.
    case unknownSensor

    /// Raw value of a `WireFault`: kept as a number, so that counters need no import of the wire.
    package struct WireFaultCode: Hashable, Sendable {
        /// The raw value.
        package var rawValue: UInt8
    }

    /// All refusals that can occur, in the order of their counters.
    package static var allCases: [Refusal] {
        WireFault.allCases.map { .payload(WireFaultCode(rawValue: $0.rawValue)) }
            + [.unknownTopic, .unknownSensor]
    }

    /// A short text for logs and counters.
    package var reason: String {
        switch self {
        case .payload(let code): WireFault(rawValue: code.rawValue)?.reason ?? "refused"
        case .unknownTopic: "topic that no reading comes on"
        case .unknownSensor: "sensor that the site does not have"
        }
    }

    /// Place of its counter.
    var slot: Int {
        switch self {
        case .payload(let code): Int(code.rawValue)
        case .unknownTopic: WireFault.allCases.count
        case .unknownSensor: WireFault.allCases.count + 1
        }
    }
}

/// What came in and what was refused, since the start.
///
/// **Thread:** written by the session's thread, read by any. **Ordering:** each number is true for
/// itself; two numbers read one after the other need not fit each other.
package final class IngestCounters: Sendable {
    // Relaxed throughout: nobody infers anything else from a counter.
    private let messagesCount = Atomic<UInt64>(0)
    private let readingsCount = Atomic<UInt64>(0)
    private let faultsCount = Atomic<UInt64>(0)
    private let refusedCount: [Counter] = Refusal.allCases.map { _ in Counter() }

    private final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
    }

    /// Counters at zero.
    package init() {}

    /// Messages received.
    package var messages: UInt64 { messagesCount.load(ordering: .relaxed) }
    /// Records of sensors put into the ring, faults among them.
    package var readings: UInt64 { readingsCount.load(ordering: .relaxed) }
    /// Records that hold no usable number.
    package var faults: UInt64 { faultsCount.load(ordering: .relaxed) }
    /// Messages or elements refused, by reason; reasons that never occurred are left out.
    package var refused: [(reason: String, count: UInt64)] {
        Refusal.allCases.compactMap { refusal in
            let count = refusedCount[refusal.slot].value.load(ordering: .relaxed)
            return count > 0 ? (refusal.reason, count) : nil
        }
    }

    func countMessage() { messagesCount.advance(by: 1) }

    func count(readings: UInt64, faults: UInt64) {
        readingsCount.advance(by: readings)
        if faults > 0 { faultsCount.advance(by: faults) }
    }

    func count(_ refusal: Refusal) { refusedCount[refusal.slot].value.advance(by: 1) }
}

extension Atomic<UInt64> {
    /// Adds without locking the bus, which one writer alone may.
    fileprivate func advance(by count: UInt64) {
        store(load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }
}
