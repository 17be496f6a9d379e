import GasModel

/// Reads the tree of a file of tests.
struct RuleFileReader {
    private let problems: ProblemList
    private let vocabulary: RuleFile.Vocabulary
    /// 2026-01-01T00:00:00Z: where a test begins that does not say when.
    private static let start = Timestamp(milliseconds: 1_767_225_600_000)

    init(_ problems: ProblemList, _ vocabulary: RuleFile.Vocabulary) {
        self.problems = problems
        self.vocabulary = vocabulary
    }

    func file(_ root: Item) -> RuleFile? {
        guard var file = Block(root, title: "the file of tests", problems: problems) else {
            return nil
        }
        let site = file.required("site", .line("path", bytesMax: 1000))
        let items = file.list("tests")
        file.refuseUnknownKeys()
        let tests = (items ?? []).enumerated().compactMap { test($1, number: $0 + 1) }
        guard let site else { return nil }
        return RuleFile(site: Placed(site.value, site.position), tests: tests)
    }

    private func test(_ item: Item, number: Int) -> RuleTest? {
        guard var block = Block(item, title: "test \(number)", problems: problems) else {
            return nil
        }
        let name = block.required("name", .name)
        let start = block.optional("start", .instant(vocabulary.instant), standard: Self.start)
        let interval = block.optional("interval", .interval, standard: 1)
        let series = block.required("series", .series)
        let eventItems = block.list("events", isRequired: false)
        let checkItems = block.list("checks")
        block.refuseUnknownKeys()

        let events = (eventItems ?? []).enumerated().compactMap { event($1, number: $0 + 1) }
        let checks = (checkItems ?? []).enumerated().compactMap { check($1, number: $0 + 1) }
        for (earlier, later) in zip(checks, checks.dropFirst()) where later.at < earlier.at {
            problems.add(
                Position(line: later.place.line, column: later.place.column),
                "this check is at \(later.at) s, the one before it at \(earlier.at) s",
                hint: "allowed: checks in the order of time")
        }
        let parser = SeriesText(intervalSeconds: interval?.value ?? 1, problems: problems)
        let messages = (series?.value ?? []).map { line in
            RuleTest.Series(
                sensor: Placed(line.sensor.value, line.sensor.position),
                messages: parser.messages(line.text))
        }
        guard let name, let start else { return nil }
        return RuleTest(
            name: name.value, start: start.value, series: messages, events: events, checks: checks)
    }

    private func event(_ item: Item, number: Int) -> RuleTest.Event? {
        guard var block = Block(item, title: "event \(number)", problems: problems) else {
            return nil
        }
        let at = block.required("at", .moment)
        let down = block.optional("gateway-down", .code)
        let up = block.optional("gateway-up", .code)
        let link = block.optional("link", .word("state of the link", among: ["up", "down"]))
        var calibration: RuleTest.Event.Kind?
        let hasCalibration = block.states("calibration")
        if var inner = block.block("calibration", title: "the calibration", isRequired: false) {
            let sensor = inner.required("sensor", .code)
            let by = inner.required("by", .name)
            let minutes = inner.required("minutes", .number)
            inner.refuseUnknownKeys()
            if let sensor, let by, let minutes {
                if !(0...1440 ~= minutes.value) {
                    problems.add(
                        minutes.position, "a calibration takes no \(minutes.value) minutes",
                        hint: "allowed: 0, which ends one, to 1440")
                }
                calibration = .calibration(
                    sensor: Placed(sensor.value, sensor.position),
                    by: Placed(by.value, by.position), minutes: minutes.value)
            }
        }
        block.refuseUnknownKeys()
        let keys = ["gateway-down", "gateway-up", "link", "calibration"]
        if keys.count(where: { block.states($0) }) != 1 {
            problems.add(
                block.position, "\(block.title) must say one thing that happens",
                hint: "allowed: \(keys.joined(separator: ", "))")
        }
        let gateway =
            down.map { RuleTest.Event.Kind.gateway(Placed($0.value, $0.position), isUp: false) }
            ?? up.map { .gateway(Placed($0.value, $0.position), isUp: true) }
        let kind = gateway ?? link.map { .link(isUp: $0.value == "up") } ?? calibration
        guard let at, let kind, !hasCalibration || calibration != nil else { return nil }
        return RuleTest.Event(at: at.value, kind: kind)
    }

    private func check(_ item: Item, number: Int) -> RuleTest.Check? {
        guard var block = Block(item, title: "check \(number)", problems: problems) else {
            return nil
        }
        let rules = Rule.allCases.map(\.rawValue)
        let line = PhraseForm([
            .init("severity", vocabulary.severities), .init("transition", vocabulary.transitions),
            .init("subject", nil),
        ])
        let finding = PhraseForm([
            .init("rule", rules), .init("change", ["began", "worsened", "ended"]),
            .init("subject", nil),
        ])
        let advisory = PhraseForm([.init("rule", rules), .init("subject", nil)])
        let at = block.required("at", .moment)
        let told = block.optional("expect", .phrases(line, isWhole: true, isEmptyAllowed: false))
        let notTold = block.optional("none", .phrases(line, isWhole: false, isEmptyAllowed: false))
        let open = block.optional("open", .phrases(advisory, isWhole: true))
        let findings = block.optional(
            "findings", .phrases(finding, isWhole: true, isEmptyAllowed: false))
        block.refuseUnknownKeys()
        if !["expect", "none", "open", "findings"].contains(where: { block.states($0) }) {
            problems.add(
                block.position, "\(block.title) checks nothing",
                hint: "allowed: expect, none, open, findings")
        }
        guard let at else { return nil }
        return RuleTest.Check(
            at: at.value, place: Placed("check \(number)", block.position),
            told: told?.value ?? [], notTold: notTold?.value ?? [],
            open: open.map { Placed($0.value.map(\.value), $0.position) },
            findings: findings?.value ?? [])
    }
}
