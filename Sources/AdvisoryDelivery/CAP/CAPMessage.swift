package import GasModel
package import HaltAdvisory

/// A document as a message of the Common Alerting Protocol 1.2.
///
/// Source: OASIS, "Common Alerting Protocol Version 1.2", 2010-07-01, part 3.2.
package struct CAPMessage: Sendable {
    /// What later messages name this one by: the advisory and its revision.
    package let identifier: String
    /// When it was decided, with the offset of the machine's place.
    package let sent: String
    /// The whole document.
    package let xml: String

    /// Whether CAP has words for it: advisories, and what the daemon itself cannot do. A notice
    /// that nothing is to be done about is none of its business.
    package static func tells(_ entry: Announcement) -> Bool {
        entry.advisory != nil || entry.severity == .fault || entry.severity == .halt
    }

    /// The message that `document` is. `earlier`: those of the same advisory, oldest first.
    /// `offsetSeconds`: how far the machine's place is east of UTC at an instant.
    package init(
        _ document: OutletDocument, earlier: [(identifier: String, sent: Timestamp)],
        offsetSeconds: (Timestamp) -> Int = LocalTime.offsetSeconds
    ) {
        let entry = document.entry
        func time(_ time: Timestamp) -> String { Self.time(time, offsetSeconds(time)) }
        identifier = document.identifier
        sent = time(entry.decidedAt)
        let sender = Self.sender(entry)
        var alert = XMLText("alert", [("xmlns", "urn:oasis:names:tc:emergency:cap:1.2")])
        alert.add("identifier", identifier)
        alert.add("sender", sender)
        alert.add("sent", sent)
        alert.add("status", Self.status(entry))
        alert.add("msgType", Self.kind(entry))
        alert.add("source", entry.subject)
        alert.add("scope", "Restricted")
        alert.add("restriction", "the mine's control room, those on duty, and the regulator")
        if entry.isDrill { alert.add("note", "a drill: nothing is wrong") }
        if !earlier.isEmpty {
            let references = earlier.map { "\(sender),\($0.identifier),\(time($0.sent))" }
            alert.add("references", references.joined(separator: " "))
        }
        if let advisory = entry.advisory { alert.add("incidents", advisory.id) }
        for text in CAPText.all(of: entry) {
            alert.open("info")
            Self.describe(document, text, time, in: &alert)
            alert.close()
        }
        xml = alert.finished
    }

    /// Who sends: unique by the mine's code.
    private static func sender(_ entry: Announcement) -> String { "firedamp@\(entry.mine)" }

    /// CAP forbids `Z`, and writes UTC as `-00:00`.
    static func time(_ time: Timestamp, _ offsetSeconds: Int) -> String {
        // Whole minutes: that is all an offset can say.
        let offset = offsetSeconds / 60 * 60
        let text = time.rfc3339Seconds(offsetSeconds: offset)
        return offset == 0 ? text.dropLast(6) + "-00:00" : text
    }

    private static func status(_ entry: Announcement) -> String {
        if entry.isDrill { return "Test" }
        return entry.advisory == nil && entry.severity != .halt ? "System" : "Actual"
    }

    private static func kind(_ entry: Announcement) -> String {
        guard let advisory = entry.advisory else { return "Alert" }
        // A condition that is gone cancels nothing: the halt stands until a named person ends it.
        if advisory.state == .closed { return "Cancel" }
        return advisory.revision == 1 ? "Alert" : "Update"
    }

    private static func describe(
        _ document: OutletDocument, _ text: CAPText, _ time: (Timestamp) -> String,
        in alert: inout XMLText
    ) {
        let entry = document.entry
        alert.add("language", text.language)
        alert.add("category", entry.advisory == nil ? "Infra" : "Safety")
        alert.add("event", text.event)
        for response in CAPRating.responses(entry) { alert.add("responseType", response) }
        alert.add("urgency", CAPRating.urgency(entry))
        alert.add("severity", CAPRating.severity(entry))
        alert.add("certainty", CAPRating.certainty(entry))
        if let advisory = entry.advisory {
            alert.add("eventCode", named: "firedamp:rule", advisory.rule)
            alert.add("onset", time(Timestamp(nanoseconds: advisory.onsetNanoseconds)))
        }
        alert.add("senderName", "Firedamp, mine \(entry.mine)")
        alert.add("headline", text.headline)
        alert.add("description", text.description)
        if !text.instruction.isEmpty { alert.add("instruction", text.instruction) }
        for (name, value) in parameters(document) {
            alert.add("parameter", named: name, value)
        }
        alert.open("area")
        alert.add("areaDesc", text.area)
        alert.add("geocode", named: "firedamp:mine", entry.mine)
        if let place = entry.place { alert.add("geocode", named: "firedamp:place", place) }
        alert.close()
    }

    /// What a machine reads, in a fixed order.
    private static func parameters(_ document: OutletDocument) -> [(String, String)] {
        let entry = document.entry
        let cause = entry.cause
        let all: [(String, String?)] = [
            ("severity", entry.severity.rawValue), ("transition", entry.transition.rawValue),
            ("sensor", entry.sensor), ("gateway", entry.gateway),
            ("value", cause?.value.map { "\($0)" }), ("unit", cause?.unit),
            ("quality", cause?.quality), ("measured", cause?.measuredAt),
            ("peak", entry.advisory?.peak.map { "\($0)" }), ("limit", entry.limit),
            ("basis", entry.basis.map { "\($0.text); \($0.instrument), \($0.article)" }),
            ("ground", entry.advisory?.ground), ("state", entry.advisory?.state.rawValue),
            ("answer", entry.advisory?.answer?.rawValue),
            ("journal", document.number == 0 ? nil : "\(document.number)"),
            ("hash", document.hash), ("site", entry.site),
        ]
        let figures = (cause?.evidence ?? []).map { figure in
            (
                "evidence:\(figure.name)",
                "\(figure.value)" + (figure.unit.isEmpty ? "" : " \(figure.unit)")
            )
        }
        return all.compactMap { name, value in value.map { ("firedamp:\(name)", $0) } }
            + figures.map { ("firedamp:\($0.0)", $0.1) }
    }
}

