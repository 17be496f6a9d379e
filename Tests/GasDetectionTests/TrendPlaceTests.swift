import GasDetection
import GasModel
import Support
import Testing

/// What a place tells besides gas: work and air.
@Suite("Trend detector, the place")
struct TrendPlaceTests {
    /// A return with a limit of 1.0 at 0, production at 1, air velocity at 2.
    private static func run(isDownstream: Bool = false) throws -> TrendRun {
        var gas = try trendSensor()
        gas.place = isDownstream ? "return" : "face"
        let other = { (id: String, quantity: Quantity) in
            Sensor(
                id: id, place: "face", role: .face, quantity: quantity, limits: nil,
                intervalSeconds: 30, range: -50...50)
        }
        let sensors: [Sensor?] = [gas, other("PD", .production), other("AS", .airVelocity)]
        let site = Site(
            mine: "m", name: "",
            places: [
                Place(id: "face", name: "", ventilates: ["return"], production: ["PD"]),
                Place(id: "return", name: ""),
            ], sensors: sensors.compactMap { $0 }, fingerprint: "")
        var run = TrendRun([])
        run.detector = TrendDetector(SensorRoster(site: site, sensors: sensors))
        return run
    }

    @Test(
        "where work begins, a rise just below the limit is warned of; without that it is not",
        arguments: [false, true], [false, true])
    func production(isDownstream: Bool, works: Bool) throws {
        var run = try Self.run(isDownstream: isDownstream)
        for step in 0..<120 {
            let time = Double(step) * 30
            run.see(0.9 + 0.0002 * Double(step), at: time)
            run.see(works && step >= 110 ? 1 : 0, at: time + 1, sensor: 1)
            run.see(2.1, at: time + 2, sensor: 2)
        }
        #expect(run.began.count == (works ? 1 : 0))
        guard works else { return }
        let warning = try #require(run.began.first)
        #expect(TrendRun.seconds(warning.arrivalTime) == 110 * 30 + 1)
        #expect(warning.sensor == 0)
        #expect(warning.evidence.contains { $0.name == "producing" && $0.value == 1 })
    }

    @Test("S3b, the ventilation is cut: the warning names the air velocity")
    func ventilation() throws {
        var run = try Self.run()
        for second in stride(from: 0.0, to: 7200, by: 5) {
            let since = max(second - 5400, 0)
            run.see(2.1 * (1 - 0.27 * min(since / 180, 1)), at: second, sensor: 2)
            run.see(
                ((0.6 + 0.6 * since / (since + 400)) * 100).rounded() / 100, at: second + 1)
        }
        let warning = try #require(run.began.first)
        let share = try #require(warning.evidence.first { $0.name.hasPrefix("air velocity") })
        #expect(share.value < 0.9 && share.value > 0.7)
        #expect(run.began.count == 1)
    }
}
