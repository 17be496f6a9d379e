import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Assessment: the burden of proof")
struct AssessmentProofTests {
    @Test("a mine of which everything was heard and nothing stands is proven")
    func proven() { #expect(AssessmentMine().bad == []) }

    @Test("nothing is proven after a start until each guard was heard")
    func start() {
        var mine = AssessmentMine(isHeard: false)
        #expect(mine.bad.count == 7)
        #expect(mine.evidence("A").map(\.text) == ["nothing was heard since the start"])
        mine.hear(awaiting: [], isLinked: false)
        #expect(mine.bad.count == 7)
        mine.hear(awaiting: [1, 4])
        #expect(mine.bad == ["A", "B", "D1", "D2", "demo"].map { "\($0) doubtful" })
        let text = "no reading that tells of now, of 1 of 2 sensors with a limit: A-T2"
        #expect(mine.evidence("A").map(\.text) == [text])
        mine.hear(awaiting: [4])
        #expect(mine.bad == ["B", "D2", "demo"].map { "\($0) doubtful" })
        mine.hear(awaiting: [])
        #expect(mine.bad == [])
    }

    @Test("a place that no sensor with a limit watches is proven by nothing")
    func unguarded() {
        let mine = AssessmentMine(
            AssessmentMine.site(
                { $0.places.append(Place(id: "N", name: "N", district: "D2")) },
                more: [AssessmentMine.sensor("N-X", .temperature)]))
        #expect(mine.bad == ["N", "D2", "demo"].map { "\($0) doubtful" })
    }

    @Test(
        "what makes evidence doubtful counts, a warning and a drill do not",
        arguments: [
            (Rule.fault, true), (.silence, true), (.calibrating, true), (.calibrationDue, true),
            (.drift, true), (.chatter, true), (.stuck, true), (.disagreement, true),
            (.alarm, true), (.withdrawal, true), (.trend, false), (.slowRise, false),
            (.drill, false), (.flapping, true),
        ])
    func doubts(_ rule: Rule, _ counts: Bool) {
        var mine = AssessmentMine()
        mine.find(rule, .sensor(4))
        #expect(mine.bad == (counts ? ["B", "D2", "demo"].map { "\($0) doubtful" } : []))
        mine.find(rule, .ended, .sensor(4))
        #expect(mine.bad == [])
    }

    @Test("a sensor that gas control does not rest on leaves no doubt, however faulty")
    func bystander() {
        var mine = AssessmentMine(
            AssessmentMine.site(
                more: [
                    AssessmentMine.sensor("B-X", .temperature),
                    AssessmentMine.sensor("B-F", .fanRunning),
                ]))
        mine.find(.silence, .sensor(5))
        #expect(mine.bad == [])
        mine.find(.silence, .sensor(6))
        #expect(mine.bad == ["B", "D2", "demo"].map { "\($0) doubtful" })
    }

    @Test("what is shelved counts as before, and so does a fault of the daemon itself")
    func shelved() {
        var mine = AssessmentMine()
        mine.find(.drift, .sensor(4))
        let order = OperatorOrder(.shelve, of: "drift", text: "to be calibrated", minutes: 60)
        let told = try? mine.book.perform(order, by: Course.people[0], at: .at(1))
        #expect(told?.count == 1)
        #expect(mine.bad == ["B", "D2", "demo"].map { "\($0) doubtful" })
        let blind = mine.book.assess(doubts: [Phrase("journal-unwritten", "disk")])
        #expect(blind.places.allSatisfy { $0.verdict == .doubtful })
        #expect(blind.mine.evidence.last?.text == "the journal cannot be written: disk")
    }

    @Test("a gateway that is gone makes doubtful only the places of its sensors")
    func gateway() {
        var mine = AssessmentMine()
        mine.find(.gateway, .gateway("G1"))
        #expect(mine.bad == ["A", "D1", "demo"].map { "\($0) doubtful" })
        mine.find(.link, .link)
        #expect(mine.bad.count == 7)
    }

    @Test("a sensor that the law asks for and that is missing makes its place doubtful, then halts")
    func uncovered() {
        var mine = AssessmentMine()
        mine.find(.uncovered, .place("B"))
        #expect(mine.bad == ["B", "D2", "demo"].map { "\($0) doubtful" })
        for _ in 0..<7 { mine.pass(3600) }
        mine.pass(3599)
        #expect(mine.bad.first == "B doubtful")
        mine.pass(1)
        #expect(mine.bad.first == "B not-proven")
        #expect(mine.evidence("B").first?.ground == "uncovered")
    }
}

@Suite("Assessment: grounds and how far they reach")
struct AssessmentScopeTests {
    @Test("over the limit in a heading: the places that its air goes to are affected, by name")
    func downstream() {
        var mine = AssessmentMine()
        mine.find(.cut, .sensor(0))
        #expect(mine.bad == ["A", "R", "M", "D1", "demo"].map { "\($0) not-proven" })
        #expect(mine.evidence("A").map(\.from) == [nil])
        #expect(mine.evidence("M").map(\.from) == ["A"])
        #expect(mine.evidence("A").map(\.ground) == ["over-limit"])
        mine.find(.cut, .ended, .sensor(0))
        // Latched: the heading stands until the release, its air is clean again.
        #expect(mine.bad == ["A", "D1", "demo"].map { "\($0) not-proven" })
    }

