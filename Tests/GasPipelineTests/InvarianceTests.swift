import Foundation
import GasDetection
import GasModel
import GasPipeline
import ReadingRing
import Support
import Testing

/// All three detectors, as the daemon has them.
private struct Detectors {
    var threshold: InOrder<ThresholdDetector>
    var trend: InOrder<TrendDetector>
    var integrity: InOrder<IntegrityDetector>

    init(_ roster: SensorRoster) {
        threshold = InOrder(ThresholdDetector(roster), roster)
        trend = InOrder(TrendDetector(roster), roster)
        integrity = InOrder(IntegrityDetector(roster), roster)
    }

    mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        threshold.observe(reading, into: &findings)
        trend.observe(reading, into: &findings)
        integrity.observe(reading, into: &findings)
    }

    func saved() -> [UInt64] {
        var state = StateWriter()
        threshold.save(to: &state)
        trend.save(to: &state)
        integrity.save(to: &state)
        return state.words
    }

    init(_ words: [UInt64], _ roster: SensorRoster) throws {
        self.init(roster)
        var state = StateReader(words)
        try threshold.load(from: &state)
        try trend.load(from: &state)
        try integrity.load(from: &state)
        #expect(state.isAtEnd)
    }
}

private func findings(_ course: SampleCourse) -> [Finding] {
    var detectors = Detectors(course.roster)
    var findings: [Finding] = []
    for record in course.records { detectors.observe(record, into: &findings) }
    return findings
}

/// What is found, without where it stands in the ring and how late it came.
private func gist(_ finding: Finding) -> String {
    "\(finding.rule) \(finding.change) of \(finding.subject) "
        + "at \(finding.eventTime.seconds(since: .at(0)))"
}

@Suite("Whatever the network and the machine do, the findings are the same")
struct InvarianceTests {
    /// The first few; and those on which duplicates put off the end of chatter (10) and of drift
    /// (39), and disorder hid a copied sensor (126).
    static let samples =
        [1, 2, 3, 4, 5, 6, 10, 39, 126].map { Sample(length: .shift, seed: $0) }
        + [1, 2, 3].map { Sample(length: .days, seed: $0) }

    @Test("between them the courses raise whatever a detector can")
    func coverage() {
        let found = Self.samples.flatMap { findings($0.course) }
        // A drill is no detector's.
        let kinds = Set(Rule.allCases).subtracting([.drill])
        let begun = Set(found.filter { $0.change == .began }.map(\.rule))
        #expect(begun == kinds, "missing: \(kinds.subtracting(begun))")
        let ended = Set(found.filter { $0.change == .ended }.map(\.rule))
        // What was done with a sensor again and again is held against it for days; what the site
        // file asks for is over with another one.
        let over = kinds.subtracting([.timelyGap, .drift, .calibrationDue, .uncovered])
        #expect(ended.isSuperset(of: over), "never over: \(over.subtracting(ended))")
    }

    @Test("a course has something to find for each detector", arguments: samples)
    func material(_ sample: Sample) {
        let found = findings(sample.course)
        switch sample.length {
        case .shift:
            #expect(found.count { $0.rule == .cut && $0.change == .began } >= 2)
            #expect(Set(found.map(\.rule)).count >= 17)
        case .days:
            let hours: Set<Rule> = [.covered, .stuck, .freshAir, .lowGain, .slowRise]
            let begun = Set(found.filter { $0.change == .began }.map(\.rule))
            #expect(begun.isSuperset(of: hours), "missing: \(hours.subtracting(begun))")
        }
        let positions = found.filter { $0.rule.detector == .threshold }.map(\.position)
        #expect(positions == positions.sorted(), "positions never fall")
    }

    @Test("duplicates change nothing", arguments: samples)
    func duplicates(_ sample: Sample) {
        let course = sample.course
        let expected = findings(course).map(gist)
        let found = findings(course.duplicated(seed: sample.seed + 100)).map(gist)
        #expect(found.difference(from: expected).isEmpty, "\(found.difference(from: expected))")
    }

    @Test(
        "a restart from a snapshot at any point changes nothing, to the last bit",
        arguments: samples)
    func restarts(_ sample: Sample) throws {
        let course = sample.course
        let expected = findings(course)
        var generator = SeededGenerator(seed: sample.seed)
        var detectors = Detectors(course.roster)
        var found: [Finding] = []
        for record in course.records {
            if Int.random(in: 0..<500, using: &generator) == 0 {
                detectors = try Detectors(detectors.saved(), course.roster)
            }
            detectors.observe(record, into: &found)
        }
        #expect(found.map(gist) == expected.map(gist))
        #expect(found.map(\.evidence) == expected.map(\.evidence))
        #expect(found.map(\.projection) == expected.map(\.projection))
    }

