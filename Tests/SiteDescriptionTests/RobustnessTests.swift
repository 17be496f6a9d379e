import GasModel
import SiteDescription
import Support
import Testing

@Suite("Site file robustness")
struct RobustnessTests {
    /// One to four bytes deleted, doubled, replaced or put in.
    private static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        // Bytes that mean something to YAML are worth more than the average byte.
        let telling = Array("{}[]:,-#&*!|>%@'\"?<\n\t\r 0.\u{FEFF}é".utf8)
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let index = bytes.indices.randomElement(using: &random) else { break }
            let end = Int.random(in: index...min(index + 20, bytes.count - 1), using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.removeSubrange(index...end)
            case 1: bytes.insert(contentsOf: bytes[index...end], at: index)
            case 2: bytes[index] = .random(in: 0...255, using: &random)
            case 3: bytes[index] = telling.randomElement(using: &random) ?? 0
            default: bytes.insert(telling.randomElement(using: &random) ?? 0, at: index)
            }
        }
        return bytes
    }

    @Test("2,000 damaged samples give a site or problems at real places", arguments: [20_261_123])
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sample = try Sample.bytes()
        var (sites, refusals) = (0, 0)
        for round in 0..<2000 {
            let bytes = Self.mutated(sample, &random)
            do {
                let site = try SiteFile.read(bytes, name: "f")
                sites += 1
                #expect(!site.sensors.isEmpty, "seed \(seed), round \(round)")
            } catch {
                refusals += 1
                #expect(!error.list.isEmpty, "seed \(seed), round \(round)")
                let lines = bytes.count + 2
                #expect(
                    error.list.allSatisfy { 1...lines ~= $0.line && $0.column >= 1 },
                    "seed \(seed), round \(round): \(error)")
            }
        }
        print("seed \(seed): \(sites) sites, \(refusals) refusals")
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
