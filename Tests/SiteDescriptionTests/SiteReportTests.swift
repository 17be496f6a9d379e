import Foundation
import GasModel
import SiteDescription
import Support
import Testing

@Suite("Site report")
struct SiteReportTests {
    /// Three places with something of everything.
    private static var site: Site {
        var site = TestMine.site(places: 3)
        site.outputTonnes = 210_000
        site.places[0].ventilates = ["P2"]
        site.places[1].production = ["P2-header"]
        site.sensors.removeAll { ["P1-T2", "P3-feed-power"].contains($0.id) }
        site.sensors[2].limits = try? GasLimits(alarm: 0.8, cut: 1.5, repower: 0.8)
        site.acceptedGaps = [
            AcceptedGap(
                requirement: "return-t2", place: "P1", acceptedBy: "Chen Jun",
                reason: "on order, and a portable one is carried there in every shift until then",
                until: "2026-12-31"),
            AcceptedGap(
                requirement: "feed", place: "P3", acceptedBy: "Chen Jun", reason: "on order",
                until: "2026-10-31"),
            AcceptedGap(
                requirement: "feed", place: "P2", acceptedBy: "Chen Jun", reason: "on order",
                until: "2026-12-31"),
        ]
        return site
    }

    @Test("text shows mine, halt, sensors by place, coverage, attention and bases")
    func text() {
        #expect(SiteReport(Self.site, today: TestMine.today).text(width: 90) == threePlaces)
    }

    @Test("what is not verified says so at every figure and in words below")
    func notVerified() {
        var site = TestMine.site(places: 3)
        let role = SensorRole(rawValue: "T3")
        let row = TestMine.table.row(role: role, in: .heading, of: nil)
        site.sensors.append(
            Sensor(
                id: "P2-T3", place: "P2", role: role, limits: try? row?.limits(), row: row,
                intervalSeconds: 0.5, range: 0...4))
        let lines = SiteReport(site, today: TestMine.today).text(width: 120).split(separator: "\n")
        #expect(lines.contains { $0.contains("P2-T3") && $0.hasSuffix(" NOT VERIFIED") })
        #expect(lines.contains { $0.contains("table, series -- NOT VERIFIED: from memory") })
    }

    @Test("no line of a shipped sample is wider than 120 columns")
    func samplesFit() throws {
        for name in Sample.names {
            let site = try SiteFile.read(try Sample.bytes(name), name: name)
            let text = SiteReport(site, today: TestMine.today).text(width: 120)
            let widest = text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(widest <= 120, "\(name)")
        }
    }