    @Test(
        "a snapshot that is cut off anywhere is refused, never believed",
        arguments: samples.prefix(1))
    func torn(_ sample: Sample) throws {
        let course = sample.course
        var detectors = Detectors(course.roster)
        var found: [Finding] = []
        for record in course.records.prefix(6000) {
            detectors.observe(record, into: &found)
        }
        let words = detectors.saved()
        for length in stride(from: 0, to: words.count, by: max(1, words.count / 300)) {
            #expect(throws: StateError.self, "\(length) of \(words.count) words") {
                _ = try Detectors(Array(words[..<length]), course.roster)
            }
        }
    }

    @Test("disorder within the bound changes no finding", arguments: samples)
    func disorder(_ sample: Sample) {
        let course = sample.course
        let expected = findings(course)
        let found = findings(course.disordered(seed: sample.seed + 200))
        // What one sensor tells alone has its very time. What rests on several, what is seen before
        // its turn as a cut is, and what is judged by the clock on what has arrived may shift by as
        // much as readings are late.
        for rule in Rule.allCases {
            let subjects = Set((expected + found).filter { $0.rule == rule }.map(\.subject))
            for subject in subjects {
                func told(_ findings: [Finding]) -> [Finding] {
                    Self.lasting(
                        findings.filter { $0.rule == rule && $0.subject == subject }, course)
                }
                let (a, b) = (told(expected), told(found))
                #expect(a.map(\.change) == b.map(\.change), "\(a.map(gist)) then \(b.map(gist))")
                for (before, after) in zip(a, b) {
                    let shift = abs(after.eventTime.seconds(since: before.eventTime))
                    let most = Self.shiftMax(rule, course)
                    #expect(shift <= most, "\(gist(before)), then \(gist(after))")
                }
            }
        }
    }

    /// Without what is judged by the clock on what has arrived and stood for no longer than
    /// readings may come late: nobody may ever have seen that.
    private static func lasting(_ findings: [Finding], _ course: SampleCourse) -> [Finding] {
        var lasting: [Finding] = []
        for finding in findings {
            if let began = lasting.last, began.change == .began, finding.change == .ended,
                shiftMax(finding.rule, course) > 0,
                finding.eventTime.seconds(since: began.eventTime) <= shiftMax(finding.rule, course)
            {
                lasting.removeLast()
            } else {
                lasting.append(finding)
            }
        }
        return lasting
    }

    private static func shiftMax(_ rule: Rule, _ course: SampleCourse) -> Double {
        let interval = Double(course.interval)
        // As late as a reading comes, and until the tick after that.
        let late = 11 + Double(course.tick)
        return switch rule {
        case .alarm, .chatter, .fault: 0
        // What its sensors sent and arrives behind its last word must first fall silent again.
        // Over when a whole minute has passed without another.
        case .backdated: 60 + late
        // One is known for so long more, or less, as its last reading comes late.
        case .unguarded: late + interval
        case .gateway: late + 3 * interval
        // Against the mean of another, once a minute: where that one ends its minute later, a ratio
        // of hours creeps over its bound some minutes later or sooner.
        case .lowGain: 300 + late
        default: late
        }
    }

    @Test(
        "however the records are split into batches, each worker finds the same",
        arguments: samples.prefix(3) + samples.suffix(1))
    func batches(_ sample: Sample) throws {
        let course = sample.course
        let ring = try RingStorage.anonymous(
            capacity: 1 << 14, readers: ["threshold", "trend", "integrity"])
        let kept = Guarded<[Finding]>([])
        let report: @Sendable (WorkerReport) -> Void = { report in
            switch report {
            case .findings(let findings, let confirm):
                kept.withLock { $0 += findings }
                confirm()
            case .snapshot(_, let done): done()
            default: break
            }
        }
        let roster = course.roster
        let workers = [
            DetectorWorker.threshold(
                InOrder(ThresholdDetector(roster), roster), reader: ring.reader("threshold"),
                keepsSnapshots: true, report: report),
            .patient(
                .trend, InOrder(TrendDetector(roster), roster), reader: ring.reader("trend"),
                keepsSnapshots: true, report: report),
            .patient(
                .integrity, InOrder(IntegrityDetector(roster), roster),
                reader: ring.reader("integrity"), keepsSnapshots: true, report: report),
        ]
        var writer = ring.writer()
        var generator = SeededGenerator(seed: sample.seed)
        var rest = course.records[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...300, using: &generator))
            while writer.freeSlots(atLeast: count) < count { sched_yield() }
            for record in rest.prefix(count) { writer.append(record) }
            writer.publish()
            workers.forEach { $0.wake() }
            rest = rest.dropFirst(count)
        }
        workers.forEach { $0.stop() }
        let expected = findings(course)
        let found = kept.withLock { $0 }
        for detector in Rule.Detector.allCases {
            #expect(
                found.filter { $0.rule.detector == detector }.map(gist)
                    == expected.filter { $0.rule.detector == detector }.map(gist))
        }
    }
}
