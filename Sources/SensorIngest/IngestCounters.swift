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
    /// The site has no such gateway.
    case unknownGateway
    /// The message is neither `online` nor `offline`.
    case wrongGatewayState
    /// The message announces no calibration.
    case wrongCalibration
    /// The calibration is announced by somebody whom the site does not name.
    case unknownPerson
    /// The sensor has no limit, so a calibration would hold nothing back.
    case needlessCalibration
    /// The calibration is over by the time that the message comes.
    case pastCalibration
    /// The calibration is announced from a time on that is still to come.
    case futureCalibration
    /// A request that carries something, where none does.
    case wrongRequest

    /// Raw value of a `WireFault`: kept as a number, so that counters need no import of the wire.
    package struct WireFaultCode: Hashable, Sendable {
        /// The raw value.
        package var rawValue: UInt8
    }

    /// All refusals that can occur, in the order of their counters.
    package static var allCases: [Refusal] {
        WireFault.allCases.map { .payload(WireFaultCode(rawValue: $0.rawValue)) }
            + others
    }

    private static let others: [Refusal] = [
        .unknownTopic, .unknownSensor, .unknownGateway, .wrongGatewayState, .wrongCalibration,
        .needlessCalibration, .unknownPerson, .pastCalibration, .futureCalibration, .wrongRequest,
    ]

    /// A short text for logs and counters.
    package var reason: String {
        switch self {
        case .payload(let code): WireFault(rawValue: code.rawValue)?.reason ?? "refused"
        case .unknownTopic: "topic that no reading comes on"
        case .unknownSensor: "sensor that the site does not have"
        case .unknownGateway: "gateway that the site does not have"
        case .wrongGatewayState: "neither online nor offline"
        case .wrongCalibration: "no calibration: ts, by and minutes (0 to 60) are asked for"
        case .needlessCalibration: "calibration of a sensor that has no limit to hold back"
        case .unknownPerson: "calibration by a person whom the site does not name"
        case .pastCalibration: "calibration that was over when it was announced here"
        case .futureCalibration:
            "calibration from a time on that is still to come: is the sender's clock right?"
        case .wrongRequest: "a request to send again carries nothing"
        }
    }

    /// Place of its counter.
    var slot: Int {
        if case .payload(let code) = self { return Int(code.rawValue) }
        return WireFault.allCases.count + (Self.others.firstIndex(of: self) ?? 0)
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
    private let fullWaitsCount = Atomic<UInt64>(0)
    private let fullNanosecondsCount = Atomic<UInt64>(0)
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

    /// How often the ring was found full, so that nothing was read from the socket.
    package var fullWaits: UInt64 { fullWaitsCount.load(ordering: .relaxed) }
    /// For how long in all, in nanoseconds; a wait that goes on does not count yet.
    package var fullNanoseconds: UInt64 { fullNanosecondsCount.load(ordering: .relaxed) }

    func countFullWait() { fullWaitsCount.advance(by: 1) }

    func count(fullNanoseconds: Int64) {
        fullNanosecondsCount.advance(by: UInt64(max(0, fullNanoseconds)))
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
