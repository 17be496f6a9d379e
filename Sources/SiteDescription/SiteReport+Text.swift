import GasModel

extension SiteReport {
    /// The report in plain text for a terminal.
    ///
    /// **Shape:** mine, sensors by place, coverage, grounds for a halt, what needs attention, legal
    /// bases as numbered notes, summary. Prose is broken at `width` columns (80 to 160 are
    /// sensible); the tables of sensors and grounds are as wide as their cells, below 100 columns
    /// with codes of usual length. Ends with a line break.
    package func text(width: Int) -> String {
        var notes = Footnotes()
        var parts = [header(width)]
        if let halt = site.standingHalt { parts.append(haltText(halt, &notes, width)) }
        parts.append(sensorText(&notes, width))
        parts.append(coverageText(&notes, width))
        if !site.grounds.isEmpty { parts.append(groundText(&notes, width)) }
        if !attention.isEmpty { parts.append(attentionText(&notes, width)) }
        if let legal = legalText(notes, width) { parts.append(legal) }
        parts.append(wrapped(summary, indent: 2, width: width))
        return parts.joined(separator: "\n")
    }

    private func header(_ width: Int) -> String {
        var facts = [("as of", "\(today), a day in UTC")]
        facts.append(("gas class", site.gasClass?.rawValue ?? "not stated"))
        facts.append(
            ("licensed output", site.outputTonnes.map { "\(grouped($0)) t/yr" } ?? "not stated"))
        facts.append(("limit table", tableWords))
        if let policy = site.policy { facts.append(("policy", "\(policy.name): \(policy.title)")) }
        if !site.districts.isEmpty {
            let districts = site.districts.map { "\($0.id) \($0.name)" }
            facts.append(("districts", districts.joined(separator: ", ")))
        }
        if !site.people.isEmpty {
            facts.append(("escalation", site.people.map(words).joined(separator: ", ")))
        }
        facts.append(("may release", releaseWords))
        if let duty = drainageWords { facts.append(("drainage", duty)) }
        for gone in site.decommissioned {
            facts.append(("decommissioned", "\(gone.sensor) by \(gone.by): \(gone.reason)"))
        }
        for outlet in site.delivery {
            facts.append(("delivery", "\(outlet.name): \(outlet.words)"))
        }
        let (journal, raw) = (site.retention.journalDays, site.retention.rawDays)
        facts.append(("records", "journal kept for \(journal) days, raw readings for \(raw)"))
        facts.append(("language", site.language.rawValue))
        facts.append(("fingerprint", site.fingerprint))
        return wrapped("MINE \(site.mine): \(site.name)", indent: 2, width: width)
            + facts.map { name, text in
                wrapped(text, first: "  " + padded(name, to: 17), width: width)
            }.joined()
    }

    private var drainageWords: String? {
        let places = site.places.filter(\.needsDrainage).map(\.id)
        let asked = (site.needsDrainage ? ["the mine"] : []) + places
        return asked.isEmpty ? nil : "required for \(asked.joined(separator: ", "))"
    }

    private var tableWords: String {
        guard let table = site.table else {
            return "none: the site's OWN LIMITS, WITHOUT LEGAL BASIS"
        }
        return "\(table.name): \(table.jurisdiction), \(table.title), edition \(table.edition)"
    }

    private func words(_ person: Person) -> String {
        "\(person.name) (\(person.duty.rawValue)" + (person.contact.map { ", \($0)" } ?? "")
            + (person.login.map { ", login \($0)" } ?? "") + ")"
    }

    private var releaseWords: String {
        let people = site.people.filter { $0.powers.contains(.release) }
        if people.isEmpty { return "NOBODY: a halt cannot be ended" }
        let names = people.map { $0.name + ($0.login == nil ? " (no login)" : "") }
        return names.joined(separator: ", ")
            + (people.contains { $0.login != nil } ? "" : ": NOBODY WITH A LOGIN")
    }

    private func haltText(
        _ halt: StandingHalt, _ notes: inout Footnotes, _ width: Int
    ) -> String {
        wrapped(
            "the licensed output of \(grouped(halt.outputTonnes)) t/yr is below the "
                + "\(grouped(halt.outputTonnesMin)) t/yr that \(halt.policy) asks for. This mine "
                + "shall not produce, whatever its sensors say. Basis: \(notes.mark(halt.basis))",
            first: "STANDING HALT: ", indent: 2, width: width)
    }

    private func coverageText(_ notes: inout Footnotes, _ width: Int) -> String {
        let told =
            switch (site.table?.name, coverage.askedCount) {
            case (nil, _):
                "not judged: without a limit table nobody can say which sensors the law asks for"
            case (let table?, nil):
                "not judged: which sensors the law asks for is not known to \(table)"
            case (let table?, _?): "by \(table): \(coverageSummary)"
            }
        var text = wrapped(told, first: "COVERAGE ", indent: 2, width: width)
        let placeWidth = coverage.gaps.map { columnCount($0.place.id) }.max() ?? 0
        for gap in coverage.gaps {
            let (word, told) = words(gap.standing)
            let first = "  \(padded(word, to: 8))  \(padded(gap.place.id, to: placeWidth))  "
            let role = gap.requirement.role.map { " \($0.rawValue)" } ?? ""
            text += wrapped(
                "\(gap.requirement.id): \(gap.requirement.title) "
                    + "(\(gap.requirement.quantity.rawValue)\(role)) "
                    + notes.mark(gap.requirement.basis), first: first, width: width)
            if let told {
                let margin = String(repeating: " ", count: columnCount(first))
                text += wrapped(told, first: margin, width: width)
            }
        }
        return text + needlessText(width)
    }

    private func words(_ standing: Coverage.Standing) -> (String, String?) {
        switch standing {
        case .open: ("MISSING", nil)
        case .accepted(let gap):
            ("accepted", "by \(gap.acceptedBy) until \(gap.until): \(gap.reason)")
        case .expired(let gap):
            (
                "EXPIRED",
                "acceptance by \(gap.acceptedBy) ended on \(gap.until), so it is missing again: "
                    + gap.reason
            )
        }
    }

    private func needlessText(_ width: Int) -> String {
        coverage.needless.map { gap in
            wrapped(
                "\(gap.place)  \(gap.requirement): accepted by \(gap.acceptedBy), but it is no "
                    + "gap; take it out of the file",
                first: "  needless  ", width: width)
        }.joined()
    }

    /// Most subjects of one concern that are shown; JSON holds them all.
    private static var subjectsMax: Int { 20 }

    private func attentionText(_ notes: inout Footnotes, _ width: Int) -> String {
        attention.reduce(into: "ATTENTION\n") { text, item in
            let shown = item.subjects.prefix(Self.subjectsMax).map { subject in
                subject.name + (subject.detail.map { " (\($0))" } ?? "")
            }
            let more = item.subjects.count - shown.count
            text += wrapped(
                "\(item.concern.title)\(item.basis.map { " " + notes.mark($0) } ?? ""): "
                    + shown.joined(separator: ", ")
                    + (more == 0 ? "" : ", and \(more) more (--format json lists all)"),
                first: "  - ", width: width)
        }
    }

    private func legalText(_ notes: Footnotes, _ width: Int) -> String? {
        var text = notes.text(width: width)
        if site.sensors.contains(where: \.stricter.isAny) {
            text += "  *    the site's own limit, stricter than that of the law\n"
        }
        if site.sensors.contains(where: \.derived.isAny) {
            text += "  ~    the law names none; it follows from the other limits\n"
        }
        return text.isEmpty ? nil : "BASIS\n" + text
    }
}