    @Test("over the limit in a district's return counts for the district, in the main's for all")
    func wider() {
        var mine = AssessmentMine()
        mine.find(.cut, .sensor(2))
        #expect(mine.bad == ["A", "R", "M", "D1", "demo"].map { "\($0) not-proven" })
        #expect(mine.evidence("A").map(\.from) == ["R"])
        mine = AssessmentMine()
        mine.find(.cut, .sensor(3))
        #expect(mine.bad.allSatisfy { $0.hasSuffix("not-proven") })
        #expect(mine.bad.count == 7)
        #expect(mine.evidence("B").map(\.from) == ["M"])
    }

    @Test(
        "what halts at once, and its ground",
        arguments: [
            (Rule.powerOn, "power-on"), (.fanStopped, "air"), (.airShort, "air"), (.work, "work"),
            (.drainageStopped, "drainage"),
        ])
    func atOnce(_ rule: Rule, _ ground: String) {
        var mine = AssessmentMine()
        mine.find(rule, .place("B"))
        #expect(mine.bad == ["B", "D2", "demo"].map { "\($0) not-proven" })
        #expect(mine.evidence("B").map(\.ground) == [ground])
    }

    @Test(
        "what may stand for a time, to the second; less where gas was rising",
        arguments: [
            (Rule.silence, false, 300.0), (.silence, true, 60), (.fault, false, 300),
            (.fault, true, 60), (.stuck, false, 1800), (.copied, false, 1800),
        ])
    func times(_ rule: Rule, _ isRising: Bool, _ seconds: Double) {
        var mine = AssessmentMine()
        mine.find(rule, .sensor(4), evidence: isRising ? [.init("last value", 0.9, "%CH4")] : [])
        mine.pass(seconds - 0.001)
        #expect(mine.bad.first == "B doubtful")
        mine.pass(0.001)
        #expect(mine.bad.first == "B not-proven")
    }

    @Test(
        "a gateway that dies while gas behind it is high: an alarm, a halt sooner, and says where",
        arguments: [(false, 300.0, Severity.fault), (true, 60, .alarm)])
    func gateway(_ isHigh: Bool, _ seconds: Double, _ severity: Severity) throws {
        var mine = AssessmentMine()
        let high = [
            Finding.Evidence("of them high or rising", 1), .init("worst of them A-T1", 0.9, "%CH4"),
        ]
        mine.find(.gateway, .gateway("G1"), evidence: [.init("sensors", 2)] + (isHigh ? high : []))
        let told = try #require(mine.told.last)
        #expect(told.severity == severity)
        #expect(told.why.contains(", in A: sensors 2"))
        mine.pass(seconds - 0.001)
        #expect(mine.bad.first == "A doubtful")
        mine.pass(0.001)
        #expect(mine.bad.first == "A not-proven")
    }

