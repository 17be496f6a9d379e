import GasModel
import SiteDescription
import Support
import Testing

@Suite("Site file")
struct SiteFileTests {
    @Test("what a row does not name follows from the figures of the site")
    func derivedFigures() throws {
        let text = """
            mine: {code: demo, name: Demo, gas-class: low}
            limit-table: law
            places: [{id: I1, name: Intake, kind: intake}]
            sensors:
              - {id: M, place: I1, role: intake, limits: {alarm: 0.1}, interval: 1s}
            """
        let limits = try #require(try Sample.site(text).sensors[0].limits)
        #expect(limits.repower == 0.1)
        #expect(limits.cut == Limit(0.5, beyond: true))
    }

    @Test("the smallest sample parses to the site that it describes")
    func sample() throws {
        let site = try SiteFile.read(Sample.bytes(), name: "heading.yaml")
        let rows = ["heading-t1", "heading-t2"].map { id in
            LimitTables.table("cn-2025")?.rows.first { $0.id == id }
        }
        let limits = [
            try GasLimits(alarm: 1.0, cut: 1.5, repower: 1.0),
            try GasLimits(alarm: 1.0, cut: 1.0, repower: 1.0),
        ]
        #expect(site.mine == "demo" && site.table?.name == "cn-2025")
        #expect(site.places.map(\.id) == ["H101"] && site.places.map(\.kind) == [.heading])
        #expect(site.sensors.map(\.id) == ["H101-T1", "H101-T2"])
        #expect(site.sensors.map(\.role) == [.face, .faceReturn])
        #expect(site.sensors.map(\.limits) == limits)
        #expect(site.sensors.map(\.row) == rows && rows.allSatisfy { $0 != nil })
        #expect(site.sensors.allSatisfy { $0.intervalSeconds == 1 && $0.range == 0...100 })
    }

