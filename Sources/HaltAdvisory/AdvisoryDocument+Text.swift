internal import GasModel

extension AdvisoryDocument {
    /// The document for a terminal, in its own language: its parts in their order, each with its
    /// rows, broken at `width` columns. Ends with a line break.
    package func text(width: Int = 100) -> String {
        var page = DocumentPage(language: language, width: width)
        page.add(headline)
        identityRows(&page)
        matterRows(&page)
        courseRows(&page)
        basisRows(&page)
        actionRows(&page)
        answerRows(&page)
        clearingRows(&page)
        integrityRows(&page)
        return page.text
    }

    private func identityRows(_ page: inout DocumentPage) {
        page.row("advisory", identity.id)
        page.row("revision", String(identity.revision))
        page.row("stands", page.word(identity.stage))
        page.row("as of", identity.asOf)
        if let clock = identity.clock {
            let error = clock.errorSecondsMax.map { ", ±\(hundredths($0)) s" } ?? ""
            page.row("clock", page.word(clock.isSynchronised ? "in time" : "NOT IN TIME") + error)
        }
        let output = identity.mine.licensedOutput.map { ", \(Int($0)) t/yr" } ?? ""
        let gasClass = identity.mine.gasClass.map { ", " + page.word("\($0) gas") } ?? ""
        page.row("mine", "\(identity.mine.code) \(identity.mine.name)\(gasClass)\(output)")
        if identity.isDrill { page.row("drill", page.word("nothing is wrong")) }
        page.title("WHERE")
        if let district = place.district {
            page.row("district", "\(district.code) \(district.name)")
        }
        if let place = place.place {
            let kind = self.place.kind.map { ", " + page.word($0) } ?? ""
            page.row("place", "\(place.code) \(place.name)\(kind)")
        }
        if let sensor = place.sensor {
            let title = sensor.title.map { ", \($0)" } ?? ""
            page.row("sensor", "\(sensor.code), \(sensor.role)\(title)")
        }
        if let gateway = place.gateway { page.row("gateway", gateway) }
        page.row("scope", scope.text)
        if !scope.downstream.isEmpty {
            page.row("downstream", scope.downstream.joined(separator: ", "))
        }
        for area in scope.verdicts ?? [] {
            page.row("gas control", "\(area.code): \(page.word(area.verdict.rawValue))")
        }
    }

    private func matterRows(_ page: inout DocumentPage) {
        let unit = what.unit ?? ""
        page.title("WHAT")
        page.row("matter", what.text)
        page.row("certainty", certainty.text)
        if let value = what.value {
            page.row("value", "\(hundredths(value))\(unit), \(what.measuredAt ?? "")")
        }
        if let limit = what.limit {
            page.row("limit", limit.comparison + hundredths(limit.value) + unit)
        }
        if let limits = what.limits {
            func shown(_ limit: Threshold) -> String { limit.comparison + hundredths(limit.value) }
            page.row("alarm", shown(limits.alarm) + unit)
            if let cut = limits.cut { page.row("cut at", shown(cut) + unit) }
            page.row("re-power", shown(limits.repower) + unit)
        }
        if let peak = what.peak { page.row("peak", hundredths(peak) + unit) }
        page.row("for", "\(Int(what.durationSeconds)) s")
        if let band = what.projection?.toCut {
            let latest = band.latest.map { "\(hundredths($0))" } ?? "..."
            let span = "\(hundredths(band.earliest)) - \(latest)"
            page.row("to the cut", "\(hundredths(band.likely)) min (\(span))")
        }
        for figure in what.figures ?? [] {
            let shown = AdvisoryWords.shown(figure.value, figure.unit ?? "")
            page.row("figure", "\(figure.text) \(shown)")
        }
        for other in what.nearby ?? [] {
            let shown =
                other.text ?? other.value.map { hundredths($0) + other.unit } ?? other.quality
            page.row("nearby", "\(other.sensor) \(page.word(other.quantity)): \(shown)")
        }
    }

    private func courseRows(_ page: inout DocumentPage) {
        page.title("SINCE")
        page.row("onset", since.onset)
        for step in since.transitions {
            let words =
                page.word(step.severity.rawValue) + " " + page.word(step.transition.rawValue)
            page.row(step.journal.map { "#\($0)" } ?? "-", "\(step.at) \(words): \(step.text)")
        }
        if !since.isComplete { page.row("", page.word("earlier transitions are not at hand")) }
        for gap in since.gaps ?? [] {
            page.row("not seen", "\(gap.from) - \(gap.to ?? "..."): \(gap.subject), \(gap.text)")
        }
        if since.gaps?.isEmpty == true { page.row("not seen", page.word("nothing")) }
    }

