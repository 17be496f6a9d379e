import GasModel
import SiteDescription
import Support
import Testing

@Suite("Site file")
struct SiteFileTests {
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
                == "d643019f1d9476fb51dee47c6b4607362a0fb53b6a9d4afe34211fdb82c447a7")
        let commented = try SiteFile.read(Sample.short + "# x", name: "f")
        #expect(commented.fingerprint != site.fingerprint)
        #expect(commented.sensors == site.sensors)
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
}
