package import GasModel

extension AdvisoryDocument {
    /// The document of one advisory in `language`; `nil` when what was told belongs to none.
    package init?(_ sources: DocumentSources, in language: Language) {
        guard let writer = DocumentWriter(sources, language) else { return nil }
        self.init(
            document: Self.version, language: language,
            headline: writer.newest.headline(in: language), identity: writer.identity,
            place: writer.location, what: writer.matter, since: writer.course,
            basis: writer.basis, requiredAction: writer.action, scope: writer.scope,
            certainty: writer.certainty, acknowledgement: writer.acknowledgement,
            verification: writer.verification, clearing: writer.clearing,
            integrity: writer.integrity)
    }
}

/// Writes the parts of a document, each from what is known of one advisory.
struct DocumentWriter {
    typealias Document = AdvisoryDocument

    let sources: DocumentSources
    let language: Language
    /// The newest announcement, and how the advisory stands after it.
    let newest: Announcement
    let advisory: AdvisoryReference
    let rule: Rule?
    let sensor: Sensor?
    let place: Place?

    var site: Site { sources.book.site }

    init?(_ sources: DocumentSources, _ language: Language) {
        let own = sources.told.filter { $0.entry.advisory != nil }
        guard let newest = own.last?.entry, let advisory = newest.advisory,
            own.allSatisfy({ $0.entry.advisory?.id == advisory.id })
        else { return nil }
        self.sources = sources
        self.language = language
        self.newest = newest
        self.advisory = advisory
        rule = Rule(rawValue: advisory.rule)
        let site = sources.book.site
        sensor = newest.sensor.flatMap { code in site.sensors.first { $0.id == code } }
        place = newest.place.flatMap { code in site.places.first { $0.id == code } }
    }

    // MARK: Words and times

    func say(_ phrases: Phrase...) -> String { say(phrases) }

    func say(_ phrases: [Phrase]) -> String { phrases.saidAnyway(in: language) }

    func time(_ nanoseconds: Int64) -> String {
        Timestamp(nanoseconds: nanoseconds).rfc3339(offsetSeconds: sources.offsetSeconds)
    }

    func mark(_ verification: Verification) -> String? {
        verification.mark.isEmpty ? nil : say(Phrase.term(verification.mark))
    }

    // MARK: 1 to 2

    var identity: Document.Identity {
        Document.Identity(
            id: advisory.id, revision: advisory.revision, rule: advisory.rule,
            severity: newest.severity, transition: newest.transition,
            stage: advisory.stage.rawValue, isLatched: advisory.isLatched,
            isDrill: rule == .drill, decidedAt: time(newest.atNanoseconds),
            asOf: time(sources.asOf.nanoseconds), clock: sources.clock, issuer: sources.issuer,
            site: newest.site,
            mine: Document.Mine(
                code: newest.mine, name: site.name, gasClass: site.gasClass?.rawValue,
                licensedOutput: site.outputTonnes))
    }

    var location: Document.Location {
        let district = place?.district.flatMap { code in
            site.districts.first { $0.id == code }
        }
        return Document.Location(
            district: district.map { Document.Named(code: $0.id, name: $0.name) },
            place: newest.place.map { Document.Named(code: $0, name: place?.name ?? $0) },
            kind: place?.kind.rawValue, sensor: sensor.map(instrument), gateway: newest.gateway)
    }

    private func instrument(_ sensor: Sensor) -> Document.Instrument {
        Document.Instrument(
            code: sensor.id, role: sensor.role.rawValue, title: sensor.row?.title,
            quantity: sensor.quantity.rawValue, type: sensor.type?.rawValue,
            range: [sensor.range.lowerBound, sensor.range.upperBound],
            resolution: sensor.resolution, intervalSeconds: sensor.intervalSeconds,
            calibrationDue: sensor.calibrationDue)
    }

    // MARK: 3 to 4

