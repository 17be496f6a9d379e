import GasModel
import SiteDescription
import Support
import Testing

@Suite("Site file robustness")
struct RobustnessTests {
    /// One to four times: bytes deleted, doubled, replaced or put in, lines swapped, the end cut.
    private static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        // Bytes that mean something to YAML are worth more than the average byte.
        let telling = Array("{}[]:,-#&*!|>%@'\"?<\n\t\r 0.\u{FEFF}é".utf8)
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let index = bytes.indices.randomElement(using: &random) else { break }
            let end = Int.random(in: index...min(index + 20, bytes.count - 1), using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<4: bytes.removeSubrange(index...end)
            case 4..<8: bytes.insert(contentsOf: bytes[index...end], at: index)
            case 8..<11: bytes[index] = .random(in: 0...255, using: &random)
            case 11..<14: bytes[index] = telling.randomElement(using: &random) ?? 0
            case 14..<17: bytes.insert(telling.randomElement(using: &random) ?? 0, at: index)
            case 17..<19: swapLines(&bytes, &random)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }

    private static func swapLines(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let one = lines.indices.randomElement(using: &random),
            let other = lines.indices.randomElement(using: &random)
        else { return }
        lines.swapAt(one, other)
        bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    @Test(
        "thousands of damaged copies give a site or problems at real places",
        arguments: Sample.names + ["every key"])
    func mutations(name: String) throws {
        let seed: UInt64 = 20_261_123
        var random = SeededGenerator(seed: seed)
        let sample =
            name == "every key" ? Array(Sample.full.utf8) : try Sample.bytes(name)
        var (sites, refusals, faults) = (0, 0, 0)
        for _ in 0..<2_000_000 / sample.count {
            let bytes = Self.mutated(sample, &random)
            do {
                let site = try SiteFile.read(
                    bytes, name: "f", tables: TestLaw.tables + LimitTables.all,
                    policies: TestLaw.policies + ProvincePolicies.all)
                sites += 1
                if site.sensors.isEmpty { faults += 1 }
            } catch {
                refusals += 1
                let lines = bytes.count + 2
                let isPlaced = error.list.allSatisfy { 1...lines ~= $0.line && $0.column >= 1 }
                if error.list.isEmpty || !isPlaced { faults += 1 }
            }
        }
        #expect(faults == 0, "seed \(seed)")
        #expect(sites > 0 && refusals > 0)
    }

    @Test("a site of 20,000 sensors is read whole")
    func large() throws {
        let site = try SiteFile.read(Self.site(places: 2000, sensorsEach: 10), name: "large.yaml")
        #expect(site.places.count == 2000)
        #expect(site.sensors.count == 20_000)
        #expect(site.sensors.last?.id == "P2000-S10")
        let report = SiteReport(site, today: "2026-11-23").text(width: 100)
        #expect(report.split(separator: "\n").count { $0.hasPrefix("  P") } == 20_000)
    }

    @Test("a site of one sensor too many is refused at that sensor")
    func tooLarge() {
        let sensors = (1...SiteFile.sensorsMax + 1).map { "\n- \($0)" }.joined()
        let text =
            "mine: {code: a, name: A}\nlimit-table: own\n"
            + "places: [{id: P, name: P, kind: other}]\nsensors:\(sensors)"
        let problems = Sample.problems(text)
        #expect(problems.last == "65540:3: the site has 65536 sensors; allowed: at most 65535")
        #expect(problems.count == SiteFile.sensorsMax + 1)
    }

    static func site(places: Int, sensorsEach: Int) -> String {
        var text = "mine: {code: large, name: Large}\nlimit-table: own\nplaces:\n"
        for place in 1...places {
            text += "  - id: P\(place)\n    name: Place \(place)\n    kind: heading\n"
        }
        text += "sensors:\n"
        for place in 1...places {
            for sensor in 1...sensorsEach {
                text += """
                      - id: P\(place)-S\(sensor)
                        place: P\(place)
                        role: T1
                        unit: "%CH4"
                        limits: {alarm: 1.0, cut: 1.5, repower: 1.0}
                        interval: 1s

                    """
            }
        }
        return text
    }
}
