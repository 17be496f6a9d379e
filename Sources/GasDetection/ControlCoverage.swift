internal import GasModel

/// What the law asks for in one place and is not there, unless somebody answers for it.
struct CoverageCheck: Sendable, Equatable {
    let place: String
    /// What is missing, each with the last day on which somebody answers for it, since 1970;
    /// `Int.min` where nobody does.
    let gaps: [(requirement: String, day: Int)]
    /// How many are missing and told; -1 when that is so by the journal, which holds no count.
    var toldCount = 0

    var key: UInt64 { UInt64(nameHash: place) }

    static func == (a: Self, b: Self) -> Bool {
        a.place == b.place && a.toldCount == b.toldCount
            && a.gaps.elementsEqual(b.gaps) { $0.requirement == $1.requirement && $0.day == $1.day }
    }

    /// The requirements that nobody answers for on `day`.
    func missing(on day: Int) -> [String] { gaps.filter { $0.day < day }.map(\.requirement) }
}

// MARK: Coverage

extension ControlDetector {
    /// Goes over to the requirements of `site`. Returns the places of which it stood that a sensor
    /// is missing and of which no gap is known any more.
    mutating func adoptCoverage(_ site: Site) -> [(Rule, Finding.Subject)] {
        // As of a day before every acceptance: the days themselves are judged with the ticks.
        let coverage = Coverage(of: site, today: "1700-01-01")
        let before = Dictionary(
            self.coverage.map { ($0.place, $0.toldCount) }, uniquingKeysWith: { first, _ in first })
        var order: [String] = []
        var gaps: [String: [(requirement: String, day: Int)]] = [:]
        for gap in coverage.gaps {
            if gaps[gap.place.id] == nil { order.append(gap.place.id) }
            var day = Int.min
            if case .accepted(let accepted) = gap.standing {
                day = CalendarDay.number(accepted.until) ?? .min
            }
            gaps[gap.place.id, default: []].append((gap.requirement.id, day))
        }
        self.coverage = order.map {
            CoverageCheck(place: $0, gaps: gaps[$0] ?? [], toldCount: before[$0] ?? 0)
        }
        return before.filter { $0.value != 0 && gaps[$0.key] == nil }.map(\.key).sorted()
            .map { (.uncovered, .place($0)) }
    }

    mutating func judgeCoverage(
        on day: Int, _ tick: Reading, into findings: inout [Finding]
    ) {
        for index in coverage.indices {
            let missing = coverage[index].missing(on: day)
            let told = coverage[index].toldCount
            coverage[index].toldCount = missing.count
            let change: Finding.Change
            switch (told, missing.count) {
            case (0, 1...): change = .began
            case (1..., let count) where count > told: change = .worsened
            case (let told, 0) where told != 0: change = .ended
            default: continue
            }
            let names =
                missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? ", ..." : "")
            let figure = Finding.Evidence("missing (\(names))", Double(missing.count))
            findings.append(
                Finding(
                    .uncovered, change, by: tick, of: .place(coverage[index].place),
                    evidence: missing.isEmpty ? [] : [figure]))
        }
    }

    mutating func restoreCoverage(of place: String, isActive: Bool) {
        for index in coverage.indices where coverage[index].place == place {
            coverage[index].toldCount = isActive ? -1 : 0
        }
    }

    func saveCoverage(to state: inout StateWriter) {
        let told = coverage.filter { $0.toldCount != 0 }
        state.write(told.count)
        for check in told {
            state.write(check.key)
            state.write(check.toldCount)
        }
    }

    mutating func loadCoverage(from state: inout StateReader) throws(StateError) {
        for index in coverage.indices { coverage[index].toldCount = 0 }
        for _ in 0..<(try state.readCount()) {
            let key: UInt64 = try state.read()
            let count: Int = try state.read()
            guard let index = coverage.firstIndex(where: { $0.key == key }) else { continue }
            coverage[index].toldCount = count
        }
    }
}
