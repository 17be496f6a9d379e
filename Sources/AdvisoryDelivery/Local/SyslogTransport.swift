internal import Foundation
internal import GasModel
internal import HaltAdvisory

/// Sends each document as a message of RFC 5424 with structured data.
final class SyslogTransport: OutletTransport {
    private var socket: MessageSocket

    init(_ target: SyslogTarget) {
        let peer: MessageSocket.Peer =
            switch target {
            case .local(let path): .local(path: path)
            case .udp(let host, let port): .udp(host: host, port: port)
            case .tcp(let host, let port): .tcp(host: host, port: port)
            }
        socket = MessageSocket(peer)
    }

    func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        let message = SyslogMessage(
            document, host: ProcessInfo.processInfo.hostName, processID: getpid())
        return socket.send(message.bytes)
    }
}

/// A document as a message of RFC 5424.
struct SyslogMessage {
    /// Longest message: what every receiver should take (RFC 5424, 6.1).
    static let bytesMax = 2048
    /// System daemons.
    private static let facility = 3
    /// 32473 is the number that IANA keeps for examples; a mine that has one of its own needs none.
    private static let dataID = "firedamp@32473"

    let bytes: [UInt8]

    init(_ document: OutletDocument, host: String, processID: Int32) {
        let entry = document.entry
        let priority = Self.facility * 8 + LogPriority.of(entry.severity)
        let head =
            "<\(priority)>1 \(Self.time(entry.decidedAt)) \(Self.name(host, 255)) firedamp "
            + "\(processID) \(Self.name(entry.transition.rawValue, 32)) "
            + Self.data(document)
        let text =
            "\(entry.severity.rawValue) \(entry.transition.rawValue) "
            + LogPriority.line(of: entry)
        // The mark of UTF-8 that the RFC asks for.
        var all = Array(head.utf8) + [0x20, 0xEF, 0xBB, 0xBF]
        var room = Self.bytesMax - all.count
        for character in text {
            let piece = Array(String(character).utf8)
            room -= piece.count
            guard room >= 0 else { break }
            all += piece
        }
        bytes = all
    }

    /// With an offset and milliseconds, as the RFC allows.
    private static func time(_ time: Timestamp) -> String {
        time.rfc3339(offsetSeconds: LocalTime.offsetSeconds(at: time))
    }

    private static func data(_ document: OutletDocument) -> String {
        let entry = document.entry
        let advisory = entry.advisory
        let all: [(String, String?)] = [
            ("key", document.key), ("journal", "\(document.number)"), ("mine", entry.mine),
            ("place", entry.place), ("sensor", entry.sensor), ("gateway", entry.gateway),
            ("rule", advisory?.rule), ("advisory", advisory?.id),
            ("revision", advisory.map { "\($0.revision)" }),
            ("state", advisory?.state.rawValue),
            ("value", entry.cause?.value.map { "\($0)" }), ("limit", entry.limit),
            ("drill", entry.isDrill ? "true" : nil),
        ]
        let pairs = all.compactMap { name, value in value.map { "\(name)=\"\(escaped($0))\"" } }
        return "[\(dataID) \(pairs.joined(separator: " "))]"
    }

    /// RFC 5424, 6.3.3: these three are escaped, and nothing else may be.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.prefix(200) {
            if "\"\\]".contains(character) { result.append("\\") }
            result.append(LogPriority.isControl(character) ? " " : character)
        }
        return result
    }

    /// Visible ASCII, as names in the head must be; `-` when nothing is left.
    private static func name(_ text: String, _ bytesMax: Int) -> String {
        let kept = text.utf8.filter { (33...126).contains($0) }.prefix(bytesMax)
        return kept.isEmpty ? "-" : String(decoding: Array(kept), as: UTF8.self)
    }
}

/// What syslog and systemd's journal share.
enum LogPriority {
    /// The severity of RFC 5424, table 2. A halt is no emergency of the machine, which would be
    /// written to every terminal.
    static func of(_ severity: Severity) -> Int {
        switch severity {
        case .halt: 1
        case .alarm: 2
        case .fault: 3
        case .warning: 4
        case .notice: 5
        case .heartbeat: 6
        }
    }

    /// Where, why and what to do, on one line.
    static func line(of entry: Announcement) -> String {
        let subject = entry.sensor ?? entry.gateway ?? "-"
        let text =
            "\(entry.mine)/\(entry.place ?? "-") \(subject): \(entry.why)"
            + (entry.action.isEmpty ? "" : " | do: \(entry.action)")
            + (entry.advisory.map { " | id \($0.id)" } ?? "")
        return String(text.map { isControl($0) ? " " : $0 })
    }

    /// Nothing that came over the wire may begin a line of its own or move a cursor.
    static func isControl(_ character: Character) -> Bool {
        character.isNewline || (character.asciiValue ?? 32) < 32
    }
}