/// How CAP rates an announcement.
enum CAPRating {
    static func urgency(_ entry: Announcement) -> String {
        switch (entry.advisory?.state, entry.severity) {
        case (.closed, _): "Past"
        case (.gone, _): "Expected"
        case (_, .halt), (_, .alarm): "Immediate"
        case (_, .warning), (_, .fault): "Expected"
        case (_, .notice), (_, .heartbeat): "Unknown"
        }
    }

    static func severity(_ entry: Announcement) -> String {
        let rule = entry.advisory.flatMap { Rule(rawValue: $0.rule) }
        switch entry.severity {
        // Gas over the cut limit where there is still power, or work: it takes one spark.
        case .halt: return rule == .powerOn || rule == .work ? "Extreme" : "Severe"
        case .alarm: return rule == .powerOn || rule == .work ? "Severe" : "Moderate"
        case .warning: return "Minor"
        case .fault: return "Unknown"
        case .notice, .heartbeat: return "Minor"
        }
    }

    static func certainty(_ entry: Announcement) -> String {
        guard let rule = entry.advisory.flatMap({ Rule(rawValue: $0.rule) }) else {
            return "Observed"
        }
        switch rule {
        case .trend, .slowRise: return "Likely"
        case .alarm, .cut, .chatter, .powerOn, .fanStopped, .airShort, .work, .calibrationInGas,
            .calibrating, .calibrationDue, .calibrationOverrun, .unguarded, .drill:
            return "Observed"
        // What cannot be trusted or seen says nothing of the gas.
        default: return "Unknown"
        }
    }

    static func responses(_ entry: Announcement) -> [String] {
        switch (entry.advisory?.state, entry.severity) {
        case (.closed, _):
            // Closed without proof is no all-clear.
            entry.transition == .closed || entry.transition == .decommissioned
                ? ["Monitor"] : ["AllClear"]
        case (.gone, _): ["Assess", "Monitor"]
        case (_, .halt): ["Evacuate", "Execute"]
        case (_, .alarm), (_, .warning): ["Prepare", "Execute"]
        case (_, .fault): ["Assess", "Monitor"]
        case (_, .notice), (_, .heartbeat): ["None"]
        }
    }
}
