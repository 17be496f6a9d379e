import GasDetection
import GasModel
import Support
import Testing

/// A course of records in which everything happens now and then: excursions, noise, faults, late
/// and doubled readings, gateways and sensors that fall silent, calibrations, ticks and the link.
private struct Course {
    var records: [Reading] = []
    private var source = ReadingSource()
    private var generator: SeededGenerator

    static var sensors: [Sensor?] {
        var sensors = ControlBench.sensors
        for index in [0, 1, 2, 3] { sensors[index]?.gateway = "gw" }
        sensors[0]?.alarmDelay = AlarmDelay(onSeconds: 3, offSeconds: 5)
        sensors[9]?.calibrationDue = "2026-11-22"
        return sensors + [ControlBench.state("pump", .drainagePump)]
    }

    static var roster: SensorRoster {
        ControlBench.roster(
            sensors, acceptedGaps: ControlBench.acceptances(of: "H101", until: "2026-11-22"))
    }

    private var levels = [Double](repeating: 0.5, count: 11)
    private var isOff = [Bool](repeating: false, count: 11)

    init(seed: UInt64, seconds: Int) {
        generator = SeededGenerator(seed: seed)
        records.append(source.event(.linkUp, at: 0))
        for second in 0..<seconds {
            let time = Double(second)
            for sensor in 0..<UInt32(11) { show(sensor, at: time) }
            if chance(0.002) { announce() }
            if chance(0.002) { gateway() }
            if chance(0.001) {
                records.append(source.event(chance(0.5) ? .linkUp : .linkDown, at: time + 0.4))
            }
            records.append(source.event(.tick, at: time + 0.5))
        }
    }

    private mutating func chance(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < share
    }

    private mutating func show(_ sensor: UInt32, at time: Double) {
        let index = Int(sensor)
        if chance(0.004) { isOff[index].toggle() }
        if chance(0.01), sensor < 4 { for other in 0..<4 { isOff[other] = isOff[index] } }
        let isGas = sensor < 3 || sensor == 9
        if chance(isGas ? 0.01 : 0.005) {
            levels[index] =
                isGas ? Double.random(in: 0...2.5, using: &generator) : chance(0.5) ? 1 : 0
        }
        if isOff[index] { return }
        if chance(0.01) { return records.append(source.fault(.null, of: sensor, at: time)) }
        let noise = isGas ? Double.random(in: -0.1...0.1, using: &generator) : 0
        let delay = chance(0.02) ? Double.random(in: 0...40, using: &generator) : 0
        records.append(
            source.value(
                max(0, levels[index] + noise), of: sensor, at: time - delay, delay: delay))
    }

    private mutating func announce() {
        guard var record = records.last else { return }
        record.kind = .calibration
        record.sensor = UInt32.random(in: 0..<3, using: &generator)
        record.value = Double.random(in: -5...70, using: &generator)
        record.boot = 7
        records.append(record)
    }

    private mutating func gateway() {
        guard var record = records.last else { return }
        record.kind = chance(0.5) ? .gatewayUp : .gatewayDown
        record.boot = UInt64(nameHash: "gw")
        records.append(record)
    }

    /// What a detector finds that is saved and read back before each record for which `isCut`.
    func findings(restartingAt isCut: (Int) -> Bool) throws -> [Finding] {
        let roster = Self.roster
        var detector = ThresholdDetector(roster)
        var findings: [Finding] = []
        for (index, record) in records.enumerated() {
            if isCut(index) {
                var state = StateWriter()
                detector.save(to: &state)
                detector = ThresholdDetector(roster)
                var reader = StateReader(state.words)
                try detector.load(from: &reader)
                #expect(reader.isAtEnd)
            }
            detector.observe(record, into: &findings)
        }
        return findings
    }
}

@Suite("ThresholdDetector: over a restart")
struct ThresholdStateTests {
    @Test("saved and read back at any point, it finds the same", arguments: 1...6)
    func anywhere(seed: UInt64) throws {
        let course = Course(seed: seed, seconds: 4000)
        let whole = try course.findings { _ in false }
        let rules = Set(whole.map(\.rule))
        #expect(whole.count > 100, "seed \(seed)")
        #expect(rules.count >= 10, "seed \(seed): \(rules)")
        var generator = SeededGenerator(seed: seed)
        let cuts = Set(
            (0..<400).map { _ in
                Int.random(in: 0..<course.records.count, using: &generator)
            })
        // As text: what has no value is not equal to itself.
        let again = try course.findings { cuts.contains($0) }
        #expect(again.map { "\($0)" } == whole.map { "\($0)" }, "seed \(seed)")
    }

    @Test("every rule of the detector is met in these courses, so that no state is left out")
    func rules() throws {
        var met: Set<Rule> = []
        for seed in UInt64(1)...6 {
            let course = Course(seed: seed, seconds: 4000)
            met.formUnion(try course.findings { _ in false }.map(\.rule))
        }
        // A drill is no condition that a detector finds: a person begins it.
        let missing = Rule.allCases.filter {
            $0.detector == .threshold && $0 != .drill && !met.contains($0)
        }
        #expect(missing == [])
    }

