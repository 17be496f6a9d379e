import GasModel
import SiteDescription
import Testing

@Suite("Attention")
struct AttentionTests {
    /// A concern and what it is about, `concern: name (detail), ...`.
    private static func found(_ site: Site, today: String = TestMine.today) -> [String] {
        Attention.list(for: site, today: today).map { item in
            let subjects = item.subjects.map { $0.name + ($0.detail.map { " (\($0))" } ?? "") }
            return "\(item.concern.rawValue): \(subjects.joined(separator: ", "))"
        }
    }

    /// A mine of three places of which nothing needs attention.
    private static var quiet: Site {
        var site = TestMine.site(places: 3)
        for index in site.places.indices { site.places[index].production = ["shearer"] }
        return site
    }

    @Test("nothing is said of a mine where nothing is to be said")
    func nothing() { #expect(Self.found(Self.quiet) == []) }

    @Test(
        "a calibration is due from three days before its day, and overdue from the day after it",
        arguments: [
            ("2026-11-27", nil), ("2026-11-26", "calibration-due"),
            ("2026-11-23", "calibration-due"), ("2026-11-22", "calibration-overdue"),
            ("2025-12-31", "calibration-overdue"), ("2026-12-08", nil),
            ("2026-12-09", "calibration-later-than-allowed"),
        ] as [(String, String?)])
    func calibration(_ due: String, _ concern: String?) {
        var site = Self.quiet
        site.sensors[0].calibrationDue = due
        #expect(Self.found(site) == concern.map { ["\($0): P1-T1 (\(due))"] } ?? [])
    }

    @Test("a methane sensor without a day of calibration matters where the policy asks for one")
    func calibrationUnknown() {
        var site = Self.quiet
        site.sensors[0].calibrationDue = nil
        #expect(Self.found(site) == ["calibration-not-stated: P1-T1"])
        site.policy = nil
        #expect(Self.found(site) == [])
    }

    @Test("an outburst mine needs more than catalytic sensors at its faces, others do not")
    func range() {
        var site = Self.quiet
        site.sensors[0].range = 0...4
        site.sensors[0].type = .catalytic
        site.sensors[1].range = 0...39.9
        #expect(
            Self.found(site) == [
                "range-too-short-for-outbursts: P1-T1 (0..4), P1-T2 (0..39.9)"
            ])
        let basis = Attention.list(for: site, today: TestMine.today).first?.basis
        #expect(basis?.verified == .secondary)
        site.gasClass = .high
        #expect(Self.found(site) == [])
        site.gasClass = .outburst
        site.sensors[0].range = 0...40
        site.sensors[0].type = .highLow
        site.sensors[1].range = 0...100
        #expect(Self.found(site) == [])
    }

    @Test(
        "the end of an acceptance is announced a week ahead, until it is past",
        arguments: [
            ("2026-12-01", false), ("2026-11-30", true), ("2026-11-23", true),
            ("2026-11-22", false),
        ])
    func acceptance(_ until: String, _ isAnnounced: Bool) {
        var site = Self.quiet
        site.sensors.removeAll { $0.id == "P2-T2" }
        site.acceptedGaps = ["P2", "P1"].map {
            AcceptedGap(
                requirement: "return-t2", place: $0, acceptedBy: "Chen Jun", reason: "on order",
                until: until)
        }
        // That of P1, where the sensor is, is needless.
        let found = ["acceptance-ending: P2 (return-t2 until \(until))"]
        #expect(Self.found(site) == (isAnnounced ? found : []))
    }

    @Test("every duty of gas control wants a name, and only those three")
    func duties() {
        var site = Self.quiet
        site.people = [Person(name: "Li Ming", duty: .dispatcher, contact: nil)]
        #expect(
            Self.found(site) == [
                "duty-without-a-name: gas-inspector, chief-engineer",
                "release-by-nobody: people (none has the power)",
            ])
    }

    @Test("that nobody can release a halt is said, and that nobody with a login can")
    func release() {
        var site = Self.quiet
        site.people[2].login = nil
        #expect(Self.found(site) == ["release-by-nobody: Chen Jun (no login)"])
        #expect(text(site).contains("may release      Chen Jun (no login): NOBODY WITH A LOGIN"))
        site.people[2].powers.remove(.release)
        #expect(Self.found(site) == ["release-by-nobody: people (none has the power)"])
        #expect(text(site).contains("may release      NOBODY: a halt cannot be ended"))
        site.people[0].powers.insert(.release)
        site.people[0].login = "console"
        #expect(Self.found(site) == [])
        #expect(text(site).contains("may release      Li Ming\n"))
    }

    private func text(_ site: Site) -> String {
        SiteReport(site, today: TestMine.today).text(width: 120)
    }

    @Test("a longwall or heading without production evidence is named, a return is not")
    func production() {
        var site = Self.quiet
        for index in site.places.indices { site.places[index].production = [] }
        #expect(Self.found(site) == ["no-production-evidence: P1, P2"])
    }

    @Test("a mine stands under a halt below the least output, not at it")
    func standingHalt() {
        var site = Self.quiet
        for (output, isHalted) in [(299_999.0, true), (300_000, false), (300_001, false)] {
            site.outputTonnes = output
            #expect((site.standingHalt != nil) == isHalted)
            #expect(
                SiteReport(site, today: TestMine.today).text(width: 100)
                    .contains("STANDING HALT") == isHalted)
        }
        site.outputTonnes = 1
        #expect(site.standingHalt?.basis == site.policy?.outputBasis)
        site.policy?.outputTonnesMin = nil
        #expect(site.standingHalt == nil)
        site.outputTonnes = nil
        #expect(site.standingHalt == nil)
    }
}