    @Test("limits without a table are said to have no legal basis, and coverage is not judged")
    func ownLimits() {
        var site = Heading.site
        let text = SiteReport(site, today: TestMine.today).text(width: 100)
        #expect(text.contains("OWN LIMITS, WITHOUT LEGAL BASIS"))
        #expect(text.split(separator: "\n").count { $0.hasSuffix("no legal basis") } == 2)
        #expect(text.contains("COVERAGE not judged"))
        #expect(!text.contains("BASIS\n  ["))
        site.acceptedGaps = [
            AcceptedGap(requirement: "x", place: "H101", acceptedBy: "A", reason: "B", until: "C")
        ]
        #expect(
            SiteReport(site, today: TestMine.today).text(width: 100).contains("needless  H101 x"))
    }

    @Test("a limit that the law does not name is marked as taken from the others")
    func derived() {
        var site = TestMine.site(places: 3)
        var row = TestMine.table.rows[0]
        row.repower = nil
        site.sensors[0].row = row
        let text = SiteReport(site, today: TestMine.today).text(width: 100)
        #expect(text.contains("~<1.00"))
        #expect(text.contains("  ~    the law names none; it follows from the other limits\n"))
    }

    @Test("ways out are listed")
    func delivery() throws {
        var site = Self.site
        site.delivery = [
            OutletSettings(name: "hq", target: .syslog(.udp(host: "192.0.2.7", port: 514)))
        ]
        let report = SiteReport(site, today: TestMine.today)
        let text = report.text(width: 90)
        #expect(text.contains("\n  delivery         hq: syslog udp 192.0.2.7:514\n"))
        let listed = try #require(try object(report)["delivery"] as? [[String: String]])
        #expect(
            listed == [["name": "hq", "kind": "syslog", "target": "syslog udp 192.0.2.7:514"]])
    }

    @Test("a unit that is brought into another is named")
    func sentUnits() throws {
        var site = TestMine.site(places: 1)
        site.sensors[0].conversion = UnitConversion(factor: 5, divisor: 100)
        site.sensors[0].sentUnit = "%LEL"
        var work = site.sensors[0]
        (work.quantity, work.limits, work.row, work.sentUnit) = (.production, nil, nil, "A")
        (work.conversion, work.range) = (UnitConversion(onAt: 40), 0...1)
        site.sensors.append(work)
        let report = SiteReport(site, today: TestMine.today)
        #expect(report.text(width: 120).contains("%CH4 from %LEL "))
        #expect(report.text(width: 120).contains("state from A >=40 "))
        let sent = try #require(try object(report)["places"] as? [[String: Any]])
            .flatMap { $0["sensors"] as? [[String: Any]] ?? [] }.compactMap { $0["sends"] }
        #expect(sent.first as? String == "%LEL" && sent.last as? String == "A")
        #expect(sent.count == site.sensors.count)
    }

    @Test("a limit that is reached only beyond its value shows that")
    func beyond() throws {
        var site = Heading.site
        site.sensors[0].limits = try GasLimits(
            alarm: Limit(0.25, beyond: true), cut: Limit(0.5, beyond: true), repower: 0.5)
        let text = SiteReport(site, today: TestMine.today).text(width: 100)
        #expect(text.contains(" >0.25 ") && text.contains(" >0.50 "))
    }

    @Test("prose keeps within the width, columns stay aligned beside names of any script")
    func width() {
        var site = Self.site
        site.places[0].name = String(repeating: "采煤工作面", count: 20)
        site.acceptedGaps[0].reason = String(repeating: "已订购", count: 60)
        for width in [80, 100, 160] {
            let lines = SiteReport(site, today: TestMine.today).text(width: width)
                .split(separator: "\n").map(String.init)
            let sensors = lines.filter { $0.hasPrefix("  P") }
            #expect(sensors.count == 6)
            for line in lines where !sensors.contains(line) && !line.hasPrefix("  SENSOR") {
                let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) }
                #expect(columns <= width, "\(line)")
            }
        }
    }

    @Test("20 subjects of a concern are shown, more are counted, and JSON lists them all")
    func manySubjects() throws {
        let site = TestMine.site(places: 90)
        let report = SiteReport(site, today: TestMine.today)
        #expect(report.text(width: 100).contains("and 40 more"))
        let attention = try #require(object(report)["attention"] as? [[String: Any]])
        #expect((attention.first?["subjects"] as? [Any])?.count == 60)
    }

    private func object(_ report: SiteReport) throws -> [String: Any] {
        let text = JSONValue.object(report.members).rendered
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    @Test("JSON holds the same in keys that stay")
    func json() throws {
        let report = try object(SiteReport(Self.site, today: TestMine.today))
        #expect(
            report.keys.sorted() == [
                "attention", "coverage", "decommissioned", "delivery", "districts", "fingerprint",
                "grounds", "language", "limit-table", "mine", "people", "places", "policy",
                "retention", "standing-halt", "summary", "timing", "today",
            ])
        let halt = try #require(report["standing-halt"] as? [String: Any])
        #expect(halt["licensed-output"] as? Double == 210_000)
        #expect(halt["least-licensed-output"] as? Double == 300_000)
        let places = try #require(report["places"] as? [[String: Any]])
        #expect(places.map { $0["id"] as? String } == ["P1", "P2", "P3"])
        let sensor = try #require((places[1]["sensors"] as? [[String: Any]])?.first)
        let limits = try #require(sensor["limits"] as? [String: [String: Any]])
        #expect(limits["alarm"]?["at"] as? Double == 0.8)
        #expect(limits["alarm"]?["operator"] as? String == ">=")
        #expect(limits["alarm"]?["stricter-than-law"] as? Bool == true)
        #expect(limits["cut"]?["stricter-than-law"] as? Bool == false)
        #expect(limits.values.allSatisfy { $0["derived"] as? Bool == false })
        #expect(limits["repower"]?["operator"] as? String == "<")
        let coverage = try #require(report["coverage"] as? [String: Any])
        #expect(coverage["asked"] as? Int == 9)
        #expect(coverage["unaccepted"] as? Int == 2)
        let gaps = try #require(coverage["gaps"] as? [[String: Any]])
        #expect(gaps.map { $0["standing"] as? String } == ["accepted", "open", "expired"])
        #expect((coverage["needless"] as? [Any])?.count == 1)
    }

    @Test("every key of the JSON is described in CHECK.md")
    func described() throws {
        let document = try String(
            contentsOf: Sample.folder.appending(path: "CHECK.md"), encoding: .utf8)
        var keys: Set<String> = []
        func collect(_ value: Any) {
            if let object = value as? [String: Any] {
                keys.formUnion(object.keys)
                object.values.forEach(collect)
            }
            (value as? [Any])?.forEach(collect)
        }
        for name in Sample.names {
            let site = try SiteFile.read(Sample.bytes(name), name: name)
            collect(try object(SiteReport(site, today: TestMine.today)))
        }
        collect(try object(SiteReport(Self.site, today: TestMine.today)))
        #expect(keys.count > 60)
        #expect(keys.filter { !document.contains("`\($0)`") }.sorted() == [])
    }

    @Test("JSON escapes what it must, and writes no number that is none")
    func escapes() throws {
        let hostile = "\"\\\n\t\r\u{0}\u{1F}\u{7F}\u{2028}é采\u{1F4A3}/"
        let value: JSONValue = [
            hostile: .text(hostile), "n": [.number(.nan), .number(0.1), .null],
        ]
        let read = try JSONSerialization.jsonObject(with: Data(value.rendered.utf8))
        let object = try #require(read as? [String: Any])
        #expect(object[hostile] as? String == hostile)
        #expect((object["n"] as? [Any])?[1] as? Double == 0.1)
        #expect((object["n"] as? [Any])?[0] is NSNull)
    }
}