    @Test("positions never fall, and each condition begins and ends by turns", arguments: 1...6)
    func order(seed: UInt64) throws {
        let findings = try Course(seed: seed, seconds: 4000).findings { _ in false }
        for (before, after) in zip(findings, findings.dropFirst()) {
            #expect(before.position <= after.position)
        }
        var standing: Set<String> = []
        for finding in findings {
            let key = "\(finding.rule) \(finding.subject)"
            switch finding.change {
            case .began: #expect(standing.insert(key).inserted, "\(key)")
            case .worsened: #expect(standing.contains(key), "\(key)")
            case .ended: #expect(standing.remove(key) != nil, "\(key)")
            }
            #expect(finding.evidence.allSatisfy { $0.value.isFinite }, "\(finding)")
        }
    }

    @Test("a sensor that is another one since begins anew, one with other limits does not")
    func changed() throws {
        var bench = ControlBench()
        bench.shown[0] = 1.6
        bench.shown[1] = 1.6
        bench.run(5)
        _ = bench.take()
        var sensors = bench.sensors
        sensors[0]?.role = .faceReturn
        sensors[1]?.limits = try GasLimits(alarm: 1.8, cut: 2, repower: 1.8)
        try bench.restart(sensors)
        #expect(bench.detector.latest(of: 0) == nil)
        #expect(bench.detector.latest(of: 1)?.value == 1.6)
        bench.shown = [0: 1.6, 1: 1.6]
        bench.run(1)
        #expect(bench.take() == ["cut began T1-1", "cut ended T1-2"])
    }

    @Test("a sensor that left the site before the restart stands as it stood when it is back")
    func left() throws {
        var bench = ControlBench()
        bench.shown[0] = 1.6
        bench.run(1)
        _ = bench.take()
        var sensors = bench.sensors
        sensors[0] = nil
        try bench.restart(sensors)
        bench.shown = [0: 1.6]
        bench.run(1)
        bench.adopt(ControlBench.sensors)
        bench.run(1)
        #expect(bench.take() == [])
        bench.shown = [0: 0.4]
        bench.run(1)
        #expect(bench.take().contains("cut ended T1-1"))
    }

    @Test("a state that is cut off, or holds anything else, is an error and never a trap")
    func damaged() throws {
        let course = Course(seed: 3, seconds: 300)
        let roster = Course.roster
        var detector = ThresholdDetector(roster)
        var findings: [Finding] = []
        for record in course.records { detector.observe(record, into: &findings) }
        var state = StateWriter()
        detector.save(to: &state)
        for count in stride(from: 0, to: state.words.count, by: 7) {
            var reader = StateReader(Array(state.words[..<count]))
            var other = ThresholdDetector(roster)
            #expect(throws: StateError.self) { try other.load(from: &reader) }
        }
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            var words = state.words
            words[Int.random(in: 0..<words.count, using: &generator)] = generator.next()
            var other = ThresholdDetector(roster)
            var reader = StateReader(words)
            do throws(StateError) {
                try other.load(from: &reader)
                for record in course.records { other.observe(record, into: &findings) }
            } catch { continue }
        }
    }

    @Test("a sensor takes no more memory than is said")
    func memory() { #expect(ThresholdDetector.bytesPerSensor <= 608) }
}

@Suite("ThresholdDetector: readings held back")
struct ThresholdGlimpseTests {
    private func bench() -> (ThresholdDetector, ReadingSource) {
        var detector = ThresholdDetector(Heading.roster)
        var source = ReadingSource()
        var findings: [Finding] = []
        detector.observe(source.value(0.4, at: 0), into: &findings)
        return (detector, source)
    }

    @Test("a cut does not wait, an alarm does", arguments: [(1.499, 0), (1.5, 1)])
    func cut(_ value: Double, _ count: Int) {
        var (detector, source) = bench()
        var findings: [Finding] = []
        detector.glimpse(source.value(value, at: 2), into: &findings)
        #expect(findings.count { $0.rule == .cut } == count)
        #expect(findings.count == count)
    }

    @Test("nothing from before it ends it, and when its turn comes it is not told again")
    func turn() {
        var (detector, source) = bench()
        var findings: [Finding] = []
        let held = source.value(1.6, at: 2)
        detector.glimpse(held, into: &findings)
        detector.observe(source.value(0.4, at: 1), into: &findings)
        detector.observe(held, into: &findings)
        #expect(findings.map(\.change) == [.began])
        detector.observe(source.value(0.4, at: 3), into: &findings)
        #expect(findings.map(\.change) == [.began, .ended])
        #expect(findings.last?.evidence.first { $0.name == "peak" }?.value == 1.6)
    }

    @Test("it is a sign of life")
    func life() {
        var (detector, source) = bench()
        var findings: [Finding] = []
        detector.observe(source.event(.linkUp, at: 0), into: &findings)
        detector.glimpse(source.value(0.4, at: 5), into: &findings)
        detector.observe(source.event(.tick, at: 6), into: &findings)
        #expect(findings.map(\.subject) == [.sensor(Heading.faceReturn)])
    }
}
