import GasDetection
import GasModel
import Support
import Testing

@Suite("ThresholdDetector: what is kept of an excursion")
struct ThresholdExcursionTests {
    private struct Bench {
        var detector = ThresholdDetector(Heading.roster)
        var source = ReadingSource()
        var findings: [Finding] = []

        mutating func see(_ value: Double, at second: Double) {
            detector.observe(source.value(value, at: second), into: &findings)
        }

        func figures(_ rule: Rule, _ change: Finding.Change = .ended) -> [String: Double] {
            let found = findings.last { $0.rule == rule && $0.change == change }
            return Dictionary(
                (found?.evidence ?? []).map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    @Test("peak, time over the limit and the area above it, by the times of the readings")
    func figures() {
        var bench = Bench()
        for (second, value) in [(0, 0.4), (2, 1.2), (4, 1.7), (8, 1.5), (10, 1.4), (13, 0.9)] {
            bench.see(value, at: Double(second))
        }
        let cut = bench.figures(.cut)
        #expect(cut["peak"] == 1.7)
        #expect(cut["over the limit for"] == 6)
        #expect(abs((cut["above the limit x time"] ?? 0) - 0.2 * 4 / 60) < 1e-12)
        #expect(cut["not seen for"] == nil)
        let alarm = bench.figures(.alarm)
        #expect(alarm["peak"] == 1.7)
        #expect(alarm["over the limit for"] == 11)
        let area = (0.2 * 2 + 0.7 * 4 + 0.5 * 2 + 0.4 * 3) / 60
        #expect(abs((alarm["above the limit x time"] ?? 0) - area) < 1e-12)
    }

    @Test("a time without readings counts neither as over nor as below", arguments: [5.0, 5.001])
    func gap(_ length: Double) {
        var bench = Bench()
        bench.see(1.6, at: 0)
        bench.see(1.6, at: length)
        bench.see(0.4, at: length + 1)
        let cut = bench.figures(.cut)
        #expect(abs((cut["over the limit for"] ?? 0) - (length > 5 ? 1 : length + 1)) < 1e-9)
        #expect(cut["not seen for"] == (length > 5 ? length : nil))
    }

    @Test("faults in between are no values: the time until the next good one is not seen")
    func faults() {
        var bench = Bench()
        bench.see(1.6, at: 0)
        for second in 1...7 {
            bench.detector.observe(
                bench.source.fault(.null, at: Double(second)), into: &bench.findings)
        }
        bench.see(0.4, at: 8)
        #expect(bench.figures(.cut)["not seen for"] == 8)
        #expect(bench.figures(.cut)["peak"] == 1.6)
    }

    @Test("each excursion begins at nothing")
    func anew() {
        var bench = Bench()
        for (second, value) in [(0, 3.9), (1, 0.4), (2, 1.6), (3, 0.4)] {
            bench.see(value, at: Double(second))
        }
        #expect(bench.figures(.cut)["peak"] == 1.6)
        #expect(bench.figures(.cut)["over the limit for"] == 1)
    }

    @Test("forty peaks of 50 ms between readings below are all seen")
    func shortPeaks() {
        var bench = Bench()
        for peak in 0..<40 {
            let start = Double(peak) * 700
            bench.see(0.4, at: start)
            bench.see(3.5, at: start + 0.5)
            bench.see(0.4, at: start + 0.55)
        }
        #expect(bench.findings.count { $0.rule == .cut && $0.change == .began } == 40)
        let figures = bench.figures(.cut)
        #expect(figures["peak"] == 3.5)
        #expect(abs((figures["over the limit for"] ?? 0) - 0.05) < 1e-9)
    }
}

@Suite("ThresholdDetector: places")
struct ThresholdPlaceTests {
    @Test(
        "the tier of a place follows its worst sensor",
        arguments: [
            (1.499, 0), (1.5, 1), (1.999, 1), (2.0, 2), (2.999, 2), (3.0, 3), (40, 3),
        ])
    func tier(_ value: Double, _ tier: Int) throws {
        var bench = ControlBench()
        bench.shown[1] = value
        bench.run(1)
        let status = try #require(bench.detector.status(ofPlace: "H101"))
        #expect(status.tier == tier)
        #expect(status.worst == 1)
        #expect(status.value == value)
        #expect(status.isHalted == (tier > 0))
        #expect(status.unknown == 0)
        #expect(bench.detector.status(ofPlace: "H102")?.tier == 0)
        #expect(bench.detector.status(ofPlace: "H999") == nil)
    }

    @Test("a cut names the worst sensor of its place, which may be another one")
    func worst() throws {
        var bench = ControlBench()
        bench.shown[0] = 3.2
        bench.run(1)
        bench.findings = []
        bench.shown[2] = 1.6
        bench.run(1)
        let finding = try #require(bench.findings.first)
        #expect(finding.rule == .cut && finding.sensor == 2)
        #expect(finding.evidence.first?.name == "worst in place T1-1")
        #expect(finding.evidence.first?.value == 3.2)
        #expect(bench.figure("tier") == nil || finding.evidence.last?.value == 3)
    }

    @Test("a reading out of turn stands as its place's worst with its own value, not the newest")
    func worstLate() throws {
        var bench = ControlBench()
        bench.run(2)
        bench.see(bench.source.value(2.4, of: 0, at: 0.5, delay: 1.3))
        let finding = try #require(bench.findings.last)
        #expect(finding.rule == .cut)
        #expect(finding.evidence.first == .init("worst in place T1-1", 2.4, "%CH4"))
    }

    @Test("what is silent or faulty is counted as not known, a latched halt stays")
    func unknown() {
        var bench = ControlBench()
        bench.shown[0] = 1.6
        bench.run(1)
        bench.halt("H101", stands: true)
        bench.shown[0] = 0.4
        bench.shown[1] = nil
        bench.run(10)
        let status = bench.detector.status(ofPlace: "H101")
        #expect(status?.unknown == 1)
        #expect(status?.tier == 0)
        #expect(status?.isHalted == true)
    }
}
