import GasDetection
import GasModel
import Support
import Testing

@Suite("Trend detector: time to withdraw")
struct TrendWithdrawalTests {
    private func roster(_ seconds: Double?, cut: Double? = 1.5) throws -> SensorRoster {
        var sensor = try trendSensor(cut: cut, alarm: 1)
        sensor.place = "H101"
        var site = Heading.site
        site.places[0].withdrawalSeconds = seconds
        site.sensors = [sensor]
        return SensorRoster(site: site, sensors: [sensor])
    }

    private func run(
        _ seconds: Double?, cut: Double? = 1.5, restartAt: Int? = nil
    ) throws -> [Finding] {
        let roster = try roster(seconds, cut: cut)
        var detector = TrendDetector(roster)
        var findings: [Finding] = []
        for second in 0..<900 {
            if second == restartAt {
                var state = StateWriter()
                detector.save(to: &state)
                detector = TrendDetector(roster)
                var reader = StateReader(state.words)
                try detector.load(from: &reader)
            }
            let time = TrendRun.time(Double(second))
            let value = 0.4 + max(0, Double(second - 300)) / 60 * 0.2
            var reading = Reading(
                sensor: 0, kind: .measurement, sourceTime: time, arrivalTime: time, value: value)
            reading.position = UInt64(second)
            detector.observe(reading, into: &findings)
        }
        return findings
    }

    /// The gas reaches 1.5 % 5.5 min after it began to rise.
    @Test("told when the earliest time to the cut is shorter, and over with the rise")
    func shorter() throws {
        let findings = try run(240)
        let pressing = findings.filter { $0.rule == .withdrawal }
        #expect(pressing.map(\.change) == [.began, .ended])
        let began = try #require(pressing.first)
        let earliest = try #require(began.projection?.toCut?.earliest)
        #expect(earliest < 4)
        #expect(began.evidence.first?.value == 4)
        let trend = try #require(findings.first { $0.rule == .trend })
        #expect(trend.position <= began.position)
        let over = findings.filter { $0.change == .ended }.map(\.position)
        #expect(Set(over).count == 1, "both end with the reading at the limit")
    }

    @Test("the longer it takes to withdraw, the sooner it is told; a minute is told last")
    func sooner() throws {
        let times: [UInt64] = try [60.0, 180, 600].map { seconds in
            try run(seconds).first { $0.rule == .withdrawal }?.position ?? .max
        }
        #expect(times[2] < times[0])
        #expect(times[2] <= times[1] && times[1] <= times[0])
        let last = try #require(try run(60).first { $0.rule == .withdrawal })
        #expect(last.projection?.toCut.map { $0.earliest < 1 } == true)
    }

    @Test("where the law knows no cut nobody is withdrawn for it")
    func noCut() throws {
        #expect(try run(600, cut: nil).filter { $0.rule == .withdrawal }.isEmpty)
    }

    @Test("goes on over a restart at any point", arguments: [350, 450, 500, 550, 620])
    func restart(_ second: Int) throws {
        #expect(try run(240, restartAt: second).map { "\($0)" } == run(240).map { "\($0)" })
    }
}