    @Test("the fingerprint is the SHA-256 of the bytes, so a comment changes it")
    func fingerprint() throws {
        let site = try SiteFile.read(Sample.short, name: "f")
        // sha256sum of the same text.
        #expect(
            site.fingerprint
                == "76ea335ef35438d80219847d73bcaaadb5d54a0833fb5771772794f2c273b645")
        let commented = try SiteFile.read(Sample.short + "# x", name: "f")
        #expect(commented.fingerprint != site.fingerprint)
        #expect(commented.sensors == site.sensors)
    }

    @Test("records are kept as long as the file says, else two years and three months")
    func retention() throws {
        let standard = try SiteFile.read(Sample.short, name: "f").retention
        #expect(standard.journalDays == 731 && standard.rawDays == 92)
        let text = Sample.short + "\nretention: {journal-days: 36525}"
        let long = try SiteFile.read(text, name: "f").retention
        #expect(long.journalDays == 36_525 && long.rawDays == 92)
        let short = try SiteFile.read(
            Sample.short + "\nretention: {journal-days: 31, raw-days: 7}", name: "f")
        #expect(short.retention.journalDays == 31 && short.retention.rawDays == 7)
    }

    @Test("no cut is written as `none`")
    func noCut() throws {
        let text = Sample.short.replacing("cut: 1.5", with: "cut: none")
        #expect(try SiteFile.read(text, name: "f").sensors.first?.limits?.cut == nil)
    }

    @Test(
        "reads every spelling of an interval",
        arguments: [
            ("500ms", 0.5), ("100ms", 0.1), ("1s", 1), ("2min", 120), ("15", 15), ("0.25", 0.25),
            ("60min", 3600), ("3600", 3600), ("1ms", 0.001),
        ])
    func interval(_ text: String, _ seconds: Double) throws {
        let text = Sample.short.replacing("interval: 1s", with: "interval: \(text)")
        #expect(try SiteFile.read(text, name: "f").sensors.first?.intervalSeconds == seconds)
    }

    @Test("takes for text what YAML 1.1 would take for a truth value, an octal or a time of day")
    func textStaysText() throws {
        for code in ["no", "010", "0x1F", "1.10", "2026-11-23"] {
            let text = Sample.short.replacing("code: demo", with: "code: \(code)")
            #expect(try SiteFile.read(text, name: "f").mine == code)
        }
        let text = Sample.short.replacing("name: Heading 101", with: "name: 1:30")
        #expect(try SiteFile.read(text, name: "f").places.first?.name == "1:30")
    }

    @Test("takes a byte order mark, Windows line ends and names of any script")
    func encodings() throws {
        let windows = "\u{FEFF}" + Sample.short.replacing("\n", with: "\r\n")
        #expect(try SiteFile.read(windows, name: "f").places.count == 1)
        let chinese = Sample.short.replacing("Heading 101", with: "101 掘进工作面")
        #expect(try SiteFile.read(chinese, name: "f").places.first?.name == "101 掘进工作面")
    }

    @Test("takes limits and codes at the very edge of what is allowed")
    func edges() throws {
        let longest = String(repeating: "x", count: 64)
        #expect(
            Sample.problems(Sample.short.replacing("code: demo", with: "code: \(longest)")) == [])
        let atTheEnd = Sample.short.replacing("cut: 1.5", with: "cut: 4")
        #expect(Sample.problems(atTheEnd) == [])
        let equal = Sample.short.replacing("alarm: 1.0", with: "alarm: 1.5")
            .replacing("repower: 1.0", with: "repower: 1.5")
        #expect(Sample.problems(equal) == [])
        let whole = Sample.short.replacing("[0, 4]", with: "[0, 100]")
        #expect(Sample.problems(whole) == [])
    }

    @Test("reads every key that there is, and converts what is on the data sheet")
    func full() throws {
        let site = try Sample.site(Sample.full)
        #expect(site.gasClass == .outburst && site.outputTonnes == 450_000)
        #expect(site.table == TestLaw.table && site.policy == TestLaw.policy)
        #expect(site.people.map(\.duty) == [.dispatcher, .chiefEngineer])
        #expect(site.people.map(\.login) == ["console", "chen.jun"])
        #expect(site.people.map(\.powers) == [Duty.dispatcher.powers, [.release, .note]])
        #expect(site.districts == [District(id: "D1", name: "District 1")])
        #expect(
            site.places.first
                == Place(
                    id: "H101", name: "Heading 101", kind: .heading, district: "D1",
                    ventilates: ["R1"], production: ["H101-P"]))
        #expect(site.acceptedGaps.map(\.until) == ["2026-12-31"])
        #expect(site.decommissioned.map(\.sensor) == ["H101-T9"])

        let face = try #require(site.sensors.first)
        #expect(face.conversion(20) == 1.0 && face.range == 0...5 && face.type == .laser)
        #expect(face.resolution == 0.01 && face.calibrationDue == "2026-12-01")
        #expect(face.gateway == "G1" && face.row?.id == "heading-t1")
        #expect(face.alarmDelay == AlarmDelay(onSeconds: 5, offSeconds: 10))
        #expect(face.limits == (try GasLimits(alarm: 0.8, cut: 1.5, repower: 1.0)))
        #expect(face.steps == face.row?.steps && !face.steps.isEmpty)
    }

    @Test("the language is English unless the file says otherwise", arguments: Language.allCases)
    func language(_ language: Language) throws {
        #expect(try Sample.site(Sample.short).language == .english)
        let text = Sample.short + "\nlanguage: \(language.rawValue)\n"
        #expect(try Sample.site(text).language == language)
    }

    @Test("takes range, limits and states from type, row and unit where the file leaves them out")
    func defaults() throws {
        let site = try Sample.site(Sample.full)
        func sensor(_ id: String) throws -> Sensor {
            try #require(site.sensors.first { $0.id == id })
        }
        #expect(try sensor("R1-M").range == 0...4)
        #expect(try sensor("MR-M").limits == GasLimits(alarm: 0.75, cut: nil, repower: 0.75))
        #expect(try sensor("MR-M").conversion(10_000) == 1.0)
        let monoxide = try sensor("R1-CO")
        #expect(monoxide.role.rawValue == "carbon-monoxide" && monoxide.row == nil)
        #expect(monoxide.limits == (try GasLimits(alarm: 24, cut: nil, repower: 24)))
        #expect(try sensor("R1-V").limits == nil && sensor("R1-V").conversion(60) == 1)
        let production = try sensor("H101-P")
        #expect(production.range == 0...1 && production.limits == nil)
        #expect([19.9, 20, 400].map { production.conversion($0) } == [0, 1, 1])
        let units = try ["H101-P", "R1-V", "R1-M"].map { try sensor($0).sentUnit }
        #expect(units == ["A", "m/min", nil])
        // 1 mg of methane in a cubic metre at 20 °C and 101.325 kPa is 1.4995 ppm.
        let mass = try sensor("H101-M").conversion(10_000)
        #expect(abs(mass - 1.4995) < 0.0001)
    }

    @Test("takes limits that are as strict as the row, and refuses the next laxer ones")
    func strictness() throws {
        let intake = """
            mine: {code: demo, name: Demonstration mine}
            limit-table: classless
            places: [{id: H, name: Heading, kind: heading}]
            sensors:
              - id: S
                place: H
                role: face
                limits: {alarm: 1.0, cut: 1.5, repower: 1.0}
                interval: 1s
            """
        #expect(Sample.problems(intake) == [])
        for (old, next) in [
            ("alarm: 1.0", "alarm: 1.0000000000000002"), ("cut: 1.5", "cut: 1.5000000000000002"),
            ("repower: 1.0", "repower: 1.0000000000000002"), ("cut: 1.5", "cut: none"),
        ] {
            let problems = Sample.problems(intake.replacing(old, with: next))
            #expect(problems.count == 1 && problems[0].contains("is laxer than the row \"face\""))
        }
        let stricter = intake.replacing("alarm: 1.0", with: "alarm: 0.99")
            .replacing("cut: 1.5", with: "cut: 1.0").replacing("repower: 1.0", with: "repower: 0.9")
        #expect(
            try Sample.site(stricter).sensors.first?.limits
                == GasLimits(alarm: 0.99, cut: 1.0, repower: 0.9))
    }

    @Test("a law that says above takes a limit at the same figure, which is stricter")
    func above() throws {
        let text = """
            mine: {code: demo, name: Demonstration mine, gas-class: low}
            limit-table: law
            places: [{id: I, name: Intake, kind: intake}]
            sensors:
              - {id: A, place: I, role: intake, interval: 1s}
              - {id: B, place: I, role: intake, limits: {alarm: 0.25, cut: 0.5}, interval: 1s}
            """
        let limits = try Sample.site(text).sensors.map(\.limits)
        #expect(limits[0]?.alarm == Limit(0.25, beyond: true))
        #expect(limits[1]?.alarm == Limit(0.25) && limits[1]?.cut == Limit(0.5))
        let laxer = text.replacing("alarm: 0.25", with: "alarm: 0.2500000000000001")
        #expect(Sample.problems(laxer).first?.contains("alarm > 0.25, cut > 0.5") == true)
    }

    @Test("a stricter cut where the law has none is taken")
    func cutWithoutRow() throws {
        let text = Sample.full.replacing(
            "role: main-return, unit: ppm", with: "role: main-return, limits: {cut: 1.0}, unit: ppm"
        )
        let sensor = try Sample.site(text).sensors.first { $0.id == "MR-M" }
        #expect(sensor?.limits == (try GasLimits(alarm: 0.75, cut: 1.0, repower: 0.75)))
    }

    @Test("every sample is in order", arguments: Sample.names)
    func samples(_ name: String) throws {
        let site = try SiteFile.read(Sample.bytes(name), name: name)
        #expect(
            site.table != nil
                && site.sensors.allSatisfy { $0.quantity != .methane || $0.row != nil })
    }

    @Test("there is a sample for each jurisdiction and gas class, one of them with 200 sensors")
    func sampleKinds() throws {
        let sites = try Sample.names.map { try SiteFile.read(Sample.bytes($0), name: $0) }
        let shipped = Set(LimitTables.all.map(\.jurisdiction))
        #expect(Set(sites.compactMap(\.table?.jurisdiction)) == shipped && shipped.count == 5)
        #expect(Set(sites.compactMap(\.gasClass)) == Set(GasClass.allCases))
        #expect(sites.contains { $0.sensors.count == 200 && $0.gasClass == .outburst })
    }
}