    var matter: Document.Matter {
        let cause = newest.cause
        let figures = (cause?.evidence ?? []).map(figure)
        return Document.Matter(
            text: say(newest.matter), value: cause?.value, unit: cause.map(\.unit),
            quality: cause?.quality, measuredAt: cause.map { time($0.measuredNanoseconds) },
            limit: newest.limit.flatMap(threshold), limits: sensor?.limits.map(thresholds),
            durationSeconds: duration,
            peak: advisory.peak, slope: figures.first { $0.name == "rise" },
            projection: cause?.projection, figures: figures.isEmpty ? nil : figures,
            nearby: sources.nearby.map { $0.compactMap(shown) })
    }

    private func figure(_ evidence: Finding.Evidence) -> Document.Figure {
        Document.Figure(
            name: evidence.name, text: say(Phrase.term(evidence.name)), value: evidence.value,
            unit: evidence.unit.isEmpty ? nil : evidence.unit)
    }

    private func threshold(_ text: String) -> Document.Threshold? {
        let comparison = text.prefix { !$0.isNumber && $0 != "-" }
        guard !comparison.isEmpty, let value = Double(text.dropFirst(comparison.count)) else {
            return nil
        }
        return Document.Threshold(comparison: String(comparison), value: value)
    }

    private func thresholds(_ limits: GasLimits) -> Document.Thresholds {
        func threshold(_ limit: Limit) -> Document.Threshold {
            Document.Threshold(comparison: limit.comparison, value: limit.value)
        }
        return Document.Thresholds(
            alarm: threshold(limits.alarm), cut: limits.cut.map(threshold),
            repower: Document.Threshold(comparison: "<", value: limits.repower))
    }

    /// From the onset to what ended it, or to the instant of the document.
    private var duration: Double {
        let end = sources.told.last { $0.entry.transition == .gone }?.entry
        let until =
            advisory.state == .active
            ? sources.asOf.nanoseconds
            : end?.cause?.measuredNanoseconds ?? end?.atNanoseconds ?? newest.atNanoseconds
        let seconds = Double(until - advisory.onsetNanoseconds) / 1e9
        return max(0, (seconds * 1000).rounded() / 1000)
    }

    private func shown(_ shown: DocumentSources.Shown) -> Document.Nearby? {
        guard let sensor = site.sensors.first(where: { $0.id == shown.sensor }) else { return nil }
        let definition = sensor.quantity.definition
        let state = definition.states.flatMap { states in
            shown.value == 0 || shown.value == 1 ? states[Int(shown.value)] : nil
        }
        return Document.Nearby(
            sensor: sensor.id, place: sensor.place, role: sensor.role.rawValue,
            quantity: sensor.quantity.rawValue,
            value: shown.value.isFinite && shown.quality == .good ? shown.value : nil,
            unit: definition.unit, text: state.map { say(Phrase.term($0)) },
            quality: shown.quality.word, measuredAt: time(shown.measuredAt.nanoseconds))
    }

    var course: Document.Course {
        let steps = sources.told.compactMap { told -> Document.Step? in
            guard let advisory = told.entry.advisory else { return nil }
            let entry = told.entry
            return Document.Step(
                revision: advisory.revision, severity: entry.severity,
                transition: entry.transition, at: time(entry.atNanoseconds),
                text: entry.texts(in: language).why, journal: told.number)
        }
        let isWhole = steps.map(\.revision) == Array(1...max(1, advisory.revision))
        return Document.Course(
            onset: time(advisory.onsetNanoseconds),
            firstTold: steps.first.flatMap { $0.revision == 1 ? $0.at : nil },
            transitions: steps, isComplete: isWhole,
            gaps: sources.gaps.map { gaps in
                gaps.map { gap in
                    Document.Gap(
                        from: time(gap.from.nanoseconds), to: gap.to.map { time($0.nanoseconds) },
                        subject: gap.subject, kind: gap.kind, text: say(gap.words))
                }
            })
    }

    var integrity: Document.Integrity {
        let line = sources.told.last { $0.entry.advisory != nil }
        return Document.Integrity(
            journal: line?.number, hash: line?.hash, previous: line?.previous,
            evidence: sources.evidence?.file, evidenceHash: sources.evidence?.hash)
    }
}