    private func basisRows(_ page: inout DocumentPage) {
        page.title("BASIS")
        for ground in basis {
            let law = [ground.instrument, ground.edition, ground.article].compactMap { $0 }
            let mark = ground.mark.map { " (\($0))" } ?? ""
            let source = law.isEmpty ? "" : ": " + law.joined(separator: ", ")
            page.row("", ground.text + source + mark)
        }
    }

    private func actionRows(_ page: inout DocumentPage) {
        page.title("ACTION")
        page.row("now", requiredAction.text)
        let orders = requiredAction.orders.map(\.text)
        if !orders.isEmpty { page.row("orders", orders.joined(separator: ", ")) }
        let mark = requiredAction.mark.map { " (\($0))" } ?? ""
        if let cut = requiredAction.cutScope { page.row("cut", cut + mark) }
        if let duty = requiredAction.duty { page.row("duty", duty + mark) }
        if let duty = requiredAction.stepDuty { page.row("duty", duty + mark) }
        for person in requiredAction.reportTo { page.row("report to", page.words(person)) }
        if let seconds = requiredAction.answerWithinSeconds {
            page.row("answer within", "\(Int(seconds)) s")
        }
    }

    private func answerRows(_ page: inout DocumentPage) {
        page.title("ANSWER")
        if !acknowledgement.isAnswered { page.row("", page.word("nobody has answered")) }
        for deed in acknowledgement.acts {
            let void = deed.isVoid ? " (" + page.word("void") + ")" : ""
            let duty = page.word(deed.duty)
            let said = [page.list(deed.checks ?? []), deed.text].filter { !$0.isEmpty }
                .joined(separator: "; ")
            page.row(
                deed.kind,
                "\(deed.at) \(deed.by) (\(duty)): \(said)\(void)")
        }
        for call in acknowledgement.escalations { page.row("called", "\(call.at) \(call.text)") }
        if let shelved = acknowledgement.shelved {
            let until = shelved.until.map { " - \($0)" } ?? ""
            page.row("put aside", "\(shelved.by): \(shelved.text)\(until)")
        }
        for check in verification {
            let by = check.by.map { ", \($0), \(check.at ?? "")" } ?? ""
            page.row(check.isSeen ? "yes" : "NO", check.text + by)
            if !check.contradictedBy.isEmpty {
                page.row("", page.word("contradicted by") + " " + page.list(check.contradictedBy))
            }
        }
    }

    private func clearingRows(_ page: inout DocumentPage) {
        page.title("RELEASE")
        page.row("", clearing.text)
        for condition in clearing.conditions {
            page.row(condition.isMet ? "yes" : "NO", condition.text)
            for lack in condition.lacks { page.row("", lack) }
        }
        for person in clearing.releasers { page.row("may release", page.words(person)) }
    }

    private func integrityRows(_ page: inout DocumentPage) {
        page.title("PROOF")
        page.row("issued by", "\(identity.issuer.system) \(identity.issuer.version)")
        page.row("site", identity.site)
        if let number = integrity.journal { page.row("journal", "#\(number)") }
        if let hash = integrity.hash { page.row("line", hash) }
        if let hash = integrity.previous { page.row("line before", hash) }
        if let file = integrity.evidence {
            page.row("evidence", file + (integrity.evidenceHash.map { ", \($0)" } ?? ""))
        }
    }
}

/// The rows of a document, laid out.
private struct DocumentPage {
    /// Columns before what stands behind a label.
    private static let margin = 17

    let language: Language
    let width: Int
    var text = ""

    mutating func add(_ line: String) { text += wrapped(line, indent: 0, width: width) + "\n" }

    mutating func title(_ title: String) { text += "\n" + word(title) + "\n" }

    mutating func row(_ label: String, _ value: String) {
        let label = "  " + word(label)
        let blanks = String(repeating: " ", count: max(1, Self.margin - columns(of: label)))
        text += label + blanks + wrapped(value, indent: Self.margin, width: width) + "\n"
    }

    func word(_ word: String) -> String { Catalogue.shipped.word(word, in: language) }

    func list(_ words: [String]) -> String {
        let known = words.map { word($0) }
        return known.joined(separator: language == .chinese ? "、" : ", ")
    }

    func words(_ person: AdvisoryDocument.Contact) -> String {
        "\(person.name) (\(word(person.duty))\(person.contact.map { ", \($0)" } ?? ""))"
    }
}
