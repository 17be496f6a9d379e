import GasModel
import Support
import Testing

@Suite("Site diff")
struct SiteDiffTests {
    /// The heading of other tests with a little of everything around it.
    private static var site: Site {
        var site = Heading.site
        site.districts = [District(id: "D1", name: "District 1")]
        site.places[0].kind = .heading
        site.people = [
            Person(name: "Li Ming", duty: .dispatcher, contact: nil),
            Person(name: "Chen Jun", duty: .chiefEngineer, contact: nil),
        ]
        site.acceptedGaps = [
            AcceptedGap(
                requirement: "feed", place: "H101", acceptedBy: "Chen Jun", reason: "on order",
                until: "2026-12-31")
        ]
        return site
    }

    /// The changes that `edit` makes, `kind id key from -> to [direction] effect`.
    private static func changes(_ edit: (inout Site) -> Void) -> [String] {
        var new = site
        edit(&new)
        return SiteDiff(from: site, to: new).changes.map(words)
    }

    private static func words(_ change: SiteDiff.Change) -> String {
        [
            change.subject.kind, change.subject.id, change.key,
            "\(change.from ?? "-") -> \(change.to ?? "-")", change.direction?.rawValue,
            change.effect.rawValue,
        ].compactMap { $0 }.joined(separator: " ")
    }

    @Test("a site does not differ from itself, nor from one of other bytes or another order")
    func same() {
        #expect(Self.changes { _ in } == [])
        #expect(Self.changes { $0.fingerprint = "beef" } == [])
        #expect(Self.changes { $0.sensors.reverse() } == [])
    }

