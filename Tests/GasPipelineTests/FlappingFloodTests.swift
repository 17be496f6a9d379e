import GasModel
import GasPipeline
import HaltAdvisory
import Support
import Testing

/// A heading whose two sensors report every second through the gateway `gw`, judged by all that a
/// daemon judges with, up to the lines that an operator is shown.
private struct FlappingMine {
    static let roster: SensorRoster = {
        let sensors: [Sensor?] = Heading.sensors.map { sensor in
            var sensor = sensor
            sensor?.gateway = "gw"
            return sensor
        }
        var site = Heading.site
        site.sensors = sensors.compactMap { $0 }
        return SensorRoster(site: site, sensors: sensors)
    }()

    private var judge: MineJudge
    private var grouping = AlarmGrouping()
    private var source = ReadingSource()
    private var generator = SeededGenerator(seed: 7)
    private var number: UInt64 = 0
    private(set) var told: [Announcement] = []
    private(set) var lines: [AlarmGrouping.Line] = []
    var second = 0

    /// `allowed`: how long the place may be blind, and where gas was high or rising. Seconds.
    init(_ allowed: (usual: Double, rising: Double) = (300, 60)) {
        var site = Self.roster.site
        for index in site.grounds.indices where site.grounds[index].id == "blind" {
            site.grounds[index].allowedSeconds = allowed.usual
            site.grounds[index].allowedRisingSeconds = allowed.rising
        }
        judge = MineJudge(SensorRoster(site: site, sensors: Self.roster.sensors))
        see(source.event(.linkUp, at: 0))
    }

    private mutating func see(_ record: Reading) {
        var (told, lines) = (told, lines)
        judge.take(record) { _, announcement in
            guard let announcement else { return }
            number += 1
            told.append(announcement)
            lines += grouping.take(announcement, number: number, site: Self.roster.site)
        }
        if record.kind == .tick {
            lines += grouping.tick(at: record.arrivalTime, site: Self.roster.site)
        }
        (self.told, self.lines) = (told, lines)
    }

    /// A second in which the sensors of `heard` report, at `level` and a little to and fro.
    mutating func run(
        _ heard: Set<UInt32> = [0, 1], level: Double = 0.4, word: Reading.Kind? = nil
    ) {
        if let word {
            var record = source.event(word, at: Double(second) - 0.25)
            record.boot = UInt64(nameHash: "gw")
            see(record)
        }
        for sensor in heard.sorted() {
            let value = level - 0.05 * Double(sensor)
            let noise = Double(Int.random(in: -2...2, using: &generator)) / 100
            see(source.value(value + noise, of: sensor, at: Double(second)))
        }
        see(source.event(.tick, at: Double(second) + 0.5))
        second += 1
    }

    /// What was told so far: `FAULT RAISED flapping`, ...
    var gist: [String] {
        told.map {
            let words = [$0.severity.rawValue, $0.transition.rawValue, $0.advisory?.rule ?? ""]
            return words.joined(separator: " ")
        }
    }

    /// At which second after `start` the first halt was told.
    func halt(after start: Int) -> Int? {
        told.first { $0.severity == .halt }
            .map { Int($0.decidedAt.seconds(since: .at(Double(start))).rounded()) }
    }

    var verdict: Verdict { judge.book.assess().mine.verdict }
}

@Suite("What comes and goes is a state, and no flood")
struct FlappingFloodTests {
    @Test("ten minutes of a gateway's word to and fro while data flow: seven lines, no halt, doubt")
    func gateway() {
        var mine = FlappingMine()
        for second in 0..<600 {
            mine.run(word: second % 6 == 0 ? .gatewayDown : second % 6 == 3 ? .gatewayUp : nil)
            if second > 30 { #expect(mine.verdict == .doubtful) }
        }
        #expect(mine.told.count == 7, "\(mine.gist)")
        #expect(mine.lines.count == 7)
        #expect(mine.gist.last == "FAULT RAISED flapping")
        for _ in 0..<310 { mine.run() }
        #expect(mine.gist.last == "FAULT GONE flapping")
        #expect(mine.verdict == .proven)
    }

    @Test("ten minutes of a sensor that falls silent and returns: seven lines, no halt, doubt")
    func sensor() {
        var mine = FlappingMine()
        for second in 0..<600 {
            mine.run(second % 10 < 1 ? [0, 1] : [0])
            if second > 60 { #expect(mine.verdict == .doubtful) }
        }
        #expect(mine.told.count == 7, "\(mine.gist)")
        #expect(mine.lines.count == 7)
        #expect(mine.told.last?.why.contains("times lost in 10 min 4") == true)
    }

    @Test(
        "however long it is lost and heard, ten minutes are no more than twenty lines",
        arguments: [(7, 1), (20, 10), (65, 2), (68, 2), (70, 1), (110, 5)])
    func lengths(_ quiet: Int, _ heard: Int) {
        var mine = FlappingMine()
        for second in 0..<600 { mine.run(second % (quiet + heard) < heard ? [0, 1] : [0]) }
        #expect(mine.told.count <= 20, "\(mine.gist)")
    }

    @Test(
        "what is lost for good halts in the very second in which it would without the flapping",
        arguments: [0.4, 0.9], [(300.0, 60.0), (120, 30), (60, 15), (20, 10)])
    func halt(_ level: Double, _ allowed: (usual: Double, rising: Double)) throws {
        for isGateway in [true, false] {
            var steady = FlappingMine(allowed)
            var flapping = FlappingMine(allowed)
            for second in 0..<60 {
                steady.run(level: level)
                let word: Reading.Kind? =
                    second % 6 == 0 ? .gatewayDown : second % 6 == 3 ? .gatewayUp : nil
                flapping.run(level: level, word: isGateway ? word : nil)
            }
            if !isGateway {
                for second in 0..<60 {
                    flapping.run(second % 10 < 8 ? [0] : [0, 1], level: level)
                    steady.run(level: level)
                }
            }
            let lost = steady.second
            for second in 0..<310 {
                let word: Reading.Kind? = isGateway && second == 0 ? .gatewayDown : nil
                steady.run(isGateway ? [] : [0], level: level, word: word)
                flapping.run(isGateway ? [] : [0], level: level, word: word)
            }
            let halted = try #require(steady.halt(after: lost))
            #expect(flapping.halt(after: lost) == halted, "gateway \(isGateway)")
        }
    }

    @Test(
        "gas that is high while the gateway flaps is an alarm at once, one, and no halt by itself")
    func high() {
        var mine = FlappingMine()
        for second in 0..<600 {
            mine.run(
                level: second < 120 ? 0.4 : 0.9,
                word: second % 6 == 0 ? .gatewayDown : second % 6 == 3 ? .gatewayUp : nil)
        }
        #expect(mine.gist.filter { $0.hasSuffix("flapping") || $0.hasSuffix("gateway") }.count == 8)
        #expect(mine.gist.contains("ALARM WORSE flapping"))
        #expect(mine.halt(after: 0) == nil)
    }
}
