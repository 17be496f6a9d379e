import Foundation
import GasDetection
import GasModel
import GasPipeline
import ReadingRing
import Support
import Testing

/// All three detectors, as the daemon has them.
private struct Detectors {
    var threshold = InOrder(ThresholdDetector(SampleCourse.roster), SampleCourse.roster)
    var trend = InOrder(TrendDetector(SampleCourse.roster), SampleCourse.roster)
    var integrity = InOrder(IntegrityDetector(SampleCourse.roster), SampleCourse.roster)

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

    init() {}

    init(_ words: [UInt64]) throws {
        self.init()
        var state = StateReader(words)
        try threshold.load(from: &state)
        try trend.load(from: &state)
        try integrity.load(from: &state)
        #expect(state.isAtEnd)
    }
}

private func findings(_ course: SampleCourse) -> [Finding] {
    var detectors = Detectors()
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
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

    /// What is found on these courses. Not covered, stuck, low-gain, fresh-air and slow-rise, which
    /// need the better part of a day, and what is asked of the site file.
    private static let kinds: Set<Rule> = [
        .alarm, .cut, .chatter, .fault, .silence, .gateway, .link, .trend, .withdrawal,
        .compressedAir, .drift, .calibrationCloak, .timelyGap, .repeatedWindow, .copied,
        .backdated, .contradiction, .powerOn, .fanStopped, .airShort, .work, .disagreement,
        .calibrating, .calibrationOverrun, .calibrationInGas,
    ]

    @Test("between them the courses raise all that three hours can")
    func coverage() {
        let found = Self.seeds.flatMap { findings(SampleCourse(seed: $0)) }
        let begun = Set(found.filter { $0.change == .began }.map(\.rule))
        #expect(begun.isSuperset(of: Self.kinds), "missing: \(Self.kinds.subtracting(begun))")
        let ended = Set(found.filter { $0.change == .ended }.map(\.rule))
        // What was done with a sensor again and again is held against it for days.
        let over = Self.kinds.subtracting([.timelyGap, .drift])
        #expect(ended.isSuperset(of: over), "never over: \(over.subtracting(ended))")
    }

    @Test("the course has something to find for each detector", arguments: seeds)
    func material(_ seed: UInt64) {
        let found = findings(SampleCourse(seed: seed))
        #expect(found.count { $0.rule == .cut && $0.change == .began } >= 2)
        #expect(Set(found.map(\.rule)).count >= 17)
        let positions = found.filter { $0.rule.detector == .threshold }.map(\.position)
        #expect(positions == positions.sorted(), "positions never fall")
    }

    @Test("duplicates change nothing", arguments: seeds)
    func duplicates(_ seed: UInt64) {
        let course = SampleCourse(seed: seed)
        let expected = findings(course).map(gist)
        let found = findings(course.duplicated(seed: seed + 100)).map(gist)
        #expect(found.difference(from: expected).isEmpty, "\(found.difference(from: expected))")
    }

    @Test(
        "a restart from a snapshot at any point changes nothing, to the last bit", arguments: seeds)
    func restarts(_ seed: UInt64) throws {
        let course = SampleCourse(seed: seed)
        let expected = findings(course)
        var generator = SeededGenerator(seed: seed)
        var detectors = Detectors()
        var found: [Finding] = []
        for record in course.records {
            if Int.random(in: 0..<500, using: &generator) == 0 {
                detectors = try Detectors(detectors.saved())
            }
            detectors.observe(record, into: &found)
        }
        #expect(found.map(gist) == expected.map(gist))
        #expect(found.map(\.evidence) == expected.map(\.evidence))
        #expect(found.map(\.projection) == expected.map(\.projection))
    }

    @Test(
        "a snapshot that is cut off anywhere is refused, never believed", arguments: seeds.prefix(1)
    )
    func torn(_ seed: UInt64) throws {
        var detectors = Detectors()
        var found: [Finding] = []
        for record in SampleCourse(seed: seed).records.prefix(6000) {
            detectors.observe(record, into: &found)
        }
        let words = detectors.saved()
        for length in stride(from: 0, to: words.count, by: max(1, words.count / 300)) {
            #expect(throws: StateError.self, "\(length) of \(words.count) words") {
                _ = try Detectors(Array(words[..<length]))
            }
        }
    }

    @Test("disorder within the bound changes no finding", arguments: seeds)
    func disorder(_ seed: UInt64) {
        let course = SampleCourse(seed: seed)
        let expected = findings(course)
        let found = findings(course.disordered(seed: seed + 200))
        // What one sensor tells alone has its very time. What rests on several, what is seen before
        // its turn as a cut is, and what is judged by the clock on what has arrived may shift by as
        // much as readings are late.
        for rule in Rule.allCases {
            let subjects = Set((expected + found).filter { $0.rule == rule }.map(\.subject))
            for subject in subjects {
                let a = Self.lasting(
                    expected.filter { $0.rule == rule && $0.subject == subject })
                let b = Self.lasting(found.filter { $0.rule == rule && $0.subject == subject })
                #expect(a.map(\.change) == b.map(\.change), "\(a.map(gist)) then \(b.map(gist))")
                for (before, after) in zip(a, b) {
                    let shift = abs(after.eventTime.seconds(since: before.eventTime))
                    #expect(shift <= Self.shiftMax(rule), "\(gist(before)), then \(gist(after))")
                }
            }
        }
    }

    /// Without what is judged by the clock on what has arrived and stood for no longer than
    /// readings may come late: nobody may ever have seen that.
    private static func lasting(_ findings: [Finding]) -> [Finding] {
        var lasting: [Finding] = []
        for finding in findings {
            if let began = lasting.last, began.change == .began, finding.change == .ended,
                shiftMax(finding.rule) > 0,
                finding.eventTime.seconds(since: began.eventTime) <= shiftMax(finding.rule)
            {
                lasting.removeLast()
            } else {
                lasting.append(finding)
            }
        }
        return lasting
    }

    private static func shiftMax(_ rule: Rule) -> Double {
        switch rule {
        case .alarm, .chatter, .fault: 0
        // What its sensors sent and arrives behind its last word must first fall silent again.
        // Over when a whole minute has passed without another.
        case .backdated: 72
        // One is known for so long more, or less, as its last reading comes late.
        case .unguarded: 12 + Double(SampleCourse.interval)
        case .gateway: 12 + 3 * Double(SampleCourse.interval)
        default: 12
        }
    }

    @Test(
        "however the records are split into batches, each worker finds the same",
        arguments: seeds.prefix(3))
    func batches(_ seed: UInt64) throws {
        let course = SampleCourse(seed: seed)
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
        let roster = SampleCourse.roster
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
        var generator = SeededGenerator(seed: seed)
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