    @Test("how long records are kept is told, and touches no judgement")
    func retention() {
        #expect(
            Self.changes { $0.retention.journalDays = 1000 } == [
                "retention journal-days 731 -> 1000 cosmetic"
            ])
    }

    @Test("in a few figures: how many of each kind but sensors, each thing once")
    func others() {
        func others(_ edit: (inout Site) -> Void) -> [String] {
            var new = Self.site
            edit(&new)
            return SiteDiff(from: Self.site, to: new).others.map {
                "\($0.kind.rawValue) \($0.count)"
            }
        }
        #expect(others { $0.fingerprint = "beef" } == [])
        #expect(others { $0.sensors[0].intervalSeconds = 2 } == [])
        #expect(others { $0.sensors.removeLast() } == [])
        #expect(
            others {
                for index in $0.sensors.indices { $0.sensors[index].gateway = "G2" }
                $0.sensors[0].calibrationDue = "2027-01-01"
            } == ["gateway 2", "detail 1"])
        #expect(
            others {
                $0.places[0].name = "Heading"
                $0.places[0].kind = .longwall
                $0.places.append(Place(id: "H102", name: "Heading 102"))
                $0.people.reverse()
                $0.retention.rawDays = 10
            } == ["place 2", "people 1", "retention 1"])
    }

    @Test("a limit that falls is stricter, one that rises or goes is laxer")
    func limits() {
        func face(_ alarm: Double, _ cut: Double?, _ repower: Double) -> [String] {
            Self.changes {
                $0.sensors[0].limits = try? GasLimits(alarm: alarm, cut: cut, repower: repower)
            }
        }
        #expect(face(1, 1.5, 1) == [])
        #expect(
            face(0.8, 1.6, 1) == [
                "sensor H101-T1 limits.alarm >=1.0 -> >=0.8 stricter judgement",
                "sensor H101-T1 limits.cut >=1.5 -> >=1.6 laxer judgement",
            ])
        #expect(
            face(1, nil, 0.9) == [
                "sensor H101-T1 limits.cut >=1.5 -> none laxer judgement",
                "sensor H101-T1 limits.repower <1.0 -> <0.9 stricter judgement",
            ])
        #expect(
            Self.changes { $0.sensors[0].limits = nil }.allSatisfy { $0.contains("- laxer") })
    }

    @Test("reached only beyond the value instead of at it is laxer")
    func beyond() {
        let changes = Self.changes {
            $0.sensors[0].limits = try? GasLimits(
                alarm: Limit(1, beyond: true), cut: Limit(1.5), repower: 1)
        }
        #expect(changes == ["sensor H101-T1 limits.alarm >=1.0 -> >1.0 laxer judgement"])
    }

    @Test("what came and what went is told whole")
    func cameAndWent() {
        let changes = Self.changes {
            $0.sensors[1].id = "H101-T2b"
            $0.districts = []
            $0.decommissioned = [
                Decommission(sensor: "H101-T2", by: "Chen Jun", reason: "broken")
            ]
        }
        #expect(
            changes == [
                "district D1 District 1 -> - telling",
                "sensor H101-T2 methane T2 in H101, alarm >=1.0, cut >=1.0, repower <1.0 %CH4 -> - "
                    + "judgement",
                "sensor H101-T2b - -> methane T2 in H101, alarm >=1.0, cut >=1.0, repower <1.0 "
                    + "%CH4 judgement",
                "decommissioned H101-T2 - -> Chen Jun: broken telling",
            ])
    }

    @Test("a gap that a change opens or closes is told: it ends in a halt")
    func gaps() {
        var old = Self.site
        old.table = LimitTable(
            name: "law", jurisdiction: "-", edition: "-", title: "-", fingerprint: "-", rows: [],
            requirements: [
                SensorRequirement(
                    id: "t2", quantity: .methane, role: SensorRole(rawValue: "T2"),
                    places: [.heading], gasClasses: [], onlyInSeries: false, title: "the return",
                    basis: LegalBasis(
                        instrument: "Act", edition: "1", article: "s 1", verified: .yes))
            ])
        var new = old
        new.sensors.removeAll { $0.id == "H101-T2" }
        #expect(
            SiteDiff(from: old, to: new).changes.map(Self.words).last
                == "gap t2 in H101 - -> the return judgement")
        #expect(
            SiteDiff(from: new, to: old).changes.map(Self.words).last
                == "gap t2 in H101 the return -> - judgement")
        // What a place that goes lacked is of no interest.
        var none = new
        none.places = []
        #expect(!SiteDiff(from: new, to: none).changes.contains { $0.subject.kind == "gap" })
    }

    @Test("the words of a hook are told apart, however many are in one")
    func hook() {
        func words(_ command: [String]) -> String {
            OutletSettings(name: "x", target: .hook(command: command, answerSeconds: 10)).words
        }
        #expect(words(["/bin/x", "a", "b"]) == "hook /bin/x a b, 10.0 s")
        #expect(words(["/bin/x", "a b", ""]) == "hook /bin/x \"a b\" \"\", 10.0 s")
    }

    @Test("names, gateways and calibration touch no judgement; place, range and interval do")
    func effects() {
        let telling: [(inout Site) -> Void] = [
            { $0.name = "x" }, { $0.places[0].name = "x" }, { $0.districts[0].name = "x" },
            { $0.sensors[0].type = .laser },
            { $0.people.reverse() }, { $0.people[0].contact = "110" },
            { $0.people[0].login = "console" }, { $0.people[0].powers = [.release] },
            { $0.acceptedGaps[0].reason = "x" }, { $0.districts[0].position = "x" },
            { $0.sensors[0].gateway = "x" }, { $0.sensors[0].calibrationDue = "2026-12-01" },
        ]
        for edit in telling {
            let changes = Self.changes(edit)
            #expect(changes.count == 1 && changes[0].hasSuffix(" telling"), "\(changes)")
        }
        let judgement: [(inout Site) -> Void] = [
            { $0.mine = "x" }, { $0.gasClass = .high }, { $0.outputTonnes = 1 },
            { $0.places[0].kind = .longwall }, { $0.places[0].ventilates = ["H102"] },
            { $0.places[0].production = ["x"] }, { $0.sensors[0].place = "H102" },
            { $0.sensors[0].role = SensorRole(rawValue: "T0") },
            { $0.sensors[0].quantity = .temperature }, { $0.sensors[0].range = 0...40 },
            { $0.sensors[0].conversion = UnitConversion(factor: 5, divisor: 100) },
            { $0.sensors[0].resolution = 0.1 }, { $0.sensors[0].steps = [] },
            { $0.sensors[0].alarmDelay = AlarmDelay(onSeconds: 5) },
            { $0.sensors[0].intervalSeconds = 2 }, { $0.places.append(Place(id: "x", name: "x")) },
            { $0.places[0].district = "D1" },
        ]
        for edit in judgement {
            let changes = Self.changes(edit)
            #expect(changes.count == 1 && changes[0].hasSuffix(" judgement"), "\(changes)")
        }
    }

    @Test("a gap that nobody answers for any more is judged: it ends in a halt")
    func acceptedGaps() {
        #expect(
            Self.changes { $0.acceptedGaps = [] } == [
                "accepted-gap feed in H101 Chen Jun until 2026-12-31: on order -> - stricter "
                    + "judgement"
            ])
        #expect(
            Self.changes { $0.acceptedGaps[0].until = "2027-01-01" } == [
                "accepted-gap feed in H101 until 2026-12-31 -> 2027-01-01 laxer judgement"
            ])
    }

    @Test("a way out that comes or leads elsewhere is told")
    func delivery() {
        func hook(_ target: WebhookTarget) -> OutletSettings {
            OutletSettings(name: "hq", target: .webhook(target))
        }
        var site = Self.site
        site.delivery = [hook(WebhookTarget(url: "http://a/"))]
        #expect(
            SiteDiff(from: Self.site, to: site).changes.map(Self.words) == [
                "delivery hq - -> webhook http://a/, firedamp, 5.0 s telling"
            ])
        var other = site
        other.delivery = [hook(WebhookTarget(url: "http://b/", secretFile: "/k"))]
        #expect(
            SiteDiff(from: site, to: other).changes.map(Self.words) == [
                "delivery hq target webhook http://a/, firedamp, 5.0 s -> "
                    + "webhook http://b/, firedamp, 5.0 s, signed by /k telling"
            ])
    }

    @Test("whatever a site says is compared")
    func complete() {
        let basis = LegalBasis(instrument: "", edition: "", article: "", verified: .no)
        let table = LimitTable(
            name: "x", jurisdiction: "", edition: "", title: "", fingerprint: "", rows: [],
            requirements: [])
        let policy = ProvincePolicy(
            name: "x", title: "", outputTonnesMin: nil, outputBasis: basis, haltDays: [3],
            cycleMonths: 2, haltBasis: basis, calibrationDays: nil, calibrationBasis: basis,
            fingerprint: "")
        let edits: [String: (inout Site) -> Void] = [
            "mine": { $0.mine = "x" }, "name": { $0.name = "x" },
            "gasClass": { $0.gasClass = .high }, "outputTonnes": { $0.outputTonnes = 1 },
            "table": { $0.table = table }, "policy": { $0.policy = policy },
            "districts": { $0.districts = [] }, "places": { $0.places[0].name = "x" },
            "sensors": { $0.sensors[0].gateway = "x" }, "people": { $0.people = [] },
            "acceptedGaps": { $0.acceptedGaps = [] },
            "decommissioned": {
                $0.decommissioned = [Decommission(sensor: "x", by: "x", reason: "x")]
            },
            "needsDrainage": { $0.needsDrainage = true },
            "grounds": { $0.grounds = [] }, "timing": { $0.timing.remindSeconds = 60 },
            "retention": { $0.retention.rawDays = 7 }, "language": { $0.language = .chinese },
            "delivery": {
                $0.delivery = [OutletSettings(name: "x", target: .cap(directory: "/x"))]
            },
        ]
        let told = Mirror(reflecting: Self.site).children.compactMap(\.label)
        #expect(Set(told) == Set(edits.keys).union(["fingerprint"]))
        for (key, edit) in edits { #expect(!Self.changes(edit).isEmpty, "\(key)") }
    }

    @Test("another language touches no judgement, and all that is told")
    func language() {
        let changes = Self.changes { $0.language = .chinese }
        #expect(changes == ["mine language en -> zh telling"])
    }

    @Test("a longer interval is laxer: silence is noticed later")
    func interval() {
        #expect(
            Self.changes { $0.sensors[0].intervalSeconds = 2 } == [
                "sensor H101-T1 interval 1.0 s -> 2.0 s laxer judgement"
            ])
    }

    @Test("of random edits: to and fro name the same things, with from and to and direction turned")
    func property() {
        let seed: UInt64 = 20_261_123
        var random = SeededGenerator(seed: seed)
        func edited(_ site: Site) -> Site {
            var site = site
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let index = Int.random(in: 0..<site.sensors.count, using: &random)
                switch Int.random(in: 0..<7, using: &random) {
                case 0:
                    site.sensors[index].intervalSeconds = Double.random(in: 1...2, using: &random)
                case 1: site.sensors[index].id += "x"
                case 2: site.people.shuffle(using: &random)
                case 3: site.places[0].name += "x"
                case 4:
                    let alarm = Double.random(in: 0.1...1, using: &random)
                    site.sensors[index].limits = try? GasLimits(
                        alarm: alarm, cut: Bool.random(using: &random) ? nil : 1, repower: alarm)
                case 5: site.acceptedGaps = []
                default: site.gasClass = GasClass.allCases.randomElement(using: &random)
                }
            }
            return site
        }
        var count = 0
        for round in 0..<500 {
            let (old, new) = (edited(Self.site), edited(Self.site))
            #expect(SiteDiff(from: old, to: old).changes == [], "seed \(seed), \(round)")
            let there = SiteDiff(from: old, to: new).changes
            let back = SiteDiff(from: new, to: old).changes.map { change in
                var change = change
                (change.from, change.to) = (change.to, change.from)
                change.direction = change.direction.map { $0 == .laxer ? .stricter : .laxer }
                return change
            }
            #expect(
                there.map(Self.words).sorted() == back.map(Self.words).sorted(),
                "seed \(seed), \(round)")
            #expect(there.isEmpty == (old == new), "seed \(seed), \(round)")
            count += there.count
        }
        print("seed \(seed): \(count) changes")
        #expect(count > 500)
    }
}
