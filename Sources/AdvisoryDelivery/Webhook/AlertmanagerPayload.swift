internal import Foundation
internal import GasModel
internal import HaltAdvisory

/// A document in the form of the webhook payload of Prometheus' Alertmanager, version 4: what reads
/// that one reads this.
///
/// One alert each, because every document is complete in itself. An advisory fires until it is
/// closed. What belongs to no advisory has no end, so it fires with one five minutes later.
package struct AlertmanagerPayload {
    private static let noticeSeconds = 300.0
    /// What Alertmanager writes while the end is not known.
    private static let noEnd = "0001-01-01T00:00:00Z"

    private struct Payload: Encodable {
        var version = "4"
        var groupKey: String
        var truncatedAlerts = 0
        var status: String
        var receiver: String
        var groupLabels: [String: String]
        var commonLabels: [String: String]
        var commonAnnotations: [String: String]
        var externalURL = ""
        var alerts: [Alert]
    }

    private struct Alert: Encodable {
        var status: String
        var labels: [String: String]
        var annotations: [String: String]
        var startsAt: String
        var endsAt: String
        var generatorURL = ""
        var fingerprint: String
    }

    /// The payload, JSON.
    package let bytes: [UInt8]

    /// `receiver`: what the outlet is called.
    package init(_ document: OutletDocument, receiver: String) {
        let entry = document.entry
        let isClosed = entry.advisory?.state == .closed
        let status = isClosed ? "resolved" : "firing"
        let labels = Self.labels(document)
        let annotations = Self.annotations(document)
        let start = entry.advisory.map { Timestamp(nanoseconds: $0.onsetNanoseconds) }
        let end: Timestamp? =
            if isClosed {
                entry.decidedAt
            } else if entry.advisory == nil {
                entry.decidedAt.advanced(byNanoseconds: Int64(Self.noticeSeconds * 1e9))
            } else { nil }
        let alert = Alert(
            status: status, labels: labels, annotations: annotations,
            startsAt: (start ?? entry.decidedAt).rfc3339(), endsAt: end?.rfc3339() ?? Self.noEnd,
            fingerprint: Self.fingerprint(labels))
        let group = ["alertname": labels["alertname"] ?? "", "advisory": labels["advisory"] ?? ""]
        let payload = Payload(
            groupKey: "{}:{advisory=\"\(group["advisory"] ?? "")\"}", status: status,
            receiver: receiver, groupLabels: group, commonLabels: labels,
            commonAnnotations: annotations, alerts: [alert])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and whole numbers always encode.
        bytes = (try? encoder.encode(payload)).map { Array($0) } ?? []
    }

    private static func labels(_ document: OutletDocument) -> [String: String] {
        let entry = document.entry
        var labels = [
            "alertname": "Firedamp" + (entry.advisory?.rule ?? entry.transition.rawValue),
            "advisory": document.key.prefix { $0 != "/" }.description, "mine": entry.mine,
            "severity": entry.severity.rawValue.lowercased(),
        ]
        labels["place"] = entry.place
        labels["sensor"] = entry.sensor
        labels["gateway"] = entry.gateway
        labels["rule"] = entry.advisory?.rule
        if entry.isDrill { labels["drill"] = "true" }
        return labels
    }

    private static func annotations(_ document: OutletDocument) -> [String: String] {
        let entry = document.entry
        var annotations = [
            "summary": entry.why, "description": entry.action,
            "transition": entry.transition.rawValue, "journal": "\(document.number)",
            "key": document.key,
        ]
        if let value = entry.cause?.value {
            annotations["value"] = "\(value) \(entry.cause?.unit ?? "")"
        }
        annotations["limit"] = entry.limit
        annotations["basis"] = entry.basis?.text
        annotations["hash"] = document.hash
        annotations["state"] = entry.advisory?.state.rawValue
        return annotations
    }

    /// Names the alert from its first document to its last: of the labels without the severity,
    /// because an alarm that becomes a halt is the same one. FNV-1a over names and values with 0xff
    /// between, as Prometheus does it.
    static func fingerprint(_ labels: [String: String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) where name != "severity" {
            for byte in name.utf8 { add(byte) }
            add(0xFF)
            for byte in value.utf8 { add(byte) }
            add(0xFF)
        }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
