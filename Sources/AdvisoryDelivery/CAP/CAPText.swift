internal import GasModel
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
    ///
    /// What can be said in one language alone, such as a person's remark or a line of an older
    /// version, is not sent a second time under the name of the other.
    static func all(of entry: Announcement) -> [CAPText] {
        let (english, chinese) = (entry.texts(in: .english), entry.texts(in: .chinese))
        let isSame = english.why == chinese.why && english.action == chinese.action
        return [Self.english(entry)] + (isSame ? [] : [Self.chinese(entry)])
    }

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
        let texts = entry.texts(in: .english)
        let description = [
            texts.why, entry.limit.map { "Limit \($0)" },
            entry.basis.map { "Basis: \($0.text), \($0.instrument), \($0.article)" },
            entry.act.map { "\($0.by) (\($0.duty)): \($0.text)" },
        ]
        return CAPText(
            language: "en-US", event: event,
            headline: "\(drill)\(event) \(entry.transition.rawValue.lowercased()): \(place)"
                + (entry.sensor.map { ", \($0)" } ?? ""),
            description: description.compactMap { $0 }.joined(separator: ". "),
            instruction: texts.action,
            area: entry.place.map { "mine \(entry.mine), place \($0)" } ?? "mine \(entry.mine)")
    }

    private static func chinese(_ entry: Announcement) -> CAPText {
        let event =
            switch entry.severity {
            case .halt: "瓦斯停产"
            case .alarm: "瓦斯报警"
            case .warning: "瓦斯预警"
            case .fault: "瓦斯监控故障"
            case .notice, .heartbeat: "瓦斯监控通知"
            }
        let place = entry.place.map { "\(entry.mine)/\($0)" } ?? entry.mine
        let drill = entry.isDrill ? "演练：" : ""
        let transition = word(entry.transition.rawValue)
        let texts = entry.texts(in: .chinese)
        let description = [
            texts.why, entry.limit.map { "限值\($0)" },
            entry.basis.map { "依据：\($0.text)，\($0.instrument)，\($0.article)" },
            entry.act.map { "\($0.by)（\(word($0.duty))）：\($0.text)" },
        ]
        return CAPText(
            language: "zh-CN", event: event,
            headline: "\(drill)\(event)（\(transition)）：\(place)"
                + (entry.sensor.map { "，\($0)" } ?? ""),
            description: description.compactMap { $0 }.joined(separator: "。"),
            instruction: texts.action,
            area: entry.place.map { "矿井\(entry.mine)，地点\($0)" } ?? "矿井\(entry.mine)")
    }

    /// A word of the catalogue in Chinese; one that it does not have stays as it is.
    private static func word(_ text: String) -> String {
        [Phrase.term(text)].said(in: .chinese) ?? text
    }
}
