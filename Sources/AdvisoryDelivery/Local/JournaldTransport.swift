internal import Foundation
internal import HaltAdvisory

/// Writes each document into systemd's journal, in its native protocol, with fields to search by.
///
/// Source: systemd, "Native Journal Protocol".
final class JournaldTransport: OutletTransport {
    /// Marks every message of ours, whatever its words: `journalctl MESSAGE_ID=...`.
    static let messageID = "b0ab0a0c5d9c4c6bb2a1f4d2e6c9d2a7"

    private var socket: MessageSocket

    init(path: String) { socket = MessageSocket(.local(path: path)) }

    func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        socket.send(Self.message(document))
    }

    static func message(_ document: OutletDocument) -> [UInt8] {
        let entry = document.entry
        let advisory = entry.advisory
        let all: [(String, String?)] = [
            (
                "MESSAGE",
                "\(entry.severity.rawValue) \(entry.transition.rawValue) "
                    + LogPriority.line(of: entry)
            ),
            ("MESSAGE_ID", messageID), ("PRIORITY", "\(LogPriority.of(entry.severity))"),
            ("SYSLOG_IDENTIFIER", "firedamp"), ("FIREDAMP_KEY", document.key),
            ("FIREDAMP_JOURNAL", "\(document.number)"), ("FIREDAMP_HASH", document.hash),
            ("FIREDAMP_SEVERITY", entry.severity.rawValue),
            ("FIREDAMP_TRANSITION", entry.transition.rawValue), ("FIREDAMP_MINE", entry.mine),
            ("FIREDAMP_PLACE", entry.place), ("FIREDAMP_SENSOR", entry.sensor),
            ("FIREDAMP_GATEWAY", entry.gateway), ("FIREDAMP_ADVISORY", advisory?.id),
            ("FIREDAMP_REVISION", advisory.map { "\($0.revision)" }),
            ("FIREDAMP_STATE", advisory?.state.rawValue), ("FIREDAMP_RULE", advisory?.rule),
            ("FIREDAMP_VALUE", entry.cause?.value.map { "\($0)" }),
            ("FIREDAMP_LIMIT", entry.limit), ("FIREDAMP_ACTION", entry.action),
            ("FIREDAMP_DRILL", entry.isDrill ? "true" : nil), ("FIREDAMP_AT", entry.at),
        ]
        return all.flatMap { name, value in value.map { field(name, $0) } ?? [] }
    }

    /// `NAME=value`, or, where the value has a line feed, the name, its length and the value.
    static func field(_ name: String, _ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        let end = UInt8(ascii: "\n")
        guard bytes.contains(end) else { return Array("\(name)=".utf8) + bytes + [end] }
        let length = UInt64(bytes.count)
        let count = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
        return Array(name.utf8) + [end] + count + bytes + [end]
    }
}
