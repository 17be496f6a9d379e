import GasModel
import SiteDescription
import Support
import Testing

@Suite("Coverage")
struct CoverageTests {
    private static func gaps(_ site: Site, today: String = TestMine.today) -> [String] {
        Coverage(of: site, today: today).gaps.map { "\($0.requirement.id) in \($0.place.id)" }
    }

    @Test("a site with every sensor that its table asks for has no gap")
    func complete() {
        let coverage = Coverage(of: TestMine.site(places: 6), today: TestMine.today)
        #expect(coverage.gaps == [])
        // Longwall 3, heading 3, district return 2; each twice.
        #expect(coverage.askedCount == 16)
    }

    @Test("without a limit table nothing is judged, and that is not the same as no gap")
    func noTable() {
        var site = TestMine.site(places: 3)
        site.table = nil
        site.sensors = []
        #expect(Coverage(of: site, today: TestMine.today).askedCount == nil)
        site.table = TestMine.table
        #expect(Coverage(of: site, today: TestMine.today).askedCount == 8)
        site.table?.requirements = []
        #expect(Coverage(of: site, today: TestMine.today).askedCount == nil)
    }

    @Test("a heading of an outburst mine needs its T2, one of a low-gas mine does not")
    func gasClass() {
        for (gasClass, missing) in [
            (GasClass.outburst, ["return-t2 in P2"]), (.high, ["return-t2 in P2"]), (.low, []),
            (nil, []),
        ] {
            var site = TestMine.site(places: 3, gasClass: gasClass)
            site.sensors.removeAll { $0.id == "P2-T2" }
            #expect(Self.gaps(site) == missing, "\(String(describing: gasClass))")
        }
    }

    @Test("a sensor of the same role counts neither in another place nor of another quantity")
    func notJustAny() throws {
        var site = TestMine.site(places: 6)
        let index = try #require(site.sensors.firstIndex { $0.id == "P2-T1" })
        site.sensors[index].place = "P5"
        #expect(Self.gaps(site) == ["face-t1 in P2"])
        site.sensors[index].place = "P2"
        site.sensors[index].quantity = .carbonMonoxide
        #expect(Self.gaps(site) == ["face-t1 in P2"])
    }

    @Test("a requirement without a role is met by any role of the quantity")
    func anyRole() throws {
        var site = TestMine.site(places: 3)
        let index = try #require(site.sensors.firstIndex { $0.id == "P3-methane" })
        site.sensors[index].role = SensorRole(rawValue: "district-return")
        #expect(Self.gaps(site) == [])
        site.sensors.remove(at: index)
        #expect(Self.gaps(site) == ["district-any in P3"])
    }

    @Test("series ventilation: used air counts, through intakes too, fresh air does not")
    func series() {
        var site = TestMine.site(places: 3)
        #expect(Self.gaps(site) == [])
        site.places[0].ventilates = ["P2"]
        #expect(Self.gaps(site) == ["heading-t3 in P2"])
        site.places[0].ventilates = ["I1"]
        site.places.append(Place(id: "I1", name: "Intake", kind: .intake, ventilates: ["P2"]))
        #expect(Self.gaps(site) == ["heading-t3 in P2"])
        site.places[0].ventilates = []
        #expect(Self.gaps(site) == [])
    }

    @Test("places that ventilate each other or themselves in a circle do not hang it")
    func circle() {
        var site = TestMine.site(places: 3)
        site.places[1].ventilates = ["P2"]
        #expect(Self.gaps(site) == [])
        site.places.append(Place(id: "I1", name: "1", kind: .intake, ventilates: ["I2", "P2"]))
        site.places.append(Place(id: "I2", name: "2", kind: .intake, ventilates: ["I1"]))
        #expect(Self.gaps(site) == [])
        site.places[1].ventilates = ["I2"]
        #expect(Self.gaps(site) == [])
        site.places[2].ventilates = ["I2"]
        #expect(Self.gaps(site) == ["heading-t3 in P2"])
    }

    private static func accepting(until: String...) -> Site {
        var site = TestMine.site(places: 3)
        site.sensors.removeAll { $0.id == "P2-T2" }
        site.acceptedGaps = until.map {
            AcceptedGap(
                requirement: "return-t2", place: "P2", acceptedBy: "Chen Jun", reason: "on order",
                until: $0)
        }
        return site
    }

    @Test("an accepted gap stays visible, through its last day, and then it is missing again")
    func acceptance() {
        for (today, isAccepted) in [
            ("2026-12-30", true), ("2026-12-31", true), ("2027-01-01", false),
        ] {
            let site = Self.accepting(until: "2026-12-31")
            let coverage = Coverage(of: site, today: today)
            #expect(coverage.gaps.count == 1)
            #expect(
                coverage.gaps.first?.standing
                    == (isAccepted
                        ? .accepted(site.acceptedGaps[0]) : .expired(site.acceptedGaps[0])))
            #expect(coverage.unaccepted.count == (isAccepted ? 0 : 1), "\(today)")
            #expect(coverage.needless == [])
        }
    }

    @Test("of two acceptances of one gap the longer one holds")
    func twoAcceptances() {
        let site = Self.accepting(until: "2026-12-31", "2026-10-01")
        #expect(Coverage(of: site, today: "2026-11-01").unaccepted == [])
    }

    @Test("an acceptance in another place, or of what is there, is needless and closes nothing")
    func needless() {
        var site = Self.accepting(until: "2026-12-31")
        site.acceptedGaps[0].place = "P1"
        let coverage = Coverage(of: site, today: TestMine.today)
        #expect(coverage.needless == site.acceptedGaps)
        #expect(coverage.unaccepted.map(\.place.id) == ["P2"])
    }

    @Test("of random mines: each gap is really unmet, and the missing sensor closes just that gap")
    func property() {
        let seed: UInt64 = 20_261_123
        var random = SeededGenerator(seed: seed)
        var closed = 0
        for round in 0..<200 {
            let classes: [GasClass?] = [nil, .low, .high, .outburst]
            let gasClass = classes.randomElement(using: &random) ?? nil
            var site = TestMine.site(
                places: Int.random(in: 1...9, using: &random), gasClass: gasClass)
            for index in site.places.indices where Bool.random(using: &random) {
                site.places[index].ventilates = [
                    site.places.randomElement(using: &random)?.id ?? ""
                ]
            }
            site.sensors.removeAll { _ in Int.random(in: 0..<3, using: &random) == 0 }
            let coverage = Coverage(of: site, today: TestMine.today)
            for gap in coverage.gaps {
                let there = site.sensors.filter { $0.place == gap.place.id }
                #expect(!there.contains(where: gap.requirement.isMet), "seed \(seed), \(round)")
                #expect(gap.requirement.places.contains(gap.place.kind), "seed \(seed), \(round)")
                var mended = site
                mended.sensors.append(TestMine.sensor(gap.requirement, in: gap.place, gasClass))
                let rest = Coverage(of: mended, today: TestMine.today).gaps
                #expect(rest == coverage.gaps.filter { $0 != gap }, "seed \(seed), \(round)")
                closed += 1
            }
            for sensor in site.sensors {
                var without = site
                without.sensors.removeAll { $0.id == sensor.id }
                #expect(
                    Coverage(of: without, today: TestMine.today).gaps.count >= coverage.gaps.count,
                    "seed \(seed), \(round)")
            }
        }
        print("seed \(seed): \(closed) gaps closed")
        #expect(closed > 200)
    }
}