    @Test("a link that is lost halts the whole mine, and no sooner for what was high in one place")
    func link() {
        var mine = AssessmentMine()
        mine.find(.link, .link, evidence: [.init("worst of them A-T1", 0.9, "%CH4")])
        #expect(mine.told.last?.severity == .fault)
        mine.pass(299.999)
        #expect(mine.bad.first == "A doubtful")
    }

    @Test("a warning ahead is a doubt with its ground, and never a latch")
    func advance() {
        var mine = AssessmentMine()
        mine.find(.withdrawal, .sensor(4))
        #expect(mine.told.last?.severity == .alarm)
        #expect(mine.evidence("B").map(\.ground) == ["withdrawal"])
        mine.pass(100_000)
        #expect(mine.bad.first == "B doubtful")
        mine.find(.withdrawal, .ended, .sensor(4))
        #expect(mine.bad == [])
        #expect(mine.book.open.isEmpty)
    }

    @Test("a drainage station answers for the whole mine where the mine as a whole must drain")
    func station() {
        var mine = AssessmentMine(
            AssessmentMine.site(
                { $0.needsDrainage = true }, more: [AssessmentMine.sensor("B-P", .drainagePump)]))
        mine.find(.drainageStopped, .place("B"))
        #expect(mine.bad.count == 7)
        mine = AssessmentMine(
            AssessmentMine.site(
                { $0.places[0].needsDrainage = true },
                more: [AssessmentMine.sensor("B-P", .drainagePump)]))
        // That nobody knows whether the pump runs is a doubt wherever it is needed.
        mine.find(.silence, .sensor(5))
        #expect(mine.bad == ["A", "B", "D1", "D2", "demo"].map { "\($0) doubtful" })
    }

    @Test("a licence below the least halts the mine and every place")
    func licence() {
        let basis = LegalBasis(instrument: "n", edition: "e", article: "a", verified: .yes)
        let policy = ProvincePolicy(
            name: "p", title: "p", outputTonnesMin: 300_000, outputBasis: basis,
            haltDays: [3, 6, 9], cycleMonths: 2, haltBasis: basis, calibrationDays: nil,
            calibrationBasis: basis, fingerprint: "")
        var mine = AssessmentMine(
            AssessmentMine.site {
                $0.policy = policy
                $0.outputTonnes = 299_999
            })
        #expect(mine.bad.count == 7)
        #expect(mine.evidence("B").map(\.ground) == ["licensed-output"])
        mine = AssessmentMine(
            AssessmentMine.site {
                $0.policy = policy
                $0.outputTonnes = 300_000
            })
        #expect(mine.bad == [])
        days(&mine)
    }

    /// The days of cumulative halts are told with the halt, and are gone when they have passed.
    private func days(_ mine: inout AssessmentMine) {
        mine.find(.cut, .sensor(4))
        #expect(mine.told.last?.why.contains("over-limit 1 of its cycle halts for 3 days") == true)
        mine.pass(60)
        mine.find(.cut, .sensor(0))
        #expect(mine.told.last?.why.contains("over-limit 2 of its cycle halts for 6 days") == true)
        #expect(mine.evidence("B").map(\.ground) == ["cumulative", "over-limit"])
        mine.find(.cut, .ended, .sensor(4))
        #expect(mine.told.last?.why.contains("halts for 3 days, until 2026-11-26") == true)
        var count = mine.book.assessmentCount
        // A pause of the steady clock longer than an hour would not count.
        for _ in 0..<71 { mine.pass(3600) }
        mine.pass(3539)
        #expect(mine.evidence("B").map(\.ground) == ["cumulative", "over-limit"])
        count = mine.book.assessmentCount
        mine.pass(1)
        mine.pass(1)
        #expect(mine.book.assessmentCount > count)
        #expect(mine.evidence("B").map(\.ground) == ["over-limit"])
    }

    @Test("the worst stands first, then the oldest")
    func order() {
        var mine = AssessmentMine()
        mine.find(.drift, .sensor(0))
        mine.pass(1)
        mine.find(.powerOn, .sensor(1))
        mine.pass(1)
        mine.find(.cut, .sensor(0))
        mine.hear(awaiting: [1])
        #expect(
            mine.evidence("A").map(\.verdict) == [.notProven, .notProven, .doubtful, .doubtful])
        #expect(mine.evidence("A").map(\.ground) == ["power-on", "over-limit", nil, nil])
        for area in mine.book.assess().places {
            #expect(area.verdict == area.evidence.map(\.verdict).max() ?? .proven)
        }
    }
}

