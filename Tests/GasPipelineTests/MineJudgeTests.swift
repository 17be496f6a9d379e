import GasModel
import GasPipeline
import HaltAdvisory
import Support
import Testing

@Suite("Mine judge")
struct MineJudgeTests {
    /// The heading with a fan and a production sensor, indexes 2 and 3.
    private static var roster: SensorRoster {
        let states = [("fan", Quantity.fanRunning), ("header", .production)].map {
            Sensor(
                id: $0, place: "H101", role: SensorRole(rawValue: $0), quantity: $1, limits: nil,
                intervalSeconds: 1, range: 0...1)
        }
        let sensors = Heading.sensors + states
        var site = Heading.site
        site.places = [Place(id: "H101", name: "Heading 101", production: ["header"])]
        site.sensors = sensors.compactMap { $0 }
        return SensorRoster(site: site, sensors: sensors)
    }

    @Test("work under a halt that is about no gas at all is found: the detectors hear of it")
    func workWithoutAir() {
        var judge = MineJudge(Self.roster)
        var source = ReadingSource()
        var told: [String] = []
        func see(_ record: Reading) {
            judge.take(record) { _, announcement in
                guard let announcement else { return }
                told.append("\(announcement.severity) \(announcement.advisory?.rule ?? "")")
            }
        }
        see(source.event(.linkUp, at: 0))
        for second in 0..<60 {
            for (sensor, value) in [0.4, 0.3, second < 20 ? 1 : 0, 1].enumerated() {
                see(source.value(value, of: UInt32(sensor), at: Double(second)))
            }
            see(source.event(.tick, at: Double(second) + 0.5))
        }
        #expect(told == ["halt fan-stopped", "halt work"])
    }
}
