internal import AdvisoryJournal
internal import Crypto
internal import Foundation
internal import GasModel

/// Posts each document to a receiver.
final class WebhookTransport: OutletTransport {
    private let target: WebhookTarget
    private let name: String
    private let secret: [UInt8]?
    private let clock: OutletClock
    private let client: HTTPClient
    private let history: CAPHistory

    /// Reads the secret; **Errors:** `SecretFileError`, or the machine has no libcurl.
    init(
        _ target: WebhookTarget, name: String, clock: OutletClock, journal: JournalTail
    ) throws {
        self.target = target
        self.name = name
        self.clock = clock
        secret = try target.secretFile.map { try SecretFile.read(path: $0) }
        client = try HTTPClient()
        history = CAPHistory(journal: journal)
    }

    func note(_ document: OutletDocument) {
        if target.format == .cap { history.note(document) }
    }

    func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        guard let (body, type) = body(of: document) else { return .delivered }
        let seconds = clock.civil().nanoseconds / 1_000_000_000
        var headers = [
            // Without it libcurl asks first whether a larger body is welcome, and waits.
            "Expect:", "Content-Type: \(type)", "Idempotency-Key: \(document.key)",
            "X-Firedamp-Journal: \(document.number)", "X-Firedamp-Timestamp: \(seconds)",
        ]
        if let secret {
            let signature = WebhookSignature.of(body, seconds: seconds, secret: secret)
            headers.append("X-Firedamp-Signature: \(signature)")
        }
        do {
            let answer = try client.post(
                body, to: target.url, headers: headers, authorityFile: target.authorityFile,
                timeoutSeconds: target.timeoutSeconds)
            let outcome = Self.outcome(answer)
            if outcome == .delivered { history.forget(document) }
            return outcome
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    func cancel() { client.cancel() }

    /// `nil` where the format has no words for it.
    private func body(of document: OutletDocument) -> (bytes: [UInt8], type: String)? {
        switch target.format {
        case .firedamp: (document.bytes, "application/json")
        case .alertmanager:
            (AlertmanagerPayload(document, receiver: name).bytes, "application/json")
        case .cap:
            history.message(document).map { (Array($0.xml.utf8), "application/cap+xml") }
        }
    }

    /// What an answer means: see the table in DELIVERY.md.
    static func outcome(_ answer: HTTPClient.Answer) -> DeliveryOutcome {
        let first = answer.text.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
        let reason = "HTTP \(answer.status)\(first.prefix(120))"
        return switch answer.status {
        case 200..<300: .delivered
        case 408, 425, 429, 500...:
            .failed(reason: reason, retrySeconds: answer.retrySeconds)
        default: .refused(reason: reason)
        }
    }
}

/// How a receiver knows that a body is ours and not an old one.
package enum WebhookSignature {
    /// The value of `X-Firedamp-Signature`: HMAC-SHA256 of the timestamp header's digits, a point,
    /// and the exact body.
    package static func of(_ body: [UInt8], seconds: Int64, secret: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
        code.update(data: Array("\(seconds).".utf8))
        code.update(data: body)
        let hex = code.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "sha256=" + hex.joined()
    }
}