@Suite("Assessment: over changes")
struct AssessmentChangeTests {
    @Test("a site that adds and removes places and grounds is assessed as it is from then on")
    func reload() {
        var mine = AssessmentMine()
        mine.find(.cut, .sensor(4))
        let count = mine.book.assessmentCount
        mine.change(
            to: AssessmentMine.site {
                $0.places.removeLast()
                $0.sensors.removeLast()
                $0.places.append(Place(id: "C", name: "C", kind: .heading))
                $0.grounds.removeAll { $0.id == "work" }
                $0.fingerprint = "other"
            })
        #expect(mine.book.assessmentCount > count)
        // The halt of a place that left stands with the mine; the new one has no guard.
        #expect(mine.bad == ["C doubtful", "demo not-proven"])
        #expect(mine.evidence("demo").first?.from == "B")
        mine.find(.work, .place("A"))
        #expect(mine.bad.first == "A doubtful", "no longer a ground, still no proof")
    }

    @Test("is the same after a restart at any point", arguments: UInt64(1)...8)
    func restart(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var mine = AssessmentMine(
            AssessmentMine.site(more: [AssessmentMine.sensor("B-F", .fanRunning)]))
        let rules: [Rule] = [
            .cut, .alarm, .silence, .fault, .stuck, .drift, .powerOn, .withdrawal, .chatter,
        ]
        let places: [Rule] = [.uncovered, .drainageStopped, .fanStopped, .work]
        for step in 0..<400 {
            let change: Finding.Change = Bool.random(using: &random) ? .began : .ended
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let place = ["A", "R", "M", "B"].randomElement(using: &random) ?? "A"
                mine.find(places.randomElement(using: &random) ?? .work, change, .place(place))
            case 1: mine.find(.gateway, change, .gateway("G1"))
            case 2: mine.pass(Double(Int.random(in: 1...400, using: &random)))
            case 3: mine.hear(awaiting: Bool.random(using: &random) ? [] : [0, 4])
            default:
                let sensor = UInt32.random(in: 0...5, using: &random)
                mine.find(rules.randomElement(using: &random) ?? .cut, change, .sensor(sensor))
            }
            guard step % 5 == 0 else { continue }
            #expect(mine.restarted().assess() == mine.book.assess(), "seed \(seed), step \(step)")
        }
    }
}

@Suite("Assessment: cost")
struct AssessmentCostTests {
    /// 200 places one behind the other in the air, 20,000 sensors, `halts` of them over the limit.
    private func mine(halts: Int) -> AssessmentMine {
        var mine = AssessmentMine(
            AssessmentMine.site { site in
                site.places = (0..<200).map {
                    Place(
                        id: "P\($0)", name: "", kind: .heading, district: "D\($0 % 2 + 1)",
                        ventilates: $0 % 10 == 9 ? [] : ["P\($0 + 1)"])
                }
                site.sensors = (0..<20_000).map { AssessmentMine.sensor("P\($0 % 200)-\($0)") }
            })
        for index in 0..<halts { mine.find(.cut, .sensor(UInt32(index * 17 % 20_000))) }
        return mine
    }

    @Test("where nothing has changed a look costs next to nothing; 1,000 halts are assessed fast")
    func cost() {
        var mine = mine(halts: 1000)
        let clock = ContinuousClock()
        let count = mine.book.assessmentCount
        let looks = clock.measure {
            for _ in 0..<1000 {
                mine.book.hear(Hearing(isLinked: true))
                if mine.book.assessmentCount != count { _ = mine.book.assess() }
            }
        }
        #expect(mine.book.assessmentCount == count)
        var size = 0
        let whole = clock.measure { size = mine.book.assess().mine.evidence.count }
        #expect(size == 1000)
        print("1000 looks \(looks), one assessment with 1000 halts \(whole)")
        // Debug builds on a busy machine: an order of magnitude above what is seen.
        #expect(looks < .milliseconds(200))
        #expect(whole < .milliseconds(400))
    }
}
