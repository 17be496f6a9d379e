internal import HaltAdvisory

/// What a message says to people, in one language.
struct CAPText {
    /// As RFC 3066 names it.
    var language: String
    var event: String
    var headline: String
    var description: String
    var instruction: String
    var area: String

    /// In every language that there are words in: the one place where the texts come from.
    static func all(of entry: Announcement) -> [CAPText] { [english(entry)] }

    private static func english(_ entry: Announcement) -> CAPText {
        let event =
            switch entry.severity {
            case .halt: "Methane production halt"
            case .alarm: "Methane alarm"
            case .warning: "Methane warning"
            case .fault: "Gas monitoring fault"
            case .notice, .heartbeat: "Gas monitoring notice"
            }
        let place = entry.place.map { "\(entry.mine)/\($0)" } ?? entry.mine
        let drill = entry.isDrill ? "DRILL: " : ""
        let description = [
            entry.why, entry.limit.map { "Limit \($0)" },
            entry.basis.map { "Basis: \($0.text), \($0.instrument), \($0.article)" },
            entry.act.map { "\($0.by) (\($0.duty)): \($0.text)" },
        ]
        return CAPText(
            language: "en-US", event: event,
            headline: "\(drill)\(event) \(entry.transition.rawValue.lowercased()): \(place)"
                + (entry.sensor.map { ", \($0)" } ?? ""),
            description: description.compactMap { $0 }.joined(separator: ". "),
            instruction: entry.action,
            area: entry.place.map { "mine \(entry.mine), place \($0)" } ?? "mine \(entry.mine)")
    }
}
