/// Tells of refused payloads without drowning anybody: of each reason the first of every minute,
/// with its topic and the first bytes, and how many more there were since the one told before.
struct RefusalLog {
    /// How much of a payload is shown.
    static let shownBytesMax = 200
    /// Between two lines on the same reason, in nanoseconds.
    static let windowNanoseconds: Int64 = 60_000_000_000

    private var toldAt: [Refusal: Int64] = [:]
    private var heldBack: [Refusal: Int] = [:]

    /// The line to log for a refusal at `uptime`, or `nil` when this minute has had one.
    mutating func line(
        _ refusal: Refusal, offset: Int?, topic: Span<UInt8>, payload: Span<UInt8>, uptime: Int64
    ) -> String? {
        if let told = toldAt[refusal], uptime - told < Self.windowNanoseconds {
            heldBack[refusal, default: 0] += 1
            return nil
        }
        toldAt[refusal] = uptime
        let more = heldBack.removeValue(forKey: refusal) ?? 0
        let place = offset.map { " at byte \($0)" } ?? ""
        let since = more > 0 ? " (\(more) more since the last line on this)" : ""
        return "refused: \(refusal.reason)\(place), topic \(Self.escaped(topic)), "
            + "\(payload.count) bytes: \(Self.escaped(payload))\(since)"
    }

    /// Printable ASCII as it is, everything else as `\xNN`: foreign bytes never reach a terminal
    /// raw.
    static func escaped(_ bytes: Span<UInt8>) -> String {
        var text = "\""
        for index in 0..<min(bytes.count, shownBytesMax) {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7f:
                text += String(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16)
                text += "\\x" + (hex.count == 1 ? "0" + hex : hex)
            }
        }
        return text + (bytes.count > shownBytesMax ? "\"..." : "\"")
    }
}
